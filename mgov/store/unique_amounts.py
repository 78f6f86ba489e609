"""Unique amounts: a few rupiah on top of a bill that no other bill of these weeks has, so that the amount names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, or_, select

from mgov.store.bulk import among, update_many
from mgov.store.schema.money import bill
from mgov.store.schema.staff import agency

MOST = 999  #: rupiah


def agencies_that_want(tx: Connection, agency_ids: Iterable[int]) -> set[int]:
    """Those of some agencies that give their bills unique amounts."""
    query = select(agency.c.id).where(agency.c.unique_amounts.is_(True), among(agency.c.id, set(agency_ids)))
    return set(tx.scalars(query))


def give(tx: Connection, bill_ids: Sequence[int], since: datetime) -> tuple[int, int]:
    """Give bills that nothing was paid for their unique rupiah; returns how many got some and how many found none.

    No sum is the amount, with or without its rupiah, of another bill that is open or was changed since `since`.
    """
    columns = (bill.c.id, bill.c.number, bill.c.amount, bill.c.unique_suffix)
    query = select(*columns).where(bill.c.allocated == 0, bill.c.state == "open").order_by(bill.c.id)
    rows = list(tx.execute(query.where(among(bill.c.id, bill_ids)))) if bill_ids else []
    if not rows:
        return 0, 0
    taken = _taken(tx, {row.id for row in rows}, since)
    changes: list[dict[str, Any]] = []
    for row in rows:
        suffix = _free(row.number, row.amount, taken)
        taken.add(row.amount + suffix)
        if suffix != row.unique_suffix:
            changes.append({"id": row.id, "unique_suffix": suffix})
    update_many(tx, bill, changes)
    none_left = sum(1 for change in changes if change["unique_suffix"] == 0)
    return len(changes) - none_left, none_left


def _taken(tx: Connection, but: set[int], since: datetime) -> set[int]:
    """Every sum that another bill may be paid by; of the bills themselves their plain amounts."""
    current = or_(bill.c.status.in_(("open", "partly_paid")), bill.c.updated_at >= since)
    found: set[int] = set()
    for row in tx.execute(select(bill.c.id, bill.c.amount, bill.c.unique_amount).where(current)):
        found.add(row.amount)
        if row.unique_amount is not None and row.id not in but:
            found.add(row.unique_amount)
    return found


def _free(number: str, amount: int, taken: set[int]) -> int:
    """The first free rupiah from a start that the number tells, so that neighbours differ; 0 when none is left."""
    start = crc32(number.encode()) % MOST
    for step in range(MOST):
        suffix = (start + step) % MOST + 1
        if amount + suffix not in taken:
            return suffix
    return 0
