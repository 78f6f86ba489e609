"""Confirmations as staff see them: all of them, or those of their agency's bills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import authors, payments
from mgov.store.database import Database
from mgov.workflows import access


def listing(
    db: Database, actor: Actor, statuses: Sequence[str] | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Confirmations, oldest first. Who belongs to an agency sees those that name its bills. Raises `RefusedError`."""
    return db.read(lambda tx: visible(tx, actor, statuses, limit))


def visible(
    tx: Connection, actor: Actor, statuses: Sequence[str] | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """The same inside a transaction."""
    account = access.require(tx, actor, Right.PAYMENT_VIEW)
    if account.agency_id is None:
        return list(payments.listing(tx, tuple(statuses) if statuses else None, limit))
    rows = list(payments.listing(tx, tuple(statuses) if statuses else None, None))
    own = authors.bills_of_agency(tx, account.agency_id, [row["bill"] for row in rows])
    seen = [row for row in rows if row["bill"] in own]
    return seen[:limit] if limit else seen
