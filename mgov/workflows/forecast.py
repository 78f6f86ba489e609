"""Forecast: how many reminders the documents known now mean on each day to come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from mgov.store import reminders
from mgov.workflows import reminder_text
from mgov.workflows.remind import RemindSettings, cadences
from scheduler.cadence import Cadence, due_windows, stage_days

Days = dict[date, Counter[str]]


#: So many documents are written out to know how many parts a text takes.
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Forecast:
    """Messages a day and channel (`sms`, `email`), only days that have some; and the parts that a text takes."""

    days: Days
    parts_a_text: float


def forecast(tx: Connection, settings: RemindSettings, today: date, horizon: int = 365) -> Forecast:
    """What the documents known now mean for each day from today on.

    Today counts what is true today, as the first run after an import would queue it. Documents of one address that come
    to the same stage share a message.
    """
    days: Days = {}
    for scope, cadence in cadences(tx, settings):
        for due_on, channel, count in reminders.due_counts(tx, scope, today - timedelta(days=cadence.stale_after_days)):
            for day in _days_of(cadence, due_on, today, horizon):
                days.setdefault(day, Counter())[channel] += count
    return Forecast(dict(sorted(days.items())), _parts_a_text(tx, settings, today))


def _parts_a_text(tx: Connection, settings: RemindSettings, today: date) -> float:
    rows = reminders.sample(tx, SAMPLE)
    parts = [reminder_text.sms_parts(reminder_text.sms(settings.wording, [dict(row)], today)) for row in rows]
    return sum(parts) / len(parts) if parts else 1.0


def _days_of(cadence: Cadence, due_on: date, today: date, horizon: int) -> list[date]:
    last = today + timedelta(days=horizon)
    days = [day for _, day in stage_days(cadence, due_on) if today < day <= last]
    true_now = any(window.first_due <= due_on <= window.last_due for window in due_windows(cadence, today))
    return [today, *days] if true_now else days
