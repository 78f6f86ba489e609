"""What is held after a restore, as use cases; each with its row in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, conditions
from mgov.store import held as store
from mgov.store.database import Database
from mgov.workflows import access


def listing(db: Database) -> list[RowMapping]:
    """What is held, oldest first."""
    return db.read(store.listing)


def is_holding(db: Database) -> bool:
    """Whether a backup was restored and a person has not yet said what becomes of its queue."""
    return db.read(lambda tx: conditions.held(tx) is not None)


def release(db: Database, ids: Sequence[int] | None, *, now: datetime, actor: Actor) -> int:
    """Send these after all (None: all); returns how many."""

    def work(tx: Connection) -> int:
        access.require(tx, actor, Right.BACKUP)
        count = store.release(tx, ids, now=now, actor=actor)
        audit.record(tx, actor, "held.release", "outbox", "all" if ids is None else len(ids), {"count": count}, now=now)
        return count

    return db.transact(work)


def expire(db: Database, ids: Sequence[int] | None, *, now: datetime, actor: Actor) -> int:
    """Never send these (None: all); returns how many."""

    def work(tx: Connection) -> int:
        access.require(tx, actor, Right.BACKUP)
        count = store.expire(tx, ids, now=now, actor=actor)
        audit.record(tx, actor, "held.expire", "outbox", "all" if ids is None else len(ids), {"count": count}, now=now)
        return count

    return db.transact(work)
