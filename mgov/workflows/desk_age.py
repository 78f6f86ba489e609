"""How old a case is, in working days, and when it is too old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.calendar import Calendar

#: Working days after which a case that nobody decided is taken to somebody else.
LATE_AFTER = 2


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages at one moment (`now`, aware) by one calendar."""

    calendar: Calendar
    zone: ZoneInfo
    now: datetime

    def of(self, opened_at: datetime) -> int:
        """Working days since a case was opened; the day itself does not count."""
        first, today = (moment.astimezone(self.zone).date() for moment in (opened_at, self.now))
        return self.calendar.banking_days_between(first, today)

    def is_late(self, opened_at: datetime) -> bool:
        """Whether more than `LATE_AFTER` working days have passed."""
        return self.of(opened_at) > LATE_AFTER
