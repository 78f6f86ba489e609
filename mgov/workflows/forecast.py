"""Forecast: how many reminders the documents known now mean today and on each day to come, and what they weigh."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from mgov.store import reminders
from mgov.workflows import remind, reminder_text
from mgov.workflows.remind import RemindSettings
from scheduler.cadence import stage_days

Days = dict[date, Counter[str]]


#: So many documents are written out to know how many parts a text takes.
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Forecast:
    """Messages a day and channel (`sms`, `email`), only days that have some; and the parts of all text messages."""

    days: Days
    parts: float


def forecast(tx: Connection, settings: RemindSettings, today: date, now: datetime, horizon: int = 365) -> Forecast:
    """What the documents known now mean for each day from today on.

    Today is what a run queues now, and this transaction queues it: to be rolled back. After that an address gets one
    message a day for all its documents, on the last sending day before a stage comes.
    """
    outcome = remind.run_in(tx, today, settings, now)
    first = Counter({channel: count for channel, count in (("sms", outcome.sms), ("email", outcome.mails)) if count})
    ahead = _Ahead(settings, today, today + timedelta(days=horizon), _Parts(tx, settings, today))
    for (channel, _), rows in itertools.groupby(reminders.due_by_address(tx, today), itemgetter("channel", "address")):
        ahead.add(channel, rows)
    days = {today: first, **ahead.days} if first else ahead.days
    return Forecast(dict(sorted(days.items())), outcome.parts + ahead.parts)


class _Parts:
    """How many parts a text for so many documents takes, by what the newest documents would read like."""

    def __init__(self, tx: Connection, settings: RemindSettings, today: date) -> None:
        self._wording, self._today = settings.wording, today
        self._rows = [dict(row) for row in reminders.sample(tx, SAMPLE)]
        self._known: dict[int, float] = {}

    def of(self, count: int) -> float:
        """For a text about `count` documents."""
        if count not in self._known:
            self._known[count] = self._alone() if count == 1 else self._weigh(count)
        return self._known[count]

    def _alone(self) -> float:
        parts = [reminder_text.sms_parts(reminder_text.sms(self._wording, [row], self._today)) for row in self._rows]
        return sum(parts) / len(parts) if parts else 1.0

    def _weigh(self, count: int) -> float:
        rows = list(itertools.islice(itertools.cycle(self._rows), count))
        return float(reminder_text.sms_parts(reminder_text.sms(self._wording, rows, self._today)))


@dataclass
class _Ahead:
    """The days after today up to `last`."""

    settings: RemindSettings
    today: date
    last: date
    weight: _Parts
    days: Days = field(default_factory=dict)
    parts: float = 0.0
    _stages: dict[tuple[str | None, str | None, date], tuple[date, ...]] = field(default_factory=dict, init=False)

    def add(self, channel: str, rows: Iterable[Any]) -> None:
        """Count the messages of one address for all its documents."""
        named = Counter(day for row in rows for day in self._days_of(row["kind"], row["stages"], row["due_on"]))
        for day, count in named.items():
            self.days.setdefault(day, Counter())[channel] += 1
            if channel == "sms":
                self.parts += self.weight.of(count)

    def _days_of(self, kind: str | None, own: str | None, due_on: date) -> tuple[date, ...]:
        key = (kind, own, due_on)
        if key not in self._stages:
            days = (day for _, day in stage_days(self.settings.cadence_of(kind, own), due_on) if day <= self.last)
            self._stages[key] = tuple({told for day in days if (told := self._told_on(day)) > self.today})
        return self._stages[key]

    def _told_on(self, day: date) -> date:
        """The last day on which something is sent, up to the day itself."""
        candidates: Iterator[date] = (day - timedelta(days=n) for n in range(max(1, (day - self.today).days)))
        return next((told for told in candidates if self.settings.quiet.allows_day(told)), self.today)
