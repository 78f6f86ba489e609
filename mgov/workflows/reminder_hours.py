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


@dataclass
class Spread:
    """Gives out the sending hours in the order asked: soonest due first.

    `per_minute` says how many parts (sms) or mails (email) can be carried; a channel not named has no limit.
    """

    quiet: QuietHours
    now: datetime
    per_minute: Mapping[str, float] = field(default_factory=dict)
    _free: dict[str, datetime] = field(default_factory=dict, init=False)

    def take(
        self, channel: str, load: int, zone: str | None, due_days: Sequence[date] = (), *, not_today: bool = False
    ) -> Hours:
        """The hours of one message of `load` parts about what falls due on these days; `not_today`: from tomorrow on.

        It is worth sending two days, but no longer than the day the first falls due that is yet to come when it may
        leave: a text that comes later would tell of what is past as still to come. If all are past by then, it expires.
        """
        quiet = self._quiet_of(zone)
        free = max(self.now, self._free.get(channel, self.now))
        earliest = max(free, self._tomorrow(quiet)) if not_today else free
        not_before = quiet.next_allowed(earliest)
        if channel in self.per_minute:
            begins = not_before if zone is None and not not_today else free
            self._free[channel] = begins + timedelta(minutes=load / self.per_minute[channel])
        return Hours(not_before, quiet.closes_after(not_before), self._worth_until(quiet, not_before, due_days))

    def _quiet_of(self, zone: str | None) -> QuietHours:
        return self.quiet if zone is None else replace(self.quiet, zone=zone_of(zone))

    def _tomorrow(self, quiet: QuietHours) -> datetime:
        day = self.now.astimezone(quiet.zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), quiet.zone)

    def _worth_until(self, quiet: QuietHours, not_before: datetime, due_days: Sequence[date]) -> datetime:
        for_two_days = quiet.closes_after(not_before + WORTH_SENDING)
        leaves_on = not_before.astimezone(quiet.zone).date()
        ahead = [day for day in due_days if day >= leaves_on] or due_days
        if not ahead:
            return for_two_days
        return min(for_two_days, datetime.combine(min(ahead), quiet.closes, quiet.zone))


def next_hours(quiet: QuietHours, closed_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    """The sending hours after those that ended at `closed_at`: whole days later by the same clock, on a sending day."""
    length = datetime.combine(date.min, quiet.closes) - datetime.combine(date.min, quiet.opens)
    closes = closed_at
    while closes <= now or not quiet.allows_day((closes - length).astimezone(quiet.zone).date()):
        closes += timedelta(days=1)
    return max(now, closes - length), closes
