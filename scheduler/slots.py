"""The schedules of jobs: a slot is an instant computed from the schedule alone, so that all nodes come to the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_JAKARTA: Final = ZoneInfo("Asia/Jakarta")
_UNITS: Final = (("h", 3600), ("min", 60), ("s", 1))
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Every:
    """Slots every `interval`, counted from one fixed instant, so that all nodes have the same."""

    interval: timedelta

    def __post_init__(self) -> None:
        if self.interval < timedelta(seconds=1):
            raise ValueError("an interval is at least one second")

    def __str__(self) -> str:
        seconds = int(self.interval.total_seconds())
        unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
        return f"every {seconds // size} {unit}"

    def slot_at(self, now: datetime) -> datetime:
        """The latest slot at or before `now` (UTC)."""
        return _EPOCH + (now - _EPOCH) // self.interval * self.interval

    def next_after(self, slot: datetime) -> datetime:
        """The slot that follows one."""
        return slot + self.interval

    def trigger(self) -> Any:  # noqa: ANN401 - APScheduler has no types
        """The APScheduler trigger that fires at each slot."""
        return IntervalTrigger(seconds=self.interval.total_seconds(), start_date=_EPOCH)


@dataclass(frozen=True, slots=True)
class DailyAt:
    """A slot each day at a time of a zone; on `weekdays` only (Monday 0) when given."""

    at: time
    zone: ZoneInfo = _JAKARTA
    weekdays: frozenset[int] = frozenset(range(7))

    def __post_init__(self) -> None:
        if not self.weekdays <= frozenset(range(7)) or not self.weekdays:
            raise ValueError("weekdays lie between 0 (Monday) and 6, at least one")

    def __str__(self) -> str:
        days = "" if len(self.weekdays) == len(_DAYS) else " " + " ".join(_DAYS[day] for day in sorted(self.weekdays))
        return f"{self.at:%H:%M}{days}"

    def slot_at(self, now: datetime) -> datetime:
        """The latest slot at or before `now`."""
        today = now.astimezone(self.zone).date()
        candidates = (datetime.combine(today - timedelta(days=n), self.at, self.zone) for n in range(9))
        return next(slot for slot in candidates if slot <= now and slot.weekday() in self.weekdays)

    def next_after(self, slot: datetime) -> datetime:
        """The slot that follows one."""
        day = slot.astimezone(self.zone).date()
        candidates = (datetime.combine(day + timedelta(days=n), self.at, self.zone) for n in range(9))
        return next(after for after in candidates if after > slot and after.weekday() in self.weekdays)

    def trigger(self) -> Any:  # noqa: ANN401 - APScheduler has no types
        """The APScheduler trigger that fires at each slot."""
        days = ",".join(str(day) for day in sorted(self.weekdays))
        at = {"hour": self.at.hour, "minute": self.at.minute, "second": self.at.second}
        return CronTrigger(day_of_week=days, timezone=self.zone, **at)


Schedule = Every | DailyAt
