"""When each reminder may leave: within the sending hours of its zone, as many a minute as can be carried. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from scheduler.quiet_hours import QuietHours, zone_of

#: How long after it may leave a reminder is still worth sending.
WORTH_SENDING: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Hours:
    """From when a message may leave, the end of that day's sending hours, and when it is no longer worth sending."""

    not_before: datetime
    closes_at: datetime
    send_by: datetime


@dataclass(frozen=True, slots=True)
class _Window:
    """The sending hours from a moment on, and the closing of the day until which it is worth sending."""

    quiet: QuietHours
    opens: datetime
    closes: datetime
    last: datetime

    def worth_until(self, due_days: Sequence[date]) -> datetime:
        """The last moment for what falls due on these days."""
        leaves_on = self.opens.date()
        ahead = [day for day in due_days if day >= leaves_on] or due_days
        if not ahead:
            return self.last
        return min(self.last, datetime.combine(min(ahead), self.quiet.closes, self.quiet.zone))


@dataclass
class Spread:
    """Gives out the sending hours in the order asked: soonest due first.

    `per_minute` says how many parts (sms) or mails (email) can be carried; a channel not named has no limit.
    """

    quiet: QuietHours
    now: datetime
    per_minute: Mapping[str, float] = field(default_factory=dict)
    _free: dict[str, datetime] = field(default_factory=dict, init=False)
    _known: dict[tuple[str | None, bool], _Window] = field(default_factory=dict, init=False)

    def take(
        self, channel: str, load: int, zone: str | None, due_days: Sequence[date] = (), *, not_today: bool = False
    ) -> Hours:
        """The hours of one message of `load` parts about what falls due on these days; `not_today`: from tomorrow on.

        It is worth sending two days, but no longer than the day the first falls due that is yet to come when it may
        leave: a text that comes later would tell of what is past as still to come. If all are past by then, it expires.
        """
        if channel in self.per_minute:
            window = self._window(channel, zone, not_today)
            begins = window.opens if zone is None and not not_today else self._from(channel)
            self._free[channel] = begins + timedelta(minutes=load / self.per_minute[channel])
        else:
            window = self._known.get((zone, not_today)) or self._window(channel, zone, not_today)
            self._known[zone, not_today] = window
        return Hours(window.opens, window.closes, window.worth_until(due_days))

    def _window(self, channel: str, zone: str | None, not_today: bool) -> _Window:
        quiet = self.quiet if zone is None else replace(self.quiet, zone=zone_of(zone))
        earliest = max(self._from(channel), self._tomorrow(quiet)) if not_today else self._from(channel)
        opens = quiet.next_allowed(earliest)
        return _Window(quiet, opens, quiet.closes_after(opens), quiet.closes_after(opens + WORTH_SENDING))

    def _from(self, channel: str) -> datetime:
        return max(self.now, self._free.get(channel, self.now))

    def _tomorrow(self, quiet: QuietHours) -> datetime:
        day = self.now.astimezone(quiet.zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), quiet.zone)


def next_hours(quiet: QuietHours, closed_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    """The sending hours after those that ended at `closed_at`: whole days later by the same clock, on a sending day."""
    length = datetime.combine(date.min, quiet.closes) - datetime.combine(date.min, quiet.opens)
    closes = closed_at
    while closes <= now or not quiet.allows_day((closes - length).astimezone(quiet.zone).date()):
        closes += timedelta(days=1)
    return max(now, closes - length), closes
