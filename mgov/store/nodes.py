"""The hosts that run on one database: who is alive, who is asked to hand over, whose leases are free."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from mgov.store.schema.messages import outbound_message
from mgov.store.schema.staff import node

#: A node that has said nothing for so long is taken for dead, and its leases for free. It beats every BEAT seconds.
SILENCE = timedelta(seconds=20)
BEAT = 5.0
UP, DRAINING, DRAINED, STOPPED = "up", "draining", "drained", "stopped"
#: States in which a node is to begin nothing.
RESTING = frozenset({DRAINING, DRAINED})


def start(tx: Connection, name: str, version: str, now: datetime) -> str:
    """A process of a node begins: its number goes up, and a drain that was asked for stays. Returns the state."""
    known = get(tx, name)
    if known is None:
        _make(tx, name, version, now)
        return UP
    state = DRAINED if known["state"] in RESTING else UP
    values = {"lease_number": node.c.lease_number + 1, "version": version, "state": state, "started_at": now}
    tx.execute(update(node).where(node.c.name == name).values(**values, heartbeat_at=now))
    return state


def beat(tx: Connection, name: str, now: datetime, jobs: str | None = None) -> str:
    """Say that a node is alive, and with `jobs` what its sweeps last saw; returns its state as others may have it."""
    alive = case((node.c.state == STOPPED, UP), else_=node.c.state)  # another process of it has just ended
    told = {} if jobs is None else {"jobs": jobs}
    tx.execute(update(node).where(node.c.name == name).values(heartbeat_at=now, state=alive, **told))
    return str(tx.execute(select(node.c.state).where(node.c.name == name)).scalar() or UP)


def move(tx: Connection, name: str, to: str, among: frozenset[str] | None = None) -> bool:
    """Give a node another state, when it is in one of `among` (None: any); False when it is not."""
    query = update(node).where(node.c.name == name).values(state=to)
    if among is not None:
        query = query.where(node.c.state.in_(among))
    return tx.execute(query).rowcount == 1


def get(tx: Connection, name: str) -> RowMapping | None:
    """One node."""
    return tx.execute(select(node).where(node.c.name == name)).mappings().first()


def listing(tx: Connection) -> list[RowMapping]:
    """All nodes by name."""
    return list(tx.execute(select(node).order_by(node.c.name)).mappings())


def silent(tx: Connection, now: datetime) -> list[str]:
    """Nodes that are taken for dead."""
    query = select(node.c.name).where(node.c.heartbeat_at < now - SILENCE)
    return list(tx.execute(query).scalars())


def gone(tx: Connection, now: datetime) -> frozenset[str]:
    """Nodes whose modems others stand in for at once: dead, or emptied on purpose."""
    query = select(node.c.name).where((node.c.heartbeat_at < now - SILENCE) | (node.c.state == DRAINED))
    return frozenset(tx.execute(query).scalars())


def leases(tx: Connection) -> dict[str, int]:
    """How many messages each owner (`node/part`) holds."""
    query = select(outbound_message.c.lease_owner, func.count()).where(outbound_message.c.state == "sending")
    grouped = query.where(outbound_message.c.lease_owner.is_not(None)).group_by(outbound_message.c.lease_owner)
    return {str(owner): int(count) for owner, count in tx.execute(grouped)}


def _make(tx: Connection, name: str, version: str, now: datetime) -> None:
    try:
        with tx.begin_nested():
            tx.execute(
                insert(node).values(
                    name=name, lease_number=1, version=version, state=UP, started_at=now, heartbeat_at=now
                )
            )
    except IntegrityError:
        start(tx, name, version, now)  # another process of this node was first
