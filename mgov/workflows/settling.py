"""Settle: what the radio said of a part is written down, and the next part of its message is begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.backoff import MAX_ATTEMPTS, Where, aftermath, retry_at
from mgov.store import attempts, delivery_reports, leases, outbound_parts
from mgov.store.database import wake
from mgov.workflows.claiming import begin_next
from mgov.workflows.reports import match_parked_reports
from mgov.workflows.send import Sender, Submission, Task

#: How long the rest of a message waits for the SIM that its first parts went out by.
REST_LIVES = timedelta(days=1)

Done = tuple[Task, Submission]


def settle_parts(tx: Connection, sender: Sender, done: Sequence[Done], now: datetime) -> list[Task]:
    """Write down what came of parts, in the caller's transaction; returns the next parts of their messages, begun."""
    plain = [one for one in done if _is_plain(*one)]
    if len(plain) > 1:
        _settle_plain(tx, sender, plain, now)
        done = [one for one in done if not _is_plain(*one)]
    following = [settle_part(tx, sender, *one, now) for one in done]
    return [task for task in following if task is not None]


def _is_plain(task: Task, submission: Submission) -> bool:
    """Whether it ended as nearly all do: a text of one part was accepted."""
    return submission.outcome == "accepted" and task.total == 1


def _settle_plain(tx: Connection, sender: Sender, done: Sequence[Done], now: datetime) -> None:
    """The same as one by one, in few statements."""
    same = {"state": "sent", "error_code": None}
    changes = {task.part_id: {**same, "reference": submission.reference} for task, submission in done}
    outbound_parts.change_each(tx, changes)
    messages = [task.message for task, _ in done]
    ended = {"sim": sender.sim, "sent_at": now, "error_code": None, "error": None}
    leases.settle_alike(tx, messages, state="sent", now=now, actor=f"system:{sender.owner}", cause="accepted", **ended)
    references = {submission.reference for _, submission in done if submission.reference is not None}
    early = delivery_reports.early_references(tx, sender.sim, references, now)
    for task, submission in done:
        if submission.reference in early:
            match_parked_reports(tx, task.part_id, sender.sim, submission.reference, task.recipient, now)


def settle_part(tx: Connection, sender: Sender, task: Task, submission: Submission, now: datetime) -> Task | None:
    """Write down what came of one part, in the caller's transaction; returns the message's next part, begun."""
    if submission.outcome == "accepted":
        return _accepted(tx, sender, task, submission, now)
    _note_attempt(tx, sender, task, submission, now)
    if submission.outcome == "uncertain":
        outbound_parts.change(tx, task.part_id, state="uncertain", error_code=submission.code)
        _bind(tx, sender, task)
        _close(tx, sender, task, "uncertain", submission, now)
    elif submission.outcome == "refused_for_good":
        outbound_parts.change(tx, task.part_id, state="failed", error_code=submission.code)
        _close(tx, sender, task, "failed", submission, now)
    else:
        outbound_parts.change(tx, task.part_id, state="queued", error_code=submission.code)
        _try_again(tx, sender, task, submission, now)
    return None


def _note_attempt(tx: Connection, sender: Sender, task: Task, submission: Submission, now: datetime) -> None:
    attempts.add(
        tx,
        message_id=task.message["id"],
        sequence=task.sequence,
        attempt=task.message["attempts"],
        modem=sender.modem,
        sim=sender.sim,
        now=now,
        outcome=submission.outcome,
        code=submission.code,
        detail=submission.detail,
    )


def _bind(tx: Connection, sender: Sender, task: Task) -> None:
    """Parts that carry different numbers are never joined by a phone: the rest goes by the SIM of the first."""
    if task.total > 1:
        leases.bind(tx, task.message["id"], sender.sim)


def _accepted(tx: Connection, sender: Sender, task: Task, submission: Submission, now: datetime) -> Task | None:
    outbound_parts.change(tx, task.part_id, state="sent", reference=submission.reference, error_code=None)
    parts = outbound_parts.of(tx, task.message["id"]) if task.total > 1 else []
    waiting = [part for part in parts if part["state"] == "queued"]
    if waiting:
        _bind(tx, sender, task)
        return begin_next(tx, sender, task.message, waiting, task.total, now)
    in_doubt = any(part["state"] == "uncertain" for part in parts)
    _close(tx, sender, task, "uncertain" if in_doubt else "sent", submission, now)
    if submission.reference is not None:
        match_parked_reports(tx, task.part_id, sender.sim, submission.reference, task.recipient, now)
    return None


def _close(tx: Connection, sender: Sender, task: Task, state: str, submission: Submission, now: datetime) -> None:
    leases.settle(
        tx,
        task.message,
        state=state,
        now=now,
        actor=f"system:{sender.owner}",
        cause=submission.outcome,
        sim=sender.sim,
        sent_at=now if state == "sent" else None,
        error_code=submission.code,
        error=submission.detail or None,
    )


def _try_again(tx: Connection, sender: Sender, task: Task, submission: Submission, now: datetime) -> None:
    tries = int(task.message["attempts"])
    if tries >= MAX_ATTEMPTS:
        _close(tx, sender, task, "failed", submission, now)
        return
    after = aftermath(submission.outcome, submission.code)
    values: dict[str, object] = {"not_before": retry_at(now, after, tries, int(task.message["id"]))}
    rest = task.sequence > 1 or task.message["bound_sim"] is not None
    if rest:  # it cannot go elsewhere, and is of no use a day later
        values["send_by"] = task.message["send_by"] or now + REST_LIVES
    elif after.where is not Where.ANY:
        values |= {"preferred_modem": None, "avoid_modem": sender.modem}
    leases.settle(
        tx,
        task.message,
        state="queued",
        now=now,
        actor=f"system:{sender.owner}",
        cause=submission.outcome,
        error_code=submission.code,
        error=submission.detail or None,
        **values,
    )
    wake(tx, "outbox")
