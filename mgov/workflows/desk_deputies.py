"""Who stands in for an absent member of the desk, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.actor import Actor, ActorKind
from mgov.domain.roles import Right
from mgov.store import audit, desk
from mgov.store.database import Database
from mgov.workflows import access


def stands_in_for(tx: Connection, actor: Actor, now: datetime) -> list[Actor]:
    """The absent whom this member of staff stands in for now."""
    if actor.kind is not ActorKind.STAFF:
        return []
    return [Actor.staff(login) for login in desk.deputised_by(tx, actor.name, now)]


def appoint(
    db: Database, absent: str, deputy: str | None, until: datetime | None, *, actor: Actor, now: datetime
) -> None:
    """Let `deputy` decide in place of `absent` until a moment; None: nobody any more.

    Whoever decides payments himself may appoint his own deputy, others need the right to keep staff. Raises
    `RefusedError`, and ValueError for a login that is not known.
    """

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.PAYMENT_DECIDE if actor == Actor.staff(absent) else Right.STAFF_CHANGE)
        if not desk.set_deputy(tx, absent, deputy, until):
            raise ValueError(f"akun tidak dikenal / no such account: {absent}, {deputy}")
        detail = {"deputy": deputy, "until": until.isoformat() if until else None}
        audit.record(tx, actor, "payment.deputy", "staff", absent, detail, now=now)

    db.transact(work)
