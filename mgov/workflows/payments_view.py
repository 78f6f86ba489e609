"""Confirmations as staff see them: all of them, or those of their agency's bills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import authors, desk, payments
from mgov.store.database import Database
from mgov.workflows import desk_deputies
from mgov.workflows.desk_age import Ages
from mgov.workflows.explain import payment_story
from mgov.workflows.explain_story import Teller


def listing(
    db: Database, actor: Actor, statuses: Sequence[str] | None = None, limit: int | None = None, *, now: datetime
) -> list[dict[str, Any]]:
    """Confirmations, oldest first: those that name bills of his agency, where he belongs to one, or of whom he stands
    in for. Raises `RefusedError`.
    """
    return db.read(lambda tx: _visible(tx, actor, now, statuses, limit))


def reviewed(db: Database, actor: Actor, ages: Ages) -> list[dict[str, Any]]:
    """What is in review, with its case (see `_case`); `age` is in working days.

    Raises `RefusedError`.
    """

    def read(tx: Connection) -> list[dict[str, Any]]:
        cases = {case.confirmation_id: case for case in desk.open_cases(tx)}
        rows = _visible(tx, actor, ages.now, ("review",))
        return [row | _case(cases.get(row["id"]), ages) for row in rows]

    return db.read(read)


def one(db: Database, actor: Actor, payment_id: int, ages: Ages, teller: Teller) -> dict[str, Any] | None:
    """A confirmation with its open case and its `history`; None where he sees none of that number."""

    def read(tx: Connection) -> dict[str, Any] | None:
        rows = [row for row in _visible(tx, actor, ages.now) if row["id"] == payment_id]
        history = [line.as_row() for line in payment_story(tx, payment_id, teller)]
        return rows[0] | _case(desk.open_case(tx, payment_id), ages) | {"history": history} if rows else None

    return db.read(read)


def other_cases(db: Database, actor: Actor, ages: Ages) -> list[dict[str, Any]]:
    """What waits for a person and is no confirmation: a bill raised after it was paid, money proposed for bills.

    Who belongs to an agency sees those of its bills.
    """

    def read(tx: Connection) -> list[dict[str, Any]]:
        agencies = _agencies(tx, actor, ages.now)
        cases = [case for case in desk.open_cases(tx) if case.confirmation_id is None]
        bills = desk.bills_by_id(tx, [case.bill_id for case in cases if case.bill_id is not None])
        return [
            {"case": case.id, "kind": case.kind, "bill_id": case.bill_id, "entry": case.bank_entry_id}
            | {"bill": bills[case.bill_id].number if case.bill_id in bills else None}
            | _case(case, ages)
            for case in cases
            if agencies is None or (case.bill_id in bills and bills[case.bill_id].agency_id in agencies)
        ]

    return db.read(read)


def refunds_due(db: Database, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The refund list: what bills hold too much, and credits that the desk put there. Raises `RefusedError`."""

    def read(tx: Connection) -> list[dict[str, Any]]:
        agencies = _agencies(tx, actor, now)
        return [
            {"id": row.id, "amount": row.amount, "bill": row.number, "payer": row.payer_name, "phone": row.payer_phone}
            | {"entry": row.bank_entry_id, "reference": row.reference, "reason": row.reason, "since": row.created_at}
            for row in desk.refunds(tx)
            if agencies is None or row.agency_id in agencies
        ]

    return db.read(read)


def _agencies(tx: Connection, actor: Actor, now: datetime) -> set[int] | None:
    """The agencies whose payments he sees, None: all."""
    seen = {account.agency_id for account in desk_deputies.seats(tx, actor, Right.PAYMENT_VIEW, now)}
    return None if None in seen else {agency for agency in seen if agency is not None}


def _visible(
    tx: Connection, actor: Actor, now: datetime, statuses: Sequence[str] | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    agencies = _agencies(tx, actor, now)
    wanted = tuple(statuses) if statuses else None
    if agencies is None:
        return list(payments.listing(tx, wanted, limit))
    rows = list(payments.listing(tx, wanted, None))
    numbers = [row["bill"] for row in rows]
    own = {number for agency in agencies for number in authors.bills_of_agency(tx, agency, numbers)}
    seen = [row for row in rows if row["bill"] in own]
    return seen[:limit] if limit else seen


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
