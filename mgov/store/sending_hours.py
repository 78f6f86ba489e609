"""Unasked messages wait outside the sending hours: `closes_at` ends the hours that one belongs to.

A claim passes over what is past its `closes_at`; `reopen` moves that to the next opening. So quiet hours hold for all
that still waits at night, whatever the modems managed by then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select, update

from mgov.store.database import wake
from mgov.store.schema.messages import outbound_message


def keep(tx: Connection, message_id: int, closes_at: datetime) -> None:
    """Bind one queued message to the sending hours that end at `closes_at`."""
    tx.execute(update(outbound_message).where(outbound_message.c.id == message_id).values(closes_at=closes_at))


def reopen(tx: Connection, now: datetime, next_hours: Callable[[datetime, datetime], tuple[datetime, datetime]]) -> int:
    """Move what waits past its hours into the next ones; returns how many.

    `next_hours(closed_at, now)` gives opening and closing of the hours that follow, by the clock of the same zone.
    """
    columns = outbound_message.c
    waiting = (columns.state == "queued") & (columns.closes_at <= now)
    moved = 0
    for closed_at in list(tx.execute(select(columns.closes_at).where(waiting).distinct()).scalars()):
        opens_at, closes_at = next_hours(closed_at, now)
        same = waiting & (columns.closes_at == closed_at)
        changed = tx.execute(update(outbound_message).where(same).values(not_before=opens_at, closes_at=closes_at))
        moved += changed.rowcount
    if moved:
        wake(tx, "outbox")
    return moved
