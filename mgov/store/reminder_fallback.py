"""Reminders whose message did not get through, and the other ways to reach their holders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, select, update
from sqlalchemy.engine import RowMapping

from mgov.store import bulk
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
#: Reminders that are looked at together.
PAGE = 2000
_OTHER = {"sms": "email", "email": "sms"}


def lost(tx: Connection, today: date, limit: int = PAGE) -> list[RowMapping]:
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


def mark_failed(tx: Connection, reasons: Mapping[int, str]) -> None:
    """Keep by reminder why it did not get through."""
    rows = [{"id": number, "state": FAILED, "reason": reason[:191]} for number, reason in reasons.items()]
    bulk.update_many(tx, reminder, rows)


def close_past(tx: Connection, today: date) -> int:
    """Keep the reason of what did not get through and whose day is over; returns how many."""
    columns = outbound_message.c
    gone = select(columns.id).where(columns.state.in_(_LOST), columns.subject_kind == "reminder")
    mine = (reminder.c.state == QUEUED) & (reminder.c.due_on < today) & reminder.c.outbound_id.in_(gone)
    values = {"state": FAILED, "reason": "did not get through, and its day is over"}
    return tx.execute(update(reminder).where(mine).values(**values)).rowcount


def reached_otherwise(tx: Connection, rows: Sequence[RowMapping]) -> dict[int, str]:
    """By reminder, the channel by which the same is or was brought through on another address."""
    another = reminder.alias("another")
    query = (
        select(reminder.c.id, func.min(another.c.channel))
        .join(another, _same(another) & (another.c.id != reminder.c.id))
        .join(outbound_message, outbound_message.c.id == another.c.outbound_id)
        .where(bulk.among(reminder.c.id, _ids(rows)), outbound_message.c.state.in_(_ALIVE))
        .group_by(reminder.c.id)
    )
    return {int(number): str(channel) for number, channel in tx.execute(query)}


def other_ways(tx: Connection, rows: Sequence[RowMapping]) -> dict[int, list[str]]:
    """By reminder, the verified addresses of its holder on the other channel that have not been tried."""
    found: dict[int, list[str]] = {}
    if not rows:
        return found
    for table, kind in ((document, "document"), (bill, "bill")):
        for number, address in tx.execute(_ways(rows, table, kind)):
            found.setdefault(int(number), []).append(str(address))
    return found


def want(tx: Connection, rows: Iterable[RowMapping], ways: Mapping[int, list[str]], now: datetime) -> int:
    """Want each reminder on its other addresses too; returns how many are new."""
    fresh: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows:
        same = {name: row[name] for name in ("subject_kind", "subject_id", "due_on", "stage")}
        values = {
            **same,
            "channel": _OTHER[row["channel"]],
            "run_on": row["run_on"],
            "state": WANTED,
            "created_at": now,
        }
        for address in ways.get(row["id"], []):
            fresh[*same.values(), address] = {**values, "address": address}
    bulk.insert_many(tx, reminder, list(fresh.values()))
    return len(fresh)


def _ways(rows: Sequence[RowMapping], table: Any, kind: str) -> Select[Any]:  # noqa: ANN401 - either table
    channel = case((reminder.c.channel == "sms", "email"), else_="sms")
    tried = reminder.alias("tried")
    known = exists().where(_same(tried), tried.c.channel == channel, tried.c.address == contact.c.address)
    return (
        select(reminder.c.id, contact.c.address)
        .join(table, table.c.id == reminder.c.subject_id)
        .join(contact, contact.c.party_id == table.c.party_id)
        .outerjoin(address_state, address_state.c.address == contact.c.address)
        .where(reminder.c.subject_kind == kind, bulk.among(reminder.c.id, _ids(rows)))
        .where(contact.c.kind == case((reminder.c.channel == "sms", "email"), else_="phone"))
        .where(contact.c.state == "verified", unblocked(), ~known)
        .distinct()
        .order_by(reminder.c.id, contact.c.address)
    )


def _ids(rows: Iterable[RowMapping]) -> list[int]:
    return [int(row["id"]) for row in rows]


def _same(other: Any) -> ColumnElement[bool]:  # noqa: ANN401 - an alias of the table
    """For a where: another reminder of the same matter and stage."""
    return and_(*(other.c[name] == reminder.c[name] for name in ("subject_kind", "subject_id", "due_on", "stage")))
