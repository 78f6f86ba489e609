"""Founding: what an empty database gets, so that it works at once."""

from __future__ import annotations

import pwd
from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.store import audit, staff
from mgov.store.database import Database
from mgov.workflows.services import import_services

FOUNDER = Actor.system("init")


def found(db: Database, catalogue: bytes, uid: int, now: datetime) -> int:
    """Make the Unix user `uid` administrator and fill the service catalogue; returns how many services there are."""
    login = unix_user_of(uid)
    db.transact(lambda tx: _administrator(tx, login, now))
    outcome = import_services(db, catalogue, FOUNDER, now)
    return outcome.accepted


def _administrator(tx: Connection, login: str, now: datetime) -> None:
    if staff.by_login(tx, login) is None:
        staff.add(tx, ["administrator"], login=login, unix_user=login, created_at=now, created_by=str(FOUNDER))
        audit.record(tx, FOUNDER, "staff.add", "staff", login, {"roles": ["administrator"]}, now=now)


def unix_user_of(uid: int) -> str:
    """The name of a Unix user; `uid-N` for one without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid-{uid}"
