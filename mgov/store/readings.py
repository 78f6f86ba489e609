"""How texts were read: counts and the texts without a command, for those who tend the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from mgov.store.schema.messages import inbound_message
from mgov.store.schema.staff import transition

_MESSAGE = inbound_message.c


def causes(tx: Connection, since: datetime, until: datetime) -> tuple[int, Counter[str]]:
    """How many texts came in from `since` until before `until`, and by what those with a command were read."""
    here = (_MESSAGE.received_at >= since, _MESSAGE.received_at < until)
    texts = tx.execute(select(func.count()).select_from(inbound_message).where(*here)).scalar_one()
    query = (
        select(transition.c.cause)
        .join(inbound_message, _MESSAGE.id == transition.c.object_id)
        .where(transition.c.object_kind == "message", transition.c.to_state == "handled")
        .where(*here, _MESSAGE.command.is_not(None))
    )
    return int(texts), Counter(str(cause).split(":")[0] + ":" * (":" in str(cause)) for cause in tx.scalars(query))


def without_command(tx: Connection, since: datetime, until: datetime) -> Iterable[tuple[int, str]]:
    """Number and text of every handled text that no command was read from, oldest first."""
    dropped = exists().where(
        transition.c.object_kind == "message", transition.c.object_id == _MESSAGE.id, transition.c.cause == "BATAL"
    )
    query = (
        select(_MESSAGE.id, _MESSAGE.text)
        .where(~dropped)
        .where(_MESSAGE.received_at >= since, _MESSAGE.received_at < until)
        .where(_MESSAGE.state == "handled", _MESSAGE.command.is_(None))
        .order_by(_MESSAGE.id)
    )
    return [(int(row.id), str(row.text)) for row in tx.execute(query)]
