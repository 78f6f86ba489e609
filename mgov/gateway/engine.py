"""The engine: answers texts one after the other as they come, and sweeps what was left behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows.answer import AnswerSettings, Handled, answer_due

POLL = 30.0  # seconds between looks into the inbox, should the lookout have failed
REFRESH = 5.0  # seconds between looks at what the settings depend on: the numbers of our own SIMs
PAUSE = 1.0  # seconds after a failure that is not the text's


class Engine:
    """Runs `answer_due` until nothing is due, then waits for a wake-up."""

    def __init__(self, db: Database, settings: Callable[[], AnswerSettings], inbox: asyncio.Event) -> None:
        self._db = db
        self._settings = settings
        self._wake = inbox
        self._stopping = False
        self._current: tuple[float, AnswerSettings] | None = None
        self._log = structlog.get_logger("engine")

    def stop(self) -> None:
        """End after the text under way."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Answer until stopped; no failure ends it."""
        while not self._stopping:
            self._wake.clear()
            try:
                await asyncio.to_thread(self._drain)
            except DatabaseUnavailableError as error:
                self._log.warning("database away", detail=str(error))
                await asyncio.sleep(PAUSE)
            except Exception:
                self._log.exception("engine failed")
                await asyncio.sleep(PAUSE)
            await self._wait()

    def _drain(self) -> None:
        settings = self._settings_now()
        while not self._stopping:
            done = answer_due(self._db, settings, datetime.now(UTC))
            if not done:
                return
            for handled in done:
                self._note(handled)

    def _settings_now(self) -> AnswerSettings:
        if self._current is None or time.monotonic() - self._current[0] > REFRESH:
            self._current = time.monotonic(), self._settings()
        return self._current[1]

    def _note(self, handled: Handled) -> None:
        if handled.state == "set_aside":
            self._log.error("text set aside", message=handled.message_id)
        else:
            self._log.info("text handled", message=handled.message_id, state=handled.state)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._wake.wait()
        except TimeoutError:
            return
