"""Remind: find what is due for a stage on a day and queue one text an address, once, in one transaction."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, reminder_queue, reminder_recheck, reminders, sending_hours
from mgov.store.database import Database, wake
from mgov.store.reminders import Range, Scope
from mgov.workflows import access, reminder_text
from mgov.workflows.reminder_hours import Spread, next_hours
from mgov.workflows.reminder_text import Wording
from scheduler.cadence import DEFAULT_STAGES, STALE_AFTER_DAYS, Cadence, due_windows_over, stale_before
from scheduler.quiet_hours import QuietHours

BATCH = 500  # messages a statement
#: Due dates older than this are not even noted as skipped: they were long before any import of ours.
NOTED_BACK = timedelta(days=366)
SCHEDULER = Actor.system("scheduler")

Emit = Callable[[Iterator[dict[str, Any]]], None]


@dataclass(frozen=True, slots=True)
class RemindSettings:
    """When and how holders are reminded; `kinds` maps a kind in upper case to its own stages.

    `per_minute` says how many parts (sms) or mails (email) can be carried; a channel not named has no limit.
    """

    wording: Wording
    stages: tuple[int, ...] = DEFAULT_STAGES
    kinds: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    quiet: QuietHours = field(default_factory=QuietHours)
    per_minute: Mapping[str, float] = field(default_factory=dict)
    stale_after_days: int = STALE_AFTER_DAYS

    def cadence(self, stages: tuple[int, ...]) -> Cadence:
        """A cadence with these stages."""
        return Cadence(stages, self.stale_after_days)

    def cadence_of(self, kind: str | None, own: str | None) -> Cadence:
        """The cadence of one document (or bill, of no kind): its own stages, else its kind's, else the default."""
        if own:
            return self.cadence(tuple(int(stage) for stage in own.split(";")))
        return self.cadence(self.kinds.get((kind or "").upper(), self.stages))


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run queued: reminders (numbers after `after_id` up to `last_id`) and the messages that carry them.

    `parts` are those of all its SMS on the air.
    """

    reminders: int
    messages: int
    sms: int
    mails: int
    parts: int
    after_id: int
    last_id: int


class _NotKeptError(Exception):
    """A preview ends: the transaction is rolled back."""


def run(db: Database, on: date, settings: RemindSettings, now: datetime, actor: Actor = SCHEDULER) -> RunOutcome:
    """Queue everything due on `on` that was not queued before. `now` only decides when it may leave.

    All or nothing: a run that is killed leaves nothing, and the next one queues all. Several nodes may run the same day
    together: they take turns, and each reminder is unique by key.
    """

    def work(tx: Connection) -> RunOutcome:
        access.require(tx, actor, Right.REMIND_RUN)
        outcome = run_in(tx, on, settings, now)
        if outcome.messages:
            told = {"reminders": outcome.reminders, "messages": outcome.messages}
            audit.record(tx, actor, "remind.run", "day", on.isoformat(), told, now=now)
        return outcome

    return db.transact(work)


def preview(db: Database, on: date, settings: RemindSettings, now: datetime, emit: Emit) -> None:
    """Hand to `emit` what `run` would queue, and keep nothing."""

    def work(tx: Connection) -> None:
        outcome = run_in(tx, on, settings, now)
        emit(reminder_queue.queued(tx, outcome.after_id, outcome.last_id))
        raise _NotKeptError

    try:
        db.transact(work)
    except _NotKeptError:
        return


def show(db: Database, outcome: RunOutcome, emit: Emit) -> None:
    """Hand to `emit` exactly what a run queued."""
    db.read(lambda tx: emit(reminder_queue.queued(tx, outcome.after_id, outcome.last_id)))


def listing(db: Database, emit: Emit, *, document: str | None = None, limit: int | None = None) -> None:
    """Hand to `emit` what is known of reminders, oldest first: sent, waiting, or left out with the reason."""
    shown = ("id", "document", "kind", "holder", "due_on", "stage", "channel", "to", "run_on", "state", "reason")
    names = (*shown, "message", "message_state", "sent_at")

    def work(tx: Connection) -> None:
        rows = reminder_queue.listing(tx, document_number=document, limit=limit)
        emit({name: row[name] for name in names} for row in rows)

    db.read(work)


def withdraw_obsolete(db: Database, now: datetime) -> int:
    """Expire queued reminders that are no longer true; run it before sending and often. Returns how many."""
    return db.transact(lambda tx: reminder_recheck.withdraw_obsolete(tx, now))


def rewrite_partly_obsolete(db: Database, settings: RemindSettings, now: datetime) -> int:
    """Write anew the queued texts that name something that is settled by now; returns how many."""

    def work(tx: Connection) -> int:
        today = now.astimezone(settings.quiet.zone).date()
        return sum(_rewrite(tx, number, today, settings, now) for number in reminder_recheck.partly_obsolete(tx))

    return db.transact(work)


def reopen(db: Database, settings: RemindSettings, now: datetime) -> int:
    """Move what waits past its sending hours into the next ones; returns how many messages."""

    def following(closed_at: datetime, at: datetime) -> tuple[datetime, datetime]:
        return next_hours(settings.quiet, closed_at, at)

    return db.transact(lambda tx: sending_hours.reopen(tx, now, following))


def queue_wanted(tx: Connection, on: date, settings: RemindSettings, now: datetime, after_id: int) -> Counter[str]:
    """Queue one text an address for all reminders that are wanted; returns the counts of `sms`, `email` and `parts`."""
    prefix = f"remind:{after_id}:{now.timestamp():.0f}:"
    told = reminder_queue.join_earlier(tx, after_id, on, now, _midnight(on, settings, now))
    counts: Counter[str] = Counter()
    messages = _messages(tx, prefix, on, settings, now, told)
    while batch := list(itertools.islice(messages, BATCH)):
        reminder_queue.queue(tx, batch, now)
        for message in batch:
            counts[message["channel"]] += 1
            if message["channel"] == "sms":
                counts["parts"] += reminder_text.sms_parts(message["text"])
    if counts:
        reminder_queue.link(tx, prefix)
        reminder_queue.record_queued(tx, after_id, now)
        wake(tx, "outbox")
    return counts


def _midnight(on: date, settings: RemindSettings, now: datetime) -> datetime | None:
    """When the day began, if `on` is the day that it is."""
    zone = settings.quiet.zone
    return datetime.combine(on, time(), zone) if now.astimezone(zone).date() == on else None


def cadences(tx: Connection, settings: RemindSettings) -> Iterator[tuple[Scope, Cadence]]:
    """Every cadence in force with the documents that it speaks of."""
    yield Scope(other_than_kinds=tuple(settings.kinds)), settings.cadence(settings.stages)
    for kind, stages in settings.kinds.items():
        yield Scope(kind=kind), settings.cadence(stages)
    for own in reminders.own_stages(tx):
        yield Scope(stages=own), settings.cadence(tuple(int(stage) for stage in own.split(";")))


def run_in(tx: Connection, on: date, settings: RemindSettings, now: datetime) -> RunOutcome:
    """`run` inside a transaction, of nobody in particular: what it queues is gone when that is rolled back."""
    reminders.lock(tx, now)
    _decide_again(tx, on, settings)
    after_id = reminders.last_id(tx)
    proven = reminders.any_verified(tx)
    until = settings.quiet.told_until(on)
    for scope, cadence in cadences(tx, settings):
        for span in _ranges(cadence, on, until):
            reminders.add_documents(tx, scope, span, on, now)
            if proven:
                reminders.add_verified(tx, scope, span, on, now)
    for span in _ranges(settings.cadence(settings.stages), on, until):
        reminders.add_bills(tx, span, on, now)
    queued = queue_wanted(tx, on, settings, now, after_id)
    sms, mails, parts = queued["sms"], queued["email"], queued["parts"]
    count = reminder_queue.count_queued(tx, after_id)
    return RunOutcome(count, sms + mails, sms, mails, parts, after_id, reminders.last_id(tx))


def _decide_again(tx: Connection, on: date, settings: RemindSettings) -> None:
    """Who wants reminders again gets what is still true: not all that was left out meanwhile."""
    until = settings.quiet.told_until(on)
    true = [
        row["id"]
        for row in reminders.to_decide_again(tx)
        if any(
            window.stage == row["stage"] and window.first_due <= row["due_on"] <= window.last_due
            for window in due_windows_over(settings.cadence_of(row["kind"], row["stages"]), on, until)
        )
    ]
    reminders.decide_again(tx, true)


def _ranges(cadence: Cadence, on: date, until: date) -> Iterator[Range]:
    for window in due_windows_over(cadence, on, until):
        yield Range(window.stage, window.first_due, window.last_due)
    stale = stale_before(cadence, on)
    reason = f"older than {cadence.stale_after_days} days"
    yield Range(cadence.stages[-1], on - NOTED_BACK, stale - timedelta(days=1), skip=reason)


def _messages(
    tx: Connection, prefix: str, on: date, settings: RemindSettings, now: datetime, told: set[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    spread = Spread(settings.quiet, now, settings.per_minute)
    late = max(now.astimezone(settings.quiet.zone).date() - on, timedelta())  # `on` stands for today
    for where, group in itertools.groupby(reminder_queue.wanted(tx), key=itemgetter("channel", "address")):
        rows = list(group)
        content = _content(where[0], rows, on, settings.wording)
        # one text an address a day; only what would be too late tomorrow makes a second
        not_today = where in told and all(row["due_on"] > on for row in rows)
        load = reminder_text.sms_parts(content["text"]) if where[0] == "sms" else 1
        due_days = [row["due_on"] + late for row in rows if row["due_on"] >= on]
        hours = spread.take(where[0], load, rows[0]["zone"], due_days, not_today=not_today)
        yield {
            "channel": where[0],
            "recipient": where[1],
            "dedupe_key": f"{prefix}{where[0]}:{where[1]}",
            "not_before": hours.not_before,
            "closes_at": hours.closes_at,
            "send_by": hours.send_by,
            "subject_id": rows[0]["id"],
            **content,
        }


def _content(channel: str, rows: list[Any], on: date, wording: Wording) -> dict[str, Any]:
    if channel == "email":
        return {
            "text": reminder_text.mail(wording, rows, on),
            "subject": reminder_text.subject(wording, rows),
            "html": None,  # made of the text when it leaves
        }
    return {"text": reminder_text.sms(wording, rows, on), "subject": None, "html": None}


def _rewrite(tx: Connection, message_id: int, today: date, settings: RemindSettings, now: datetime) -> bool:
    if reminder_recheck.begun(tx, message_id):
        return False
    reminder_recheck.drop_untrue(tx, message_id)
    rows = reminder_queue.of_message(tx, message_id)
    content = _content(rows[0]["channel"], list(rows), today, settings.wording)
    return reminder_recheck.rewrite(tx, message_id, content, now)
