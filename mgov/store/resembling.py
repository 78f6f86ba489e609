"""Bills that owe just what a credit brings and that its description may name in a way no exact reading finds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from mgov.domain.matching import Policy, resemblance
from mgov.domain.matching.resemblance import FEW, Heard
from mgov.store.bulk import among, portions
from mgov.store.schema.money import bill

OWED = ("open", "partly_paid")


def resembling_bills(tx: Connection, credits_: Iterable[Row[Any]], policy: Policy) -> dict[int, list[int]]:
    """For the credits that paid nothing yet, the ids of such bills. Memory grows with the credits alone."""
    wanted: dict[int, list[tuple[int, Heard]]] = defaultdict(list)
    for row in credits_:
        if not row.allocated:
            heard = resemblance.hear(row.description)
            for amount in resemblance.sums_of(row.amount, policy.fees):
                wanted[amount].append((row.id, heard))
    found: dict[int, list[int]] = defaultdict(list)
    for portion in portions(sorted(wanted)):
        few = _few(tx, portion)
        for row in tx.execute(_bills().where(among(bill.c.amount, portion))):
            marks = [mark for mark in (row.plate, row.payer_id, row.payer_phone) if mark]
            for entry, heard in wanted[row.amount]:
                if resemblance.resembles(row.number, row.payer_name or "", marks, heard, few=row.amount in few):
                    found[entry].append(row.id)
    return found


def _bills() -> Any:  # noqa: ANN401 - a select
    b = bill.c
    columns = (b.id, b.number, b.amount, b.payer_name, b.payer_phone, b.plate, b.payer_id)
    return select(*columns).where(b.status.in_(OWED)).order_by(b.id)


def _few(tx: Connection, amounts: list[int]) -> set[int]:
    """Those of some amounts that few bills owe."""
    query = select(bill.c.amount).where(bill.c.status.in_(OWED), among(bill.c.amount, amounts))
    return {amount for amount, number in Counter(tx.scalars(query)).items() if number <= FEW}
