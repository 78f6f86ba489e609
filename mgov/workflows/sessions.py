"""Who is asking: a Unix user that the kernel vouches for, mapped to an account or logged in with a password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Right
from mgov.store import audit, sessions, staff
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.access import RefusedError
from mgov.workflows.secrets import is_right

LIFETIME = timedelta(hours=12)
#: Wrong passwords in a row before an account rests, and how long.
TRIES, LOCKED_FOR = 5, timedelta(minutes=15)
_TOKEN_BYTES = 32


def identify(
    db: Database, unix_user: str, token: str | None, *, now: datetime, unix_users: Mapping[str, str] | None = None
) -> Actor:
    """The actor behind a Unix user: by his session, by `unix_users` or the account's own mapping, else himself.

    A Unix user without any of them is an actor without an account, also when an account has the same name. Raises
    `RefusedError` for a session that has ended.
    """
    return db.read(lambda tx: _identify(tx, unix_user, token, now, unix_users or {}))


def login(
    db: Database, name: str, password: str, *, unix_user: str, now: datetime, lifetime: timedelta = LIFETIME
) -> str:
    """Begin a session for `unix_user` and return its token. Raises `RefusedError`, the same for whatever was wrong."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)

    def work(tx: Connection) -> str | None:
        account = staff.locked(tx, name)
        fault = _login_fault(tx, account, name, password, unix_user, now)
        if fault is None and account is not None:
            _begin(tx, account, token, unix_user, now, lifetime)
        return fault

    fault = db.transact(work)  # the failure is counted, so it commits too
    if fault is not None:
        raise RefusedError(fault)
    return token


def logout(db: Database, token: str, *, now: datetime) -> None:
    """End the session of a token; an unknown one is none."""

    def work(tx: Connection) -> None:
        row = sessions.by_digest(tx, _digest(token))
        if row is not None and sessions.revoke(tx, row["staff_id"], now, row["token_digest"]):
            audit.record(tx, Actor.staff(row["login"]), "session.end", "session", row["id"], now=now)

    db.transact(work)


def revoke(db: Database, name: str, *, actor: Actor, now: datetime) -> int:
    """End all sessions of an account: one's own, or anybody's for an administrator. Raises `RefusedError`."""

    def work(tx: Connection) -> int:
        if actor != Actor.staff(name):
            access.require(tx, actor, Right.STAFF_CHANGE)
        account = staff.by_login(tx, name)
        if account is None:
            raise RefusedError(f"{name}: tidak ada akun itu / no such account")
        count = sessions.revoke(tx, account["id"], now)
        audit.record(tx, actor, "session.revoke", "staff", name, {"sessions": count}, now=now)
        return count

    return db.transact(work)


def listing(db: Database, actor: Actor) -> list[dict[str, Any]]:
    """All sessions, for who may see accounts. Raises `RefusedError`."""

    def work(tx: Connection) -> list[dict[str, Any]]:
        access.require(tx, actor, Right.STAFF_VIEW)
        return sessions.listing(tx)

    return db.read(work)


def describe(db: Database, actor: Actor) -> Account:
    """The account behind an actor. Raises `RefusedError` without one."""
    return db.read(lambda tx: access.account_of(tx, actor))


def _identify(tx: Connection, unix_user: str, token: str | None, now: datetime, unix_users: Mapping[str, str]) -> Actor:
    if token:
        return _of_session(tx, unix_user, token, now)
    if unix_user in unix_users:
        return Actor.staff(unix_users[unix_user])
    mapped = staff.by_unix_user(tx, unix_user)
    if mapped is not None:
        return Actor.staff(mapped["login"])
    taken = staff.by_login(tx, unix_user) is not None
    return Actor.staff(f"unix:{unix_user}" if taken else unix_user)


def _of_session(tx: Connection, unix_user: str, token: str, now: datetime) -> Actor:
    row = sessions.by_digest(tx, _digest(token))
    open_ = row is not None and row["revoked_at"] is None and row["expires_at"] > now and row["disabled_at"] is None
    if row is None or not open_ or row["unix_user"] != unix_user:
        raise RefusedError("sesi sudah berakhir / this session has ended: `mgov login` again, or `mgov logout`")
    return Actor.staff(row["login"])


def _login_fault(
    tx: Connection, account: RowMapping | None, name: str, password: str, unix_user: str, now: datetime
) -> str | None:
    locked_until = account["password_locked_until"] if account is not None else None
    if locked_until is not None and locked_until > now:
        return f"{name}: terkunci / locked after wrong passwords: try again later, or ask an administrator to unlock it"
    right = is_right(account["password_hash"] if account is not None else None, password)
    if account is not None and right and account["disabled_at"] is None:
        return None
    _count_failure(tx, account, name, unix_user, now)
    return f"{name}: nama atau sandi salah / wrong name or password"


def _count_failure(tx: Connection, account: RowMapping | None, name: str, unix_user: str, now: datetime) -> None:
    by = Actor.staff(f"unix:{unix_user}")
    audit.record(tx, by, "session.refused", "staff", name, {"known": account is not None}, now=now)
    if account is None:
        return
    failures = account["password_failures"] + 1
    locked = failures >= TRIES
    values = {"password_failures": 0, "password_locked_until": now + LOCKED_FOR} if locked else {}
    staff.change(tx, account["id"], **({"password_failures": failures} | values))
    if locked:
        audit.record(tx, by, "staff.lock", "staff", name, {"until": now + LOCKED_FOR}, now=now)


def _begin(tx: Connection, account: RowMapping, token: str, unix_user: str, now: datetime, lifetime: timedelta) -> None:
    staff.change(tx, account["id"], password_failures=0, password_locked_until=None)
    number = sessions.add(
        tx,
        staff_id=account["id"],
        token_digest=_digest(token),
        unix_user=unix_user,
        created_at=now,
        expires_at=now + lifetime,
    )
    detail = {"unix_user": unix_user, "until": now + lifetime}
    audit.record(tx, Actor.staff(account["login"]), "session.begin", "session", number, detail, now=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
