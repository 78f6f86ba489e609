"""Staff accounts: made, changed, disabled; a PIN for a leader's phone; a binding confirmed at the counter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mgov.store import history, parties, services, staff
from mgov.store.database import Database
from mgov.store.schema.staff import ROLES
from mgov.workflows.handlers.report import hash_pin


class StaffError(Exception):
    """An account cannot be made or changed; the text says why."""


def add(
    db: Database,
    login: str,
    roles: Sequence[str],
    *,
    now: datetime,
    actor: object,
    full_name: str | None = None,
    agency: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    unix_user: str | None = None,
    pin: str | None = None,
) -> int:
    """Make an account; `phone` is E.164. Raises `StaffError`."""
    _check(login, roles, pin)

    def work(tx: Connection) -> int:
        if staff.by_login(tx, login) is not None:
            raise StaffError(f"{login}: there is an account of that name already")
        if phone is not None and staff.by_phone(tx, phone) is not None:
            raise StaffError(f"{login}: the phone belongs to another account")
        agency_id = services.ensure_agencies(tx, [agency], now)[agency] if agency else None
        staff_id = staff.add(
            tx,
            list(roles),
            login=login,
            full_name=full_name,
            agency_id=agency_id,
            phone=phone,
            email=email,
            unix_user=unix_user,
            pin_hash=hash_pin(pin) if pin else None,
            created_at=now,
            created_by=str(actor),
        )
        history.record(tx, "staff", staff_id, to="enabled", at=now, actor=actor, cause="added", detail=",".join(roles))
        return staff_id

    return db.transact(work)


def set_pin(db: Database, login: str, pin: str, *, now: datetime, actor: object) -> None:
    """A new PIN; it also ends a lock-out. Raises `StaffError`."""
    _check(login, (), pin)
    digest = hash_pin(pin)
    _change(db, login, now, actor, "pin_set", pin_hash=digest, pin_failures=0, pin_locked_until=None)


def unlock(db: Database, login: str, *, now: datetime, actor: object) -> None:
    """End a lock-out. Raises `StaffError`."""
    _change(db, login, now, actor, "unlocked", pin_failures=0, pin_locked_until=None)


def disable(db: Database, login: str, *, now: datetime, actor: object) -> None:
    """Close an account; nothing of what it did is deleted. Raises `StaffError`."""
    _change(db, login, now, actor, "disabled", disabled_at=now)


def enable(db: Database, login: str, *, now: datetime, actor: object) -> None:
    """Open an account again. Raises `StaffError`."""
    _change(db, login, now, actor, "enabled", disabled_at=None)


def confirm_phone(db: Database, id_number: str, phone: str, *, now: datetime, actor: object) -> None:
    """Staff saw who holds a phone: its binding to the identity is verified. Raises `StaffError`."""

    def work(tx: Connection) -> None:
        party = parties.by_id_number(tx, id_number)
        found = [row for row in parties.contacts_of(tx, party["id"]) if row["address"] == phone] if party else []
        if not found:
            raise StaffError(f"{phone}: did not register for that identity")
        values = {"state": "verified", "verified_how": "staff", "verified_at": now, "code_digest": None}
        parties.change_contact(tx, found[0]["id"], **values)
        state = found[0]["state"]
        history.record(
            tx, "contact", found[0]["id"], from_=state, to="verified", at=now, actor=actor, cause="staff confirmed"
        )

    db.transact(work)


def _change(db: Database, login: str, now: datetime, actor: object, cause: str, **values: object) -> None:
    def work(tx: Connection) -> None:
        known = staff.by_login(tx, login)
        if known is None:
            raise StaffError(f"{login}: no such account")
        staff.change(tx, known["id"], **values)
        history.record(tx, "staff", known["id"], to=cause, at=now, actor=actor, cause=cause)

    db.transact(work)


def _check(login: str, roles: Sequence[str], pin: str | None) -> None:
    if not re.fullmatch(r"[\w.@-]{1,64}", login):
        raise StaffError(f"{login!r} is no login name; right would be letters, digits, dots and dashes")
    strange = [role for role in roles if role not in ROLES]
    if strange:
        raise StaffError(f"{strange[0]}: no such role; right would be one of {', '.join(ROLES)}")
    if pin is not None and not re.fullmatch(r"[0-9]{4,8}", pin):
        raise StaffError("a PIN has 4 to 8 digits")
