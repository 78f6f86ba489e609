"""One database, on SQLite, PostgreSQL or MariaDB: connections, transactions, retries and wake-ups."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from mgov.store import audit, mariadb_hosts

T = TypeVar("T")

RETRIES = 8
#: Seconds that SQLite waits for another process's write transaction.
BUSY_SECONDS = 30
#: SQLSTATE of PostgreSQL (serialization failure, deadlock) and numbers of MariaDB (deadlock, lock wait timeout,
#: record changed since last read).
_RETRYABLE = {"40001", "40P01", 1213, 1205, 1020}

#: MariaDB: too many connections, shutdown, who may not log in, and the client's own "cannot connect", "gone away" and
#: "no TLS". A password that is wrong today may be right tomorrow: PostgreSQL's driver does not tell it apart either.
_MARIADB_AWAY = {1040, 1044, 1045, 1049, 1053, 1129, 1130, 1698, 1927, 2002, 2003, 2006, 2013, 2026}

#: PostgreSQL: too many connections; and a standby that is not promoted yet.
_POSTGRESQL_AWAY = {"53300", "25006"}

#: The channel of LISTEN/NOTIFY; the payload is the topic.
NOTIFY_CHANNEL = "mgov"


class DatabaseUnavailableError(Exception):
    """The database cannot be reached now; what was asked may be asked again."""


class Database:
    """Transactions on one database.

    Writers of one SQLite file in one process queue on a lock: SQLite's own waiting sleeps in steps and starves some.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.dialect = "mariadb" if self.engine.dialect.name in ("mysql", "mariadb") else self.engine.dialect.name
        self._writer = threading.Lock() if self.dialect == "sqlite" else nullcontext()
        self._listeners: list[Callable[[str], None]] = []
        #: What the audit is chained with; whoever opens the database for real gives the site's own.
        self.audit_key = audit.UNKEYED
        #: Called after a commit that wrote audit rows, with the newest of them.
        self.on_audit: Callable[[audit.Head], None] = lambda _head: None

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and return its result; on a deadlock the whole of it runs again.

        Raises `DatabaseUnavailableError` when the server cannot be reached.
        """
        for attempt in range(RETRIES):
            try:
                return self._once(work, read_only=False)
            except DBAPIError as error:
                if _is_retryable(error) and attempt + 1 < RETRIES:
                    time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
                    continue
                _raise_if_unavailable(error)
                raise
        raise AssertionError("unreachable")

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads: on SQLite it takes no write lock."""
        try:
            return self._once(work, read_only=True)
        except DBAPIError as error:
            _raise_if_unavailable(error)
            raise

    def on_wake(self, listener: Callable[[str], None]) -> None:
        """Call `listener(topic)` after each commit of this process that woke `topic`, from the committing thread."""
        self._listeners.append(listener)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _once(self, work: Callable[[Connection], T], *, read_only: bool) -> T:
        with nullcontext() if read_only else self._writer, self.engine.connect() as bare:
            connection = bare.execution_options(mgov_read_only=read_only)
            connection.info.pop("wake", None)
            audit.forget(connection)
            with connection.begin():
                result = work(connection)
                head = audit.chain(connection, self.audit_key)
            topics: set[str] = connection.info.pop("wake", set())
        if head is not None:
            self.on_audit(head)
        for topic in topics:
            for listener in self._listeners:
                listener(topic)
        return result


def wake(tx: Connection, topic: str) -> None:
    """Wake whoever waits for `topic` (`inbox`, `outbox`) when this transaction commits: a hint, never relied on."""
    topics: set[str] = tx.info.setdefault("wake", set())
    if topic in topics:
        return
    topics.add(topic)
    if tx.dialect.name == "postgresql":
        tx.execute(text("select pg_notify(:channel, :topic)"), {"channel": NOTIFY_CHANNEL, "topic": topic})


@contextmanager
def temporary(url: str) -> Iterator[Database]:
    """A database for the length of a block."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite_engine(url, parsed.database)
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 16, "pool_timeout": 10}
    options["hide_parameters"] = True  # an error's text is logged, and a statement's values are people's
    if backend in ("mysql", "mariadb"):
        arguments = {"charset": "utf8mb4", "connect_timeout": 5}
        alone, hosts = mariadb_hosts.of(parsed)
        engine = create_engine(alone, isolation_level="READ COMMITTED", connect_args=arguments, **options)
        if any(name.startswith("ssl_") for name in parsed.query):
            event.listen(engine, "connect", _refuse_without_tls)
        if hosts:
            mariadb_hosts.follow(engine, hosts)
        return engine
    return create_engine(url, connect_args={"connect_timeout": 5}, **options)


def _refuse_without_tls(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the DBAPI's own connection
    """PyMySQL before 1.2 goes on in the clear where a server offers no TLS, whatever the URL says."""
    with connection.cursor() as cursor:
        cursor.execute("show session status like 'Ssl_cipher'")
        row = cursor.fetchone()
    if not row or not row[1]:
        raise DatabaseUnavailableError("the server offers no TLS, which the database's URL asks for")


def _sqlite_engine(url: str, path: str | None) -> Engine:
    if path and not Path(path).parent.is_dir():
        raise DatabaseUnavailableError(f"no such folder: {Path(path).parent}")
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the DBAPI's own connection
        connection.isolation_level = None  # SQLAlchemy's "begin" event begins, not the driver
        for pragma in (
            "journal_mode=wal",
            "synchronous=full",
            "foreign_keys=on",
            "secure_delete=on",
            "cache_size=-16384",  # KiB; each page of a larger one would stay in memory
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("mgov_read_only", False)
        connection.exec_driver_sql("begin" if read_only else "begin immediate")

    return engine


def _is_retryable(error: DBAPIError) -> bool:
    original = error.orig
    state = getattr(original, "sqlstate", None)
    number = original.args[0] if original is not None and original.args else None
    return state in _RETRYABLE or number in _RETRYABLE or "database is locked" in str(original)


def is_passing(error: Exception) -> bool:
    """Whether an error has nothing to do with what was asked: the same may go through in another transaction."""
    return isinstance(error, DBAPIError) and (_is_retryable(error) or _is_away(error))


def _is_away(error: DBAPIError) -> bool:
    away = getattr(error.orig, "sqlstate", None) in _POSTGRESQL_AWAY
    return error.connection_invalidated or away or (isinstance(error, OperationalError) and _is_unavailable(error.orig))


def _raise_if_unavailable(error: DBAPIError) -> None:
    if _is_away(error):
        raise DatabaseUnavailableError(str(error.orig).strip().splitlines()[0]) from error


def _is_unavailable(original: BaseException | None) -> bool:
    """Drivers call many things operational: only what a waiting may mend counts."""
    if original is None:
        return False
    if isinstance(original, sqlite3.OperationalError):
        return any(words in str(original) for words in ("unable to open", "disk i/o", "database is locked", "readonly"))
    number = original.args[0] if original.args else None
    if isinstance(number, int):
        return number in _MARIADB_AWAY
    state: str | None = getattr(original, "sqlstate", None)
    return state is None or state[:2] in ("08", "57")
