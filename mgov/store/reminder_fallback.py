"""Reminders whose message did not get through, and the other ways to reach their holders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.reminder_recheck import true_ones, unblocked
from mgov.store.reminders import QUEUED, WANTED
from mgov.store.schema.documents import document, reminder
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.money import bill
from mgov.store.schema.services import address_state, contact

FAILED = "failed"
#: States of a message that did not get through.
_LOST = ("failed", "expired")
#: States of a message that got through, or still may.
_ALIVE = ("queued", "sending", "uncertain", "sent", "delivered")
_PAGE = 1000


def lost(tx: Connection, today: date, limit: int = _PAGE) -> list[RowMapping]:
    """Reminders still true whose message failed or ran out of time, and that nobody has looked at yet."""
    columns = reminder.c
    query = (
        true_ones()
        .add_columns(columns.subject_kind, columns.subject_id, columns.due_on, columns.stage, columns.channel)
        .add_columns(columns.address, columns.run_on)
        .add_columns(outbound_message.c.state, outbound_message.c.error)
        .join(outbound_message, outbound_message.c.id == columns.outbound_id)
        .where(columns.state == QUEUED, outbound_message.c.state.in_(_LOST), columns.due_on >= today)
        .order_by(columns.id)
        .limit(limit)
    )
    return list(tx.execute(query).mappings())


def mark_failed(tx: Connection, row: RowMapping, reason: str) -> None:
    """Keep why a reminder did not get through."""
    values = {"state": FAILED, "reason": reason[:191]}
    tx.execute(update(reminder).where(reminder.c.id == row["id"]).values(**values))


def close_past(tx: Connection, today: date) -> int:
    """Keep the reason of what did not get through and whose day is over; returns how many."""
    columns = outbound_message.c
    gone = select(columns.id).where(columns.state.in_(_LOST), columns.subject_kind == "reminder")
    mine = (reminder.c.state == QUEUED) & (reminder.c.due_on < today) & reminder.c.outbound_id.in_(gone)
    values = {"state": FAILED, "reason": "did not get through, and its day is over"}
    return tx.execute(update(reminder).where(mine).values(**values)).rowcount


def reached_otherwise(tx: Connection, row: RowMapping) -> str | None:
    """The channel by which the same reminder gets or got through, on whichever address."""
    columns = reminder.c
    query = (
        select(columns.channel)
        .join(outbound_message, outbound_message.c.id == columns.outbound_id)
        .where(*_same(row), columns.id != row["id"], outbound_message.c.state.in_(_ALIVE))
    )
    return tx.execute(query.limit(1)).scalar()


def add_other_ways(tx: Connection, row: RowMapping, now: datetime) -> int:
    """Want the same reminder on the verified addresses of its holder on the other channel; returns how many are new."""
    other, kind = ("email", "email") if row["channel"] == "sms" else ("sms", "phone")
    table: Any = document if row["subject_kind"] == "document" else bill
    source = (
        select(contact.c.address)
        .join(table, table.c.party_id == contact.c.party_id)
        .outerjoin(address_state, address_state.c.address == contact.c.address)
        .where(table.c.id == row["subject_id"], contact.c.kind == kind, contact.c.state == "verified", unblocked())
    )
    known = select(reminder.c.address).where(*_same(row), reminder.c.channel == other)
    fresh: Sequence[str] = tx.execute(source.where(contact.c.address.not_in(known)).distinct()).scalars().all()
    same = {name: row[name] for name in ("subject_kind", "subject_id", "due_on", "stage")}
    values = {**same, "channel": other, "run_on": row["run_on"], "state": WANTED, "created_at": now}
    if fresh:
        tx.execute(insert(reminder), [{**values, "address": address} for address in fresh])
    return len(fresh)


def _same(row: RowMapping) -> tuple[ColumnElement[bool], ...]:
    columns = reminder.c
    return (
        columns.subject_kind == row["subject_kind"],
        columns.subject_id == row["subject_id"],
        columns.due_on == row["due_on"],
        columns.stage == row["stage"],
    )
