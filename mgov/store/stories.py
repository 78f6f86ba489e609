"""What `mgov explain` reads of a message: its parts, reports, answers, and what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.engine import RowMapping

from mgov.store.schema.messages import delivery_report, inbound_message, inbound_part, outbound_message, outbound_part
from mgov.store.schema.money import confirmation

_M = outbound_message.c


def inbound(tx: Connection, number: int) -> RowMapping | None:
    """A message that came in."""
    return tx.execute(select(inbound_message).where(inbound_message.c.id == number)).mappings().first()


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
    return list(tx.execute(select(_M.id).where(_M.in_reply_to == number).order_by(_M.id)).scalars())


def outbound(tx: Connection, number: int) -> RowMapping | None:
    """A message that goes out."""
    return tx.execute(select(outbound_message).where(_M.id == number)).mappings().first()


def outbound_parts(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The parts of a message that goes out, in order."""
    query = select(outbound_part).where(outbound_part.c.message_id == number)
    return tx.execute(query.order_by(outbound_part.c.sequence)).mappings().all()


def reports_of(tx: Connection, number: int) -> Sequence[RowMapping]:
    """The delivery reports that spoke of a message's parts, with the part's `sequence`, oldest first."""
    query = (
        select(delivery_report, outbound_part.c.sequence)
        .join(outbound_part, outbound_part.c.id == delivery_report.c.part_id)
        .where(outbound_part.c.message_id == number)
    )
    return tx.execute(query.order_by(delivery_report.c.id)).mappings().all()


def ahead_of(tx: Connection, message: RowMapping, now: datetime) -> int:
    """How many messages that are due leave before this one."""
    sooner = or_(_M.urgency < message["urgency"], (_M.urgency == message["urgency"]) & (_M.id < message["id"]))
    query = select(func.count()).where(
        _M.state == "queued", _M.channel == message["channel"], _M.not_before <= now, _M.held.is_(None), sooner
    )
    return int(tx.execute(query).scalar_one())
