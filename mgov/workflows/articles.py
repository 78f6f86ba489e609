"""The information layer under the regulation's rule (Pergub Banten 35/2008, "Layer Informasi").

Administrators add, edit and delete; operators add, and edit only their own entries. Whose an entry is does not change
when an administrator corrects it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right, Role
from mgov.store import articles, audit
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.access import RefusedError

LONGEST_TOPIC = 64
LONGEST_BODY = 4000


class ArticleError(Exception):
    """An article cannot be written or deleted; the text says why."""


def put(db: Database, topic: str, body: str, *, actor: Actor, now: datetime) -> None:
    """Write the article of a topic, or change its text. Raises `ArticleError` and `RefusedError`."""
    name, text = _topic(topic), body.strip()
    if not text or len(text) > LONGEST_BODY:
        raise ArticleError(f"{name}: an article has 1 to {LONGEST_BODY} letters")
    if not all(letter.isprintable() or letter == "\n" for letter in text):
        raise ArticleError(f"{name}: the text holds a control character or broken letters")

    def work(tx: Connection) -> None:
        role = _writer(tx, name, actor)
        known = articles.get(tx, name)
        articles.put(tx, name, text, author=str(actor), role=role, now=now)
        action = "info.set" if known is None else "info.edit"
        audit.record(tx, actor, action, "article", name, {"before": known and known["body"], "after": text}, now=now)

    db.transact(work)


def edit(db: Database, topic: str, body: str, *, actor: Actor, now: datetime) -> None:
    """Change the text of an article that is there. Raises `ArticleError` and `RefusedError`."""
    name = _topic(topic)
    if db.read(lambda tx: articles.get(tx, name)) is None:
        raise ArticleError(f"{name}: no such article")
    put(db, topic, body, actor=actor, now=now)


def delete(db: Database, topic: str, *, actor: Actor, now: datetime) -> None:
    """Delete the article of a topic; only an administrator may. Raises `ArticleError` and `RefusedError`."""
    name = _topic(topic)

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.INFO_DELETE)
        known = articles.get(tx, name)
        if known is None or not articles.remove(tx, name):
            raise ArticleError(f"{name}: no such article")
        audit.record(tx, actor, "info.delete", "article", name, {"before": known["body"]}, now=now)

    db.transact(work)


def _topic(topic: str) -> str:
    name = topic.strip().upper()
    if not name or len(name) > LONGEST_TOPIC or not name.isprintable():
        raise ArticleError(f"a topic has 1 to {LONGEST_TOPIC} letters")
    return name


def _writer(tx: Connection, topic: str, actor: Actor) -> str:
    """The role under which this actor writes a topic. Raises `RefusedError`."""
    account = access.require(tx, actor, Right.INFO_WRITE)
    if account.holds(Role.ADMINISTRATOR):
        return Role.ADMINISTRATOR
    known = articles.get(tx, topic)
    if known is not None and known["author"] != str(actor):
        raise RefusedError(
            f"{topic}: ditulis {known['author']} / was written by {known['author']}; an operator changes only his own"
        )
    return Role.OPERATOR
