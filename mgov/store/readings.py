"""How texts were read: counts and the texts without a command, for those who tend the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from mgov.store import archive
from mgov.store.schema.messages import inbound_message
from mgov.store.schema.staff import transition


def causes(tx: Connection, since: datetime, until: datetime) -> tuple[int, Counter[str]]:
    """How many texts came in from `since` until before `until`, and by what those with a command were read."""
    texts, counted = 0, Counter[str]()
    for messages in archive.both(inbound_message):
        here = (messages.c.received_at >= since, messages.c.received_at < until)
        texts += int(tx.execute(select(func.count()).select_from(messages).where(*here)).scalar_one())
        query = (
            select(transition.c.cause)
            .join(messages, messages.c.id == transition.c.object_id)
            .where(transition.c.object_kind == "message", transition.c.to_state == "handled")
            .where(*here, messages.c.command.is_not(None))
        )
        counted.update(str(cause).split(":")[0] + ":" * (":" in str(cause)) for cause in tx.scalars(query))
    return texts, counted


def without_command(tx: Connection, since: datetime, until: datetime) -> Iterable[tuple[int, str]]:
    """Number and text of every handled text that no command was read from, oldest first."""

    def query(of: archive.Of) -> Select[Any]:
        columns, step = of(inbound_message).c, transition.c
        dropped = exists().where(step.object_kind == "message", step.object_id == columns.id, step.cause == "BATAL")
        return (
            select(columns.id, columns.text)
            .where(~dropped)
            .where(columns.received_at >= since, columns.received_at < until)
            .where(columns.state == "handled", columns.command.is_(None))
        )

    return [(int(row["id"]), str(row["text"])) for row in archive.every(tx, query)]
