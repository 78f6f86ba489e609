"""Dead letters: list what is not tried any more, and send it again when a person says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import archive, audit, dead_letters
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows import access


class NotResentError(Exception):
    """The message was not queued again; the text says why."""


def listing(db: Database, *, everything: bool = False, limit: int | None = None) -> list[RowMapping]:
    """Dead letters, oldest first; those that were sent again only with `everything`."""
    return db.read(lambda tx: dead_letters.listing(tx, everything=everything, limit=limit))


def resend(db: Database, message_id: int, *, actor: Actor, now: datetime, doubtful: bool = False) -> int:
    """Queue a copy of a dead letter and return its number.

    A message in doubt may have gone out: it is sent again only when the person says `doubtful`.
    """

    def work(tx: Connection) -> int:
        access.require(tx, actor, Right.SMS_SEND)
        message = archive.message(tx, outbound_message, message_id)
        if message is None:
            raise NotResentError(f"no message has the number {message_id}")
        _refuse(tx, message, doubtful)
        number = dead_letters.resend(tx, message, now, actor)
        audit.record(tx, actor, "sms.resend", "send", message_id, {"as": number}, now=now)
        return number

    return db.transact(work)


def _refuse(tx: Connection, message: RowMapping, doubtful: bool) -> None:
    known = dead_letters.resent_as(tx, message["id"])
    if known is not None:
        raise NotResentError(f"message {message['id']} was sent again already, as {known}")
    if message["error_code"] in dead_letters.WITHDRAWN:
        raise NotResentError(f"message {message['id']} was taken back on purpose ({message['error_code']})")
    if message["state"] == "uncertain" and not doubtful:
        raise NotResentError(f"message {message['id']} may have gone out: --doubtful sends it again all the same")
    if message["state"] not in (*dead_letters.DEAD, "uncertain"):
        raise NotResentError(f"message {message['id']} is {message['state']}: only dead letters are sent again")
