"""The audit as its readers use it: listed, verified, its anchor begun again after a restore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit
from mgov.store.audit import Head, Verdict
from mgov.store.database import Database
from mgov.workflows import access

COLUMNS = (
    *("number", "at", "actor", "action", "object_kind", "object_id", "detail"),
    *("key_name", "previous_hash", "hash"),
)


def rows(db: Database, actor: Actor, limit: int | None = None) -> list[dict[str, Any]]:
    """All rows, oldest first, or the newest so many. Raises `RefusedError`."""

    def work(tx: Connection) -> list[dict[str, Any]]:
        access.require(tx, actor, Right.AUDIT_VIEW)
        return [{name: row[name] for name in COLUMNS} for row in audit.rows(tx, limit)]

    return db.read(work)


def verify(db: Database, actor: Actor, keys: list[bytes], anchors: Mapping[str, Head]) -> Verdict:
    """Recompute the chain. Raises `RefusedError`."""

    def work(tx: Connection) -> Verdict:
        access.require(tx, actor, Right.AUDIT_VIEW)
        return audit.verify(tx, keys, anchors)

    return db.read(work)


def accept(db: Database, actor: Actor, before: str, reason: str, now: datetime) -> Head:
    """Record that the anchor begins again, and return the head it begins with. Raises `RefusedError`."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.AUDIT_ACCEPT)
        detail = {"anchors_before": before, "reason": reason}
        audit.record(tx, actor, "audit.accept", "audit", "anchor", detail, now=now)

    db.transact(work)
    return db.read(audit.head)
