"""Unique amounts: a few rupiah on top of a bill that no other bill of these weeks has, so that the amount names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Row, or_, select

from mgov.store.bulk import among, portions, update_many
from mgov.store.schema.money import bill
from mgov.store.schema.staff import agency

MOST = 999  #: rupiah
#: How many of a bill's rupiah are tried at a time: nearly all bills find theirs among the first few.
REACHES = (8, 64, MOST)


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
    suffixes = _free_suffixes(tx, rows, since)
    changes = [
        {"id": row.id, "unique_suffix": suffixes.get(row.id, 0)}
        for row in rows
        if suffixes.get(row.id, 0) != row.unique_suffix
    ]
    update_many(tx, bill, changes)
    return len(suffixes), len(rows) - len(suffixes)


def _free_suffixes(tx: Connection, rows: Sequence[Row[Any]], since: datetime) -> dict[int, int]:
    """The rupiah for each bill that finds some, by its id: of what is taken only the sums in question are read."""
    given: dict[int, int] = {}
    sums_given = {row.amount for row in rows}
    mine = {row.id for row in rows}
    waiting, tried = list(rows), 0
    for reach in REACHES:
        some = {row.id: _candidates(row.number, range(tried, reach)) for row in waiting}
        asked = {row.amount + suffix for row in waiting for suffix in some[row.id]}
        taken = sums_given | _taken(tx, asked, mine, since)
        for row in waiting:
            suffix = next((suffix for suffix in some[row.id] if row.amount + suffix not in taken), 0)
            if suffix:
                given[row.id] = suffix
                taken.add(row.amount + suffix)
                sums_given.add(row.amount + suffix)
        waiting, tried = [row for row in waiting if row.id not in given], reach
        if not waiting:
            break
    return given


def _taken(tx: Connection, sums: set[int], but: set[int], since: datetime) -> set[int]:
    """Those of some sums that another bill may be paid by; of the bills `but` themselves their plain amounts."""
    current = or_(bill.c.status.in_(("open", "partly_paid")), bill.c.updated_at >= since)
    found: set[int] = set()
    for portion in portions(sorted(sums)):
        plain = select(bill.c.amount).where(among(bill.c.amount, portion), current)
        unique = select(bill.c.id, bill.c.unique_amount).where(among(bill.c.unique_amount, portion), current)
        found |= set(tx.scalars(plain))
        found |= {row.unique_amount for row in tx.execute(unique) if row.id not in but}
    return found


def _candidates(number: str, steps: range) -> list[int]:
    """The rupiah that a bill tries in these steps, from a start that its number tells: neighbours differ."""
    start = crc32(number.encode()) % MOST
    return [(start + step) % MOST + 1 for step in steps]
