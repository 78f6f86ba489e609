"""Takes the portals' orders as they are written, and numbers what portals are told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows.portals import PortalSettings, Taken, take

POLL = 30.0  # seconds between looks, should the lookout have failed
PAUSE = 2.0  # seconds after a failure


class PortalDesk:
    """Runs `take` until nothing waits, then waits for a notice or the next look."""

    def __init__(self, db: Database, settings: PortalSettings, wake: asyncio.Event) -> None:
        self._db = db
        self._settings = settings
        self._wake = wake
        self._stopping = False
        self._log = structlog.get_logger("portals")

    def stop(self) -> None:
        """End after the orders under way."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Take until stopped; no failure ends it."""
        while not self._stopping:
            self._wake.clear()
            pause = POLL
            try:
                await asyncio.to_thread(self._drain)
            except DatabaseUnavailableError as error:
                self._log.warning("database away", detail=str(error))
                pause = PAUSE
            except Exception:
                self._log.exception("portals failed")
                pause = PAUSE
            await self._wait(pause)

    def _drain(self) -> None:
        while not self._stopping and (taken := take(self._db, self._settings, datetime.now(UTC))):
            self._note(taken)

    def _note(self, taken: Taken) -> None:
        if taken.accepted or taken.refused:
            self._log.info("portal orders taken", accepted=taken.accepted, refused=taken.refused)
        for fault in taken.faults:
            self._log.error("portal order not stored", exc_info=fault)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
