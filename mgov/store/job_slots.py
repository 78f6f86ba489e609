"""Slots of jobs: the unique key lets each run once over all nodes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from mgov.store.schema.staff import job_slot

#: A slot that began so long ago and never ended belonged to a node that died.
ABANDONED_AFTER = timedelta(minutes=30)


def claim(tx: Connection, job: str, slot: datetime, node: str, now: datetime) -> bool:
    """Whether this node may run the slot: nobody began it, its run failed, or who began it is long gone."""
    columns = job_slot.c
    failed = columns.outcome == "failed"
    abandoned = and_(columns.finished_at.is_(None), columns.started_at < now - ABANDONED_AFTER)
    again = (
        update(job_slot)
        .where(columns.job == job, columns.slot == slot, or_(failed, abandoned))
        .values(node=node, started_at=now, finished_at=None, outcome=None, detail=None)
    )
    if tx.execute(again).rowcount == 1:
        return True
    if tx.execute(select(columns.id).where(columns.job == job, columns.slot == slot)).first() is not None:
        return False
    try:
        with tx.begin_nested():
            tx.execute(insert(job_slot).values(job=job, slot=slot, node=node, started_at=now))
    except IntegrityError:  # another node was first
        return False
    return True


def finish(tx: Connection, job: str, slot: datetime, node: str, *, outcome: str, detail: str, now: datetime) -> None:
    """Say what came of a slot, unless another node took it over meanwhile."""
    columns = job_slot.c
    mine = and_(columns.job == job, columns.slot == slot, columns.node == node)
    tx.execute(update(job_slot).where(mine).values(outcome=outcome, detail=detail or None, finished_at=now))


def forget_before(tx: Connection, moment: datetime) -> int:
    """Forget old slots, but never the newest of a job."""
    newer = job_slot.alias()
    has_newer = select(newer.c.id).where(newer.c.job == job_slot.c.job, newer.c.slot > job_slot.c.slot).exists()
    ids = list(tx.execute(select(job_slot.c.id).where(job_slot.c.slot < moment, has_newer)).scalars())
    for start in range(0, len(ids), 500):
        tx.execute(job_slot.delete().where(job_slot.c.id.in_(ids[start : start + 500])))
    return len(ids)


def latest(tx: Connection) -> dict[str, RowMapping]:
    """The newest slot of each job; asked for every few seconds, so it reads no other."""
    newest = select(job_slot.c.job, func.max(job_slot.c.slot).label("slot")).group_by(job_slot.c.job).subquery()
    query = select(job_slot).join(newest, and_(newest.c.job == job_slot.c.job, newest.c.slot == job_slot.c.slot))
    return {row["job"]: row for row in tx.execute(query).mappings()}
