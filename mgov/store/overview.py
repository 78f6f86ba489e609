"""What `mgov status` shows, in a few queries that touch only what is not finished yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from mgov.store.schema.messages import inbound_message, inbound_part, outbound_message
from mgov.store.schema.money import bank_entry, bill, confirmation, refund, review_case
from mgov.store.schema.staff import node, transition

UNFINISHED = ("queued", "sending", "uncertain")


def queues(tx: Connection) -> list[dict[str, Any]]:
    """Unfinished messages by channel, priority and state: `count`, `oldest` (queued at) and `held`."""
    columns = outbound_message.c
    query = (
        select(
            columns.channel,
            columns.priority,
            columns.state,
            func.count().label("count"),
            func.min(columns.queued_at).label("oldest"),
            func.count(columns.held_from).label("held"),
        )
        .where(columns.state.in_(UNFINISHED))
        .group_by(columns.channel, columns.priority, columns.urgency, columns.state)
        .order_by(columns.channel, columns.urgency, columns.state)
    )
    return [dict(row) for row in tx.execute(query).mappings()]


def received(tx: Connection) -> dict[str, Any]:
    """Texts that wait for the engine, and parts that wait for the rest of their message."""
    columns = inbound_message.c
    waiting = select(func.count(), func.min(columns.received_at)).where(columns.state == "received")
    count, oldest = tx.execute(waiting).one()
    parts = select(func.count()).where(inbound_part.c.state == "waiting")
    return {"waiting": int(count), "oldest": oldest, "incomplete_parts": int(tx.execute(parts).scalar_one())}


def since(tx: Connection, moment: datetime) -> dict[str, int]:
    """What happened since a moment: texts received, messages sent, and those that failed."""
    texts = select(func.count()).where(inbound_message.c.received_at >= moment)
    columns = outbound_message.c
    newest = tx.execute(select(func.max(columns.id))).scalar() or 0
    recent = select(columns.state, func.count()).where(columns.id > newest - 200_000, columns.queued_at >= moment)
    by_state = {state: int(count) for state, count in tx.execute(recent.group_by(columns.state))}
    sent = by_state.get("sent", 0) + by_state.get("delivered", 0)
    return {"received": int(tx.execute(texts).scalar_one()), "sent": sent, "failed": by_state.get("failed", 0)}


def money(tx: Connection) -> dict[str, int]:
    """What waits around money: confirmations without funds, doubtful cases, credits that nobody claimed, refunds."""
    awaiting = select(func.count()).where(confirmation.c.status == "awaiting_funds")
    cases = select(func.count()).where(review_case.c.state == "open")
    lone = (bank_entry.c.type == "CR") & (bank_entry.c.kind == "ordinary") & (bank_entry.c.allocated == 0)
    credits_ = select(func.count(), func.sum(bank_entry.c.amount)).where(lone)
    due = select(func.count()).where(refund.c.state == "due")
    count, amount = tx.execute(credits_).one()
    open_bills = select(func.count()).where(bill.c.status.in_(("open", "partly_paid")))
    return {
        "awaiting_funds": int(tx.execute(awaiting).scalar_one()),
        "review": int(tx.execute(cases).scalar_one()),
        "unclaimed": int(count),
        "unclaimed_amount": int(amount or 0),
        "refunds_due": int(tx.execute(due).scalar_one()),
        "bills_open": int(tx.execute(open_bills).scalar_one()),
    }


def last_errors(tx: Connection, moment: datetime, limit: int = 5) -> list[dict[str, Any]]:
    """The newest sends that failed or are in doubt, newest first."""
    columns = outbound_message.c
    query = (
        select(columns.id, columns.queued_at, columns.state, columns.modem, columns.error_code, columns.error)
        .where(columns.state.in_(("failed", "uncertain")), columns.queued_at >= moment)
        .order_by(columns.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in tx.execute(query).mappings()]


def nodes(tx: Connection) -> list[RowMapping]:
    """The processes that share this database."""
    return list(tx.execute(select(node).order_by(node.c.name)).mappings())


def last_transition(tx: Connection) -> datetime | None:
    """When anything last changed its state: the pulse of the whole."""
    newest = tx.execute(select(func.max(transition.c.id))).scalar()
    if newest is None:
        return None
    return tx.execute(select(transition.c.at).where(transition.c.id == newest)).scalar()


def dead_letters(tx: Connection) -> int:
    """How many messages failed for good and were not sent again."""
    columns, again = outbound_message.c, outbound_message.alias("again")
    resent = select(again.c.id).where(again.c.resend_of == columns.id).exists()
    return int(tx.execute(select(func.count()).where(columns.state == "failed", ~resent)).scalar_one())


def held_by_pilot(tx: Connection) -> int:
    """How many queued messages a pilot holds back (`only_to`)."""
    columns = outbound_message.c
    return int(
        tx.execute(select(func.count()).where(columns.state == "queued", columns.held.is_not(None))).scalar_one()
    )
