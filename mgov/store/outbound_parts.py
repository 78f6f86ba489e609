"""The parts of what goes out by SMS: each is submitted, and reported on, by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.outbox import Row
from mgov.store.schema.messages import outbound_message, outbound_part

# Built once: building a statement costs several times what running it does.
_MESSAGE, _PART = outbound_message.c, outbound_part.c
_OF = select(outbound_part).where(_PART.message_id == bindparam("message")).order_by(_PART.sequence)
_GET = select(outbound_part).where(_PART.id == bindparam("part"))
_ADD = insert(outbound_part).inline()
_ADDED = select(_PART.id, _PART.message_id, _PART.sequence).where(
    _PART.message_id.in_(bindparam("messages", expanding=True))
)
_NOTE_COUNT = update(outbound_message).where(_MESSAGE.id == bindparam("message"))
_CHANGE = update(outbound_part).where(_PART.id == bindparam("part"))
_SUBMITTED = (
    select(outbound_part, _MESSAGE.recipient, _MESSAGE.state.label("message_state"), _MESSAGE.parts)
    .join(outbound_message, _MESSAGE.id == _PART.message_id)
    .where(_PART.sim == bindparam("sim_"), _PART.submitted_at >= bindparam("since"))
)
_AWAITS = _PART.state.in_(("sent", "uncertain"))
_REPORTED = _SUBMITTED.where(_PART.reference.in_(bindparam("references", expanding=True)))
_AWAITED = _REPORTED.where(_AWAITS)
_WITHOUT_REFERENCE = _SUBMITTED.where(_PART.reference.is_(None), _AWAITS)


def of(tx: Connection, message_id: int) -> list[Row]:
    """The parts of one message in order."""
    return list(tx.execute(_OF, {"message": message_id}).mappings())


def get(tx: Connection, part_id: int) -> RowMapping:
    """One part."""
    return tx.execute(_GET, {"part": part_id}).mappings().one()


def add(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Make parts of messages that have none; each row has the columns of the first. Returns them in that order."""
    tx.execute(_ADD, list(rows))
    messages = {row["message_id"] for row in rows}
    added = tx.execute(_ADDED, {"messages": sorted(messages)})
    numbers = {(row.message_id, row.sequence): int(row.id) for row in added}
    return [{"id": numbers[row["message_id"], row["sequence"]], **row} for row in rows]


def note_count(tx: Connection, message_id: int, count: int) -> None:
    """Note how many parts a message has."""
    tx.execute(_NOTE_COUNT, {"message": message_id, "parts": count})


def change(tx: Connection, part_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the part
    """Change one part."""
    tx.execute(_CHANGE, {"part": part_id, **values})


def change_each(tx: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change several parts, by number, each in the same columns."""
    tx.execute(_CHANGE, [{"part": part_id, **values} for part_id, values in changes.items()])


def uncertain_in_memory(tx: Connection, modem: str) -> list[RowMapping]:
    """The parts in doubt that this modem's memory can tell about."""
    in_doubt = select(_MESSAGE.id).where(_MESSAGE.state.in_(("sending", "uncertain")), _MESSAGE.channel == "sms")
    query = select(outbound_part).where(
        _PART.message_id.in_(in_doubt),  # few among millions, by the index of what is not settled
        *(_PART.state == "uncertain", _PART.modem == modem, _PART.memory.is_not(None)),
    )
    return list(tx.execute(query.order_by(_PART.id)).mappings())


def by_reference(
    tx: Connection, sim: str, references: Sequence[int], since: datetime, *, awaited: bool = True
) -> list[RowMapping]:
    """The parts that this SIM submitted under these TP-MRs, newest first: each comes again after 256 parts.

    Only those that a report is awaited of, unless not `awaited`. With the message's `recipient`, `message_state` and
    `parts`.
    """
    wanted = {"sim_": sim, "references": references, "since": since}
    return _newest_first(tx.execute(_AWAITED if awaited else _REPORTED, wanted).mappings())


def without_reference(tx: Connection, sim: str, since: datetime) -> list[RowMapping]:
    """The parts whose reference nobody heard, newest first.

    `uncertain`: this SIM may have submitted them; `sent`: it did, as the modem's memory told.
    """
    return _newest_first(tx.execute(_WITHOUT_REFERENCE, {"sim_": sim, "since": since}).mappings())


def _newest_first(rows: Iterable[RowMapping]) -> list[RowMapping]:
    """Ordered here: asked for an order, a database may walk over all that a SIM sent in it."""
    return sorted(rows, key=lambda row: row["submitted_at"], reverse=True)
