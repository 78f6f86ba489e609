"""Small facts kept by key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mgov.store.schema.staff import setting


def get(tx: Connection, key: str) -> str | None:
    """The value of a key."""
    return tx.execute(select(setting.c.value).where(setting.c.key == key)).scalar()


def put(tx: Connection, key: str, value: str, by: object, now: datetime) -> None:
    """Keep a value."""
    values = {"value": value, "changed_at": now, "changed_by": str(by)}
    if tx.execute(update(setting).where(setting.c.key == key).values(**values)).rowcount == 0:
        tx.execute(insert(setting).values(key=key, **values))
