"""When a system that fails again and again is left alone for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Circuit:
    """How often a system failed in a row, and until when it is left alone; each step gives a new value.

    After `tolerated` failures it opens for `pause`; then one call probes it, and its outcome closes or opens it again.
    """

    tolerated: int = 5
    pause: timedelta = timedelta(seconds=15)
    failures: int = 0
    open_until: datetime | None = None

    def failed(self, now: datetime) -> Circuit:
        """One more failure."""
        failures = self.failures + 1
        opens = now + self.pause if failures >= self.tolerated else None
        return replace(self, failures=failures, open_until=opens)

    def succeeded(self) -> Circuit:
        """The system answers again."""
        return replace(self, failures=0, open_until=None)

    def allows(self, now: datetime, under_way: int, most: int) -> int:
        """How many calls may begin now, when so many are under way and `most` at a time are allowed."""
        if self.open_until is not None:
            return 0 if now < self.open_until or under_way else 1
        return max(0, most - under_way)
