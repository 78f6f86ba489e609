"""Sums for the executive figures. Money counts by its value date at the bank, or by the day it was paid elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from mgov.store.schema.money import bank_entry, bank_statement, bill, settlement
from mgov.store.schema.services import service
from mgov.store.schema.staff import agency


@dataclass(frozen=True, slots=True)
class Scope:
    """Which bills are counted: by the letters in front of their number, by agency, by sector; nothing named: all."""

    prefixes: tuple[str, ...] = ()
    agency_id: int | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """Whole rupiah of one scope and span of days."""

    bills: int
    billed: int
    paid: int
    outstanding: int


def money(tx: Connection, scope: Scope, first: date, after: date) -> Money:
    """Bills that fall due from `first` until before `after`, and the money that came in on those days."""
    wanted = _scope(scope)
    due = and_(wanted, bill.c.due_date >= first, bill.c.due_date < after, bill.c.state != "cancelled")
    count, billed = tx.execute(select(func.count(), func.sum(bill.c.amount)).select_from(bill).where(due)).one()
    left = select(func.sum(bill.c.amount - bill.c.allocated)).where(due, bill.c.status.in_(("open", "partly_paid")))
    return Money(int(count), int(billed or 0), _paid(tx, wanted, first, after), int(tx.execute(left).scalar() or 0))


def known_until(tx: Connection) -> date | None:
    """The last day that a bank statement covers."""
    covered = tx.execute(select(func.max(bank_statement.c.covers_to))).scalar()
    return covered or tx.execute(select(func.max(bank_entry.c.value_date))).scalar()


def agency_id_of(tx: Connection, code: str) -> int | None:
    """An agency by its code, whatever the case of its letters."""
    return tx.execute(select(agency.c.id).where(func.lower(agency.c.code) == code.lower())).scalar()


def agency_code_of(tx: Connection, agency_id: int) -> str:
    """The code of an agency."""
    return str(tx.execute(select(agency.c.code).where(agency.c.id == agency_id)).scalar_one())


def _paid(tx: Connection, wanted: ColumnElement[bool], first: date, after: date) -> int:
    by_bank = (
        select(func.sum(settlement.c.amount))
        .join(bill, bill.c.id == settlement.c.bill_id)
        .join(bank_entry, bank_entry.c.id == settlement.c.bank_entry_id)
        .where(wanted, bank_entry.c.value_date >= first, bank_entry.c.value_date < after)
    )
    elsewhere = select(func.sum(bill.c.amount)).where(
        wanted, bill.c.state == "paid_elsewhere", bill.c.paid_on >= first, bill.c.paid_on < after
    )
    return int(tx.execute(by_bank).scalar() or 0) + int(tx.execute(elsewhere).scalar() or 0)


def _scope(scope: Scope) -> ColumnElement[bool]:
    conditions: list[Any] = [bill.c.id > 0]
    if scope.prefixes:
        conditions.append(or_(false(), *(bill.c.number.like(f"{prefix}-%") for prefix in scope.prefixes)))
    if scope.agency_id is not None:
        conditions.append(bill.c.agency_id == scope.agency_id)
    if scope.sector is not None:
        conditions.append(bill.c.agency_id.in_(select(service.c.agency_id).where(service.c.sector == scope.sector)))
    return and_(*conditions)
