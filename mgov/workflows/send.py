"""Send: claim a message, submit its parts one by one, settle each. A claim is committed before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from mgov.domain.backoff import MAX_ATTEMPTS, Where, aftermath, retry_at
from mgov.domain.routing import Fleet, SendRules
from mgov.store import attempts, outbox, queue, reminder_recheck
from mgov.store.database import Database, wake
from mgov.store.queue import Taker
from mgov.workflows.receive import match_parked_reports

#: How many parts a text needs on the air.
CountParts = Callable[[str], int]


#: `memory` of a part that is to be written to the modem's memory before it is sent, and is not known to be there yet.
NOT_WRITTEN = "-"
#: How long the rest of a message waits for the SIM that its first parts went out by.
REST_LIVES = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: `owner` names the lease (node and part), `modem` and `sim` the radio.

    `crash_safe`: parts are written to the modem's memory first, and that is committed before they are sent from there.
    `rules` is what the site says about sending, `fleet` how the other modems are (`fleet.view`).
    """

    owner: str
    modem: str
    sim: str
    crash_safe: bool = False
    rules: SendRules = field(default_factory=SendRules)
    fleet: Fleet = field(default_factory=Fleet)

    def taker(self, count_parts: CountParts) -> Taker:
        """This modem as the queue knows it."""
        return Taker(self.modem, self.sim, self.rules, self.fleet, count_parts)


@dataclass(frozen=True, slots=True)
class Task:
    """One part to submit now. `reference` is the 8-bit number all parts of this message share on the air."""

    message: outbox.Row
    part_id: int
    sequence: int
    total: int
    reference: int

    @property
    def claimed_at(self) -> datetime:
        """When its message was claimed."""
        until: datetime = self.message["lease_until"]
        return until - outbox.LEASE

    @property
    def recipient(self) -> str:
        """The number to send to."""
        return str(self.message["recipient"])

    @property
    def text(self) -> str:
        """The whole text: the driver's side splits it the same way each time."""
        return str(self.message["text"])


@dataclass(frozen=True, slots=True)
class Submission:
    """What the radio said of one part: `outcome` is the value of `modem_drivers.radio.Outcome`."""

    outcome: str
    reference: int | None = None
    code: str | None = None
    detail: str = ""


def next_task(db: Database, sender: Sender, count_parts: CountParts, now: datetime) -> Task | None:
    """Claim the next message for this modem and commit that; None when nothing is due."""
    return db.transact(lambda tx: claim_part(tx, sender, count_parts, now))


def settle_and_next(
    db: Database,
    sender: Sender,
    task: Task,
    submission: Submission,
    count_parts: CountParts,
    now: datetime,
    more: bool = True,
) -> Task | None:
    """Settle one part and, in the same commit, begin the next part or claim the next message (unless not `more`)."""

    def work(tx: Connection) -> Task | None:
        following = settle_part(tx, sender, task, submission, now)
        if following is not None or not more:
            return following
        return claim_part(tx, sender, count_parts, now)

    return db.transact(work)


def recover(db: Database, owner: str, now: datetime) -> tuple[int, int]:
    """After a start: what this owner left in the middle of a submission is uncertain, what it had not begun is queued.

    Returns how many became uncertain and how many were queued again.
    """

    def work(tx: Connection) -> tuple[int, int]:
        uncertain = queued = 0
        for message in outbox.left_by(tx, owner, now):
            begun = [part for part in outbox.parts_of(tx, message["id"]) if part["state"] == "sending"]
            for part in begun:
                outbox.set_part(tx, part["id"], state="uncertain")
            state = "uncertain" if begun else "queued"
            outbox.settle(
                tx,
                message,
                state=state,
                now=now,
                actor=f"system:{owner}",
                cause="left behind by a stopped process",
                error="the submission was cut off: it may have gone out" if begun else None,
                error_code="cut off" if begun else None,
            )
            uncertain, queued = uncertain + bool(begun), queued + (not begun)
        if queued:
            wake(tx, "outbox")
        return uncertain, queued

    return db.transact(work)


def expire_overdue(db: Database, now: datetime) -> int:
    """Expire what is past its send-by time and still queued, and doubts that no report will settle any more.

    As many commits as it takes, none of them long. Returns how many messages expired.
    """
    total = 0
    for step in (outbox.expire, outbox.expire_doubts):
        while count := db.transact(partial(step, now=now)):
            total += count
            if count < outbox.PORTION:
                break
    return total


def is_any_overdue(db: Database, now: datetime) -> bool:
    """Whether `expire_overdue` has anything to do: one look that writes nothing."""
    return db.read(lambda tx: outbox.is_any_overdue(tx, now))


