"""Bills that owe just what a credit brings and that its description may name in a way no exact reading finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from mgov.domain.matching import Policy
from mgov.domain.matching.resemblance import Ears
from mgov.store.bulk import among, portions
from mgov.store.schema.money import bill

OWED = ("open", "partly_paid")


def resembling_bills(
    tx: Connection, credits_: Iterable[Row[Any]], named: Collection[int], policy: Policy
) -> dict[int, list[int]]:
    """For the credits that paid nothing yet and name no payer in full (`named`), the ids of such bills."""
    mute = ((row.id, row.amount, row.description) for row in credits_ if not row.allocated and row.id not in named)
    ears = Ears(mute, policy.fees)
    b = bill.c
    columns = (b.id, b.number, b.amount, b.payer_name, b.payer_phone, b.plate, b.payer_id)
    query = select(*columns).where(b.status.in_(OWED))
    found: dict[int, list[int]] = defaultdict(list)
    for portion in portions(sorted({amount for sums in ears.sums.values() for amount in sums})):
        for row in tx.execute(query.where(among(b.amount, portion)).order_by(b.id)):
            marks = [mark for mark in (row.plate, row.payer_id, row.payer_phone) if mark]
            for entry in ears.who_names({row.amount}, row.number, row.payer_name or "", marks):
                found[entry].append(row.id)
    return found
