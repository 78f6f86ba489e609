"""What is known of each modem: written by its worker, read by everybody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store import pauses, sims
from mgov.store.schema.messages import modem, outbound_message

#: A reply prefers the modem that was texted, until that has been away this long.
PATIENCE = timedelta(seconds=60)

_ROWS = select(modem).order_by(modem.c.name)


def report(tx: Connection, name: str, **values: Any) -> None:  # noqa: ANN401 - columns of the modem
    """Write what a worker knows; the row is made when it is not there."""
    if tx.execute(update(modem).where(modem.c.name == name).values(**values)).rowcount == 0:
        tx.execute(insert(modem).values(**{"name": name, "driver": "at", "state": "starting", **values}))


def rows(tx: Connection) -> list[RowMapping]:
    """Every modem as its worker last reported it."""
    return list(tx.execute(_ROWS).mappings())


def listing(tx: Connection, today: datetime) -> list[dict[str, Any]]:
    """Every modem with what waits for it and what it sent since `today` (the start of the day)."""
    queued = _counts(tx, and_(outbound_message.c.state == "queued"), outbound_message.c.preferred_modem)
    sent = _counts(tx, outbound_message.c.sent_at >= today, outbound_message.c.modem)
    paused, writes = pauses.current(tx).modems, sims.memory_writes(tx)
    return [
        {
            **row,
            "queued": queued.get(row["name"], 0),
            "sent_today": sent.get(row["name"], 0),
            "paused": row["name"] in paused,
            "memory_writes": writes.get(row["sim"] or "", 0),
        }
        for row in rows(tx)
    ]


def own_numbers(tx: Connection) -> frozenset[str]:
    """The numbers of our own SIMs as far as the modems told them."""
    rows: list[RowMapping] = list(tx.execute(select(modem.c.msisdn).where(modem.c.msisdn.is_not(None))).mappings())
    return frozenset(row["msisdn"] for row in rows)


def _counts(tx: Connection, condition: Any, column: Any) -> dict[str, int]:  # noqa: ANN401 - SQL expressions
    query = select(column, func.count()).where(condition, outbound_message.c.channel == "sms").group_by(column)
    return {name: int(count) for name, count in tx.execute(query) if name is not None}
