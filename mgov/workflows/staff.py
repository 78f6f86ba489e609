"""Staff accounts: made, changed, closed; a PIN for a leader's phone; a binding confirmed at the counter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right, Role
from mgov.store import audit, history, parties, services, sessions, staff
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.secrets import digest_of

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1024


class StaffError(Exception):
    """An account cannot be made or changed; the text says why."""


def add(
    db: Database,
    login: str,
    roles: Sequence[str],
    *,
    now: datetime,
    actor: Actor,
    full_name: str | None = None,
    agency: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    unix_user: str | None = None,
    pin: str | None = None,
    password: str | None = None,
) -> int:
    """Make an account; `phone` is E.164. Raises `StaffError` and `RefusedError`."""
    _check(login, roles, pin, password)
    secret = {
        "pin_hash": digest_of(pin) if pin else None,
        "password_hash": digest_of(password) if password else None,
    }

    def work(tx: Connection) -> int:
        access.require(tx, actor, Right.STAFF_CHANGE)
        _check_free(tx, login, phone, unix_user)
        agency_id = services.ensure_agencies(tx, [agency], now)[agency] if agency else None
        values = {"full_name": full_name, "phone": phone, "email": email, "unix_user": unix_user}
        staff_id = staff.add(
            tx,
            list(roles),
            login=login,
            agency_id=agency_id,
            created_at=now,
            created_by=str(actor),
            **values,
            **secret,
        )
        history.record(tx, "staff", staff_id, to="enabled", at=now, actor=actor, cause="added", detail=",".join(roles))
        detail = {"roles": list(roles), "agency": agency, "unix_user": unix_user}
        audit.record(tx, actor, "staff.add", "staff", login, detail, now=now)
        return staff_id

    return db.transact(work)


def set_roles(db: Database, login: str, roles: Sequence[str], *, now: datetime, actor: Actor) -> None:
    """Give an account exactly these roles. Raises `StaffError` and `RefusedError`."""
    _check(login, roles)

    def change(tx: Connection, account: RowMapping) -> None:
        if Role.ADMINISTRATOR not in roles:
            _keep_an_administrator(tx, account)
        staff.set_roles(tx, account["id"], list(roles))

    _change(db, login, now, actor, "set-roles", change, {"roles": list(roles)})


def set_pin(db: Database, login: str, pin: str, *, now: datetime, actor: Actor) -> None:
    """A new PIN; it also ends a lock-out. Raises `StaffError` and `RefusedError`."""
    _check(login, (), pin)
    values = {"pin_hash": digest_of(pin), "pin_failures": 0, "pin_locked_until": None}
    _change(db, login, now, actor, "set-pin", _put(values))


def set_password(db: Database, login: str, password: str, *, now: datetime, actor: Actor) -> None:
    """A new password, one's own or given by an administrator; open sessions end, a lock-out too."""
    _check(login, (), None, password)
    values = {"password_hash": digest_of(password), "password_failures": 0, "password_locked_until": None}

    def change(tx: Connection, account: RowMapping) -> None:
        staff.change(tx, account["id"], **values)
        sessions.revoke(tx, account["id"], now)

    _change(db, login, now, actor, "set-password", change, own=True)


def unlock(db: Database, login: str, *, now: datetime, actor: Actor) -> None:
    """End a lock-out after wrong PINs or passwords. Raises `StaffError` and `RefusedError`."""
    nothing = {"pin_failures": 0, "pin_locked_until": None, "password_failures": 0, "password_locked_until": None}
    _change(db, login, now, actor, "unlock", _put(nothing))


def disable(db: Database, login: str, *, now: datetime, actor: Actor) -> None:
    """Close an account and end its sessions; nothing of what it did is deleted. Raises `StaffError`."""

    def change(tx: Connection, account: RowMapping) -> None:
        _keep_an_administrator(tx, account)
        staff.change(tx, account["id"], disabled_at=now)
        sessions.revoke(tx, account["id"], now)

    _change(db, login, now, actor, "disable", change)


