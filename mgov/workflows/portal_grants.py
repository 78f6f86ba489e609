"""Which portal may write and read for which agency: a database role, and the row that ties it to the agency."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, portal_roles, portals, services
from mgov.store.database import Database
from mgov.workflows import access

PASSWORD_OCTETS = 24


def role_of(agency: str) -> str:
    """The role of an agency's portal: `portal_bapenda`."""
    return "portal_" + "".join(letter if letter.isalnum() else "_" for letter in agency.lower())


def grant(
    db: Database,
    agency: str,
    *,
    role: str,
    password: str | None,
    require_tls: bool,
    actor: Actor,
    now: datetime,
    roles_by: Database | None = None,
) -> None:
    """Let `role` write orders and read views for one agency; an agency not seen before is made.

    `roles_by` is the same database as somebody who may make roles, where this program's own role may not. Raises
    `RefusedError`, `RoleError`.
    """

    def note(tx: Connection) -> None:
        access.require(tx, actor, Right.PORTAL_GRANT)
        services.ensure_agencies(tx, [agency], now)
        portals.note_grant(tx, role, agency, by=actor, now=now, tls_required=require_tls)
        audit.record(tx, actor, "portal.grant", "role", role, {"agency": agency, "tls": require_tls}, now=now)

    db.read(lambda tx: access.require(tx, actor, Right.PORTAL_GRANT))
    (roles_by or db).transact(lambda tx: portal_roles.make(tx, role, password, require_tls=require_tls))
    db.transact(note)


def revoke(db: Database, role: str, *, actor: Actor, now: datetime, roles_by: Database | None = None) -> bool:
    """Take a role's rights and the role itself away; False when it had none here. Raises as `grant` does."""

    def forget(tx: Connection) -> bool:
        access.require(tx, actor, Right.PORTAL_GRANT)
        audit.record(tx, actor, "portal.revoke", "role", role, now=now)
        return portals.forget_grant(tx, role)

    known = db.transact(forget)
    (roles_by or db).transact(lambda tx: portal_roles.drop(tx, role))
    return known


def listing(db: Database) -> list[RowMapping]:
    """The grants, oldest first."""
    return db.read(portals.listing)


def new_password() -> str:
    """A password that nobody has to remember."""
    return secrets.token_urlsafe(PASSWORD_OCTETS)
