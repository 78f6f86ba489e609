"""Looks for all parts of a process at once whether anything is due, and wakes those that it is for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from mgov.store import pending
from mgov.store.database import Database, DatabaseUnavailableError

POLL = 3.0  # seconds between looks where others' commits are heard of: what has become due by time, and lost hints
POLL_WITHOUT_NOTICES = 0.5  # elsewhere: a portal's order is taken within a second there too
PAUSE = 2.0  # seconds after a failure


class Lookout:
    """One read for all the queues: with nothing to do, a process asks the database one question every few seconds."""

    def __init__(self, db: Database, wake: Callable[[str], None]) -> None:
        self._db = db
        self._wake = wake
        self._asked = asyncio.Event()
        self._stopping = False
        self._poll = POLL_WITHOUT_NOTICES if db.dialect == "mariadb" else POLL
        self._log = structlog.get_logger("lookout")

    def look(self) -> None:
        """Look now: another process may have written something."""
        self._asked.set()

    def stop(self) -> None:
        """End."""
        self._stopping = True
        self._asked.set()

    async def run(self) -> None:
        """Look until stopped; no failure ends it."""
        while not self._stopping:
            self._asked.clear()
            pause = self._poll
            try:
                for topic in await asyncio.to_thread(self._due):
                    self._wake(topic)
            except DatabaseUnavailableError:
                pause = PAUSE  # the parts that need it say so
            except Exception:
                self._log.exception("lookout failed")
                pause = PAUSE
            await self._wait(pause)

    def _due(self) -> list[str]:
        return self._db.read(lambda tx: pending.topics(tx, datetime.now(UTC)))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        except TimeoutError:
            return
