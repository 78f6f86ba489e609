"""Who stands in for an absent member of the desk, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.actor import Actor, ActorKind
from mgov.domain.roles import Account, Right
from mgov.store import audit, desk
from mgov.store.database import Database
from mgov.workflows import access


def stands_in_for(tx: Connection, actor: Actor, now: datetime) -> list[Actor]:
    """The absent whom this member of staff stands in for now."""
    if actor.kind is not ActorKind.STAFF:
        return []
    return [Actor.staff(login) for login in desk.deputised_by(tx, actor.name, now)]


def seats(tx: Connection, actor: Actor, right: Right, now: datetime) -> list[Account]:
    """His own account and those of whom he stands in for, as far as they hold a right. Raises `RefusedError`."""
    accounts = (access.account_of(tx, someone) for someone in (actor, *stands_in_for(tx, actor, now)))
    return [account for account in accounts if account.may(right)] or [access.require(tx, actor, right)]


def same_seat(tx: Connection, one: Actor, other: Actor, now: datetime) -> bool:
    """Whether two decide as one: the same person, or somebody in the other's place without a right of his own.

    Else a cashier could name whom he likes as his second pair of eyes.
    """
    return one == other or any(
        absent in stands_in_for(tx, deputy, now) and not access.account_of(tx, deputy).may(Right.PAYMENT_DECIDE)
        for deputy, absent in ((one, other), (other, one))
    )


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
