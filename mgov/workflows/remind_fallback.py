"""Fall back: what could not be delivered by SMS goes by e-mail, and the other way round; each kept with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

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
        for row in reminder_fallback.lost(tx, today):
            why = f"{row['channel']} {row['state']}: {row['error'] or 'its time ran out'}"
            if (channel := reminder_fallback.reached_otherwise(tx, row)) is not None:
                reminder_fallback.mark_failed(tx, row, f"by {channel} instead; {why}")
                continue
            fresh = reminder_fallback.add_other_ways(tx, row, now)
            told = f"{fresh} other addresses instead" if fresh else "no other address is known"
            reminder_fallback.mark_failed(tx, row, f"{told}; {why}")
            added += fresh
        reminder_fallback.close_past(tx, today)
        if added:
            queue_wanted(tx, today, settings, now, after_id)
        return added

    return db.transact(work)
