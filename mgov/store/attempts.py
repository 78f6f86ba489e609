"""Submissions that were not accepted, each with what the modem said: what `mgov explain` tells of a message's tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.engine import RowMapping

from mgov.store.schema.fleet import send_attempt

_ADD = insert(send_attempt).inline()
_OF = select(send_attempt).where(send_attempt.c.message_id == bindparam("message")).order_by(send_attempt.c.id)


def add(
    tx: Connection,
    *,
    message_id: int,
    sequence: int,
    attempt: int,
    modem: str,
    sim: str,
    now: datetime,
    outcome: str,
    code: str | None,
    detail: str,
) -> None:
    """Write one submission that the network did not accept; `code` is the modem's own, `detail` the sentence for it."""
    row = {"message_id": message_id, "sequence": sequence, "attempt": attempt, "modem": modem, "sim": sim}
    tx.execute(_ADD, {**row, "ended_at": now, "outcome": outcome, "code": code, "detail": detail or None})


def of(tx: Connection, message_id: int) -> list[RowMapping]:
    """The failed submissions of one message, oldest first."""
    return list(tx.execute(_OF, {"message": message_id}).mappings())
