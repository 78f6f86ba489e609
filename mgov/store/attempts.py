"""Submissions that were not accepted, each with what the modem said: what `mgov explain` tells of a message's tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import RowMapping

from mgov.store import archive
from mgov.store.schema.fleet import send_attempt

_ADD = insert(send_attempt).inline()


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
    return archive.every(tx, lambda of: select(of(send_attempt)).where(of(send_attempt).c.message_id == message_id))
