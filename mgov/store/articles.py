"""The information layer: an article a topic, with its author."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.services import article


def get(tx: Connection, topic: str) -> RowMapping | None:
    """The article of a topic."""
    return tx.execute(select(article).where(article.c.topic == topic.upper())).mappings().first()


def listing(tx: Connection) -> list[RowMapping]:
    """All articles by topic."""
    return list(tx.execute(select(article).order_by(article.c.topic)).mappings())


def put(tx: Connection, topic: str, body: str, *, author: str, role: str, now: datetime) -> None:
    """Write a new article, or the text of a known one; its author stays."""
    if get(tx, topic) is not None:
        tx.execute(update(article).where(article.c.topic == topic.upper()).values(body=body, updated_at=now))
        return
    values = {"topic": topic.upper(), "body": body, "author": author, "author_role": role}
    tx.execute(insert(article).values(**values, created_at=now, updated_at=now))


def remove(tx: Connection, topic: str) -> bool:
    """Delete an article; False when there is none."""
    return tx.execute(delete(article).where(article.c.topic == topic.upper())).rowcount == 1
