"""Job slots as use cases: what the job runner's `claim` and `report` do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.store import job_slots, modems, nodes
from mgov.store.database import Database


def claim_slot(db: Database, node: str, job: str, slot: datetime, now: datetime) -> bool:
    """Whether this node may run the slot; committed before the work begins."""
    return db.transact(lambda tx: job_slots.claim(tx, job, slot, node, now))


def finish_slot(db: Database, node: str, job: str, slot: datetime, *, outcome: str, detail: str, now: datetime) -> None:
    """Keep what came of a slot."""
    db.transact(lambda tx: job_slots.finish(tx, job, slot, node, outcome=outcome, detail=detail, now=now))


def forget_slots(db: Database, before: datetime) -> int:
    """Housekeeping: forget old slots, but never the newest of a job."""
    return db.transact(lambda tx: job_slots.forget_before(tx, before))


def begin(db: Database, node: str, now: datetime) -> None:
    """Before a node's scheduler begins: slots that its last process left unfinished may be run again at once."""
    db.transact(lambda tx: job_slots.give_up_own(tx, node, now))


def missed_slots(db: Database, slots: Mapping[str, datetime], now: datetime) -> list[str]:
    """Of these slots by job, those that nobody ran and nobody is running."""
    return db.read(lambda tx: job_slots.missed(tx, slots, now))


def last_runs(db: Database) -> dict[str, dict[str, Any]]:
    """The newest run of each job, with the last looks that nodes told: node, slot, started_at, finished_at, outcome,
    detail."""
    return db.read(_last_runs)


def balance_readings(db: Database) -> dict[str, dict[str, Any]]:
    """By modem, the node that has it, when its balance was last read, and what came of that."""
    rows = db.read(modems.rows)
    return {str(row["name"]): {"node": row["node"], "at": row["balance_at"], "balance": row["balance"]} for row in rows}


def as_told(looks: Iterable[Mapping[str, Any]]) -> str:
    """The last looks of a node's sweeps as its beat tells them; each names job, slot, started_at and the rest."""
    return json.dumps([{name: _written(value) for name, value in look.items()} for look in looks])


def _last_runs(tx: Connection) -> dict[str, dict[str, Any]]:
    runs = {job: dict(row) for job, row in job_slots.latest(tx).items()}
    for look in _told(tx):
        known = runs.get(look["job"])
        if known is None or look["slot"] > known["slot"]:
            runs[look["job"]] = look
    return runs


def _told(tx: Connection) -> Iterator[dict[str, Any]]:
    moments = ("slot", "started_at", "finished_at")
    for row in nodes.listing(tx):
        for look in json.loads(row["jobs"] or "[]"):
            yield {**look, "node": row["name"], **{name: datetime.fromisoformat(look[name]) for name in moments}}


def _written(value: Any) -> Any:  # noqa: ANN401 - a value of JSON, or a moment
    return value.isoformat() if isinstance(value, datetime) else value
