"""Alerts: one row while a condition lasts, with hysteresis, and whom to tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from mgov.domain.actor import Actor
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.operations import alert
from mgov.store.schema.staff import staff, staff_role

LONGEST_SUBJECT = 120


def see(tx: Connection, kind: str, subject: str, detail: str, now: datetime) -> None:
    """The condition holds now. Call it as often as you like: there is one row while it lasts."""
    key = f"{kind}:{subject[:LONGEST_SUBJECT]}"
    again = update(alert).where(alert.c.open_key == key)
    seen = again.values(seen_at=now, detail=detail, gone_at=None, times_seen=alert.c.times_seen + 1)
    if tx.execute(seen).rowcount:
        return
    values = {"kind": kind, "subject": subject[:LONGEST_SUBJECT], "open_key": key, "detail": detail}
    try:
        with tx.begin_nested():
            tx.execute(insert(alert).values(state="pending", since=now, seen_at=now, **values))
    except IntegrityError:  # another process saw it first
        tx.execute(seen)


def gone(tx: Connection, kind: str, subject: str, now: datetime) -> None:
    """The condition holds no longer; harmless when it was never seen."""
    key = f"{kind}:{subject[:LONGEST_SUBJECT]}"
    tx.execute(update(alert).where(alert.c.open_key == key, alert.c.gone_at.is_(None)).values(gone_at=now))


def open_alerts(tx: Connection) -> list[RowMapping]:
    """What is pending or raised, oldest first."""
    return list(tx.execute(select(alert).where(alert.c.open_key.is_not(None)).order_by(alert.c.id)).mappings())


def raised(tx: Connection) -> list[RowMapping]:
    """What staff should look at now, oldest first."""
    return list(tx.execute(select(alert).where(alert.c.state == "raised").order_by(alert.c.id)).mappings())


def listing(tx: Connection, limit: int | None = None) -> list[RowMapping]:
    """All alerts that were raised, oldest first; with a limit the newest so many."""
    query = select(alert).where(alert.c.state != "pending").order_by(alert.c.id.desc()).limit(limit)
    return list(tx.execute(query).mappings())[::-1]


def settle(tx: Connection, delays: Mapping[str, tuple[int, int]], now: datetime) -> None:
    """Raise what has lasted, clear what has been gone; `delays`: kind → seconds before each.

    What went away before it was raised leaves no trace.
    """
    for row in open_alerts(tx):
        raise_after, clear_after = (timedelta(seconds=s) for s in delays.get(row["kind"], (0, 0)))
        mine = alert.c.id == row["id"]
        if row["gone_at"] is None:
            if row["state"] == "pending" and now - row["since"] >= raise_after:
                tx.execute(update(alert).where(mine).values(state="raised", raised_at=now))
        elif row["state"] == "pending":
            tx.execute(delete(alert).where(mine))
        elif now - row["gone_at"] >= clear_after:
            tx.execute(update(alert).where(mine).values(state="cleared", cleared_at=now, open_key=None))


def untold(tx: Connection) -> list[RowMapping]:
    """What was raised, or cleared after it was told, and nobody was told of yet."""
    new = (alert.c.state == "raised") & alert.c.told_at.is_(None)
    over = (alert.c.state == "cleared") & alert.c.told_at.is_not(None) & alert.c.told_cleared_at.is_(None)
    return list(tx.execute(select(alert).where(or_(new, over)).order_by(alert.c.id)).mappings())


def mark_told(tx: Connection, rows: list[RowMapping], now: datetime) -> None:
    """Say that staff were told of these."""
    for state, column in (("raised", "told_at"), ("cleared", "told_cleared_at")):
        ids = [row["id"] for row in rows if row["state"] == state]
        if ids:
            tx.execute(update(alert).where(alert.c.id.in_(ids)).values({column: now}))


def acknowledge(tx: Connection, alert_id: int, actor: Actor) -> bool:
    """Note that somebody takes care of it; False when there is no such open alert."""
    mine = (alert.c.id == alert_id) & alert.c.open_key.is_not(None)
    return tx.execute(update(alert).where(mine).values(acknowledged_by=str(actor))).rowcount == 1


def recipients(tx: Connection) -> list[RowMapping]:
    """`phone` and `email` of the staff with the role noc; of the administrators when there are none."""
    for role in ("noc", "administrator"):
        query = (
            select(staff.c.phone, staff.c.email)
            .join(staff_role, staff_role.c.staff_id == staff.c.id)
            .where(staff_role.c.role == role, staff.c.disabled_at.is_(None))
            .where(or_(staff.c.phone.is_not(None), staff.c.email.is_not(None)))
            .order_by(staff.c.id)
        )
        rows = list(tx.execute(query).mappings())
        if rows:
            return rows
    return []


def texts_since(tx: Connection, recipient: str, since: datetime) -> int:
    """How many alerts a phone was sent since a moment."""
    columns = outbound_message.c
    query = select(func.count()).where(
        columns.recipient == recipient, columns.subject_kind == "alert", columns.queued_at > since
    )
    return int(tx.execute(query).scalar_one())


def avoid_modem(tx: Connection, message_id: int, modem: str) -> None:
    """Send this through any modem but the one it speaks of."""
    tx.execute(update(outbound_message).where(outbound_message.c.id == message_id).values(avoid_modem=modem))


def forget_before(tx: Connection, moment: datetime) -> int:
    """Forget alerts that were cleared before a moment."""
    old = (alert.c.state == "cleared") & (alert.c.cleared_at < moment)
    return int(tx.execute(delete(alert).where(old)).rowcount)


def as_row(row: RowMapping) -> dict[str, Any]:
    """An alert as it is printed."""
    shown = ("id", "kind", "subject", "state", "detail", "since", "raised_at", "cleared_at", "acknowledged_by")
    return {name: row[name] for name in shown}
