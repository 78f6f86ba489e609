"""Several hosts on one database: each says that it is alive, and one can be emptied before it is upgraded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, nodes
from mgov.store.database import Database
from mgov.workflows import access


def start(db: Database, name: str, version: str, now: datetime) -> bool:
    """A process of a node begins; whether it may begin work (False: it was drained and not resumed)."""
    return db.transact(lambda tx: nodes.start(tx, name, version, now)) not in nodes.RESTING


def beat(db: Database, name: str, now: datetime, jobs: str | None = None) -> bool:
    """Say that a node is alive; whether it may go on (False: it is to hand over and stop).

    `jobs` is what `workflows.jobs.as_told` wrote of its sweeps; None leaves what another process of it said.
    """
    return db.transact(lambda tx: nodes.beat(tx, name, now, jobs)) not in nodes.RESTING


def stop(db: Database, name: str) -> None:
    """A node's process ends in order; a drain that was asked for is done."""

    def work(tx: Connection) -> None:
        if not nodes.move(tx, name, nodes.DRAINED, nodes.RESTING):
            nodes.move(tx, name, nodes.STOPPED, frozenset({nodes.UP}))

    db.transact(work)


def drain(db: Database, name: str, *, actor: Actor, now: datetime) -> bool:
    """Ask a node to finish what it does, hand the rest over and begin nothing; False when there is no such node."""
    return _ask(db, name, nodes.DRAINING, "node.drain", actor, now)


def resume(db: Database, name: str, *, actor: Actor, now: datetime) -> bool:
    """Let a drained node work again; False when there is no such node."""
    return _ask(db, name, nodes.UP, "node.resume", actor, now)


def _ask(db: Database, name: str, to: str, action: str, actor: Actor, now: datetime) -> bool:
    def work(tx: Connection) -> bool:
        access.require(tx, actor, Right.SYSTEM)
        if not nodes.move(tx, name, to):
            return False
        audit.record(tx, actor, action, "node", name, now=now)
        return True

    return db.transact(work)


def listing(db: Database, now: datetime) -> Iterator[dict[str, Any]]:
    """Each node with its state (`silent` when it has not beaten for a while), modems and leases."""
    rows, held = db.read(lambda tx: (nodes.listing(tx), nodes.leases(tx)))
    for row in rows:
        quiet = row["state"] in (nodes.UP, nodes.DRAINING) and now - row["heartbeat_at"] > nodes.SILENCE
        yield {
            "name": row["name"],
            "state": "silent" if quiet else row["state"],
            "version": row["version"],
            "started_at": row["started_at"],
            "heartbeat_at": row["heartbeat_at"],
            "lease_number": row["lease_number"],
            "leases": sum(count for owner, count in held.items() if owner.startswith(f"{row['name']}/")),
        }
