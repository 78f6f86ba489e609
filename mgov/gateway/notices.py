"""Hears what other processes committed: LISTEN on PostgreSQL, the file's own change on SQLite; elsewhere looks do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import structlog
from sqlalchemy.engine import make_url

from mgov.store.database import NOTIFY_CHANNEL, Database

LOOK = 0.1  # seconds between looks at SQLite's log file: one stat(2)
LISTEN = 30.0  # seconds that one wait for notices lasts; a stop cancels it
PATIENCE = 5  # seconds that a host may take to answer
PAUSE = 2.0  # seconds before a lost connection is made again


def listener(
    db: Database, wake: Callable[[str], None], look: Callable[[], None]
) -> Callable[[], Awaitable[None]] | None:
    """What hears other processes on this database, to be run until cancelled; None where nothing can be heard.

    It calls `wake(topic)` when a topic was named, and `look()` when anything may have been written.
    """
    if db.dialect == "postgresql":
        return lambda: _listen(db, wake, look)
    path = make_url(db.url).database
    if db.dialect == "sqlite" and path and path != ":memory:":
        return lambda: _watch(f"{path}-wal", look)
    return None


async def _watch(path: str, look: Callable[[], None]) -> None:
    seen: tuple[int, int] | None = None
    while True:
        await asyncio.sleep(LOOK)
        try:
            status = os.stat(path)
        except FileNotFoundError:
            continue
        now = (status.st_mtime_ns, status.st_size)
        if now != seen:
            seen = now
            look()


async def _listen(db: Database, wake: Callable[[str], None], look: Callable[[], None]) -> None:
    _, address = db.engine.dialect.create_connect_args(db.engine.url)  # several hosts too, as the engine reads them
    target: dict[str, Any] = {**address, "autocommit": True, "connect_timeout": PATIENCE}
    log = structlog.get_logger("notices")
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**target) as connection:
                await connection.execute(f"listen {NOTIFY_CHANNEL}")
                look()
                while True:
                    async for notice in connection.notifies(timeout=LISTEN):
                        wake(notice.payload)
        except psycopg.Error as error:
            log.warning("no notices from the database, polling", detail=str(error))
            await asyncio.sleep(PAUSE)
