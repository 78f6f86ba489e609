"""What a worker claimed and did not finish: told by its own log after a crash, or by itself after a doubtful commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.store import leases, outbound_parts
from mgov.store.database import Database, wake
from mgov.workflows.send import Sender, Submission, Task
from mgov.workflows.settling import settle_part


@dataclass(frozen=True, slots=True)
class Begun:
    """A submission that was begun under a lease; `submission` is what came of it, None when that is not known."""

    lease: int
    submission: Submission | None = None


@dataclass(frozen=True, slots=True)
class Leftovers:
    """How many messages were settled by what the log knew, and how many had not been begun and are queued again."""

    settled: int = 0
    queued: int = 0


def settle_by_log(db: Database, sender: Sender, begun: Mapping[int, Begun], now: datetime) -> Leftovers:
    """Settle what an earlier run of this worker left, as far as its log tells; what is in doubt stays as it is.

    `begun` tells of each part (by its number) that was begun; a part that it does not name has not gone out.
    """

    def work(tx: Connection) -> Leftovers:
        settled = queued = 0
        for message in leases.held_by(tx, sender.owner):
            known = _settle_known(tx, sender, message, begun, now)
            settled, queued = settled + (known is True), queued + (known is False)
        return Leftovers(settled, queued)

    return db.transact(work)


def recover(db: Database, owner: str, now: datetime) -> tuple[int, int]:
    """After a start of this owner ("": of nobody), and for whoever is dead: what was left is seen to.

    What was in the middle of a submission is uncertain, what was not begun is queued. Returns how many became uncertain
    and how many were queued again.
    """

    def work(tx: Connection) -> tuple[int, int]:
        uncertain = queued = 0
        own = leases.held_by(tx, owner) if owner else []
        known = {message["id"] for message in own}
        for message in [*own, *(m for m in leases.abandoned(tx, now) if m["id"] not in known)]:
            begun = [part for part in outbound_parts.of(tx, message["id"]) if part["state"] == "sending"]
            for part in begun:
                outbound_parts.change(tx, part["id"], state="uncertain")
            state = "uncertain" if begun else "queued"
            leases.settle(
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


def is_any_left(db: Database, now: datetime) -> bool:
    """Whether `recover` has anything to do for a dead node or a lease that ran out: one look that writes nothing."""
    return db.read(lambda tx: leases.is_any_abandoned(tx, now))


def take_stock(db: Database, owner: str, settled: Collection[Task], now: datetime) -> frozenset[int]:
    """After a commit of which nobody knows whether it was done: what this living owner claimed then is queued again.

    `settled` are parts that have gone out and are yet to be settled. Returns which of them still are, by number.
    """
    gone_out = {task.part_id for task in settled}

    def work(tx: Connection) -> frozenset[int]:
        still_open: set[int] = set()
        for message in leases.held_by(tx, owner):
            sending = {part["id"] for part in outbound_parts.of(tx, message["id"]) if part["state"] == "sending"}
            still_open |= sending & gone_out
            for part_id in sending - gone_out:
                outbound_parts.change(tx, part_id, state="queued")
            if not sending & gone_out:
                _queue_again(tx, message, owner, "the claim was in doubt, nothing was sent", now)
        return frozenset(still_open)

    return db.transact(work)


def _settle_known(
    tx: Connection, sender: Sender, message: RowMapping, begun: Mapping[int, Begun], now: datetime
) -> bool | None:
    """True: settled; False: queued again, as it was not begun; None: it may be on the air."""
    parts = outbound_parts.of(tx, message["id"])
    sending = next((part for part in parts if part["state"] == "sending"), None)
    entry = begun.get(sending["id"]) if sending is not None else None
    if sending is None or entry is None or entry.lease != message["lease_number"]:
        if sending is not None:
            outbound_parts.change(tx, sending["id"], state="queued")
        _queue_again(tx, message, sender.owner, "stopped before submission", now)
        return False
    if entry.submission is None:
        return None
    task = Task(message, sending["id"], sending["sequence"], len(parts), int(message["id"]) % 256)
    following = settle_part(tx, sender, task, entry.submission, now)
    if following is not None:
        outbound_parts.change(tx, following.part_id, state="queued")
        _queue_again(tx, message, sender.owner, "stopped between two parts", now)
    return True


def _queue_again(tx: Connection, message: RowMapping, owner: str, cause: str, now: datetime) -> None:
    leases.settle(tx, message, state="queued", now=now, actor=f"system:{owner}", cause=cause)
    wake(tx, "outbox")
