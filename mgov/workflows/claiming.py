"""Claim: what a modem is to submit next. That is committed before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.store import leases, outbound_parts, queue, reminder_recheck
from mgov.store.database import Database
from mgov.store.outbox import Row
from mgov.workflows.send import NOT_WRITTEN, CountParts, Sender, Task


def claim_parts(tx: Connection, sender: Sender, count_parts: CountParts, most: int, now: datetime) -> list[Task]:
    """Claim up to so many messages for this modem and begin the first part of each, in the caller's transaction.

    A message of several parts is the last of its row, as its other parts follow the first. A reminder that is no
    longer true is expired on the way instead.
    """
    taker = sender.taker(count_parts)
    tasks: list[Task] = []
    while len(tasks) < most and not (tasks and tasks[-1].total > 1):
        claimed = leases.claim(tx, owner=sender.owner, now=now, taker=taker, most=most - len(tasks))
        if not claimed:
            break
        true = [message for message in claimed if reminder_recheck.may_send(tx, message, now)]
        tasks += _begin_messages(tx, sender, true, count_parts, now)
    return tasks


def begin_next(
    tx: Connection, sender: Sender, message: Row, waiting: Sequence[Row], total: int, now: datetime
) -> Task | None:
    """Begin the first of a claimed message's parts that wait; None when none does."""
    if not waiting:
        return None
    part = waiting[0]
    if len(waiting) < total:  # a lease that was just taken is long enough for the first part
        leases.renew(tx, message["id"], now)
    outbound_parts.change(tx, part["id"], attempts=part["attempts"] + 1, memory_index=None, **_begun(sender, now))
    return _task(message, part, total)


def is_overtaken(db: Database, sender: Sender, task: Task, now: datetime) -> bool:
    """Whether something more urgent than a part that is not begun waits for this modem."""
    taker = sender.taker(lambda _: 1)
    return db.read(lambda tx: queue.is_overtaken(tx, taker, int(task.message["urgency"]), now))


def give_back(db: Database, sender: Sender, task: Task, now: datetime) -> None:
    """Return a claimed part that was not begun on the air: an orderly stop."""

    def work(tx: Connection) -> None:
        cause = "stopped before submission"
        if leases.settle(tx, task.message, state="queued", now=now, actor=f"system:{sender.owner}", cause=cause):
            outbound_parts.change(tx, task.part_id, state="queued")

    db.transact(work)


def _begin_messages(
    tx: Connection, sender: Sender, messages: Sequence[Row], count_parts: CountParts, now: datetime
) -> list[Task]:
    """Begin the first part of each, in order; what was never claimed before gets its parts together."""
    known = {message["id"]: outbound_parts.of(tx, message["id"]) for message in messages if message["attempts"] > 1}
    fresh = [message for message in messages if not known.get(message["id"])]
    added = _add_parts(tx, sender, fresh, count_parts, now)
    tasks = []
    for message in messages:
        task = added.get(message["id"]) or _begin_again(tx, sender, message, known[message["id"]], now)
        if task is not None:
            tasks.append(task)
    return tasks


def _begin_again(tx: Connection, sender: Sender, message: Row, parts: Sequence[Row], now: datetime) -> Task | None:
    waiting = [part for part in parts if part["state"] == "queued"]
    return begin_next(tx, sender, message, waiting, len(parts), now)


def _add_parts(
    tx: Connection, sender: Sender, messages: Sequence[Row], count_parts: CountParts, now: datetime
) -> dict[int, Task]:
    """Make the parts of messages, the first of each begun; returns that one by the message's number."""
    if not messages:
        return {}
    rows: list[dict[str, Any]] = []
    totals: dict[int, int] = {}
    for message in messages:
        totals[message["id"]] = total = count_parts(message["text"])
        if total != 1:  # what the column says of itself
            outbound_parts.note_count(tx, message["id"], total)
        rows.append({"message_id": message["id"], "sequence": 1, "attempts": 1, **_begun(sender, now)})
        rows += [_unbegun(message["id"], sequence) for sequence in range(2, total + 1)]
    firsts = {part["message_id"]: part for part in outbound_parts.add(tx, rows) if part["sequence"] == 1}
    return {message["id"]: _task(message, firsts[message["id"]], totals[message["id"]]) for message in messages}


def _begun(sender: Sender, now: datetime) -> dict[str, Any]:
    """What a part says once it may be on the air."""
    memory = NOT_WRITTEN if sender.crash_safe else None
    return {"state": "sending", "modem": sender.modem, "sim": sender.sim, "submitted_at": now, "memory": memory}


def _unbegun(message_id: int, sequence: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("modem", "sim", "submitted_at", "memory"))
    return {"message_id": message_id, "sequence": sequence, "attempts": 0, "state": "queued", **nothing}


def _task(message: Row, part: Row, total: int) -> Task:
    return Task(message, part["id"], part["sequence"], total, int(message["id"]) % 256)
