"""When a person may be written to without having asked: quiet hours in the three zones of Indonesia."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from scheduler.calendar import Calendar

ZONES: Final = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_MAX_DAYS_AHEAD: Final = 120


def zone_of(name: str) -> ZoneInfo:
    """The zone called WIB, WITA or WIT (any case), or an IANA name; raises ValueError when there is none."""
    try:
        return ZoneInfo(ZONES.get(name.strip().upper(), name.strip()))
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"no time zone {name!r}: WIB, WITA, WIT or a name like Asia/Jakarta") from error


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Messages may leave from `opens` up to but not at `closes`, by the clock of the recipient's zone.

    Weekends and holidays are sending days unless they are switched off.
    """

    opens: time = time(8)
    closes: time = time(20)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))
    on_weekends: bool = True
    on_holidays: bool = True
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"sending hours must open before they close: {self.opens} to {self.closes}")

    def allows(self, moment: datetime) -> bool:
        """Whether an aware moment lies in sending hours."""
        local = _aware(moment).astimezone(self.zone)
        return self.opens <= local.time() < self.closes and self.allows_day(local.date())

    def next_allowed(self, moment: datetime) -> datetime:
        """The moment itself when it is allowed, else the next opening, in the recipient's zone.

        Raises ValueError for a naive moment, and when the calendar leaves no sending day for months.
        """
        local = _aware(moment).astimezone(self.zone)
        if self.allows(local):
            return local
        first = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return datetime.combine(self._sending_day_from(first), self.opens, self.zone)

    def closes_after(self, moment: datetime) -> datetime:
        """The closing that ends the sending hours an allowed moment lies in."""
        local = self.next_allowed(moment)
        return datetime.combine(local.date(), self.closes, self.zone)

    def told_until(self, day: date) -> date:
        """The last of the days for which `day` has to tell: the closed ones right after it, when it is open itself."""
        last = day
        if self.allows_day(day):
            while not self.allows_day(last + timedelta(days=1)) and (last - day).days < _MAX_DAYS_AHEAD:
                last += timedelta(days=1)
        return last

    def _sending_day_from(self, day: date) -> date:
        for ahead in range(_MAX_DAYS_AHEAD):
            if self.allows_day(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise ValueError(f"no sending day within {_MAX_DAYS_AHEAD} days of {day}")

    def allows_day(self, day: date) -> bool:
        """Whether messages may leave on a day at all."""
        if not self.on_weekends and day.weekday() in self.calendar.weekend:
            return False
        return self.on_holidays or self.calendar.name_of(day) is None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs an offset")
    return moment
