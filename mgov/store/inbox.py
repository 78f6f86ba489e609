"""What came in: parts exactly as they came, and the messages made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, insert, or_, select, union_all, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.message import Origin, Part
from mgov.store import archive, history
from mgov.store.database import wake
from mgov.store.schema.messages import inbound_message, inbound_part

JOIN_WINDOW = timedelta(days=1)


# Built once: building a statement costs several times what running it does.
_PART = inbound_part.c
_MESSAGE = inbound_message.c
_KNOWN_PARTS = select(_PART.identity).where(_PART.identity.in_(bindparam("identities", expanding=True)))
_ADD_PART = insert(inbound_part)
_BIND_PART = update(inbound_part).where(_PART.id == bindparam("part"))
_WAITING_PARTS = select(inbound_part).where(
    _PART.state == "waiting",
    _PART.sender == bindparam("sender_"),
    _PART.sim == bindparam("sim_"),
    _PART.concat_reference == bindparam("reference_"),
    _PART.concat_bits == bindparam("bits_"),
    _PART.concat_total == bindparam("total_"),
    _PART.sent_at >= bindparam("since"),
)
_KNOWS_MESSAGE = union_all(  # one statement: a message that is being archived is seen in one of both
    *(select(table.c.id).where(table.c.identity == bindparam("identity_")) for table in archive.both(inbound_message))
)
_ADD_MESSAGE = insert(inbound_message)
_GET = select(inbound_message).where(_MESSAGE.id == bindparam("message"))
_FINISH = update(inbound_message).where(_MESSAGE.id == bindparam("message"))


def known_parts(tx: Connection, identities: Sequence[str]) -> set[str]:
    """Which of these parts are kept already."""
    return set(tx.execute(_KNOWN_PARTS, {"identities": list(identities)}).scalars()) if identities else set()


def add_part(
    tx: Connection, origin: Origin, part: Part, identity: str, state: str, now: datetime, message_id: int | None = None
) -> int:
    """Keep one part; `state` is `waiting`, `joined` or `unreadable`, `message_id` the message that it is all of."""
    reference, bits, total, sequence = part.concat or (None, None, None, None)
    row = {
        "identity": identity,
        "modem": origin.modem,
        "sim": origin.sim,
        "sender": part.sender,
        "sent_at": part.sent_at,
        "pdu": _plain(part.pdu),
        "concat_reference": reference,
        "concat_bits": bits,
        "concat_total": total,
        "concat_sequence": sequence,
        "state": state,
        "error": _plain(part.error) if part.error else None,
        "message_id": message_id,
        "received_at": now,
    }
    return int(tx.execute(_ADD_PART, row).inserted_primary_key[0])  # type: ignore[index]


def _plain(raw: str) -> str:
    """Noise on the line may be anything, NUL too: what is no printable ASCII is written with escapes."""
    return raw if raw.isascii() and raw.isprintable() else raw.encode("unicode_escape").decode("ascii")


def waiting_parts(tx: Connection, origin: Origin, part: Part) -> list[RowMapping]:
    """The parts of the same long message that wait, nearest in time first for each sequence number."""
    assert part.concat is not None  # noqa: S101 - only parts of long messages are joined
    reference, bits, total, _ = part.concat
    wanted = {
        "sender_": part.sender,
        "sim_": origin.sim,
        "reference_": reference,
        "bits_": bits,
        "total_": total,
        "since": part.sent_at - JOIN_WINDOW,
    }
    rows = list(tx.execute(_WAITING_PARTS, wanted).mappings())
    return sorted(rows, key=lambda row: (row["concat_sequence"], abs(row["sent_at"] - part.sent_at)))


def bind_parts(tx: Connection, part_ids: list[int], message_id: int, state: str = "joined") -> None:
    """Say which message parts became."""
    for part_id in part_ids:
        tx.execute(_BIND_PART, {"part": part_id, "state": state, "message_id": message_id})


def overdue_parts(tx: Connection, before: datetime) -> list[RowMapping]:
    """Parts that have waited for the rest of their message since `before`."""
    query = select(inbound_part).where(inbound_part.c.state == "waiting", inbound_part.c.received_at < before)
    return list(tx.execute(query.order_by(inbound_part.c.id)).mappings())


def add_message(tx: Connection, values: Mapping[str, Any], actor: Actor) -> int | None:
    """Keep one message and wake the engine; None when a message with this identity is kept already."""
    if tx.execute(_KNOWS_MESSAGE, {"identity_": values["identity"]}).first() is not None:
        return None
    row = {"state": "received", **values}
    message_id = int(tx.execute(_ADD_MESSAGE, row).inserted_primary_key[0])  # type: ignore[index]
    history.record(tx, "message", message_id, to=row["state"], at=row["received_at"], actor=actor, cause=row["channel"])
    wake(tx, "inbox")
    return message_id


def _due() -> Select[Any]:
    m, earlier = inbound_message.alias("m"), inbound_message.alias("earlier")
    sooner = or_(earlier.c.sent_at < m.c.sent_at, and_(earlier.c.sent_at == m.c.sent_at, earlier.c.id < m.c.id))
    return (
        select(m)
        .where(m.c.state == "received")
        .where(or_(m.c.next_attempt_at.is_(None), m.c.next_attempt_at <= bindparam("now")))
        .where(~exists().where(earlier.c.sender == m.c.sender, earlier.c.state == "received", sooner))
        .order_by(m.c.sent_at, m.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


_DUE = _due()


def claim_next(tx: Connection, now: datetime) -> RowMapping | None:
    """Lock the oldest message that is due and whose sender has no earlier one waiting; None when there is none."""
    return next(iter(claim_due(tx, now, 1)), None)


def claim_due(tx: Connection, now: datetime, most: int) -> list[RowMapping]:
    """Lock up to `most` messages that are due, oldest first: of each sender the one that comes first.

    The locks last as long as the transaction: whoever dies gives them back.
    """
    return list(tx.execute(_DUE, {"now": now, "most": most}).mappings())


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
    row = {
        "message": message["id"],
        "state": state,
        "command": command,
        "fields": json.dumps(fields, ensure_ascii=False) if fields else None,
        "handled_at": now,
        "error": error,
        "next_attempt_at": None,
    }
    tx.execute(_FINISH, row)
    history.record(
        tx, "message", message["id"], from_="received", to=state, at=now, actor=actor, cause=cause, detail=error
    )


def postpone(tx: Connection, message_id: int, *, attempts: int, until: datetime, error: str) -> None:
    """Note a failed attempt: the message is tried again at `until`."""
    tx.execute(_FINISH, {"message": message_id, "attempts": attempts, "next_attempt_at": until, "error": error})


def get(tx: Connection, message_id: int) -> RowMapping | None:
    """One message by its number."""
    return tx.execute(_GET, {"message": message_id}).mappings().first()


def listing(tx: Connection, *, state: str | None = None, limit: int | None = None) -> list[RowMapping]:
    """Messages, oldest first; with a limit the newest so many."""

    def query(of: archive.Of) -> Select[Any]:
        messages = of(inbound_message)
        return select(messages).where(messages.c.state == state) if state else select(messages)

    return archive.newest(tx, query, limit)
