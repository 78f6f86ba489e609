"""What came in on a day, and what has become of it: the figures of the daily summary."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from mgov.store.bank_twins import TWIN
from mgov.store.bulk import among
from mgov.store.open_items import IS_CREDIT
from mgov.store.schema.money import bank_account, bank_entry, confirmation, refund, review_case

_debit = aliased(bank_entry)
#: Whether a credit may still pay a bill: the bank did not undo it.
_USABLE = and_(IS_CREDIT, ~exists().where(_debit.c.reverses_id == bank_entry.c.id))


def of_day(tx: Connection, on: date) -> list[Row[Any]]:
    """Each account's credits of a booking day: `account, entries, total, matched, other` in rupiah.

    `matched` is allocated to bills, `other` is no payment of a bill (own transfers, other income, undone).
    """
    query = (
        select(
            bank_account.c.number.label("account"),
            func.count().label("entries"),
            func.sum(bank_entry.c.amount).label("total"),
            func.sum(bank_entry.c.allocated).label("matched"),
            func.sum(case((_USABLE, 0), else_=bank_entry.c.amount - bank_entry.c.allocated)).label("other"),
        )
        .join(bank_account, bank_account.c.id == bank_entry.c.account_id)
        .where(bank_entry.c.type == "CR", bank_entry.c.booked_on == on, bank_entry.c.kind != TWIN)
        .group_by(bank_account.c.number)
        .order_by(bank_account.c.number)
    )
    return list(tx.execute(query))


def doubtful(tx: Connection) -> set[int]:
    """The credits that open cases have as candidates."""
    cases = tx.scalars(select(review_case.c.candidates).where(review_case.c.state == "open"))
    return {int(candidate["entry"]) for text in cases for candidate in json.loads(text)}


def free_of(tx: Connection, on: date, entries: Collection[int]) -> dict[str, int]:
    """What is free of these credits of a day, by account."""
    free = func.sum(bank_entry.c.amount - bank_entry.c.allocated)
    query = (
        select(bank_account.c.number, free)
        .join(bank_account, bank_account.c.id == bank_entry.c.account_id)
        .where(_USABLE, bank_entry.c.booked_on == on, among(bank_entry.c.id, entries))
        .group_by(bank_account.c.number)
    )
    return {row[0]: int(row[1]) for row in tx.execute(query)}


def waiting(tx: Connection) -> dict[str, tuple[int, int]]:
    """How many confirmations are in each open status, and the sum that they say."""
    query = (
        select(confirmation.c.status, func.count(), func.coalesce(func.sum(confirmation.c.amount), 0))
        .where(confirmation.c.status.in_(("awaiting_funds", "review")))
        .group_by(confirmation.c.status)
    )
    return {status: (int(count), int(total)) for status, count, total in tx.execute(query)}


def refunds_due(tx: Connection) -> int:
    """What has to go back, in rupiah."""
    return int(tx.scalar(select(func.coalesce(func.sum(refund.c.amount), 0)).where(refund.c.state == "due")) or 0)
