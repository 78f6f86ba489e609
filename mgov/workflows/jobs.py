"""Job slots as use cases: what the job runner's `claim` and `report` do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mgov.store import job_slots
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


def last_runs(db: Database) -> dict[str, dict[str, Any]]:
    """The newest slot of each job: node, slot, started_at, finished_at, outcome, detail."""
    return db.read(lambda tx: {job: dict(row) for job, row in job_slots.latest(tx).items()})
