"""The fleet: what workers report of their modems, and which of them cannot take their messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mgov.store import modems
from mgov.store.database import Database
from mgov.store.schema.messages import modem


def report(db: Database, name: str, values: Mapping[str, Any]) -> None:
    """Write what a worker knows of its modem."""
    db.transact(lambda tx: modems.report(tx, name, **values))


def report_and_absent(db: Database, name: str, values: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Write what a probe found; returns the modems whose messages another should take."""

    def work(tx: Connection) -> tuple[str, ...]:
        modems.report(tx, name, **values)
        return modems.absent(tx, now)

    return db.transact(work)


def report_down(db: Database, name: str, values: Mapping[str, Any], now: datetime) -> None:
    """Write that a modem is down; since when is kept from the first report on."""

    def work(tx: Connection) -> None:
        before = tx.execute(select(modem.c.down_since).where(modem.c.name == name)).scalar()
        modems.report(tx, name, **{**values, "down_since": before or now})

    db.transact(work)
