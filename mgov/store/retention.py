"""Taking away what is too old, with everything that hangs on it; what is unfinished stays, whatever its age."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, update

from mgov.store.portals import INBOXES
from mgov.store.schema import metadata
from mgov.store.schema.archives import (
    archived_external_call,
    archived_inbound_message,
    archived_outbound_message,
    archived_outbound_part,
    archived_send_attempt,
)
from mgov.store.schema.documents import reminder
from mgov.store.schema.fleet import modem_request, sim_reading
from mgov.store.schema.messages import delivery_report, inbound_message, inbound_part, outbound_message
from mgov.store.schema.operations import alert
from mgov.store.schema.staff import staff_session, transition

#: Whose history ends with the messages that it speaks of; the history of money, documents and staff is kept.
FLEETING = ("message", "send", "inbound", "reminder", "contact", "modem")

Step = Callable[[Connection, datetime, int], int]


def _step(table: Table, old: Callable[[datetime], Any]) -> Step:
    def step(tx: Connection, before: datetime, limit: int) -> int:
        ids = list(tx.execute(select(table.c.id).where(old(before)).order_by(table.c.id).limit(limit)).scalars())
        _take_away(tx, table, ids)
        return len(ids)

    return step


def _take_away(tx: Connection, table: Table, ids: Sequence[int]) -> None:
    """Delete rows: what may stand alone forgets them, what cannot goes with them."""
    if not ids:
        return
    for other in metadata.tables.values():
        for key in other.foreign_keys:
            if key.column.table is not table:
                continue
            if key.parent.nullable:
                tx.execute(update(other).where(key.parent.in_(ids)).values({key.parent.name: None}))
            else:
                tx.execute(delete(other).where(key.parent.in_(ids)))
    tx.execute(delete(table).where(table.c.id.in_(ids)))


_inbound, _outbound = inbound_message.c, outbound_message.c


def _old_in(before: datetime) -> Any:  # noqa: ANN401 - a condition
    return (_inbound.received_at < before) & (_inbound.state != "received")


def _old_out(before: datetime) -> Any:  # noqa: ANN401 - a condition
    return (_outbound.queued_at < before) & _outbound.state.not_in(("queued", "sending"))


def _old_part(before: datetime) -> Any:  # noqa: ANN401 - a condition
    return (inbound_part.c.received_at < before) & (inbound_part.c.state != "waiting")


def _old_history(before: datetime) -> Any:  # noqa: ANN401 - a condition
    return (transition.c.at < before) & transition.c.object_kind.in_(FLEETING)


def _archived(table: Table, children: Sequence[Table], old: Callable[[datetime], Any]) -> Step:
    """The same for an archive, whose tables are tied by number only."""

    def step(tx: Connection, before: datetime, limit: int) -> int:
        ids = list(tx.execute(select(table.c.id).where(old(before)).order_by(table.c.id).limit(limit)).scalars())
        for child in children if ids else ():
            tx.execute(delete(child).where(child.c.message_id.in_(ids)))
        if ids:
            tx.execute(delete(table).where(table.c.id.in_(ids)))
        return len(ids)

    return step


def _raw(tx: Connection, before: datetime, limit: int) -> int:
    parts = _step(inbound_part, _old_part)(tx, before, limit)
    reports = _step(delivery_report, lambda moment: delivery_report.c.received_at < moment)(tx, before, limit)
    return max(parts, reports)


#: Kind → takes away at most so many rows that are older than a moment, and says how many.
STEPS: dict[str, Step] = {
    "raw_pdus": _raw,
    "messages_out": _step(outbound_message, _old_out),
    "messages_in": _step(inbound_message, _old_in),
    "archived_out": _archived(
        archived_outbound_message,
        (archived_outbound_part, archived_send_attempt),
        lambda before: archived_outbound_message.c.queued_at < before,
    ),
    "archived_in": _archived(
        archived_inbound_message,
        (archived_external_call,),
        lambda before: archived_inbound_message.c.received_at < before,
    ),
    "reminders": _step(reminder, lambda before: reminder.c.due_on < before.date()),
    "transitions": _step(transition, _old_history),
    "alerts": _step(alert, lambda before: (alert.c.state == "cleared") & (alert.c.cleared_at < before)),
    "sessions": _step(staff_session, lambda before: staff_session.c.expires_at < before),
    "readings": _step(sim_reading, lambda before: sim_reading.c.at < before),
    "requests": _step(
        modem_request,
        lambda before: (modem_request.c.asked_at < before) & modem_request.c.finished_at.is_not(None),
    ),
    **{
        f"portal_{kind}": _step(table, lambda before, table=table: table.c.taken_at < before)  # type: ignore[misc]
        for kind, table in INBOXES.items()
    },
}

_COUNTED = {
    "messages_in": (inbound_message, _old_in),
    "messages_out": (outbound_message, _old_out),
    "archived_in": (archived_inbound_message, lambda before: archived_inbound_message.c.received_at < before),
    "archived_out": (archived_outbound_message, lambda before: archived_outbound_message.c.queued_at < before),
    "transitions": (transition, _old_history),
}


def count(tx: Connection, kind: str, before: datetime) -> int:
    """How many rows of a kind are older."""
    table, old = _COUNTED[kind]
    return int(tx.execute(select(func.count()).select_from(table).where(old(before))).scalar_one())
