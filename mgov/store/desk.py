"""What the payments desk reads and locks: entries by reference, open cases, bills."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, or_, select, update

from mgov.store.bulk import among
from mgov.store.schema.money import bank_entry, bill, refund, review_case, settlement
from mgov.store.schema.staff import agency, staff, staff_role


def entries_named(tx: Connection, name: str) -> list[Row[Any]]:
    """Credits by the bank's reference, or one by `#id`; locked where the database can."""
    query = select(bank_entry).where(bank_entry.c.type == "CR").order_by(bank_entry.c.id).with_for_update()
    if name.startswith("#") and name[1:].isdigit():
        return list(tx.execute(query.where(bank_entry.c.id == int(name[1:]))))
    return list(tx.execute(query.where(bank_entry.c.reference == name)))


def is_reversed(tx: Connection, entry_id: int) -> bool:
    """Whether the bank undid a credit."""
    return tx.execute(select(bank_entry.c.id).where(bank_entry.c.reverses_id == entry_id)).first() is not None


def bill_by_id(tx: Connection, bill_id: int) -> Row[Any]:
    """A bill by its id."""
    return tx.execute(select(bill).where(bill.c.id == bill_id)).one()


def bills_by_id(tx: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Bills by their ids: `id, number, agency_id`."""
    query = select(bill.c.id, bill.c.number, bill.c.agency_id).where(among(bill.c.id, sorted(set(ids))))
    return {row.id: row for row in tx.execute(query)}


def open_case(tx: Connection, confirmation_id: int) -> Row[Any] | None:
    """The open case of a confirmation."""
    mine = review_case.c.confirmation_id == confirmation_id
    return tx.execute(select(review_case).where(mine, review_case.c.state == "open")).first()


def case_by_id(tx: Connection, case_id: int) -> Row[Any] | None:
    """A case by its id."""
    return tx.execute(select(review_case).where(review_case.c.id == case_id)).first()


def open_entry_case(tx: Connection, entry_id: int) -> Row[Any] | None:
    """The open case of a bank entry that no confirmation belongs to."""
    mine = (review_case.c.bank_entry_id == entry_id) & (review_case.c.state == "open")
    return tx.execute(select(review_case).where(mine, review_case.c.confirmation_id.is_(None))).first()


def candidates_again(tx: Connection, confirmation_id: int, taken: Sequence[int]) -> str:
    """What to choose from when a decision was taken back, as JSON: the money that it had, and the rest of before."""
    last = select(review_case.c.candidates).where(review_case.c.confirmation_id == confirmation_id)
    before = json.loads(tx.scalar(last.order_by(review_case.c.id.desc()).limit(1)) or "[]")
    rows = tx.execute(select(bank_entry).where(bank_entry.c.id.in_(taken)).order_by(bank_entry.c.id))
    named = ("reference", "amount", "booked_at")
    again = [{"entry": row.id, **{name: row._mapping[name] for name in named}} for row in rows]
    return json.dumps([*again, *(one for one in before if one["entry"] not in taken)], ensure_ascii=False)


def add_entry_case(tx: Connection, entry_id: int, bill_id: int, reasons: str, now: datetime) -> Row[Any] | None:
    """Put a bank entry that is proposed for bills, this one first, before a second person."""
    values = {"kind": "entry", "bank_entry_id": entry_id, "bill_id": bill_id, "reasons": reasons}
    tx.execute(insert(review_case).values(**values, candidates="[]", opened_at=now))
    return open_entry_case(tx, entry_id)


def open_cases(tx: Connection) -> list[Row[Any]]:
    """All open cases, oldest first."""
    return list(tx.execute(select(review_case).where(review_case.c.state == "open").order_by(review_case.c.id)))


def change_case(tx: Connection, case: Row[Any], **values: object) -> bool:
    """Change a case unless another has changed it meanwhile; says whether it did."""
    same = (review_case.c.id == case.id) & (review_case.c.version == case.version) & (review_case.c.state == "open")
    result = tx.execute(update(review_case).where(same).values(version=case.version + 1, **values))
    return result.rowcount == 1


def moved_alone(tx: Connection, entry_id: int, bill_ids: list[int]) -> int:
    """Rupiah that one person without a second moved from an entry or to any of these bills, and that still stands."""
    undone = settlement.alias()
    query = select(func.coalesce(func.sum(settlement.c.amount), 0)).where(
        settlement.c.rule == "manual",
        settlement.c.second_actor.is_(None),
        or_(settlement.c.bank_entry_id == entry_id, settlement.c.bill_id.in_(bill_ids)),
        ~exists().where(undone.c.reverses_id == settlement.c.id),
    )
    return int(tx.scalar(query) or 0)


def mark_entry(tx: Connection, entry_id: int, kind: str) -> None:
    """Say what a credit is, so that matching leaves it alone."""
    tx.execute(update(bank_entry).where(bank_entry.c.id == entry_id).values(kind=kind, reviewed=True))


def add_refund(tx: Connection, **values: object) -> None:
    """Put money on the refund list."""
    tx.execute(insert(refund).values(**values))


def refunds(tx: Connection) -> list[Row[Any]]:
    """What has to go back, oldest first, with its bill (and whose it is) or its credit."""
    about = (bill.c.number, bill.c.agency_id, bill.c.payer_name, bill.c.payer_phone, bank_entry.c.reference)
    query = (
        select(refund, *about)
        .outerjoin(bill, bill.c.id == refund.c.bill_id)
        .outerjoin(bank_entry, bank_entry.c.id == refund.c.bank_entry_id)
        .where(refund.c.state == "due")
    )
    return list(tx.execute(query.order_by(refund.c.id)))


def drop_refunds_of(tx: Connection, entry_id: int, actor: str, now: datetime) -> None:
    """Take what a person put on the refund list of a credit off it again, as far as nobody paid it back."""
    due = (refund.c.bank_entry_id == entry_id) & (refund.c.state == "due")
    tx.execute(update(refund).where(due).values(state="dropped", decided_at=now, decided_by=actor))


def deputised_by(tx: Connection, login: str, now: datetime) -> list[str]:
    """The logins of those whose deputy this member of staff is at a moment."""
    absent = staff.alias("absent")
    query = (
        select(absent.c.login)
        .join(staff, staff.c.id == absent.c.deputy_id)
        .where(staff.c.login == login, staff.c.disabled_at.is_(None), absent.c.disabled_at.is_(None))
        .where(or_(absent.c.deputy_until.is_(None), absent.c.deputy_until >= now))
    )
    return list(tx.scalars(query.order_by(absent.c.login)))


def set_deputy(tx: Connection, login: str, deputy: str | None, until: datetime | None) -> bool:
    """Appoint a deputy, or none; says whether both are known."""
    deputy_id = tx.scalar(select(staff.c.id).where(staff.c.login == deputy)) if deputy else None
    if deputy and deputy_id is None:
        return False
    mine = staff.c.login == login
    return tx.execute(update(staff).where(mine).values(deputy_id=deputy_id, deputy_until=until)).rowcount == 1


def people(tx: Connection, roles: tuple[str, ...]) -> list[Row[Any]]:
    """The staff who hold one of these roles and are not disabled: `id, login, phone, email, agency_id`."""
    query = (
        select(staff.c.id, staff.c.login, staff.c.phone, staff.c.email, staff.c.agency_id)
        .where(staff.c.disabled_at.is_(None))
        .where(exists().where(staff_role.c.staff_id == staff.c.id, staff_role.c.role.in_(roles)))
        .order_by(staff.c.login)
    )
    return list(tx.execute(query))


def deputy_phone(tx: Connection, staff_id: int, now: datetime) -> str | None:
    """The phone of whoever stands in for a member of staff at a moment."""
    absent = staff.alias("absent")
    query = (
        select(staff.c.phone)
        .join(absent, absent.c.deputy_id == staff.c.id)
        .where(absent.c.id == staff_id, staff.c.disabled_at.is_(None))
        .where(or_(absent.c.deputy_until.is_(None), absent.c.deputy_until >= now))
    )
    return tx.scalar(query)


def agency_of_case(tx: Connection, case: Row[Any]) -> int | None:
    """The agency whose bill a case is about."""
    if case.bill_id is None:
        return None
    return tx.scalar(select(bill.c.agency_id).where(bill.c.id == case.bill_id))


def agency_code(tx: Connection, agency_id: int | None) -> str | None:
    """The code of an agency."""
    return None if agency_id is None else tx.scalar(select(agency.c.code).where(agency.c.id == agency_id))
