"""What matching needs, loaded with a few set-based queries into plain records; and the confirmations themselves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from mgov.domain.matching import Bill, Claim, Credit
from mgov.store.schema.money import (
    bank_account,
    bank_entry,
    bank_statement,
    bill,
    bill_amount,
    confirmation,
    settlement,
)
from mgov.store.schema.staff import agency

#: A confirmation that a person took back from the machine: it settles only by hand.
HELD = "undone"

#: What money may still settle; also what was not found, as it may come late.
OPEN = ("awaiting_funds", "review", "expired")


@dataclass(slots=True)
class OpenItems:
    """Everything open: records for the matcher, and what leads back from them to rows."""

    claims: list[Claim] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    rows_of_claim: dict[int, list[Row[Any]]] = field(default_factory=dict)
    bill_ids: dict[str, int] = field(default_factory=dict)


def load_open(
    tx: Connection, zone: ZoneInfo, lookback_days: int, agencies_of: Mapping[str, frozenset[str]] | None = None
) -> OpenItems:
    """Load the open confirmations, the bills, and the credits that are free or recent enough to be named again.

    `agencies_of` gives, for an account number, the agencies whose bills it takes; accounts not in it take all.
    """
    items = OpenItems()
    _load_claims(tx, items, zone)
    _load_bills(tx, items, zone)
    first = min((claim.received_at for claim in items.claims), default=None)
    since = first.astimezone(zone).date() - timedelta(days=lookback_days) if first else None
    _load_credits(tx, items, zone, since, agencies_of or {})
    return items


def _load_claims(tx: Connection, items: OpenItems, zone: ZoneInfo) -> None:
    query = (
        select(confirmation)
        .where(confirmation.c.status.in_(OPEN), or_(confirmation.c.reason.is_(None), confirmation.c.reason != HELD))
        .order_by(confirmation.c.id)
    )
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(query):
        groups[row.group_key or f"row:{row.id}"].append(row)
    for rows in groups.values():
        items.claims.append(_claim(rows, zone))
        items.rows_of_claim[rows[0].id] = rows


def _claim(rows: list[Row[Any]], zone: ZoneInfo) -> Claim:
    row = rows[0]
    return Claim(
        id=row.id,
        sender=row.sender,
        bills=tuple(dict.fromkeys(r.bill_number for r in rows)),
        proof=row.proof or "",
        received_at=row.received_at.astimezone(zone),
        amount=row.amount,
        paid_at=row.paid_at.astimezone(zone) if row.paid_at else None,
        paid_on=row.paid_on,
        bank=row.bank or "",
    )


def _load_bills(tx: Connection, items: OpenItems, zone: ZoneInfo) -> None:
    history = _amounts(tx, zone)
    columns = (bill.c.id, bill.c.number, bill.c.amount, bill.c.allocated, bill.c.state, bill.c.payer_name)
    more = (bill.c.payer_phone, bill.c.pay_code, bill.c.unique_suffix, agency.c.code)
    query = select(*columns, *more).join(agency, agency.c.id == bill.c.agency_id).order_by(bill.c.id)
    for row in tx.execute(query):
        items.bill_ids[row.number] = row.id
        items.bills.append(
            Bill(
                number=row.number,
                amounts=history.get(row.id) or ((row.amount, None),),
                agency=row.code,
                paid=row.allocated,
                state=row.state,
                payer_name=row.payer_name or "",
                payer_phone=row.payer_phone or "",
                pay_code=row.pay_code or "",
                unique_suffix=row.unique_suffix,
            )
        )


def _amounts(tx: Connection, zone: ZoneInfo) -> dict[int, tuple[tuple[int, date | None], ...]]:
    """The amounts of the bills that ever changed; the first of each was valid from the beginning."""
    changed = select(bill_amount.c.bill_id).where(bill_amount.c.valid_from.is_not(None))
    query = select(bill_amount).where(bill_amount.c.bill_id.in_(changed)).order_by(bill_amount.c.id)
    found: dict[int, list[tuple[int, date | None]]] = defaultdict(list)
    for row in tx.execute(query):
        since = row.valid_from.astimezone(zone).date() if row.valid_from else None
        found[row.bill_id].append((row.amount, since))
    return {key: tuple(sorted(rows, key=lambda r: r[1] or date.min)) for key, rows in found.items()}


def _load_credits(
    tx: Connection, items: OpenItems, zone: ZoneInfo, since: date | None, agencies_of: Mapping[str, frozenset[str]]
) -> None:
    wanted = bank_entry.c.allocated < bank_entry.c.amount
    if since is not None:
        wanted = or_(wanted, bank_entry.c.booked_on >= since)
    wanted = and_(bank_entry.c.type == "CR", bank_entry.c.kind == "ordinary", wanted)
    paid = _paid_bills(tx, wanted)
    undone = set(tx.scalars(select(bank_entry.c.reverses_id).where(bank_entry.c.reverses_id.is_not(None))))
    query: Select[Any] = (
        select(bank_entry, bank_account.c.number.label("account"))
        .join(bank_account, bank_account.c.id == bank_entry.c.account_id)
        .where(wanted)
        .order_by(bank_entry.c.id)
    )
    for row in tx.execute(query):
        items.credits.append(
            Credit(
                id=row.id,
                reference=row.reference or "",
                description=row.description,
                amount=row.amount,
                booked_on=row.booked_on,
                value_date=row.value_date,
                free=row.amount - row.allocated,
                booked_at=booked_moment(row.booked_at, zone),
                agencies=agencies_of.get(row.account),
                reversed=row.id in undone,
                allocations=tuple(sorted(paid.get(row.id, ()))),
            )
        )


def _paid_bills(tx: Connection, wanted: Any) -> dict[int, list[str]]:  # noqa: ANN401 - a clause of SQLAlchemy
    query = (
        select(settlement.c.bank_entry_id, bill.c.number)
        .join(bill, bill.c.id == settlement.c.bill_id)
        .join(bank_entry, bank_entry.c.id == settlement.c.bank_entry_id)
        .where(wanted)
        .group_by(settlement.c.bank_entry_id, bill.c.number)
        .having(func.sum(settlement.c.amount) > 0)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for entry_id, number in tx.execute(query):
        found[entry_id].append(number)
    return found


def booked_moment(booked_at: str, zone: ZoneInfo) -> datetime | None:
    """The moment that a statement tells, None when it tells only a day."""
    if "T" not in booked_at and " " not in booked_at:
        return None
    try:
        moment = datetime.fromisoformat(booked_at)
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


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
    result = tx.execute(insert(confirmation).values(**values))
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert has one
    return int(key[0])


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
        select(bank_entry.c.reference, bank_entry.c.booked_on, bill.c.status, bill.c.allocated)
        .select_from(confirmation)
        .join(bank_entry, bank_entry.c.id == confirmation.c.bank_entry_id)
        .join(bill, bill.c.id == confirmation.c.bill_id)
        .where(confirmation.c.id == confirmation_id)
    )
    return tx.execute(query).first()


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


def waiting_for_funds(tx: Connection) -> list[Row[Any]]:
    """Claims that wait and say when they were paid, with their bill's agency."""
    query = (
        select(confirmation, agency.c.code.label("agency"))
        .outerjoin(bill, bill.c.id == confirmation.c.bill_id)
        .outerjoin(agency, agency.c.id == bill.c.agency_id)
        .where(confirmation.c.status == "awaiting_funds", confirmation.c.paid_on.is_not(None))
        .order_by(confirmation.c.id)
    )
    return list(tx.execute(query))
