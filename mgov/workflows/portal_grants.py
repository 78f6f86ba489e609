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
from mgov.store.portal_roles import RoleError
from mgov.workflows import access

PASSWORD_OCTETS = 24
PREFIX = "portal_"


def role_of(agency: str) -> str:
    """The role of an agency's portal: `portal_bapenda`."""
    return PREFIX + "".join(letter if letter.isalnum() else "_" for letter in agency.lower())


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
) -> bool:
    """Let `role` write orders and read views for one agency; returns whether the agency was not known before.

    `roles_by` is the same database as somebody who may make roles, where this program's own role may not. Raises
    `RefusedError`, `RoleError`: also for a role that is there already and not a portal's, as its password would change.
    """

    def note(tx: Connection) -> bool:
        access.require(tx, actor, Right.PORTAL_GRANT)
        is_new = agency not in services.agencies(tx)
        services.ensure_agencies(tx, [agency], now)
        portals.note_grant(tx, role, agency, by=actor, now=now, tls_required=require_tls)
        audit.record(tx, actor, "portal.grant", "role", role, {"agency": agency, "tls": require_tls}, now=now)
        return is_new

    db.read(lambda tx: access.require(tx, actor, Right.PORTAL_GRANT))
    known = _is_ours(db, role)
    maker = roles_by or db
    maker.transact(lambda tx: portal_roles.make(tx, role, password, require_tls=require_tls, known=known))
    return db.transact(note)


def _is_ours(db: Database, role: str) -> bool:
    """Whether a role was made for a portal: by its grant, or by its name where the grant was lost."""
    if role == db.read(portals.engine_role):
        raise RoleError(f"{role} is the gateway's own role, not a portal's")
    return role in db.read(portals.grants) or role.startswith(PREFIX)


def revoke(db: Database, role: str, *, actor: Actor, now: datetime, roles_by: Database | None = None) -> bool:
    """Take a role's rights and the role itself away; False, and nothing done, when it had none here.

    Raises as `grant` does.
    """

    def forget(tx: Connection) -> bool:
        audit.record(tx, actor, "portal.revoke", "role", role, now=now)
        return portals.forget_grant(tx, role)

    db.read(lambda tx: access.require(tx, actor, Right.PORTAL_GRANT))
    if role not in db.read(portals.grants) or not _is_ours(db, role):
        return False
    (roles_by or db).transact(lambda tx: portal_roles.drop(tx, role))  # first: cut off here, it can be asked again
    return db.transact(forget)


def listing(db: Database) -> list[RowMapping]:
    """The grants, oldest first."""
    return db.read(portals.listing)


def new_password() -> str:
    """A password that nobody has to remember."""
    return secrets.token_urlsafe(PASSWORD_OCTETS)
