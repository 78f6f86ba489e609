"""Texts that staff queue by hand, and texts that they take in as if a modem had received them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, inbox, outbox
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.receive import receive_text


def queue(db: Database, rows: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> list[int]:
    """Queue texts (`to` in E.164, `text`, `priority`, perhaps `send_by`) in one transaction; gives their numbers.

    Raises `RefusedError`.
    """

    def work(tx: Connection) -> list[int]:
        access.require(tx, actor, Right.SMS_SEND)
        numbers = [
            outbox.queue_text(
                tx,
                to=row["to"],
                text=row["text"],
                priority=row["priority"],
                send_by=row.get("send_by"),
                now=now,
                actor=actor,
                cause="sms send",
            )
            for row in rows
        ]
        if numbers:
            told = {"texts": len(numbers), "priorities": sorted({row["priority"] for row in rows})}
            audit.record(tx, actor, "sms.send", "send", _span(numbers), told, now=now)
        return numbers

    return db.transact(work)


def inject(db: Database, texts: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> None:
    """Take texts in as if modems had received them: it speaks for citizens. Raises `RefusedError`."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.SMS_INJECT)
        for values in texts:
            receive_text(tx, channel="sms", **values)
        if texts:
            audit.record(tx, actor, "sms.inject", "message", "-", {"texts": len(texts)}, now=now)

    db.transact(work)


def received(db: Database, actor: Actor, state: str | None = None, limit: int | None = None) -> list[Any]:
    """What came in, unmasked, for who may read texts. Raises `RefusedError`."""

    def work(tx: Connection) -> list[Any]:
        access.require(tx, actor, Right.SMS_VIEW)
        return list(inbox.listing(tx, state=state, limit=limit))

    return db.read(work)


def sent(db: Database, actor: Actor, state: str | None = None, limit: int | None = None) -> list[Any]:
    """What goes out, unmasked, for who may read texts. Raises `RefusedError`."""

    def work(tx: Connection) -> list[Any]:
        access.require(tx, actor, Right.SMS_VIEW)
        return list(outbox.listing(tx, state=state, limit=limit))

    return db.read(work)


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}..{numbers[-1]}"
