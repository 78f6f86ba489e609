"""Slots of jobs: the unique key lets each run once over all nodes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from mgov.store import nodes
from mgov.store.schema.staff import job_slot
from mgov.store.schema.staff import node as node_table

#: A slot that began so long ago and never ended is taken for left, also when its node still lives.
ABANDONED_AFTER = timedelta(minutes=30)
#: Slots that are kept of a job: a sweep of every few seconds would fill the table else.
KEPT = 200


def claim(tx: Connection, job: str, slot: datetime, node: str, now: datetime) -> bool:
    """Whether this node may run the slot: nobody began it, its run failed, or who began it is gone."""
    columns = job_slot.c
    failed = columns.outcome == "failed"
    again = (
        update(job_slot)
        .where(columns.job == job, columns.slot == slot, or_(failed, _abandoned(now)))
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
    _keep_newest(tx, job)
    return True


def missed(tx: Connection, slots: Mapping[str, datetime], now: datetime) -> list[str]:
    """Of these slots by job, those that no node began, or that a node began which is gone."""
    columns = job_slot.c
    mine = or_(*(and_(columns.job == job, columns.slot == slot) for job, slot in slots.items()))
    taken = set(tx.execute(select(columns.job).where(mine, ~_abandoned(now))).scalars()) if slots else set()
    return [job for job in slots if job not in taken]


def give_up_own(tx: Connection, node: str, now: datetime) -> int:
    """A node's scheduler begins: what it had begun before and not ended failed with its process. Returns how many."""
    columns = job_slot.c
    begun = and_(columns.node == node, columns.finished_at.is_(None))
    values = {"outcome": "failed", "detail": "its process ended", "finished_at": now}
    return tx.execute(update(job_slot).where(begun).values(**values)).rowcount


def _abandoned(now: datetime) -> ColumnElement[bool]:
    """Begun and not ended, and its node says nothing any more, or it was too long ago."""
    columns, who = job_slot.c, node_table.c
    gone = or_(who.heartbeat_at < now - nodes.SILENCE, who.state == nodes.STOPPED)
    dead = exists().where(who.name == columns.node, gone).correlate(job_slot)
    return and_(columns.finished_at.is_(None), or_(columns.started_at < now - ABANDONED_AFTER, dead))


def _keep_newest(tx: Connection, job: str) -> None:
    columns = job_slot.c
    newest = select(columns.slot).where(columns.job == job).order_by(columns.slot.desc())
    oldest_kept = tx.execute(newest.offset(KEPT).limit(1)).scalar()
    if oldest_kept is not None:
        tx.execute(job_slot.delete().where(columns.job == job, columns.slot <= oldest_kept))


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
