"""Whether the database is away: said once when it goes and once when it is back, to the log and to systemd."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog


class Degraded:
    """What all parts of a daemon tell each other of the database. `status` gets a sentence for systemd."""

    def __init__(self, status: Callable[[str], None] = lambda _sentence: None) -> None:
        self._status = status
        self._since: float | None = None
        self._spooled = 0
        self._checked = False
        self._log = structlog.get_logger("database")

    @property
    def is_so(self) -> bool:
        """Whether the database is away."""
        return self._since is not None

    @property
    def is_unchecked(self) -> bool:
        """Whether nobody has looked yet if this program can work on that database: nothing is written to it then."""
        return not self._checked

    def checked(self) -> None:
        """The database is there, and this program can work on it."""
        self._checked = True
        self.back()

    def away(self, detail: str) -> None:
        """The database could not be reached."""
        if self._since is not None:
            return
        self._since = time.monotonic()
        self._log.error("degraded: the database is away; what comes in goes to the spool", detail=detail)
        self._status(f"degraded: the database is away ({detail[:120]}); what comes in is kept in the spool")

    def spooled(self, count: int) -> None:
        """Some PDUs went to the spool."""
        self._spooled += count

    def back(self) -> None:
        """The database answers."""
        if self._since is None:
            return
        seconds = round(time.monotonic() - self._since, 1)
        self._log.warning("the database is back", away_seconds=seconds, spooled=self._spooled)
        self._status("running")
        self._since, self._spooled = None, 0
