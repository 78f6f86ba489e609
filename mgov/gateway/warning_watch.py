"""Watches the warning server's drop folder: an alert leaves within about a second of its file."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import structlog

from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows.alerts_out import WarningDoor, take_folder

STEP = 1.0  # seconds between looks
AWAY = 10.0  # seconds when the folder or the database is away


class WarningWatch:
    """Looks into the folder until stopped; no failure ends it."""

    def __init__(self, folder: Path, door: WarningDoor, db: Database) -> None:
        self._folder = folder
        self._door = door
        self._db = db
        self._stopped = asyncio.Event()
        self._log = structlog.get_logger("warnings")

    def stop(self) -> None:
        """End after this look."""
        self._stopped.set()

    async def run(self) -> None:
        """Look until stopped."""
        while not self._stopped.is_set():
            await self._pause(await self._look())

    async def _look(self) -> float:
        try:
            taken = await asyncio.to_thread(take_folder, self._db, self._folder, self._door, datetime.now(UTC))
        except (DatabaseUnavailableError, OSError) as error:
            self._log.warning("drop folder or database away", folder=str(self._folder), detail=str(error))
            return AWAY
        except Exception:
            self._log.exception("warning not released")
            return AWAY
        for one in taken:
            number = one.released.number if one.released else None
            self._log.info("warning", file=one.name, broadcast=number, refused=one.reason or None)
        return STEP

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return
