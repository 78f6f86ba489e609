"""Explain: the story of a message, payment, reminder, bill or application, from the recorded transitions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from mgov.store import history
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message

KINDS = ("message", "send", "payment", "bill", "application", "document", "reminder")
#: A payment's transitions are kept under the name of its table.
_STORED_AS = {"payment": "confirmation"}


def story(db: Database, kind: str, number: int) -> list[dict[str, Any]]:
    """The transitions of one object and, for a message, of the answers to it, in order of time."""

    def work(tx: Connection) -> list[dict[str, Any]]:
        rows = _of(tx, kind, number)
        if kind == "message":
            answers = select(outbound_message.c.id).where(outbound_message.c.in_reply_to == number)
            for answer in list(tx.execute(answers).scalars()):
                rows += _of(tx, "send", answer)
        return sorted(rows, key=lambda row: row["at"])

    return db.read(work)


def _of(tx: Connection, kind: str, number: int) -> list[dict[str, Any]]:
    return [
        {
            "at": row["at"],
            "what": f"{kind} {number}",
            "from": row["from_state"],
            "to": row["to_state"],
            "actor": row["actor"],
            "cause": row["cause"],
            "detail": row["detail"],
        }
        for row in history.of(tx, _STORED_AS.get(kind, kind), number)
    ]
