"""Crash-safe submission: where a part lies in the modem's memory, and what that says of it after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.store import leases, outbound_parts, outbox, sims
from mgov.store.database import Database, wake
from mgov.workflows.reports import match_parked_of_sim
from mgov.workflows.send import NOT_WRITTEN, Sender

#: How long a submission may still go on whose end nobody heard: some modems answer other commands meanwhile, and say
#: STO UNSENT until the network has the text.
ON_AIR = timedelta(seconds=12)

Place = tuple[str, int]  # memory and index


@dataclass(frozen=True, slots=True)
class Settled:
    """How many parts were settled, and where those lie that may be on the air at this moment: look again soon."""

    parts: int
    on_air: frozenset[Place] = frozenset()


def note_slot(db: Database, part_id: int, storage: str | None, index: int | None) -> None:
    """Commit where in the modem's memory a part lies (None: it is sent without); only then is it sent from there."""

    def work(tx: Connection) -> None:
        outbound_parts.change(tx, part_id, memory=storage, memory_index=index)
        sims.note_write(tx, part_id, storage)

    db.transact(work)


def settle_from_memory(db: Database, sender: Sender, sent: Mapping[Place, bool], now: datetime) -> Settled:
    """Settle what a crash left in doubt by what the modem's memory says.

    `sent` tells of each slot with a SUBMIT whether it is STO SENT. A part that was never written, or is STO UNSENT, has
    not gone out and is queued again, though not while its submission may still go on; a slot that is gone says nothing,
    and the part stays uncertain.
    """

    def work(tx: Connection) -> Settled:
        settled, on_air = 0, set()
        for part in outbound_parts.uncertain_in_memory(tx, sender.modem):
            place = (part["memory"], part["memory_index"])
            verdict = False if part["memory"] == NOT_WRITTEN else sent.get(place)
            if verdict is False and place in sent and timedelta() <= now - part["submitted_at"] < ON_AIR:
                on_air.add(place)
            elif verdict is not None:
                _settle_doubt(tx, sender, part, verdict, now)
                settled += 1
        return Settled(settled, frozenset(on_air))

    return db.transact(work)


def _settle_doubt(tx: Connection, sender: Sender, part: RowMapping, was_sent: bool, now: datetime) -> None:
    outbound_parts.change(tx, part["id"], state="sent" if was_sent else "queued", error_code=None)
    message = outbox.get(tx, part["message_id"])
    if message is None:
        return
    _settle_doubtful_message(tx, sender, message, was_sent, now)
    if was_sent:
        match_parked_of_sim(tx, part, message["recipient"], now)


def _settle_doubtful_message(
    tx: Connection, sender: Sender, message: RowMapping, was_sent: bool, now: datetime
) -> None:
    states = {row["state"] for row in outbound_parts.of(tx, message["id"])}
    if message["state"] != "uncertain" or "uncertain" in states:
        return
    state = "queued" if "queued" in states else "sent"
    whole = states == {"queued"} and message["parts"] > 1  # nothing of it went out: any SIM may send all of it
    freed = {"bound_sim": None} if whole else {}
    leases.settle(
        tx,
        message,
        state=state,
        now=now,
        actor=f"system:{sender.owner}",
        cause="the modem's memory says sent" if was_sent else "the modem's memory says not sent",
        sent_at=now if state == "sent" else None,
        not_before=message["not_before"],
        error=None,
        error_code=None,
        **freed,
    )
    wake(tx, "outbox")
