"""Sums for the executive figures. Money counts by its value date at the bank, or by the day it was paid elsewhere.

A bill belongs to the days on which it falls due; one without a due date to the day on which it was entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.figures import Topic
from mgov.domain.permit import FINAL
from mgov.store.schema.money import bank_account, bank_entry, bank_statement, bill, settlement
from mgov.store.schema.operations import closed_figure, target
from mgov.store.schema.services import application, service
from mgov.store.schema.staff import agency

WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which bills and permits are counted: any of what the topic names, and of one agency or sector when given."""

    topic: Topic | None = None
    agency_id: int | None = None
    sector: str | None = None
    zone: ZoneInfo = WIB

    def narrowed(self, *, agency_id: int | None = None, sector: str | None = None) -> Scope:
        """The same of one agency or sector."""
        return replace(self, agency_id=agency_id or self.agency_id, sector=sector or self.sector)


@dataclass(frozen=True, slots=True)
class Money:
    """Whole rupiah of one scope and span of days."""

    bills: int
    billed: int
    paid: int
    outstanding: int


def money(tx: Connection, scope: Scope, first: date, after: date) -> Money:
    """Bills that belong to the days from `first` until before `after`, and the money that came in on those days."""
    mine = and_(_bills(scope), _belongs(scope, first, after), bill.c.state != "cancelled")
    count, billed = tx.execute(select(func.count(), func.sum(bill.c.amount)).select_from(bill).where(mine)).one()
    left = select(func.sum(bill.c.amount - bill.c.allocated)).where(mine, bill.c.status.in_(("open", "partly_paid")))
    outstanding = int(tx.execute(left).scalar() or 0)
    return Money(int(count), int(billed or 0), paid(tx, scope, first, after), outstanding)


def paid(tx: Connection, scope: Scope, first: date, after: date) -> int:
    """What came in on those days: by the bank's value date, and what was paid elsewhere."""
    wanted = _bills(scope)
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


def permits(tx: Connection, scope: Scope, after: date, overdue_before: date) -> tuple[int, int]:
    """Permits in progress that were filed before `after`, and those of them filed before `overdue_before`."""
    query = select(func.count()).select_from(application).outerjoin(service, service.c.id == application.c.service_id)
    query = query.where(func.lower(application.c.status).not_in(FINAL), application.c.submitted_on < after)
    for condition in _permits(scope):
        query = query.where(condition)
    overdue = query.where(application.c.submitted_on < overdue_before)
    return int(tx.execute(query).scalar_one()), int(tx.execute(overdue).scalar_one())


def known_until(tx: Connection) -> date | None:
    """The day until which the statements of every account reach: what came in later is not known yet of one of them."""
    query = select(func.max(bank_statement.c.covers_to)).group_by(bank_statement.c.account_id)
    covered = [day for day in tx.execute(query).scalars() if day is not None]
    return min(covered) if covered else tx.execute(select(func.max(bank_entry.c.value_date))).scalar()


def coverage(tx: Connection, first: date, after: date) -> dict[str, list[tuple[date, date]]]:
    """Account → the spans that its statements cover, as far as they touch these days."""
    query = (
        select(bank_account.c.number, bank_account.c.name, bank_statement.c.covers_from, bank_statement.c.covers_to)
        .join(bank_statement, bank_statement.c.account_id == bank_account.c.id)
        .where(bank_statement.c.covers_to >= first, bank_statement.c.covers_from < after)
        .order_by(bank_account.c.number, bank_statement.c.covers_from)
    )
    found: dict[str, list[tuple[date, date]]] = {}
    for number, name, start, end in tx.execute(query):
        found.setdefault(name or number, []).append((start, end))
    return found


def agency_id_of(tx: Connection, code: str) -> int | None:
    """An agency by its code, whatever the case of its letters."""
    return tx.execute(select(agency.c.id).where(func.lower(agency.c.code) == code.lower())).scalar()


def agency_code_of(tx: Connection, agency_id: int) -> str:
    """The code of an agency."""
    return str(tx.execute(select(agency.c.code).where(agency.c.id == agency_id)).scalar_one())


def agencies(tx: Connection) -> list[tuple[int, str]]:
    """Number and code of every agency."""
    return [
        (int(number), code) for number, code in tx.execute(select(agency.c.id, agency.c.code).order_by(agency.c.code))
    ]


def sectors(tx: Connection) -> list[str]:
    """The sectors that have services."""
    return list(tx.execute(select(service.c.sector).distinct().order_by(service.c.sector)).scalars())


