"""Messages that nobody tries to send any more: failed, expired, or in doubt for longer than a report can take."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, or_, select
from sqlalchemy.engine import RowMapping

from mgov.store import history, outbox
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
    """Dead letters, oldest first, with `resent_as`; sent again or taken back on purpose only with `everything`."""
    again = outbound_message.alias("again")
    resent_as = select(again.c.id).where(again.c.resend_of == _M.id).limit(1).scalar_subquery()
    query = select(outbound_message, resent_as.label("resent_as")).where(_M.state.in_(DEAD))
    if not everything:
        on_purpose = or_(_M.error_code.is_(None), _M.error_code.not_in(WITHDRAWN))
        query = query.where(~exists().where(again.c.resend_of == _M.id), on_purpose)
    if limit is None:
        return list(tx.execute(query.order_by(_M.id)).mappings())
    return list(tx.execute(query.order_by(_M.id.desc()).limit(limit)).mappings())[::-1]


def resent_as(tx: Connection, message_id: int) -> int | None:
    """The message that took the place of this one."""
    number = tx.execute(select(_M.id).where(_M.resend_of == message_id)).scalar()
    return int(number) if number is not None else None


def resend(tx: Connection, message: RowMapping, now: datetime, actor: object) -> int:
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
