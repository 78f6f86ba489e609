"""What a modem or the mail sender would take from the outbox next, for tests without either."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.routing import SendRules
from mgov.store import leases, outbox, reminder_recheck
from mgov.store.queue import Taker


def take(tx: Connection, now: datetime, channel: str = "sms") -> outbox.Row | None:
    """Claim the next message of a channel that may leave now; None when there is none."""
    while (row := _claim(tx, now, channel)) is not None:
        if reminder_recheck.may_send(tx, row, now):
            return row
    return None


def take_all(tx: Connection, now: datetime, channel: str = "sms") -> list[outbox.Row]:
    """Claim everything that may leave now, in order."""
    taken = []
    while (row := take(tx, now, channel)) is not None:
        taken.append(row)
    return taken


def _claim(tx: Connection, now: datetime, channel: str) -> outbox.Row | None:
    if channel == "sms":
        return next(iter(leases.claim(tx, owner="n/m", now=now, taker=Taker("m", "sim"))), None)
    return leases.claim_mail(tx, owner="n/mail", now=now, rules=SendRules())
