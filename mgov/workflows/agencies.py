"""Agencies: their names, where they are told of new applications, and how their bills are told apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, services
from mgov.store.database import Database
from mgov.workflows import access

SETTABLE = ("name", "contact_phone", "contact_email", "unique_amounts")


class AgencyError(Exception):
    """An agency cannot be changed; the text says why."""


def listing(db: Database) -> list[RowMapping]:
    """All agencies by code."""
    return db.read(lambda tx: [row for _code, row in sorted(services.agencies(tx).items())])


def set_agency(db: Database, code: str, said: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Change an agency, or make it; `said` has the columns of SETTABLE that change, an empty text clears one.

    Raises `AgencyError` when nothing is to be changed.
    """
    if not said:
        raise AgencyError(f"{code}: nothing to change; name at least one of --name, --phone, --email, --unique-amounts")
    values = {name: None if value == "" else value for name, value in said.items()}

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.AGENCY_CHANGE)
        agency_id = services.ensure_agencies(tx, [code], now)[code]
        access.require(tx, actor, Right.AGENCY_CHANGE, [agency_id])
        services.change_agency(tx, agency_id, **values)
        audit.record(tx, actor, "agency.set", "agency", code, values, now=now)

    db.transact(work)
