"""Whose a bill is: who made it, and of which agency. What staff may see and change rests on it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from mgov.store.bulk import among, portions, with_texts
from mgov.store.schema.money import bill, bill_amount


def of_bills(tx: Connection, bill_ids: list[int]) -> dict[int, str]:
    """Who brought each bill in: the actor of its first amount."""
    found: dict[int, str] = {}
    for portion in portions(bill_ids):
        some = among(bill_amount.c.bill_id, portion)
        first = select(func.min(bill_amount.c.id)).where(some).group_by(bill_amount.c.bill_id)
        query = select(bill_amount.c.bill_id, bill_amount.c.recorded_by).where(bill_amount.c.id.in_(first))
        found.update({row.bill_id: row.recorded_by for row in tx.execute(query)})
    return found


def bills_of_agency(tx: Connection, agency_id: int, numbers: list[str]) -> set[str]:
    """Those of the numbers that are bills of an agency."""
    query = select(bill.c.number).where(bill.c.agency_id == agency_id)
    return {row.number for row in with_texts(tx, query, bill.c.number, numbers)}
