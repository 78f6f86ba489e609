"""Whose a thing is: the agencies that something which `mgov explain` tells of concerns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, select

from mgov.store import stories
from mgov.store.schema.documents import agency_task, document, reminder
from mgov.store.schema.money import bill, confirmation
from mgov.store.schema.services import application

#: The agencies' numbers; None among them is the province. Empty: there is no such thing.
Agencies = set[int | None]


def agencies_of(tx: Connection, kind: str, number: int) -> Agencies:
    """The agencies that a thing concerns: a payment its bill's, a message those of what came of it."""
    return _FINDERS.get(kind, _province)(tx, number)


def _province(_tx: Connection, _number: int) -> Agencies:
    return {None}


def _own(table: Table) -> Callable[[Connection, int], Agencies]:
    def find(tx: Connection, number: int) -> Agencies:
        return set(tx.execute(select(table.c.agency_id).where(table.c.id == number)).scalars())

    return find


def _of_payment(tx: Connection, number: int) -> Agencies:
    joined = confirmation.outerjoin(bill, bill.c.id == confirmation.c.bill_id)
    return set(tx.execute(select(bill.c.agency_id).select_from(joined).where(confirmation.c.id == number)).scalars())


def _of_reminder(tx: Connection, number: int) -> Agencies:
    row = tx.execute(select(reminder.c.subject_kind, reminder.c.subject_id).where(reminder.c.id == number)).first()
    return agencies_of(tx, row.subject_kind, row.subject_id) if row else set()


def _of_message(tx: Connection, number: int) -> Agencies:
    """Only what became a payment, and nothing else, is somebody's; all other texts are the province's."""
    if stories.inbound(tx, number) is None:
        return set()
    found: Agencies = set()
    for row in stories.payments_of(tx, number):
        found |= _of_payment(tx, row["id"])
    return found or {None}


def _of_send(tx: Connection, number: int) -> Agencies:
    row: Any = stories.outbound(tx, number)
    if row is None:
        return set()
    if row["subject_kind"] in _SUBJECTS and row["subject_id"] is not None:
        return agencies_of(tx, row["subject_kind"], row["subject_id"])
    if row["in_reply_to"] is not None:
        return _of_message(tx, row["in_reply_to"]) or {None}
    return {None}


_SUBJECTS = frozenset({"payment", "bill", "application", "document", "reminder", "task"})
_FINDERS: dict[str, Callable[[Connection, int], Agencies]] = {
    "bill": _own(bill),
    "application": _own(application),
    "document": _own(document),
    "task": _own(agency_task),
    "payment": _of_payment,
    "reminder": _of_reminder,
    "message": _of_message,
    "send": _of_send,
}
