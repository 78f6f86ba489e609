"""Remind: find what is due for a stage on a day and queue one text an address, once, in one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from mgov.store import reminders
from mgov.store.database import Database, wake
from mgov.store.reminders import Range, Scope
from mgov.workflows import reminder_text
from mgov.workflows.reminder_text import Wording
from scheduler.cadence import DEFAULT_STAGES, Cadence, due_windows, stale_before
from scheduler.quiet_hours import QuietHours

BATCH = 500  # messages a statement
#: How long after it may leave a reminder is still worth sending.
WORTH_SENDING = timedelta(days=2)
#: Due dates older than this are not even noted as skipped: they were long before any import of ours.
NOTED_BACK = timedelta(days=366)

Emit = Callable[[Iterator[dict[str, Any]]], None]


@dataclass(frozen=True, slots=True)
class RemindSettings:
    """When and how holders are reminded; `kinds` maps a kind in upper case to its own stages."""

    wording: Wording
    stages: tuple[int, ...] = DEFAULT_STAGES
    kinds: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    quiet: QuietHours = field(default_factory=QuietHours)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run queued: reminders (`first` to `last` in the store) and the messages that carry them."""

    reminders: int
    messages: int
    after_id: int
    last_id: int


class _NotKeptError(Exception):
    """A preview ends: the transaction is rolled back."""


def run(db: Database, on: date, settings: RemindSettings, now: datetime) -> RunOutcome:
    """Queue everything due on `on` that was not queued before. `now` only decides when it may leave.

    All or nothing: a run that is killed leaves nothing, and the next one queues all. Several nodes may run the same day
    together: they take turns, and each reminder is unique by key.
    """
    return db.transact(lambda tx: _run(tx, on, settings, now))


def preview(db: Database, on: date, settings: RemindSettings, now: datetime, emit: Emit) -> None:
    """Hand to `emit` what `run` would queue, and keep nothing."""

    def work(tx: Connection) -> None:
        outcome = _run(tx, on, settings, now)
        emit(reminders.queued(tx, outcome.after_id, outcome.last_id))
        raise _NotKeptError

    try:
        db.transact(work)
    except _NotKeptError:
        return


def show(db: Database, outcome: RunOutcome, emit: Emit) -> None:
    """Hand to `emit` exactly what a run queued."""
    db.read(lambda tx: emit(reminders.queued(tx, outcome.after_id, outcome.last_id)))


def withdraw_obsolete(db: Database, now: datetime) -> int:
    """Expire queued reminders that are no longer true; run it before sending and often. Returns how many."""
    return db.transact(lambda tx: reminders.withdraw_obsolete(tx, now))


def _run(tx: Connection, on: date, settings: RemindSettings, now: datetime) -> RunOutcome:
    reminders.lock(tx, now)
    after_id = reminders.last_id(tx)
    for scope, cadence in cadences(tx, settings):
        for span in _ranges(cadence, on):
            reminders.add_documents(tx, scope, span, on, now)
    for span in _ranges(Cadence(settings.stages), on):
        reminders.add_bills(tx, span, on, now)
    prefix = f"remind:{after_id}:"
    messages = _queue(tx, after_id, prefix, on, settings, now)
    count = reminders.link(tx, after_id, prefix) if messages else 0
    if messages:
        reminders.record_queued(tx, after_id, now)
        wake(tx, "outbox")
    return RunOutcome(count, messages, after_id, reminders.last_id(tx))


def cadences(tx: Connection, settings: RemindSettings) -> Iterator[tuple[Scope, Cadence]]:
    """Every cadence in force with the documents that it speaks of."""
    yield Scope(other_than_kinds=tuple(settings.kinds)), Cadence(settings.stages)
    for kind, stages in settings.kinds.items():
        yield Scope(kind=kind), Cadence(stages)
    for own in reminders.own_stages(tx):
        yield Scope(stages=own), Cadence(tuple(int(stage) for stage in own.split(";")))


def _ranges(cadence: Cadence, on: date) -> Iterator[Range]:
    for window in due_windows(cadence, on):
        yield Range(window.stage, window.first_due, window.last_due)
    stale = stale_before(cadence, on)
    reason = f"older than {cadence.stale_after_days} days"
    yield Range(cadence.stages[-1], on - NOTED_BACK, stale - timedelta(days=1), skip=reason)


def _queue(tx: Connection, after_id: int, prefix: str, on: date, settings: RemindSettings, now: datetime) -> int:
    count = 0
    messages = _messages(reminders.wanted(tx, after_id), prefix, on, settings, now)
    while batch := list(itertools.islice(messages, BATCH)):
        reminders.queue(tx, batch, now)
        count += len(batch)
    return count


def _messages(
    rows: Iterator[Any], prefix: str, on: date, settings: RemindSettings, now: datetime
) -> Iterator[dict[str, Any]]:
    not_before = settings.quiet.next_allowed(now)
    send_by = settings.quiet.closes_after(not_before + WORTH_SENDING)
    for (channel, address), group in itertools.groupby(rows, key=itemgetter("channel", "address")):
        documents = list(group)
        same = {"channel": channel, "recipient": address, "dedupe_key": f"{prefix}{channel}:{address}"}
        times = {"not_before": not_before, "send_by": send_by, "subject_id": documents[0]["id"]}
        yield {**same, **times, **_content(channel, documents, on, settings.wording)}


def _content(channel: str, documents: list[Any], on: date, wording: Wording) -> dict[str, Any]:
    if channel == "email":
        return {
            "text": reminder_text.mail(wording, documents, on),
            "subject": reminder_text.subject(wording, documents),
            "html": reminder_text.mail_html(wording, documents, on),
        }
    return {"text": reminder_text.sms(wording, documents, on), "subject": None, "html": None}
