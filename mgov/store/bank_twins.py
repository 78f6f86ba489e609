"""Entries that two statements of different formats may both tell: what the account has from the others."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select

from mgov.store.bulk import among, portions
from mgov.store.schema.money import bank_entry, bank_statement, review_case

#: The kind of an entry that another format told before: it is no money of its own.
TWIN = "twin"
#: Days by which two formats may differ about when an entry was booked.
APART = timedelta(days=4)


def has_other_formats(tx: Connection, account_id: int, format_: str) -> bool:
    """Whether the account has entries from statements of another format."""
    s = bank_statement.c
    query = select(s.id).where(s.account_id == account_id, s.format != format_, s.entries_new > 0)
    return tx.execute(query.limit(1)).first() is not None


def of_other_formats(
    tx: Connection, account_id: int, format_: str, amounts: Collection[int], first: date, last: date
) -> list[Row[Any]]:
    """The account's entries of these amounts and about these days from statements of other formats, oldest first."""
    e = bank_entry.c
    columns = (e.id, e.booked_at, e.booked_on, e.value_date, e.amount, e.type, e.reference, e.description)
    query = (
        select(*columns)
        .join(bank_statement, bank_statement.c.id == e.statement_id)
        .where(e.booked_on.between(first - APART, last + APART), e.account_id == account_id, e.kind != TWIN)
        .where(bank_statement.c.format != format_)
    )
    rows = [row for portion in portions(sorted(amounts)) for row in tx.execute(query.where(among(e.amount, portion)))]
    return sorted(rows, key=lambda row: int(row.id))


def known_twins(
    tx: Connection, account_id: int, format_: str, first: date, last: date
) -> list[tuple[date, int, str, int]]:
    """How many entries of these days this format brought that others had told: value date, amount, type, number."""
    e = bank_entry.c
    query = (
        select(e.value_date, e.amount, e.type, func.count())
        .join(bank_statement, bank_statement.c.id == e.statement_id)
        .where(e.account_id == account_id, e.kind == TWIN, e.value_date.between(first, last))
        .where(bank_statement.c.format == format_)
        .group_by(e.value_date, e.amount, e.type)
    )
    return [(row[0], row[1], row[2], row[3]) for row in tx.execute(query)]


def entries_of_others(
    tx: Connection, account_id: int, format_: str, first: date, last: date
) -> dict[tuple[date, str], int]:
    """How many entries statements of other formats have of each value date and direction."""
    e = bank_entry.c
    query = (
        select(e.value_date, e.type, func.count())
        .join(bank_statement, bank_statement.c.id == e.statement_id)
        .where(e.account_id == account_id, e.kind != TWIN, e.value_date.between(first, last))
        .where(bank_statement.c.format != format_)
        .group_by(e.value_date, e.type)
    )
    return {(row[0], row[1]): row[2] for row in tx.execute(query)}


def same_balances(
    tx: Connection, account_id: int, format_: str, opening: Decimal, closing: Decimal, first: date, last: date
) -> bool:
    """Whether statements of other formats begin on that day with the opening and end on the last with the closing."""
    s = bank_statement.c
    others = select(s.id).where(s.account_id == account_id, s.format != format_)
    begins = others.where(s.covers_from == first, s.opening == opening)
    ends = others.where(s.covers_to == last, s.closing == closing)
    return all(tx.execute(query.limit(1)).first() is not None for query in (begins, ends))


def held_twins(tx: Connection, statement_ids: Sequence[int], of: Collection[tuple[date, str]]) -> list[Row[Any]]:
    """What some statements brought, of these value dates and directions, that others may have told."""
    e = bank_entry.c
    query = select(e.id, e.account_id, e.value_date, e.amount, e.type).where(
        among(e.statement_id, statement_ids), e.kind == TWIN
    )
    return [row for row in tx.execute(query.order_by(e.id)) if (row.value_date, row.type) in of]


def open_cases(tx: Connection, rows: Sequence[Row[Any]], reasons: str, now: datetime) -> None:
    """Put entries before a person, each with the entries of its account, day and amount that may be the same."""
    for row in rows:
        e = bank_entry.c
        same = or_(e.value_date == row.value_date, e.booked_on == row.value_date)
        others = select(e.id).where(e.account_id == row.account_id, e.amount == row.amount, e.type == row.type, same)
        candidates = [{"entry": number} for number in tx.scalars(others.where(e.kind != TWIN).order_by(e.id))]
        values = {"kind": TWIN, "bank_entry_id": row.id, "reasons": reasons, "candidates": json.dumps(candidates)}
        tx.execute(insert(review_case).values(state="open", opened_at=now, **values))
