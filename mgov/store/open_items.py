"""Rows of bills, credits and claims as the records that the matcher reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, func, or_, select

from mgov.domain.matching import Bill, Claim, Credit, Reason
from mgov.store.bulk import among
from mgov.store.schema.money import bank_account, bank_entry, bill, bill_amount, confirmation, settlement
from mgov.store.schema.staff import agency

#: What money may still settle; also what was not found, as it may come late.
OPEN = ("awaiting_funds", "review", "expired")
#: A confirmation that a person took back from the machine: it settles only by hand.
HELD = str(Reason.UNDONE)

IS_OPEN = confirmation.c.status.in_(OPEN) & or_(confirmation.c.reason.is_(None), confirmation.c.reason != HELD)
IS_CREDIT = (bank_entry.c.type == "CR") & (bank_entry.c.kind == "ordinary")


@dataclass(frozen=True, slots=True)
class Scope:
    """The zone of days, and for an account number the agencies whose bills it takes (others: all)."""

    zone: ZoneInfo
    agencies_of: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class OpenItems:
    """What belongs together: records for the matcher, and what leads back from them to rows."""

    claims: list[Claim] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    rows_of_claim: dict[int, list[Row[Any]]] = field(default_factory=dict)
    bill_ids: dict[str, int] = field(default_factory=dict)


def claim_query() -> Select[Any]:
    """The columns of open confirmations that `claims_of`, booking and answers need."""
    c = confirmation.c
    said = (c.id, c.message_id, c.group_key, c.sender, c.channel, c.bill_number, c.bill_id, c.proof, c.proof_key)
    more = (c.amount, c.paid_at, c.paid_on, c.bank, c.received_at, c.status, c.reason, c.language, c.promised_on)
    return select(*said, *more).where(IS_OPEN)


def claims_of(rows: Iterable[Row[Any]], zone: ZoneInfo) -> dict[int, tuple[Claim, list[Row[Any]]]]:
    """Rows of confirmations as claims by the id of their first row: the rows of one text are one claim."""
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row.id)):
        groups[row.group_key or f"row:{row.id}"].append(row)
    return {group[0].id: (_claim(group, zone), group) for group in groups.values()}


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


def bill_query() -> Select[Any]:
    """The columns that `bills_of` needs."""
    columns = (bill.c.id, bill.c.number, bill.c.amount, bill.c.allocated, bill.c.state, bill.c.payer_name)
    more = (
        bill.c.payer_phone,
        bill.c.pay_code,
        bill.c.unique_suffix,
        bill.c.plate,
        bill.c.payer_id,
        bill.c.object,
        agency.c.code,
    )
    return select(*columns, *more).join(agency, agency.c.id == bill.c.agency_id)


def bills_of(tx: Connection, rows: Sequence[Row[Any]], zone: ZoneInfo) -> list[Bill]:
    """Rows of `bill_query` as bills, with every amount that they had."""
    history = _amounts(tx, [row.id for row in rows], zone)
    return [
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
            marks=tuple(mark for mark in (row.plate, row.payer_id, row.object) if mark),
        )
        for row in rows
    ]


def _amounts(tx: Connection, ids: list[int], zone: ZoneInfo) -> dict[int, tuple[tuple[int, date | None], ...]]:
    """The amounts of the bills that ever changed; the first of each was valid from the beginning."""
    query = select(bill_amount.c.bill_id).where(
        among(bill_amount.c.bill_id, ids), bill_amount.c.valid_from.is_not(None)
    )
    changed = set(tx.scalars(query)) if ids else set()
    found: dict[int, list[tuple[int, date | None]]] = defaultdict(list)
    if changed:
        for row in tx.execute(
            select(bill_amount).where(among(bill_amount.c.bill_id, changed)).order_by(bill_amount.c.id)
        ):
            since = row.valid_from.astimezone(zone).date() if row.valid_from else None
            found[row.bill_id].append((row.amount, since))
    return {key: tuple(sorted(rows, key=lambda r: r[1] or date.min)) for key, rows in found.items()}


def credit_query() -> Select[Any]:
    """The columns that `credits_of` needs."""
    e = bank_entry.c
    columns = (e.id, e.reference, e.description, e.amount, e.allocated, e.booked_at, e.booked_on, e.value_date, e.gross)
    return (
        select(*columns, bank_account.c.number.label("account"))
        .join(bank_account, bank_account.c.id == bank_entry.c.account_id)
        .where(IS_CREDIT)
    )


def credits_of(
    tx: Connection,
    rows: Sequence[Row[Any]],
    scope: Scope,
    named: Mapping[int, tuple[tuple[str, ...], ...]],
    resembling: Mapping[int, Sequence[str]],
) -> list[Credit]:
    """Rows of `credit_query` as credits: `named` are the payers that they name, `resembling` bills they may mean."""
    ids = [row.id for row in rows]
    undone = set(tx.scalars(select(bank_entry.c.reverses_id).where(among(bank_entry.c.reverses_id, ids))))
    spent = [row.id for row in rows if row.allocated]
    paid, senders, taken = _paid_bills(tx, spent), _senders(tx, spent), _taken_from(tx, ids)
    return [
        Credit(
            id=row.id,
            reference=row.reference or "",
            description=row.description,
            amount=row.amount,
            booked_on=row.booked_on,
            value_date=row.value_date,
            free=row.amount - row.allocated,
            booked_at=booked_moment(row.booked_at, scope.zone),
            agencies=scope.agencies_of.get(row.account),
            reversed=row.id in undone,
            allocations=tuple(sorted(paid.get(row.id, ()))),
            named=named.get(row.id, ()),
            gross=row.gross or 0,
            account=row.account,
            confirmed_by=frozenset(senders.get(row.id, ())),
            resembling=tuple(resembling.get(row.id, ())),
            taken_from=frozenset(taken.get(row.id, ())),
        )
        for row in rows
    ]


def _paid_bills(tx: Connection, ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(settlement.c.bank_entry_id, bill.c.number)
        .join(bill, bill.c.id == settlement.c.bill_id)
        .where(among(settlement.c.bank_entry_id, ids))
        .group_by(settlement.c.bank_entry_id, bill.c.number)
        .having(func.sum(settlement.c.amount) > 0)
    )
    return _by_entry(tx, query, ids)


def _taken_from(tx: Connection, ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(settlement.c.bank_entry_id, bill.c.number)
        .join(bill, bill.c.id == settlement.c.bill_id)
        .where(among(settlement.c.bank_entry_id, ids), settlement.c.rule == "undo")
    )
    return _by_entry(tx, query, ids)


def _senders(tx: Connection, ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(settlement.c.bank_entry_id, confirmation.c.sender)
        .join(confirmation, confirmation.c.id == settlement.c.confirmation_id)
        .where(among(settlement.c.bank_entry_id, ids), confirmation.c.status == "settled")
    )
    return _by_entry(tx, query, ids)


def _by_entry(tx: Connection, query: Select[Any], ids: list[int]) -> dict[int, list[str]]:
    """What a query of entries and texts finds, by entry; nothing is asked where there are none."""
    found: dict[int, list[str]] = defaultdict(list)
    for entry_id, told in tx.execute(query) if ids else ():
        found[entry_id].append(told)
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