def enable(db: Database, login: str, *, now: datetime, actor: Actor) -> None:
    """Open an account again. Raises `StaffError` and `RefusedError`."""
    _change(db, login, now, actor, "enable", _put({"disabled_at": None}))


def map_unix_user(db: Database, login: str, unix_user: str | None, *, now: datetime, actor: Actor) -> None:
    """Say which Unix user of this host an account is (None: none). Raises `StaffError` and `RefusedError`."""

    def change(tx: Connection, account: RowMapping) -> None:
        if unix_user is not None:
            _check_unix_user(tx, unix_user)
        staff.change(tx, account["id"], unix_user=unix_user)

    _change(db, login, now, actor, "map", change, {"unix_user": unix_user})


def confirm_phone(db: Database, id_number: str, phone: str, *, now: datetime, actor: Actor) -> None:
    """Staff saw who holds a phone: its binding to the identity is verified. Raises `StaffError`."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.CONTACT_VERIFY)
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
        audit.record(tx, actor, "contact.verify", "contact", found[0]["id"], now=now)

    db.transact(work)


def listing(db: Database, actor: Actor) -> list[dict[str, Any]]:
    """All accounts, for who may see them. Raises `RefusedError`."""

    def work(tx: Connection) -> list[dict[str, Any]]:
        access.require(tx, actor, Right.STAFF_VIEW)
        return staff.listing(tx)

    return db.read(work)


def _put(values: dict[str, Any]) -> Any:  # noqa: ANN401 - a change as `_change` takes it
    return lambda tx, account: staff.change(tx, account["id"], **values)


def _change(
    db: Database,
    login: str,
    now: datetime,
    actor: Actor,
    verb: str,
    change: Any,  # noqa: ANN401 - a callable of transaction and account
    detail: dict[str, Any] | None = None,
    *,
    own: bool = False,
) -> None:
    def work(tx: Connection) -> None:
        if not (own and actor == Actor.staff(login)):
            access.require(tx, actor, Right.STAFF_CHANGE)
        known = staff.by_login(tx, login)
        if known is None:
            raise StaffError(f"{login}: no such account")
        change(tx, known)
        history.record(tx, "staff", known["id"], to=verb, at=now, actor=actor, cause=verb)
        audit.record(tx, actor, f"staff.{verb}", "staff", login, detail, now=now)

    db.transact(work)


def _check_free(tx: Connection, login: str, phone: str | None, unix_user: str | None) -> None:
    if staff.by_login(tx, login) is not None:
        raise StaffError(f"{login}: there is an account of that name already")
    if phone is not None and staff.is_phone_taken(tx, phone):
        raise StaffError(f"{login}: the phone belongs to another account")
    if unix_user is not None:
        _check_unix_user(tx, unix_user)


def _check_unix_user(tx: Connection, unix_user: str) -> None:
    if not re.fullmatch(r"[\w.@$-]{1,64}", unix_user):
        raise StaffError(f"{unix_user!r} is no Unix user name")
    if staff.by_unix_user(tx, unix_user) is not None:
        raise StaffError(f"{unix_user}: this Unix user is mapped to another account")


def _keep_an_administrator(tx: Connection, account: RowMapping) -> None:
    is_one = "administrator" in staff.roles_of(tx, account["id"]) and account["disabled_at"] is None
    if is_one and not staff.other_administrators(tx, account["id"]):
        raise StaffError(f"{account['login']}: is the last administrator; make another one first")


def _check(login: str, roles: Sequence[str], pin: str | None = None, password: str | None = None) -> None:
    if not re.fullmatch(r"[\w.@-]{1,64}", login):
        raise StaffError(f"{login!r} is no login name; right would be letters, digits, dots and dashes")
    strange = [role for role in roles if role not in list(Role)]
    if strange:
        raise StaffError(f"{strange[0]}: no such role; right would be one of {', '.join(Role)}")
    if pin is not None and not re.fullmatch(r"[0-9]{4,8}", pin):
        raise StaffError("a PIN has 4 to 8 digits")
    if password is not None and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffError(f"a password has at least {SHORTEST_PASSWORD} letters")