def is_any_left(db: Database, now: datetime) -> bool:
    """Whether `recover` has anything to do for a dead node or a lease that ran out: one look that writes nothing."""
    return db.read(lambda tx: outbox.is_any_left_by(tx, "", now))


def claim_part(tx: Connection, sender: Sender, count_parts: CountParts, now: datetime) -> Task | None:
    """Claim the next message for this modem and begin its first part, in the caller's transaction."""
    message = _claim_true(tx, sender, count_parts, now)
    if message is None:
        return None
    parts = outbox.parts_of(tx, message["id"]) if message["attempts"] > 1 else []
    if not parts:  # never claimed before
        parts = outbox.add_parts(tx, message["id"], count_parts(message["text"]))
    return _begin(tx, sender, message, [part for part in parts if part["state"] == "queued"], len(parts), now)


def _claim_true(tx: Connection, sender: Sender, count_parts: CountParts, now: datetime) -> outbox.Row | None:
    """Claim the next message; a reminder that is no longer true is expired on the way instead."""
    taker = sender.taker(count_parts)
    while (message := outbox.claim(tx, owner=sender.owner, now=now, taker=taker)) is not None:
        if reminder_recheck.may_send(tx, message, now):
            return message
    return None


def _begin(
    tx: Connection,
    sender: Sender,
    message: outbox.Row,
    waiting: list[outbox.Row],
    total: int,
    now: datetime,
) -> Task | None:
    if not waiting:
        return None
    part = waiting[0]
    if len(waiting) < total:  # a lease that was just taken is long enough for the first part
        outbox.renew_lease(tx, message["id"], now)
    outbox.set_part(
        tx,
        part["id"],
        state="sending",
        modem=sender.modem,
        sim=sender.sim,
        submitted_at=now,
        attempts=part["attempts"] + 1,
        memory=NOT_WRITTEN if sender.crash_safe else None,
        memory_index=None,
    )
    return Task(message, part["id"], part["sequence"], total, int(message["id"]) % 256)


def settle_part(tx: Connection, sender: Sender, task: Task, submission: Submission, now: datetime) -> Task | None:
    """Write down what came of one part, in the caller's transaction; returns the message's next part, begun."""
    if submission.outcome == "accepted":
        return _accepted(tx, sender, task, submission, now)
    _note_attempt(tx, sender, task, submission, now)
    if submission.outcome == "uncertain":
        outbox.set_part(tx, task.part_id, state="uncertain", error_code=submission.code)
        _bind(tx, sender, task)
        _close(tx, sender, task, "uncertain", submission, now)
    elif submission.outcome == "refused_for_good":
        outbox.set_part(tx, task.part_id, state="failed", error_code=submission.code)
        _close(tx, sender, task, "failed", submission, now)
    else:
        outbox.set_part(tx, task.part_id, state="queued", error_code=submission.code)
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
        outbox.bind(tx, task.message["id"], sender.sim)


def _accepted(tx: Connection, sender: Sender, task: Task, submission: Submission, now: datetime) -> Task | None:
    outbox.set_part(tx, task.part_id, state="sent", reference=submission.reference, error_code=None)
    parts = outbox.parts_of(tx, task.message["id"]) if task.total > 1 else []
    waiting = [part for part in parts if part["state"] == "queued"]
    if waiting:
        _bind(tx, sender, task)
        return _begin(tx, sender, task.message, waiting, task.total, now)
    in_doubt = any(part["state"] == "uncertain" for part in parts)
    _close(tx, sender, task, "uncertain" if in_doubt else "sent", submission, now)
    if submission.reference is not None:
        match_parked_reports(tx, task.part_id, sender.sim, submission.reference, task.recipient, now)
    return None


def _close(tx: Connection, sender: Sender, task: Task, state: str, submission: Submission, now: datetime) -> None:
    outbox.settle(
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
    outbox.settle(
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


def is_overtaken(db: Database, sender: Sender, task: Task, now: datetime) -> bool:
    """Whether something more urgent than a part that is not begun waits for this modem."""
    taker = sender.taker(lambda _: 1)
    return db.read(lambda tx: queue.is_overtaken(tx, taker, int(task.message["urgency"]), now))


def give_back(db: Database, sender: Sender, task: Task, now: datetime) -> None:
    """Return a claimed part that was not begun on the air: an orderly stop."""

    def work(tx: Connection) -> None:
        cause = "stopped before submission"
        if outbox.settle(tx, task.message, state="queued", now=now, actor=f"system:{sender.owner}", cause=cause):
            outbox.set_part(tx, task.part_id, state="queued")

    db.transact(work)
