"""Duties that come again: closing the report of one period opens the next."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A duty due on `day` of each of `months`, for the period of equal length that ended before that month.

    LKPM each quarter: months (1, 4, 7, 10), day 15. A day past the end of a month means its last day. The months
    must divide the year evenly (monthly, quarterly, half-yearly, yearly, …), as a period has one length.
    """

    months: tuple[int, ...]
    day: int

    def __post_init__(self) -> None:
        months = tuple(sorted(set(self.months)))
        if not months or not all(1 <= month <= _MONTHS_A_YEAR for month in months):
            raise ValueError("a recurring duty needs months from 1 to 12")
        if not 1 <= self.day <= 31:
            raise ValueError("the day of a recurring duty lies between 1 and 31")
        steps = {(after - month) % _MONTHS_A_YEAR or _MONTHS_A_YEAR for month, after in _pairs(months)}
        if len(steps) != 1:
            raise ValueError("the months of a recurring duty must lie evenly over the year")
        object.__setattr__(self, "months", months)

    @property
    def period_months(self) -> int:
        """The length of a period in months: 3 for quarterly, 6 for half-yearly."""
        return _MONTHS_A_YEAR // len(self.months)


@dataclass(frozen=True, slots=True)
class Period:
    """What one occurrence is about: the days it covers (both included), its due date and its short name."""

    starts_on: date
    ends_on: date
    due_on: date
    label: str


def next_due(duty: Recurrence, after: date) -> date:
    """The first due date of a duty strictly after a day."""
    candidates = (_clamped(year, month, duty.day) for year in (after.year, after.year + 1) for month in duty.months)
    return next(day for day in candidates if day > after)


def previous_due(duty: Recurrence, before: date) -> date:
    """The last due date of a duty strictly before a day."""
    candidates = (
        _clamped(year, month, duty.day) for year in (before.year, before.year - 1) for month in reversed(duty.months)
    )
    return next(day for day in candidates if day < before)


def period_due(duty: Recurrence, due_on: date) -> Period:
    """The period that a due date closes: the months before the month it lies in."""
    ends_on = due_on.replace(day=1) - timedelta(days=1)
    starts_on = add_months(ends_on.replace(day=1), 1 - duty.period_months, 1)
    return Period(starts_on, ends_on, due_on, _label(duty, ends_on))


def following_period(duty: Recurrence, due_on: date) -> Period:
    """The period that opens when the one due on `due_on` is closed.

    A due date that a notice moved by some days, either way, stands for the regular one nearest to it.
    """
    return period_due(duty, next_due(duty, _regular_due(duty, due_on)))


def add_months(day: date, months: int, anchor_day: int | None = None) -> date:
    """A day so many months later, on `anchor_day` (by default its own) or the last day of a shorter month.

    Pass the anchor when adding step by step, or 31 August turns into 28 February and never back.
    """
    index = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, _MONTHS_A_YEAR)
    return _clamped(year, month + 1, anchor_day or day.day)


def _regular_due(duty: Recurrence, due_on: date) -> date:
    earlier = previous_due(duty, due_on + timedelta(days=1))
    later = next_due(duty, due_on - timedelta(days=1))
    return min(earlier, later, key=lambda day: abs((day - due_on).days))


def _label(duty: Recurrence, ends_on: date) -> str:
    """`2026-TW3` for a quarter, `2026-S1` for a half-year, `2026` for a year, else `2026-09` (its last month)."""
    number = (ends_on.month - 1) // duty.period_months + 1
    if ends_on.month % duty.period_months:
        return f"{ends_on.year}-{ends_on.month:02d}"
    names = {3: f"{ends_on.year}-TW{number}", 6: f"{ends_on.year}-S{number}", 12: f"{ends_on.year}"}
    return names.get(duty.period_months, f"{ends_on.year}-{ends_on.month:02d}")


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _pairs(months: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(months, (*months[1:], months[0]), strict=True))
