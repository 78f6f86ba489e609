"""What is not sent for now, because a person said so: priority classes and modems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.fleet import pause
from mgov.store.schema.messages import PRIORITIES

_CURRENT = select(pause.c.scope, pause.c.name)


@dataclass(frozen=True, slots=True)
class Paused:
    """The urgencies of the classes and the names of the modems that are paused."""

    urgencies: tuple[int, ...] = ()
    modems: frozenset[str] = frozenset()


def current(tx: Connection) -> Paused:
    """What is paused now."""
    rows = tx.execute(_CURRENT).all()
    urgencies = tuple(PRIORITIES[name] for scope, name in rows if scope == "class" and name in PRIORITIES)
    return Paused(urgencies, frozenset(name for scope, name in rows if scope == "modem"))


def add(tx: Connection, scope: str, name: str, now: datetime, by: object, reason: str | None) -> bool:
    """Pause a class or a modem; False when it is paused already (a new reason replaces the old one)."""
    known = (pause.c.scope == scope) & (pause.c.name == name)
    if tx.execute(select(pause.c.since).where(known)).first() is not None:
        if reason is not None:
            tx.execute(update(pause).where(known).values(reason=reason))
        return False
    tx.execute(insert(pause).values(scope=scope, name=name, since=now, by=str(by), reason=reason))
    return True


def remove(tx: Connection, scope: str, name: str) -> bool:
    """Let a class or a modem go on; False when it was not paused."""
    return tx.execute(delete(pause).where(pause.c.scope == scope, pause.c.name == name)).rowcount == 1


def listing(tx: Connection) -> list[RowMapping]:
    """Every pause, oldest first."""
    return list(tx.execute(select(pause).order_by(pause.c.since, pause.c.name)).mappings())
