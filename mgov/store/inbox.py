"""What came in: parts exactly as they came, and the messages made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.message import Origin, Part
from mgov.store import history
from mgov.store.database import wake
from mgov.store.schema.messages import inbound_message, inbound_part

JOIN_WINDOW = timedelta(days=1)


def knows_part(tx: Connection, identity: str) -> bool:
    """Whether a part with this identity is kept already."""
    return tx.execute(select(inbound_part.c.id).where(inbound_part.c.identity == identity)).first() is not None


def add_part(tx: Connection, origin: Origin, part: Part, identity: str, state: str, now: datetime) -> int:
    """Keep one part; `state` is `waiting`, `joined` or `unreadable`."""
    reference, bits, total, sequence = part.concat or (None, None, None, None)
    result = tx.execute(
        insert(inbound_part).values(
            identity=identity,
            modem=origin.modem,
            sim=origin.sim,
            sender=part.sender,
            sent_at=part.sent_at,
            pdu=part.pdu,
            concat_reference=reference,
            concat_bits=bits,
            concat_total=total,
            concat_sequence=sequence,
            state=state,
            error=part.error,
            received_at=now,
        )
    )
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def waiting_parts(tx: Connection, origin: Origin, part: Part) -> list[RowMapping]:
    """The parts of the same long message that wait, nearest in time first for each sequence number."""
    assert part.concat is not None  # noqa: S101 - only parts of long messages are joined
    reference, bits, total, _ = part.concat
    columns = inbound_part.c
    query = select(inbound_part).where(
        columns.state == "waiting",
        columns.sender == part.sender,
        columns.sim == origin.sim,
        columns.concat_reference == reference,
        columns.concat_bits == bits,
        columns.concat_total == total,
        columns.sent_at >= part.sent_at - JOIN_WINDOW,
    )
    rows = list(tx.execute(query).mappings())
    return sorted(rows, key=lambda row: (row["concat_sequence"], abs(row["sent_at"] - part.sent_at)))


def bind_parts(tx: Connection, part_ids: list[int], message_id: int, state: str = "joined") -> None:
    """Say which message parts became."""
    tx.execute(update(inbound_part).where(inbound_part.c.id.in_(part_ids)).values(state=state, message_id=message_id))


def overdue_parts(tx: Connection, before: datetime) -> list[RowMapping]:
    """Parts that have waited for the rest of their message since `before`."""
    query = select(inbound_part).where(inbound_part.c.state == "waiting", inbound_part.c.received_at < before)
    return list(tx.execute(query.order_by(inbound_part.c.id)).mappings())


def add_message(tx: Connection, values: Mapping[str, Any], actor: Actor) -> int | None:
    """Keep one message and wake the engine; None when a message with this identity is kept already."""
    known = tx.execute(select(inbound_message.c.id).where(inbound_message.c.identity == values["identity"])).first()
    if known is not None:
        return None
    row = {"state": "received", **values}
    message_id = int(tx.execute(insert(inbound_message).values(**row)).inserted_primary_key[0])  # type: ignore[index]
    history.record(tx, "message", message_id, to=row["state"], at=row["received_at"], actor=actor, cause=row["channel"])
    wake(tx, "inbox")
    return message_id


def claim_next(tx: Connection, now: datetime) -> RowMapping | None:
    """Lock the oldest message that is due and whose sender has no earlier one waiting; None when there is none.

    The lock lasts as long as the transaction: whoever dies gives it back.
    """
    m, earlier = inbound_message.alias("m"), inbound_message.alias("earlier")
    sooner = or_(earlier.c.sent_at < m.c.sent_at, and_(earlier.c.sent_at == m.c.sent_at, earlier.c.id < m.c.id))
    query = (
        select(m)
        .where(m.c.state == "received")
        .where(or_(m.c.next_attempt_at.is_(None), m.c.next_attempt_at <= now))
        .where(~exists().where(earlier.c.sender == m.c.sender, earlier.c.state == "received", sooner))
        .order_by(m.c.sent_at, m.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return tx.execute(query).mappings().first()


def finish(
    tx: Connection,
    message: RowMapping,
    *,
    state: str,
    now: datetime,
    actor: Actor,
    cause: str,
    command: str | None = None,
    fields: Mapping[str, object] | None = None,
    error: str | None = None,
) -> None:
    """Say what became of a message."""
    tx.execute(
        update(inbound_message)
        .where(inbound_message.c.id == message["id"])
        .values(
            state=state,
            command=command,
            fields=json.dumps(fields, ensure_ascii=False) if fields else None,
            handled_at=now,
            error=error,
            next_attempt_at=None,
        )
    )
    history.record(
        tx, "message", message["id"], from_="received", to=state, at=now, actor=actor, cause=cause, detail=error
    )


def postpone(tx: Connection, message_id: int, *, attempts: int, until: datetime, error: str) -> None:
    """Note a failed attempt: the message is tried again at `until`."""
    tx.execute(
        update(inbound_message)
        .where(inbound_message.c.id == message_id)
        .values(attempts=attempts, next_attempt_at=until, error=error)
    )


def get(tx: Connection, message_id: int) -> RowMapping | None:
    """One message by its number."""
    return tx.execute(select(inbound_message).where(inbound_message.c.id == message_id)).mappings().first()


def listing(tx: Connection, *, state: str | None = None, limit: int | None = None) -> list[RowMapping]:
    """Messages, oldest first; with a limit the newest so many."""
    query = select(inbound_message)
    if state:
        query = query.where(inbound_message.c.state == state)
    if limit is None:
        return list(tx.execute(query.order_by(inbound_message.c.id)).mappings())
    return list(tx.execute(query.order_by(inbound_message.c.id.desc()).limit(limit)).mappings())[::-1]
