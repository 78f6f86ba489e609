"""What `mgov explain` reads of bills and documents: how they came in, and the money booked on them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from mgov.store.schema.documents import document
from mgov.store.schema.money import bank_entry, bill, bill_amount, settlement
from mgov.store.schema.services import application
from mgov.store.schema.staff import agency

_NAMED_BY = {"bill": bill.c.number, "document": document.c.number, "application": application.c.reference}


def number_of(tx: Connection, kind: str, name: str) -> int | None:
    """The id of a bill, document or application by the number that people know it by; else by its id."""
    column = _NAMED_BY.get(kind)
    if column is not None:
        wanted = column.in_({name, name.upper()})
        found = tx.execute(select(column.table.c.id).where(wanted).limit(1)).scalar()
        if found is not None:
            return int(found)
    return int(name) if name.isascii() and name.isdigit() and len(name) < 19 else None


def the_bill(tx: Connection, number: int) -> RowMapping | None:
    """A bill with its agency's code."""
    query = select(bill, agency.c.code.label("agency")).join(agency, agency.c.id == bill.c.agency_id)
    return tx.execute(query.where(bill.c.id == number)).mappings().first()


def first_amount(tx: Connection, number: int) -> RowMapping | None:
    """The amount that a bill came in with, and who brought it (`amount, recorded_by`)."""
    query = select(bill_amount).where(bill_amount.c.bill_id == number).order_by(bill_amount.c.id).limit(1)
    return tx.execute(query).mappings().first()


def allocations_to(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The ledger's rows of a bill, oldest first, with the entry's `reference`."""
    query = (
        select(settlement, bank_entry.c.reference)
        .join(bank_entry, bank_entry.c.id == settlement.c.bank_entry_id)
        .where(settlement.c.bill_id == number)
        .order_by(settlement.c.id)
    )
    return tx.execute(query).mappings().all()


def the_document(tx: Connection, number: int) -> RowMapping | None:
    """A document."""
    return tx.execute(select(document).where(document.c.id == number)).mappings().first()
