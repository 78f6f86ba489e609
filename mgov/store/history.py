"""The history of every state: what `mgov explain` tells."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import RowMapping

from mgov.store.schema.staff import transition


def record(
    tx: Connection,
    kind: str,
    object_id: int,
    *,
    to: str,
    at: datetime,
    actor: object,
    cause: str,
    from_: str | None = None,
    detail: str | None = None,
) -> None:
    """Write one transition of one object."""
    tx.execute(
        insert(transition).values(
            object_kind=kind,
            object_id=object_id,
            from_state=from_,
            to_state=to,
            at=at,
            actor=str(actor),
            cause=cause,
            detail=detail,
        )
    )


def of(tx: Connection, kind: str, object_id: int) -> list[RowMapping]:
    """All transitions of one object, oldest first."""
    query = (
        select(transition)
        .where(transition.c.object_kind == kind, transition.c.object_id == object_id)
        .order_by(transition.c.id)
    )
    return list(tx.execute(query).mappings())
