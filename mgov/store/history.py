"""The history of every state: what `mgov explain` tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store.schema.staff import transition

_TOGETHER = "history"  # what a connection calls the transitions that wait

# Built once: building a statement costs several times what running it does.
_RECORD = insert(transition).inline()
_OF = (
    select(transition)
    .where(transition.c.object_kind == bindparam("kind"), transition.c.object_id == bindparam("object"))
    .order_by(transition.c.id)
)


def record(
    tx: Connection,
    kind: str,
    object_id: int,
    *,
    to: str,
    at: datetime,
    actor: Actor | str,
    cause: str,
    from_: str | None = None,
    detail: str | None = None,
) -> None:
    """Write one transition of one object."""
    row = {
        "object_kind": kind,
        "object_id": object_id,
        "from_state": from_,
        "to_state": to,
        "at": at,
        "actor": str(actor),
        "cause": cause,
        "detail": detail,
    }
    waiting = tx.info.get(_TOGETHER)
    if waiting is None:
        tx.execute(_RECORD, row)
    else:
        waiting.append(row)


@contextmanager
def together(tx: Connection) -> Iterator[None]:
    """Write the transitions of a block in one go at its end, in their order; none when it fails."""
    rows: list[dict[str, object]] = []
    tx.info[_TOGETHER] = rows
    try:
        yield
        if rows:
            tx.execute(_RECORD, rows)
    finally:
        tx.info.pop(_TOGETHER, None)


def of(tx: Connection, kind: str, object_id: int) -> list[RowMapping]:
    """All transitions of one object, oldest first."""
    return list(tx.execute(_OF, {"kind": kind, "object": object_id}).mappings())
