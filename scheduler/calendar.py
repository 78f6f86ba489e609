"""Working days: weekends and holidays, passed in as data, and the arithmetic of banking days."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})
#: No calendar of ours has this many closed days in a row: beyond it the data is wrong.
_MAX_CLOSED_DAYS: Final = 60
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days on which offices and banks are closed.

    `holidays` maps a day to its name (national holidays and collective leave alike: banks clear on neither).
    `weekend` holds weekday numbers, Monday 0.
    """

    holidays: Mapping[date, str] = field(default_factory=dict)
    weekend: Collection[int] = SATURDAY_AND_SUNDAY

    def __post_init__(self) -> None:
        if len(set(self.weekend)) >= 7:
            raise ValueError("a week needs at least one working day")

    def is_banking_day(self, day: date) -> bool:
        """Whether banks and offices work on a day."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def name_of(self, day: date) -> str | None:
        """The name of the holiday on a day, if it is one."""
        return self.holidays.get(day)

    def knows(self, year: int) -> bool:
        """Whether the data has any holiday of a year: without, only its weekends are known."""
        return any(day.year == year for day in self.holidays)

    def banking_day_from(self, day: date) -> date:
        """The day itself when it is a banking day, else the next one."""
        return day if self.is_banking_day(day) else self.banking_days_after(day, 1)

    def banking_days_after(self, day: date, count: int) -> date:
        """The `count`-th banking day after a day; the day itself does not count, and 0 gives it back.

        Raises ValueError for a negative count, and when the data closes two months in a row.
        """
        return self._walk(day, count, _DAY)

    def banking_days_before(self, day: date, count: int) -> date:
        """The `count`-th banking day before a day, as for duties so many working days before an expiry."""
        return self._walk(day, count, -_DAY)

    def banking_days_between(self, first: date, last: date) -> int:
        """How many banking days lie after `first` up to and including `last`; negative when `last` is earlier."""
        if last < first:
            return -self.banking_days_between(last, first)
        span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(1 for day in span if self.is_banking_day(day))

    def _walk(self, day: date, count: int, step: timedelta) -> date:
        if count < 0:
            raise ValueError("a number of banking days cannot be negative")
        for _ in range(count):
            day = next(candidate for candidate in _days(day, step) if self.is_banking_day(candidate))
        return day


def _days(start: date, step: timedelta) -> Iterator[date]:
    for n in range(1, _MAX_CLOSED_DAYS + 1):
        yield start + n * step
    raise ValueError(f"no working day within {_MAX_CLOSED_DAYS} days of {start}: the holiday data is wrong")
