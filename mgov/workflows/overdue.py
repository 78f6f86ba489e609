"""What is too late to be sent, and doubts that nothing will settle any more, are ended."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from mgov.store import outbox
from mgov.store.database import Database


def expire_overdue(db: Database, now: datetime) -> int:
    """Expire what is past its send-by time and still queued, and doubts that no report will settle any more.

    As many commits as it takes, none of them long. Returns how many messages expired.
    """
    total = 0
    for step in (outbox.expire, outbox.expire_doubts):
        while count := db.transact(partial(step, now=now)):
            total += count
            if count < outbox.PORTION:
                break
    return total


def is_any_overdue(db: Database, now: datetime) -> bool:
    """Whether `expire_overdue` has anything to do: one look that writes nothing."""
    return db.read(lambda tx: outbox.is_any_overdue(tx, now))
