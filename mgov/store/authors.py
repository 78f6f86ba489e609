"""Whose a bill is: who made it, and of which agency. What staff may see and change rests on it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from mgov.store.parties import IN_LIST
from mgov.store.schema.money import bill, bill_amount


def of_bills(tx: Connection, bill_ids: list[int]) -> dict[int, str]:
    """Who brought each bill in: the actor of its first amount."""
    found: dict[int, str] = {}
    for start in range(0, len(bill_ids), IN_LIST):
        some = bill_amount.c.bill_id.in_(bill_ids[start : start + IN_LIST])
        first = select(func.min(bill_amount.c.id)).where(some).group_by(bill_amount.c.bill_id)
        query = select(bill_amount.c.bill_id, bill_amount.c.recorded_by).where(bill_amount.c.id.in_(first))
        found.update({row.bill_id: row.recorded_by for row in tx.execute(query)})
    return found


def bills_of_agency(tx: Connection, agency_id: int, numbers: list[str]) -> set[str]:
    """Those of the numbers that are bills of an agency."""
    found: set[str] = set()
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), IN_LIST):
        some = bill.c.number.in_(wanted[start : start + IN_LIST])
        found.update(tx.execute(select(bill.c.number).where(some, bill.c.agency_id == agency_id)).scalars())
    return found
