"""Pause: a person holds back a class of messages, or the sending of one modem; a running daemon obeys at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, pauses
from mgov.store.database import Database, wake
from mgov.store.schema.messages import PRIORITIES
from mgov.workflows import access

#: Alerts are never held back: they tell staff what is wrong.
CLASSES = tuple(name for name in PRIORITIES if name != "alert")


def pause(db: Database, scope: str, name: str, *, reason: str | None, actor: Actor, now: datetime) -> bool:
    """Pause a `class` or a `modem`; False when it was paused already. What is due waits, what is begun is finished."""

    def work(tx: Connection) -> bool:
        access.require(tx, actor, Right.MODEM_CONTROL)
        new = pauses.add(tx, scope, name, now, actor, reason)
        audit.record(tx, actor, f"{scope}.pause", scope, name, {"reason": reason}, now=now)
        return new

    return db.transact(work)


def resume(db: Database, scope: str, name: str, *, actor: Actor, now: datetime) -> bool:
    """Let it go on; False when it was not paused."""

    def work(tx: Connection) -> bool:
        access.require(tx, actor, Right.MODEM_CONTROL)
        known = pauses.remove(tx, scope, name)
        if known:
            audit.record(tx, actor, f"{scope}.resume", scope, name, now=now)
            wake(tx, "outbox")
        return known

    return db.transact(work)


def listing(db: Database) -> list[RowMapping]:
    """Everything that is paused, oldest first."""
    return db.read(pauses.listing)
