"""SQL systems: one query an attempt, in a transaction that only reads, on connections that may only read."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InternalError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from mgov.external.system import MOST_ROWS, CallOutcome, CallResult, HttpCall, SqlCall, System

_WRONG = (ProgrammingError, DataError, InternalError, IntegrityError, NotSupportedError)
"""The query or its values are wrong, or it wanted to write: asking again would not help."""


class SqlAsker:
    """Asks one database on threads of its own, so that one that hangs holds nobody else's thread."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._threads = ThreadPoolExecutor(system.concurrency, thread_name_prefix=f"ask-{system.name}")
        self._engine = read_only_engine(system.url, system.timeout, system.concurrency)

    async def ask(self, call: SqlCall | HttpCall, values: Mapping[str, str], key: str) -> CallResult:
        """Ask once. The database is told to give up at the timeout; the thread is waited for a little longer."""
        del key  # a query that only reads may be repeated
        assert isinstance(call, SqlCall)  # noqa: S101 - the configuration pairs calls with systems
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._query, call.query, dict(values))
        try:
            async with asyncio.timeout(self._system.timeout * 2 + 1):
                return await work
        except TimeoutError:
            return CallResult(CallOutcome.FAILED, detail=f"no answer within {self._system.timeout:g} s")

    async def close(self) -> None:
        """Close the connections; a thread that still waits for its database is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()

    def _query(self, query: str, values: dict[str, str]) -> CallResult:
        try:
            with self._engine.connect() as connection, connection.begin():
                _only_read(connection)
                rows = connection.execute(text(query), values).mappings().fetchmany(MOST_ROWS)
        except _WRONG as error:
            return CallResult(CallOutcome.REFUSED, detail=_short(error))
        except (SQLAlchemyError, OSError) as error:
            return CallResult(CallOutcome.FAILED, detail=_short(error))
        found = tuple({name: _plain(value) for name, value in row.items()} for row in rows)
        return CallResult(CallOutcome.FOUND if found else CallOutcome.NOTHING, found)


def read_only_engine(url: str, timeout: float, connections: int) -> Engine:
    """An engine whose every connection gives up after `timeout` seconds and may only read."""
    parsed = make_url(url)
    pool: dict[str, Any] = {"pool_size": connections, "max_overflow": 0, "pool_timeout": timeout, "pool_pre_ping": True}
    seconds, milliseconds = max(1, round(timeout)), round(timeout * 1000)
    match parsed.get_backend_name():
        case "postgresql":
            options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds}"
            arguments = {"connect_timeout": max(2, seconds), "options": options, "tcp_user_timeout": milliseconds}
            return create_engine(parsed, connect_args=arguments, **pool)
        case "sqlite":
            return create_engine(
                "sqlite://", creator=lambda: _sqlite(str(parsed.database), timeout), poolclass=QueuePool, **pool
            )
        case _:
            arguments = {"connect_timeout": seconds, "read_timeout": seconds + 1, "write_timeout": seconds + 1}
            engine = create_engine(parsed, connect_args=arguments, **pool)
            event.listen(engine, "connect", _mariadb_read_only(timeout))
            return engine


def _sqlite(path: str, timeout: float) -> sqlite3.Connection:
    """A file opened for reading, whose statements are interrupted at the timeout."""
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=timeout, check_same_thread=False)
    begun = [time.monotonic()]
    connection.set_trace_callback(lambda _statement: begun.__setitem__(0, time.monotonic()))
    connection.set_progress_handler(lambda: int(time.monotonic() - begun[0] > timeout), 10_000)
    return connection


def _mariadb_read_only(timeout: float) -> Any:  # noqa: ANN401 - a listener
    def listen(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        with connection.cursor() as cursor:
            cursor.execute("set session transaction read only")
            cursor.execute(f"set session max_statement_time = {float(timeout)}")
        connection.commit()

    return listen


def _only_read(connection: Connection) -> None:
    """The transaction itself reads only, whatever the connection was left with."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("set transaction read only"))


def _plain(value: object) -> object:
    """A column's value as JSON keeps it."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else str(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _short(error: Exception) -> str:
    """The database's own sentence: no query, no values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"[:300]
