"""Bills that owe just what a credit brings and that its description may name in a way no exact reading finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, select

from mgov.domain.matching import Policy
from mgov.domain.matching.resemblance import Ears
from mgov.store.bulk import among, portions
from mgov.store.schema.money import bill

OWED = ("open", "partly_paid")
#: A sum that more bills owe is not looked at: among so many some name resembles by chance, and the cost of reading
#: them for each group of claims would grow with the square of their number.
CROWD = 2_000


def resembling_bills(
    tx: Connection, credits_: Iterable[Row[Any]], named: Collection[int], policy: Policy, crowded: dict[int, bool]
) -> dict[int, list[int]]:
    """For the credits that paid nothing yet and name no payer in full (`named`), the ids of such bills.

    `crowded` remembers for the length of a run which sums too many bills owe.
    """
    mute = ((row.id, row.amount, row.description) for row in credits_ if not row.allocated and row.id not in named)
    ears = Ears(mute, policy.fees)
    b = bill.c
    columns = (b.id, b.number, b.amount, b.payer_name, b.payer_phone, b.plate, b.payer_id, b.object)
    query = select(*columns).where(b.status.in_(OWED))
    found: dict[int, list[int]] = defaultdict(list)
    for portion in portions(_uncrowded(tx, {amount for sums in ears.sums.values() for amount in sums}, crowded)):
        for row in tx.execute(query.where(among(b.amount, portion)).order_by(b.id)):
            marks = [mark for mark in (row.plate, row.payer_id, row.object, row.payer_phone) if mark]
            for entry in ears.who_names({row.amount}, row.number, row.payer_name or "", marks):
                found[entry].append(row.id)
    return found


def _uncrowded(tx: Connection, sums: set[int], crowded: dict[int, bool]) -> list[int]:
    b = bill.c
    counted = select(b.amount, func.count()).where(b.status.in_(OWED)).group_by(b.amount)
    for portion in portions(sorted(sums - crowded.keys())):
        crowded.update(dict.fromkeys(portion, False))
        crowded.update((row[0], row[1] > CROWD) for row in tx.execute(counted.where(among(b.amount, portion))))
    return sorted(amount for amount in sums if not crowded[amount])
