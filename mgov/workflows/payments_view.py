"""Confirmations as staff see them: all of them, or those of their agency's bills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import authors, desk, payments
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.desk_age import Ages


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


def reviewed(db: Database, actor: Actor, ages: Ages) -> list[dict[str, Any]]:
    """What is in review, with its case (see `_case`); `age` is in working days.

    Raises `RefusedError`.
    """

    def read(tx: Connection) -> list[dict[str, Any]]:
        cases = {case.confirmation_id: case for case in desk.open_cases(tx)}
        return [row | _case(cases.get(row["id"]), ages) for row in visible(tx, actor, ("review",))]

    return db.read(read)


def other_cases(db: Database, actor: Actor, ages: Ages) -> list[dict[str, Any]]:
    """What waits for a person and is no confirmation: a bill raised after it was paid, money proposed for bills."""

    def read(tx: Connection) -> list[dict[str, Any]]:
        access.require(tx, actor, Right.PAYMENT_VIEW)
        cases = [case for case in desk.open_cases(tx) if case.confirmation_id is None]
        return [
            {"case": case.id, "kind": case.kind, "bill_id": case.bill_id, "entry": case.bank_entry_id}
            | _case(case, ages)
            for case in cases
        ]

    return db.read(read)


def _case(case: Row[Any] | None, ages: Ages) -> dict[str, Any]:
    if case is None:
        names = ("reasons", "opened_at", "age", "late", "escalated_at", "proposed_by", "version")
        return {**dict.fromkeys(names), "candidates": []}
    return {
        "reasons": case.reasons,
        "candidates": json.loads(case.candidates),
        "opened_at": case.opened_at,
        "age": ages.of(case.opened_at),
        "late": ages.is_late(case.opened_at),
        "escalated_at": case.escalated_at,
        "proposed_by": case.proposed_by,
        "version": case.version,
    }
