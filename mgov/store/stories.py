"""What `mgov explain` reads of a message: its parts, reports, answers, and what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.engine import RowMapping

from mgov.store import archive
from mgov.store.schema.messages import delivery_report, inbound_message, inbound_part, outbound_message, outbound_part
from mgov.store.schema.money import confirmation

_M = outbound_message.c


def inbound(tx: Connection, number: int) -> RowMapping | None:
    """A message that came in."""
    return archive.message(tx, inbound_message, number)


def inbound_parts(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The parts that a message was made of, in order."""
    query = select(inbound_part).where(inbound_part.c.message_id == number)
    return tx.execute(query.order_by(inbound_part.c.concat_sequence, inbound_part.c.id)).mappings().all()


def payments_of(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The payment confirmations that a message became."""
    columns = confirmation.c
    query = select(columns.id, columns.status, columns.received_at).where(columns.message_id == number)
    return tx.execute(query.order_by(columns.id)).mappings().all()


def answers_to(tx: Connection, number: int) -> list[int]:
    """The numbers of the answers to a message."""

    def query(of: archive.Of) -> Select[Any]:
        columns = of(outbound_message).c
        return select(columns.id).where(columns.in_reply_to == number)

    return [row["id"] for row in archive.every(tx, query)]


def outbound(tx: Connection, number: int) -> RowMapping | None:
    """A message that goes out."""
    return archive.message(tx, outbound_message, number)


def outbound_parts(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The parts of a message that goes out, in order."""
    rows = archive.every(tx, lambda of: select(of(outbound_part)).where(of(outbound_part).c.message_id == number))
    return sorted(rows, key=lambda row: int(row["sequence"]))


def reports_of(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The delivery reports that spoke of a message's parts, with the part's `sequence`, oldest first."""

    def query(of: archive.Of) -> Select[Any]:
        part = of(outbound_part)
        reports = select(delivery_report, part.c.sequence).join(part, part.c.id == delivery_report.c.part_id)
        return reports.where(part.c.message_id == number)

    return archive.every(tx, query)


def ahead_of(tx: Connection, message: RowMapping, now: datetime) -> int:
    """How many messages that are due leave before this one."""
    sooner = or_(_M.urgency < message["urgency"], (_M.urgency == message["urgency"]) & (_M.id < message["id"]))
    query = select(func.count()).where(
        _M.state == "queued", _M.channel == message["channel"], _M.not_before <= now, _M.held.is_(None), sooner
    )
    return int(tx.execute(query).scalar_one())
