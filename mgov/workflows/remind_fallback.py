"""Fall back: what could not be delivered by SMS goes by e-mail, and the other way round; each kept with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.store import reminder_fallback, reminders
from mgov.store.database import Database
from mgov.workflows.remind import RemindSettings, queue_wanted


def fall_back(db: Database, settings: RemindSettings, now: datetime) -> int:
    """Look at reminders that did not get through; returns how many are queued by another way instead.

    One that gets through on another address anyway only keeps that as its reason. Otherwise the holder's verified
    addresses on the other channel are used; where there is none, that is the reason.
    """

    def work(tx: Connection) -> int:
        reminders.lock(tx, now)
        today = now.astimezone(settings.quiet.zone).date()
        after_id, added = reminders.last_id(tx), 0
        while rows := reminder_fallback.lost(tx, today):
            added += _look(tx, rows, now)
        reminder_fallback.close_past(tx, today)
        if added:
            queue_wanted(tx, today, settings, now, after_id)
        return added

    return db.transact(work)


def _look(tx: Connection, rows: Sequence[RowMapping], now: datetime) -> int:
    """Give each of these reminders its reason, and another way where there is one; returns how many ways."""
    reached = reminder_fallback.reached_otherwise(tx, rows)
    alone = [row for row in rows if row["id"] not in reached]
    ways = reminder_fallback.other_ways(tx, alone)
    added = reminder_fallback.want(tx, alone, ways, now)
    reasons = {row["id"]: _reason(row, reached.get(row["id"]), len(ways.get(row["id"], ()))) for row in rows}
    reminder_fallback.mark_failed(tx, reasons)
    return added


def _reason(row: RowMapping, reached_by: str | None, ways: int) -> str:
    if reached_by is not None:
        told = f"by {reached_by} instead"
    else:
        told = f"{ways} other addresses instead" if ways else "no other address is known"
    return f"{told}; {row['channel']} {row['state']}: {row['error'] or 'its time ran out'}"
