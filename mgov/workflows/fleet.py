"""The fleet: what workers report of their modems, and which of them cannot take their messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from mgov.domain.operators import Operators
from mgov.domain.routing import Fleet, ModemView
from mgov.store import modems, nodes, pauses, routes
from mgov.store.database import Database
from mgov.store.schema.messages import modem


def view(tx: Connection, operators: Operators, now: datetime) -> Fleet:
    """The fleet as a modem sees it that asks what to send next."""
    paused, gone = pauses.current(tx).modems, nodes.gone(tx, now)
    rows = modems.rows(tx)
    stopped = frozenset(row["name"] for row in rows if row["name"] in paused or row["node"] in gone)
    return Fleet(tuple(_seen(row, stopped, operators, now) for row in rows), routes.poor(tx))


def _seen(row: RowMapping, out_of_use: frozenset[str], operators: Operators, now: datetime) -> ModemView:
    since = now - modems.PATIENCE
    stopped = row["name"] in out_of_use
    silent = row["state"] != "starting" and (row["last_seen"] is None or row["last_seen"] < since)
    down = row["state"] != "ready" and (row["down_since"] is None or row["down_since"] < since)
    blocked = row["blocked_until"] if row["blocked"] is not None else None
    known = operators.of_sim(row["sim"], row["operator"])
    return ModemView(
        row["name"],
        known.name if known else operators.name_of(row["operator"]),
        takes=row["state"] == "ready" and not silent and not stopped and (blocked is None or blocked <= now),
        away=stopped or silent or down or (blocked is not None and blocked > now + modems.PATIENCE),
    )


def enlist(db: Database, node: str, drivers: Mapping[str, str], now: datetime) -> None:
    """Say which modems a process is about to open (name to driver), so that others leave them what is theirs."""

    def work(tx: Connection) -> None:
        for name, driver in drivers.items():
            modems.report(tx, name, node=node, driver=driver, state="starting", down_since=now)

    db.transact(work)


def report(db: Database, name: str, values: Mapping[str, Any]) -> None:
    """Write what a worker knows of its modem."""
    db.transact(lambda tx: modems.report(tx, name, **values))


def report_down(db: Database, name: str, values: Mapping[str, Any], now: datetime) -> None:
    """Write that a modem is down; since when is kept from the first report on."""

    def work(tx: Connection) -> None:
        before = tx.execute(select(modem.c.down_since).where(modem.c.name == name)).scalar()
        modems.report(tx, name, **{**values, "down_since": before or now})

    db.transact(work)
