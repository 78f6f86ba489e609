"""Texts to groups: templates approved beforehand, broadcasts with their states, and who was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, literal, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store import archive
from mgov.store.bulk import insert_many
from mgov.store.database import wake
from mgov.store.schema.documents import broadcast, broadcast_template, recipient_group
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.staff import transition

#: What cancels the unsent.
STOPPED = "the broadcast was stopped"


def template(tx: Connection, name: str) -> RowMapping | None:
    """One template by its name."""
    return tx.execute(select(broadcast_template).where(broadcast_template.c.name == name)).mappings().first()


def templates(tx: Connection) -> list[RowMapping]:
    """All templates by name."""
    return list(tx.execute(select(broadcast_template).order_by(broadcast_template.c.name)).mappings())


def put_template(tx: Connection, name: str, **values: Any) -> None:  # noqa: ANN401 - columns of the template
    """A new template, or another text for one: either way it waits for approval again."""
    values |= {"approved_by": None, "approved_at": None}
    if template(tx, name) is None:
        tx.execute(insert(broadcast_template).values(name=name, **values))
    else:
        tx.execute(update(broadcast_template).where(broadcast_template.c.name == name).values(**values))


def approve_template(tx: Connection, name: str, by: object, now: datetime) -> None:
    """A second person approved a template."""
    mine = broadcast_template.c.name == name
    tx.execute(update(broadcast_template).where(mine).values(approved_by=str(by), approved_at=now))


def add(tx: Connection, **values: Any) -> int:  # noqa: ANN401 - columns of the broadcast
    """A new broadcast; returns its number."""
    return int(tx.execute(insert(broadcast).values(**values)).inserted_primary_key[0])  # type: ignore[index]


def get(tx: Connection, number: int) -> RowMapping | None:
    """One broadcast, locked until the transaction ends where the database can."""
    return tx.execute(select(broadcast).where(broadcast.c.id == number).with_for_update()).mappings().first()


def by_source(tx: Connection, source: str) -> RowMapping | None:
    """The broadcast that a dropped file or mail released already."""
    return tx.execute(select(broadcast).where(broadcast.c.source == source)).mappings().first()


def change(tx: Connection, number: int, **values: Any) -> None:  # noqa: ANN401 - columns of the broadcast
    """Change one broadcast."""
    tx.execute(update(broadcast).where(broadcast.c.id == number).values(**values))


def listing(tx: Connection, limit: int | None = None) -> list[RowMapping]:
    """Broadcasts, oldest first; with a limit the newest so many."""
    query = select(broadcast)
    if limit is None:
        return list(tx.execute(query.order_by(broadcast.c.id)).mappings())
    return list(tx.execute(query.order_by(broadcast.c.id.desc()).limit(limit)).mappings())[::-1]


def queue(tx: Connection, number: int, messages: Sequence[dict[str, Any]], actor: Actor, now: datetime) -> None:
    """Put the texts of a broadcast into the outbox, with the first line of the history of each."""
    same = {"state": "queued", "queued_at": now, "subject_kind": "broadcast", "subject_id": number}
    insert_many(tx, outbound_message, [{**same, **message} for message in messages])
    columns = outbound_message.c
    mine = (columns.subject_kind == "broadcast") & (columns.subject_id == number)
    when = literal(now, transition.c.at.type)
    source = select(literal("send"), columns.id, literal("queued"), when, literal(str(actor)), literal("broadcast"))
    names = ["object_kind", "object_id", "to_state", "at", "actor", "cause"]
    tx.execute(insert(transition).from_select(names, source.where(mine)))
    wake(tx, "outbox")


def cancel_unsent(tx: Connection, number: int, actor: Actor, now: datetime) -> int:
    """Expire what has not left yet; returns how many messages."""
    columns = outbound_message.c
    waiting = (columns.subject_kind == "broadcast") & (columns.subject_id == number) & (columns.state == "queued")
    ids = list(tx.execute(select(columns.id).where(waiting).with_for_update(skip_locked=True)).scalars())
    why = {"actor": str(actor), "cause": "broadcast stopped", "from_state": "queued", "to_state": "expired", "at": now}
    for start in range(0, len(ids), 900):
        some = ids[start : start + 900]
        values = {"state": "expired", "error": STOPPED, "error_code": "stopped"}
        tx.execute(update(outbound_message).where(columns.id.in_(some)).values(**values))
        tx.execute(insert(transition), [{"object_kind": "send", "object_id": one, **why} for one in some])
    return len(ids)


def recipients(tx: Connection, number: int) -> list[dict[str, Any]]:
    """Each recipient of a broadcast with what became of his message, the first tier first."""
    member = recipient_group.c
    tier = func.coalesce(member.tier, 1).label("tier")

    def query(of: archive.Of) -> Select[Any]:
        columns = of(outbound_message).c
        return (
            select(columns.id, tier, columns.recipient.label("address"), member.label, columns.channel, columns.state)
            .add_columns(columns.queued_at, columns.sent_at, columns.delivered_at, columns.modem, columns.error)
            .join(broadcast, broadcast.c.id == columns.subject_id)
            .outerjoin(recipient_group, (member.name == broadcast.c.group_name) & (member.address == columns.recipient))
            .where(columns.subject_kind == "broadcast", columns.subject_id == number)
        )

    rows = sorted(archive.every(tx, query), key=lambda row: (row["tier"], row["id"]))
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]
