"""Messages that nobody tries to send any more: failed, expired, or in doubt for longer than a report can take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store import archive, history, outbox
from mgov.store.schema.messages import outbound_message

DEAD = ("failed", "expired")
#: Error codes of what was taken back on purpose: it is no longer true, merged, stopped or erased.
WITHDRAWN = ("obsolete", "merged", "stopped", "erased")
_M = outbound_message.c
_COPIED = (
    *("channel", "recipient", "text", "subject", "html", "priority", "urgency", "in_reply_to"),
    *("preferred_modem", "subject_kind", "subject_id"),
)


def listing(tx: Connection, *, everything: bool = False, limit: int | None = None) -> list[RowMapping]:
    """Dead letters, oldest first, with `resent_as`.

    Sent again, taken back on purpose, or archived only with `everything`.
    """
    if everything:
        return archive.newest(tx, _dead, limit)
    again = outbound_message.alias("again")
    by_mistake = or_(_M.error_code.is_(None), _M.error_code.not_in(WITHDRAWN))
    query = _dead(archive.live).where(~exists().where(again.c.resend_of == _M.id), by_mistake)
    if limit is None:
        return list(tx.execute(query.order_by(_M.id)).mappings())
    return list(tx.execute(query.order_by(_M.id.desc()).limit(limit)).mappings())[::-1]


def _dead(of: archive.Of) -> Select[Any]:
    message = of(outbound_message)
    copies = [again.alias(f"again_{again.name}") for again in archive.both(outbound_message)]
    numbers = (select(copy.c.id).where(copy.c.resend_of == message.c.id).limit(1) for copy in copies)
    resent_as = func.coalesce(*(number.scalar_subquery() for number in numbers))
    return select(message, resent_as.label("resent_as")).where(message.c.state.in_(DEAD))


def resent_as(tx: Connection, message_id: int) -> int | None:
    """The message that took the place of this one."""

    def query(of: archive.Of) -> Select[Any]:
        columns = of(outbound_message).c
        return select(columns.id).where(columns.resend_of == message_id)

    row = archive.first(tx, query)
    return int(row["id"]) if row is not None else None


def resend(tx: Connection, message: RowMapping, now: datetime, actor: Actor) -> int:
    """Queue a copy of a dead letter; its own tries stay with the old one. The key makes it one copy, whoever asks."""
    copied = {name: message[name] for name in _COPIED}
    number = outbox.queue_text(
        tx,
        to=copied["recipient"],
        text=copied["text"],
        now=now,
        priority=copied["priority"],
        actor=actor,
        cause="resend",
        channel=copied["channel"],
        subject=copied["subject"],
        html=copied["html"],
        dedupe_key=f"resend:{message['id']}",
        in_reply_to=copied["in_reply_to"],
        preferred_modem=copied["preferred_modem"],
        subject_kind=copied["subject_kind"],
        subject_id=copied["subject_id"],
    )
    tx.execute(outbound_message.update().where(_M.id == number).values(resend_of=message["id"]))
    history.record(
        tx,
        "send",
        message["id"],
        from_=message["state"],
        to=message["state"],
        at=now,
        actor=actor,
        cause="resend",
        detail=f"sent again as {number}",
    )
    return number
