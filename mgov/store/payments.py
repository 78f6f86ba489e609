"""Confirmations: recorded, found, listed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from mgov.domain.matching import keys
from mgov.store.schema.money import (
    bank_account,
    bank_entry,
    bank_entry_key,
    bank_statement,
    bill,
    confirmation,
    settlement,
)
from mgov.store.schema.staff import agency


def find_bill(tx: Connection, number: str) -> Row[Any] | None:
    """A bill by its number or pay code."""
    found = tx.execute(select(bill).where(bill.c.number == number)).first()
    if found is None and number.isdigit():
        codes = tx.execute(select(bill).where(bill.c.pay_code == number)).all()
        found = codes[0] if len(codes) == 1 else None
    return found


def find_confirmation(tx: Connection, identity: str) -> Row[Any] | None:
    """A confirmation by what makes it one: sender, bill and proof."""
    return tx.execute(select(confirmation).where(confirmation.c.identity == identity)).first()


def get_confirmation(tx: Connection, confirmation_id: int) -> Row[Any] | None:
    """A confirmation by its id, locked until the transaction ends where the database can."""
    return tx.execute(select(confirmation).where(confirmation.c.id == confirmation_id).with_for_update()).first()


def add_confirmation(tx: Connection, **values: object) -> int:
    """Insert one confirmation and return its id."""
    key = keys.proof_key(str(values.get("proof") or ""))
    result = tx.execute(insert(confirmation).values(proof_key=key, **values))
    inserted = result.inserted_primary_key
    assert inserted is not None  # noqa: S101 - a single-row insert has one
    return int(inserted[0])


def fill_in(tx: Connection, confirmation_id: int, values: dict[str, Any]) -> None:
    """Add to a confirmation what its sender said later."""
    tx.execute(update(confirmation).where(confirmation.c.id == confirmation_id).values(**values))


def count_repeat(tx: Connection, confirmation_id: int) -> None:
    """The same sender said the same again."""
    rows = confirmation.c.id == confirmation_id
    tx.execute(update(confirmation).where(rows).values(repeats=confirmation.c.repeats + 1))


def listing(tx: Connection, statuses: tuple[str, ...] | None = None, limit: int | None = None) -> list[dict[str, Any]]:
    """Confirmations, oldest first, with the columns of the contract."""
    query = select(
        confirmation,
        bank_entry.c.reference.label("entry_reference"),
        bank_entry.c.amount.label("entry_amount"),
        bank_entry.c.booked_at.label("entry_booked_at"),
    ).outerjoin(bank_entry, bank_entry.c.id == confirmation.c.bank_entry_id)
    if statuses:
        query = query.where(confirmation.c.status.in_(statuses))
    rows = tx.execute(query.order_by(confirmation.c.id).limit(limit))
    return [_listed(row) for row in rows]


def _listed(row: Row[Any]) -> dict[str, Any]:
    entry = None
    if row.bank_entry_id is not None:
        entry = {"reference": row.entry_reference, "amount": row.entry_amount, "booked_at": row.entry_booked_at}
    return {
        "id": row.id,
        "sender": row.sender,
        "channel": row.channel,
        "bill": row.bill_number,
        "proof": row.proof,
        "amount": row.amount,
        "paid_at": row.paid_at or row.paid_on,
        "status": row.status,
        "reason": row.reason,
        "rule": row.rule,
        "bank_entry": entry,
        "settled_at": row.settled_at,
        "paid_via": row.paid_via,
        "bank": row.bank,
        "received_at": row.received_at,
        "score": row.score,
    }


def as_json(values: object) -> str:
    """A detail for a prose column."""
    return json.dumps(values, ensure_ascii=False, default=str, sort_keys=True)


def settled_facts(tx: Connection, confirmation_id: int) -> Row[Any] | None:
    """By what a settled confirmation was settled, and how its bill stands."""
    query = (
        select(
            *(bank_entry.c.reference, bank_entry.c.booked_on),
            *(bill.c.status, bill.c.allocated, bill.c.amount, bill.c.overpaid),
        )
        .select_from(confirmation)
        .join(bank_entry, bank_entry.c.id == confirmation.c.bank_entry_id)
        .join(bill, bill.c.id == confirmation.c.bill_id)
        .where(confirmation.c.id == confirmation_id)
    )
    return tx.execute(query).first()


def is_paid_with(tx: Connection, bill_id: int, proof: str) -> bool:
    """Whether money that carries this proof is allocated to a bill."""
    key = keys.proof_key(proof)
    query = (
        select(settlement.c.bank_entry_id)
        .join(bank_entry_key, bank_entry_key.c.bank_entry_id == settlement.c.bank_entry_id)
        .where(settlement.c.bill_id == bill_id, bank_entry_key.c.key == key)
        .group_by(settlement.c.bank_entry_id)
        .having(func.sum(settlement.c.amount) > 0)
    )
    return key is not None and tx.execute(query).first() is not None


def coverage(tx: Connection) -> dict[str, list[tuple[date, date]]]:
    """For each account, the days that its statements cover."""
    query = select(bank_account.c.number, bank_statement.c.covers_from, bank_statement.c.covers_to).outerjoin(
        bank_statement, bank_statement.c.account_id == bank_account.c.id
    )
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for number, first, last in tx.execute(query):
        periods = found[number]
        if first is not None and last is not None:
            periods.append((first, last))
    return dict(found)


def waiting_for_funds(tx: Connection, until: date, also: Collection[str]) -> list[Row[Any]]:
    """Claims that wait for money paid before a day, with their bill's agency.

    Also those in review for one of the reasons `also` that were told nothing yet.
    """
    midnight = datetime(until.year, until.month, until.day, tzinfo=UTC)
    early = or_(
        confirmation.c.paid_on < until, and_(confirmation.c.paid_on.is_(None), confirmation.c.received_at < midnight)
    )
    untold = and_(
        confirmation.c.status == "review", confirmation.c.reason.in_(also), confirmation.c.promised_on.is_(None)
    )
    query = (
        select(confirmation, agency.c.code.label("agency"))
        .outerjoin(bill, bill.c.id == confirmation.c.bill_id)
        .outerjoin(agency, agency.c.id == bill.c.agency_id)
        .where(early, or_(confirmation.c.status == "awaiting_funds", untold))
        .order_by(confirmation.c.id)
    )
    return list(tx.execute(query))


def overdue_promises(tx: Connection, today: date, but: Collection[str]) -> list[Row[Any]]:
    """Claims before a person whose sender was promised a decision until before `today`, save for some reasons."""
    late = and_(
        confirmation.c.status == "review", confirmation.c.promised_on < today, confirmation.c.reason.not_in(but)
    )
    return list(tx.execute(select(confirmation).where(late).order_by(confirmation.c.id)))