def target_of(tx: Connection, topic: str, agency_code: str, year: int) -> int | None:
    """The year's target of a topic (of one agency, or of the province)."""
    columns = target.c
    wanted = and_(columns.topic == topic, columns.agency == agency_code, columns.year == year)
    return tx.execute(select(columns.amount).where(wanted)).scalar()


def set_target(
    tx: Connection, topic: str, agency_code: str, year: int, amount: int, *, now: datetime, actor: Actor
) -> None:
    """Set or change a target."""
    columns = target.c
    wanted = and_(columns.topic == topic, columns.agency == agency_code, columns.year == year)
    values = {"amount": amount, "updated_at": now, "updated_by": str(actor)}
    if not tx.execute(update(target).where(wanted).values(**values)).rowcount:
        tx.execute(insert(target).values(topic=topic, agency=agency_code, year=year, **values))


def targets(tx: Connection) -> list[RowMapping]:
    """All targets."""
    return list(tx.execute(select(target).order_by(target.c.year, target.c.topic, target.c.agency)).mappings())


def closed(tx: Connection, topic: str, agency_code: str, months: Sequence[str]) -> dict[str, RowMapping]:
    """Month → its figures as they were when it was closed, of the months that are."""
    columns = closed_figure.c
    wanted = and_(columns.topic == topic, columns.agency == agency_code, columns.month.in_(list(months)))
    return {row["month"]: row for row in tx.execute(select(closed_figure).where(wanted)).mappings()}


def is_closed(tx: Connection, month: str) -> bool:
    """Whether a month was closed."""
    return tx.execute(select(closed_figure.c.id).where(closed_figure.c.month == month).limit(1)).first() is not None


def close(
    tx: Connection, month: str, topic: str, agency_code: str, figures: Money, *, now: datetime, actor: Actor
) -> None:
    """Keep the figures of a month as they are now, for good."""
    values = {"month": month, "topic": topic, "agency": agency_code, "closed_at": now, "closed_by": str(actor)}
    amounts = {"bills": figures.bills, "billed": figures.billed, "paid": figures.paid}
    tx.execute(insert(closed_figure).values(**values, **amounts, outstanding=figures.outstanding))


def in_use_since(tx: Connection) -> datetime | None:
    """When this site got its first agency: months before were never reported here."""
    return tx.execute(select(func.min(agency.c.created_at))).scalar()


def _belongs(scope: Scope, first: date, after: date) -> ColumnElement[bool]:
    due = and_(bill.c.due_date >= first, bill.c.due_date < after)
    entered_from, entered_before = (datetime.combine(day, time(), scope.zone) for day in (first, after))
    entered = and_(bill.c.created_at >= entered_from, bill.c.created_at < entered_before)
    return or_(due, and_(bill.c.due_date.is_(None), entered))


def _bills(scope: Scope) -> ColumnElement[bool]:
    conditions: list[Any] = [bill.c.id > 0]
    topic = scope.topic
    if topic is not None and (topic.prefixes or topic.sectors or topic.agencies):
        any_of: list[Any] = [bill.c.number.like(f"{prefix}-%") for prefix in topic.prefixes]
        if topic.sectors:
            any_of.append(bill.c.agency_id.in_(_of_sectors(topic.sectors)))
        if topic.agencies:
            any_of.append(bill.c.agency_id.in_(select(agency.c.id).where(agency.c.code.in_(topic.agencies))))
        conditions.append(or_(*any_of))
    if scope.agency_id is not None:
        conditions.append(bill.c.agency_id == scope.agency_id)
    if scope.sector is not None:
        conditions.append(bill.c.agency_id.in_(_of_sectors((scope.sector,))))
    return and_(*conditions)


def _permits(scope: Scope) -> list[Any]:
    topic, conditions = scope.topic, []
    if topic is not None and (topic.sectors or topic.agencies):
        any_of: list[Any] = []
        if topic.sectors:
            any_of.append(service.c.sector.in_(topic.sectors))
        if topic.agencies:
            any_of.append(application.c.agency_id.in_(select(agency.c.id).where(agency.c.code.in_(topic.agencies))))
        conditions.append(or_(*any_of))
    if scope.agency_id is not None:
        conditions.append(application.c.agency_id == scope.agency_id)
    if scope.sector is not None:
        conditions.append(service.c.sector == scope.sector)
    return conditions


def _of_sectors(names: Sequence[str]) -> Select[Any]:
    return select(service.c.agency_id).where(service.c.sector.in_(list(names)))
