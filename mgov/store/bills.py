"""Bills of every agency, and every amount they had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, or_, select
from sqlalchemy.engine import RowMapping

from mgov.domain.matching import descriptions, keys
from mgov.store.bulk import insert_many, update_many, with_texts
from mgov.store.consents import still_his
from mgov.store.schema.money import bill, bill_amount, review_case
from mgov.store.schema.staff import agency

OPEN = ("open", "partly_paid")


def _query() -> Any:  # noqa: ANN401 - a select
    return select(bill, agency.c.code.label("agency"), agency.c.unique_amounts).join(
        agency, agency.c.id == bill.c.agency_id
    )


def by_number(tx: Connection, number: str) -> RowMapping | None:
    """A bill by its number, else by a pay code that only one bill has."""
    found: RowMapping | None = (
        tx.execute(_query().where(bill.c.number.in_({number, number.upper()}))).mappings().first()
    )
    if found is None and number.isdigit():
        coded = list(tx.execute(_query().where(bill.c.pay_code == number).limit(2)).mappings())
        return coded[0] if len(coded) == 1 else None
    return found


def by_plate(tx: Connection, plate: str) -> list[RowMapping]:
    """The bills of a plate: open ones first, then by due date, the latest first."""
    rows = list(
        tx.execute(_query().where(bill.c.plate == plate).order_by(bill.c.due_date.desc(), bill.c.id.desc())).mappings()
    )
    return sorted(rows, key=lambda row: row["status"] not in OPEN)


def open_of_citizen(tx: Connection, sender: str, party_ids: Collection[int]) -> list[RowMapping]:
    """The open bills that name a phone or belong to the parties, the first due first.

    A phone that said it is not the recorded payer's is shown none by that record.
    """
    named = (bill.c.payer_phone == sender) & still_his(bill.c.payer_phone)
    mine = or_(named, bill.c.party_id.in_(list(party_ids)))
    query = _query().where(mine, bill.c.status.in_(OPEN)).order_by(bill.c.due_date, bill.c.id)
    return list(tx.execute(query).mappings())


def by_numbers(tx: Connection, numbers: list[str]) -> dict[str, RowMapping]:
    """Many bills by number."""
    return {row.number: row._mapping for row in with_texts(tx, select(bill), bill.c.number, numbers)}


def ids_of(tx: Connection, numbers: Iterable[str]) -> dict[str, int]:
    """The ids of many bills by number."""
    query = select(bill.c.number, bill.c.id)
    return {row.number: row.id for row in with_texts(tx, query, bill.c.number, numbers)}


def add_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert bills, each with all columns that the first has."""
    insert_many(tx, bill, [{**row, **lookup_keys(row)} for row in rows])


def change_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Change bills; each row names its `id` and the same columns as the first."""
    update_many(tx, bill, [{**row, **lookup_keys(row)} for row in rows])


def lookup_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns by which matching finds a bill, of those that a row tells."""
    found: dict[str, Any] = {}
    if "number" in row:
        found["number_key"] = keys.bill_key(row["number"])
        found["prefix"] = descriptions.prefix_of(row["number"])[:64]
    if "payer_name" in row:
        found["payer_key"] = keys.payer_key(row["payer_name"] or "")
    if "pay_code" in row:
        found["code_key"] = keys.proof_key(row["pay_code"] or "")
    return found


def add_amounts(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Write amounts with the moment from which they are valid (None: from the beginning)."""
    insert_many(tx, bill_amount, rows)


def amounts_of(tx: Connection, bill_id: int) -> list[RowMapping]:
    """Every amount of a bill in the order recorded."""
    return list(
        tx.execute(select(bill_amount).where(bill_amount.c.bill_id == bill_id).order_by(bill_amount.c.id)).mappings()
    )


def open_cases(tx: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put bills before a person."""
    listed = [dict(row) for row in rows]
    if listed:
        tx.execute(insert(review_case), listed)


def listing(
    tx: Connection, *, status: str | None = None, agency_code: str | None = None, limit: int | None = None
) -> Iterable[RowMapping]:
    """Bills, oldest first; with a limit the newest so many."""
    query = _query()
    if status is not None:
        query = query.where(bill.c.status == status)
    if agency_code is not None:
        query = query.where(agency.c.code == agency_code)
    if limit is None:
        return tx.execute(query.order_by(bill.c.id)).mappings()
    return list(tx.execute(query.order_by(bill.c.id.desc()).limit(limit)).mappings())[::-1]
