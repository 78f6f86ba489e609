"""Every workflow asks here first: may this actor do that, and for which agency?

Staff act by the roles of their account. Parts of mgov, citizens and portals have no roles: what they may do is what
the code gives them to call, and the portals' grants. A database without any staff account is being founded: whoever
can open it then acts as administrator.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from mgov.domain.actor import Actor, ActorKind
from mgov.domain.roles import HOLDERS, Account, Right, Role
from mgov.store import staff
from mgov.store.database import Database

#: The machine's superuser could become any Unix user of this host anyway: it needs no account.
SUPERUSER = "root"


class RefusedError(Exception):
    """The actor may not do this; the text says who may."""


def require(tx: Connection, actor: Actor, right: Right, agencies: Iterable[int | None] = ()) -> Account:
    """The account of `actor`, who holds `right` for all of `agencies`. Raises `RefusedError`."""
    asking = account_of(tx, actor)
    if not asking.may(right):
        raise RefusedError(_not_held(asking, right))
    if not asking.sees(agencies):
        raise RefusedError(_foreign(asking, right))
    return asking


def scope(db: Database, actor: Actor, right: Right, asked: str | None = None) -> str | None:
    """The code of the agency whose rows `actor` sees (None: all): his own, else the one that he asked for.

    Raises `RefusedError` where he may see none, or asked for another's.
    """
    asking = account(db, actor, right)
    if asking.agency is not None and asked not in (None, asking.agency):
        raise RefusedError(_foreign(asking, right))
    return asking.agency or asked


def account(db: Database, actor: Actor, right: Right) -> Account:
    """The account of `actor`, who holds `right`. Raises `RefusedError`."""
    return db.read(lambda tx: require(tx, actor, right))


def account_of(tx: Connection, actor: Actor) -> Account:
    """Who an actor is. Raises `RefusedError` for staff without an open account."""
    if actor.kind is not ActorKind.STAFF:
        return Account(str(actor), frozenset({Role.ADMINISTRATOR}))
    row = staff.by_login(tx, actor.name)
    if row is None:
        return _without_account(tx, actor.name)
    if row["disabled_at"] is not None:
        raise RefusedError(f"{actor.name}: akun ini ditutup / this account is closed")
    roles = frozenset(Role(role) for role in staff.roles_of(tx, row["id"]))
    return Account(actor.name, roles, row["agency_id"], row["agency"])


def _without_account(tx: Connection, name: str) -> Account:
    if name == SUPERUSER or not staff.any_administrator(tx):
        return Account(name, frozenset({Role.ADMINISTRATOR}))
    raise RefusedError(
        f"{name}: tidak punya akun / has no account: `mgov login`, or an administrator adds one"
        f" (`mgov staff add NAME --unix-user {name} --role …`)"
    )


def _not_held(asking: Account, right: Right) -> str:
    who = ", ".join(sorted(HOLDERS[right]))
    return f"{asking.name}: tidak berwenang / may not {right}; that is for: {who}"


def _foreign(asking: Account, right: Right) -> str:
    return f"{asking.name}: bukan urusan dinas Anda / another agency's: you may {right} of your own agency only"
