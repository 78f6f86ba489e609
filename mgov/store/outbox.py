"""What goes out, by SMS and by mail: queued, read, expired. Who sends holds a lease (`mgov.store.leases`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store import archive, bulk, history
from mgov.store.database import wake
from mgov.store.schema.messages import PRIORITIES, outbound_message, outbound_part

#: A row as the database gave it, or as it was just written.
Row: TypeAlias = Mapping[str, Any] | RowMapping

#: How long after its submission a part may be reported on.
REPORT_WINDOW = timedelta(days=3)
#: So many messages are expired in one commit: an outage leaves a hundred thousand, and no claim is to wait for all.
PORTION = 5000


# Built once: building a statement costs several times what running it does.
_MESSAGE = outbound_message.c
_PART = outbound_part.c
_KNOWN = union_all(  # one statement: a message that is being archived is seen in one of both
    *(select(table.c.id).where(table.c.dedupe_key == bindparam("key")) for table in archive.both(outbound_message))
)
_QUEUE = insert(outbound_message)
_GET = select(outbound_message).where(_MESSAGE.id == bindparam("message"))
_CHANGE = update(outbound_message).where(_MESSAGE.id == bindparam("message"))
_DELIVERED = (
    update(outbound_message).where(_MESSAGE.id.in_(bindparam("messages", expanding=True))).values(state="delivered")
)
_ANSWERS = select(func.count()).where(
    _MESSAGE.recipient == bindparam("recipient_"),
    _MESSAGE.queued_at > bindparam("since"),
    _MESSAGE.queued_at <= bindparam("until"),
    _MESSAGE.in_reply_to.is_not(None),
)


def queue_text(
    tx: Connection,
    *,
    to: str,
    text: str,
    now: datetime,
    priority: str = "transaction",
    actor: Actor | str = "system:engine",
    cause: str = "queued",
    channel: str = "sms",
    subject: str | None = None,
    html: str | None = None,
    dedupe_key: str | None = None,
    in_reply_to: int | None = None,
    preferred_modem: str | None = None,
    not_before: datetime | None = None,
    send_by: datetime | None = None,
    subject_kind: str | None = None,
    subject_id: int | None = None,
) -> int:
    """Queue one message; with a `dedupe_key` that is known already the older one stands and its number is returned."""
    if dedupe_key is not None:
        known = tx.execute(_KNOWN, {"key": dedupe_key}).first()
        if known is not None:
            return int(known[0])
    row = {
        "channel": channel,
        "recipient": to,
        "text": text,
        "subject": subject,
        "html": html,
        "priority": priority,
        "urgency": PRIORITIES[priority],
        "state": "queued",
        "dedupe_key": dedupe_key,
        "in_reply_to": in_reply_to,
        "preferred_modem": preferred_modem,
        "queued_at": now,
        "not_before": not_before or now,
        "send_by": send_by,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
    }
    result = tx.execute(_QUEUE, row)
    message_id = int(result.inserted_primary_key[0])  # type: ignore[index]
    history.record(tx, "send", message_id, to="queued", at=now, actor=actor, cause=cause)
    wake(tx, "outbox")
    return message_id


def known_keys(tx: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these `dedupe_key`s some message has, queued or sent however long ago."""
    columns = [table.c.dedupe_key for table in archive.both(outbound_message)]
    return {row[0] for column in columns for row in bulk.with_texts(tx, select(column), column, keys)}


def expire(tx: Connection, now: datetime) -> int:
    """Mark what is queued past its send-by time `expired`, at most `PORTION` messages; returns how many."""
    overdue = _overdue(now)
    ids = list(
        tx.execute(select(_MESSAGE.id).where(overdue).limit(PORTION).with_for_update(skip_locked=True)).scalars()
    )
    _note_expired(tx, ids, "queued", "send-by time", now)
    tx.execute(update(outbound_message).where(bulk.among(_MESSAGE.id, ids)).values(state="expired"))
    return len(ids)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(_MESSAGE.state == "queued", _MESSAGE.send_by < now)


def expire_doubts(tx: Connection, now: datetime) -> int:
    """Give up waiting for the reports of what is uncertain for longer than a report can take; returns how many.

    At most `PORTION` messages are ended at once.
    """
    ids = list(tx.execute(_hopeless(now).limit(PORTION)).scalars())
    _note_expired(tx, ids, "uncertain", "report never came", now)
    tx.execute(update(outbound_message).where(bulk.among(_MESSAGE.id, ids)).values(state="expired"))
    return len(ids)


def _note_expired(tx: Connection, ids: list[int], state: str, cause: str, now: datetime) -> None:
    who = {"actor": "system:scheduler", "cause": cause}
    with history.together(tx):
        for message_id in ids:
            history.record(tx, "send", message_id, from_=state, to="expired", at=now, **who)


def _hopeless(now: datetime) -> Select[Any]:
    since = now - REPORT_WINDOW
    lately = exists().where(_PART.message_id == _MESSAGE.id, _PART.submitted_at > since)
    query = select(_MESSAGE.id).where(
        _MESSAGE.state == "uncertain", _MESSAGE.channel == "sms", _MESSAGE.queued_at < since
    )
    return query.where(~lately)


def is_any_overdue(tx: Connection, now: datetime) -> bool:
    """Whether `expire` or `expire_doubts` would end anything."""
    return any(
        tx.execute(query.limit(1)).first() for query in (select(_MESSAGE.id).where(_overdue(now)), _hopeless(now))
    )


def get(tx: Connection, message_id: int) -> RowMapping | None:
    """One message by its number."""
    return tx.execute(_GET, {"message": message_id}).mappings().first()


def change(tx: Connection, message_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the outbox
    """Change one message; `state` only with a line of history beside it."""
    tx.execute(_CHANGE, {"message": message_id, **values})


def note_delivered(tx: Connection, message_ids: Sequence[int], now: datetime) -> None:
    """Mark messages `delivered`."""
    tx.execute(_DELIVERED, {"messages": message_ids, "delivered_at": now})


def listing(tx: Connection, *, state: str | None = None, limit: int | None = None) -> list[RowMapping]:
    """Messages, oldest first; with a limit the newest so many."""

    def query(of: archive.Of) -> Select[Any]:
        messages = of(outbound_message)
        return select(messages).where(messages.c.state == state) if state else select(messages)

    return archive.newest(tx, query, limit)


def codes_since(tx: Connection, recipient: str, since: datetime) -> int:
    """How many codes for new bindings a phone was sent."""
    columns = outbound_message.c
    told = (columns.recipient == recipient, columns.queued_at > since, columns.subject_kind == "contact")
    return int(tx.execute(select(func.count()).select_from(outbound_message).where(*told)).scalar_one())


def answers_since(tx: Connection, recipient: str, since: datetime, until: datetime) -> int:
    """How many answers a number got in a span of time."""
    wanted = {"recipient_": recipient, "since": since, "until": until}
    return int(tx.execute(_ANSWERS, wanted).scalar_one())
