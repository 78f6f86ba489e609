"""Bank accounts, statements and their entries: set-based, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from mgov.domain.matching import keys
from mgov.store.bulk import insert_many, with_texts
from mgov.store.schema.money import bank_account, bank_entry, bank_entry_key, bank_statement


def find_account(tx: Connection, number: str) -> Row[Any] | None:
    """The account of that number."""
    return tx.execute(select(bank_account).where(bank_account.c.number == number)).first()


def ensure_account(tx: Connection, number: str, *, name: str, bank: str, holder: str, now: datetime) -> int:
    """The account's id; it is created when it was never seen."""
    row = find_account(tx, number)
    if row is not None:
        return int(row.id)
    values = {"number": number, "name": name, "bank": bank, "holder": holder, "currency": "IDR", "created_at": now}
    return _new_id(tx.execute(insert(bank_account).values(**values)))


def is_imported(tx: Connection, account_id: int, digest: str) -> bool:
    """Whether this very file was imported for the account."""
    query = select(bank_statement.c.id).where(
        bank_statement.c.account_id == account_id, bank_statement.c.file_digest == digest
    )
    return tx.execute(query.limit(1)).first() is not None


def add_statement(tx: Connection, **values: object) -> int:
    """Write the head of a statement; its figures come with `close_statement`."""
    return _new_id(tx.execute(insert(bank_statement).values(entries=0, entries_new=0, **values)))


def close_statement(tx: Connection, statement_id: int, **values: object) -> None:
    """Write what is known only after the last entry."""
    tx.execute(update(bank_statement).where(bank_statement.c.id == statement_id).values(**values))


def last_closing(tx: Connection, account_id: int, before: date, but: int) -> Row[Any] | None:
    """The newest statement of the account that ended before that day and has a closing balance."""
    s = bank_statement
    query = (
        select(s.c.closing, s.c.covers_to)
        .where(s.c.account_id == account_id, s.c.covers_to < before, s.c.closing.is_not(None), s.c.id != but)
        .order_by(s.c.covers_to.desc(), s.c.id.desc())
    )
    return tx.execute(query.limit(1)).first()


def touching(tx: Connection, account_id: int, day: date, but: int) -> list[Row[Any]]:
    """The account's other statements that cover a day: `opening, closing, covers_from, covers_to`."""
    s = bank_statement.c
    query = select(s.opening, s.closing, s.covers_from, s.covers_to).where(
        s.account_id == account_id, s.covers_from <= day, s.covers_to >= day, s.id != but
    )
    return list(tx.execute(query))


def add_new_entries(tx: Connection, account_id: int, rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose identity the account does not know yet; returns how many."""
    new = unknown_entries(tx, account_id, rows)
    insert_entries(tx, account_id, new)
    return len(new)


def unknown_entries(tx: Connection, account_id: int, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rows whose identity the account does not know yet."""
    known = _known(tx, account_id, [row["identity"] for row in rows])
    return [row for row in rows if row["identity"] not in known]


def insert_entries(tx: Connection, account_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Insert entries, and what their credits are found by."""
    insert_many(tx, bank_entry, rows)
    _add_keys(tx, account_id, [row for row in rows if row["type"] == "CR"])


def _known(tx: Connection, account_id: int, identities: Sequence[str]) -> dict[str, int]:
    query = select(bank_entry.c.identity, bank_entry.c.id).where(bank_entry.c.account_id == account_id)
    return {row.identity: row.id for row in with_texts(tx, query, bank_entry.c.identity, identities)}


def _add_keys(tx: Connection, account_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Write what credits are found by."""
    ids = _known(tx, account_id, [row["identity"] for row in rows]) if rows else {}
    found = [
        {"key": key, "bank_entry_id": ids[row["identity"]]}
        for row in rows
        for key in sorted(keys.credit_keys(row["reference"] or "", row["description"], row["amount"]))
    ]
    insert_many(tx, bank_entry_key, found)


def unpaired_transfers(tx: Connection, since: date) -> list[Row[Any]]:
    """Debits of one account of ours and credits of another, of the same amount within a day, both still ordinary.

    Each with what people would look at: `debit`, `credit` (ids), references, descriptions and account numbers.
    """
    out, into = bank_entry, aliased(bank_entry)
    giver, taker = bank_account, aliased(bank_account)
    near = or_(*(into.c.booked_on == _shifted(tx, out.c.booked_on, days) for days in (0, 1)))
    query = (
        select(
            out.c.id.label("debit"),
            into.c.id.label("credit"),
            out.c.reference.label("out_reference"),
            into.c.reference.label("in_reference"),
            out.c.description.label("out_text"),
            into.c.description.label("in_text"),
            giver.c.number.label("giver"),
            taker.c.number.label("taker"),
            giver.c.name.label("giver_name"),
            taker.c.name.label("taker_name"),
        )
        .join(into, and_(into.c.amount == out.c.amount, into.c.account_id != out.c.account_id, near))
        .join(giver, giver.c.id == out.c.account_id)
        .join(taker, taker.c.id == into.c.account_id)
        .where(out.c.type == "DB", into.c.type == "CR", out.c.kind == "ordinary", into.c.kind == "ordinary")
        .where(out.c.booked_on >= since - timedelta(days=1))
        .order_by(out.c.id, into.c.id)
    )
    return list(tx.execute(query))


def mark_own_transfer(tx: Connection, ids: Sequence[int]) -> None:
    """Say that these entries moved money between our own accounts: they never settle a bill."""
    if ids:
        tx.execute(update(bank_entry).where(bank_entry.c.id.in_(ids)).values(kind="own_transfer"))


def account_count(tx: Connection) -> int:
    """How many accounts there are."""
    return int(tx.scalar(select(func.count()).select_from(bank_account)) or 0)


def _shifted(tx: Connection, column: Any, days: int) -> Any:  # noqa: ANN401 - clauses of SQLAlchemy
    if days == 0:
        return column
    if tx.dialect.name == "sqlite":
        return func.date(column, f"+{days} day")
    if tx.dialect.name == "postgresql":
        return column + days
    return func.adddate(column, days)


def _new_id(result: Any) -> int:  # noqa: ANN401 - the cursor result of any driver
    return int(result.inserted_primary_key[0])
