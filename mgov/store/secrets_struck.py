"""Where a secret that a citizen texted is taken out again: the message and its raw parts."""

from __future__ import annotations

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.messages import inbound_message, inbound_part


def texts_of(tx: Connection, message_id: int) -> RowMapping | None:
    """The text and subject of a message as they are kept."""
    query = select(inbound_message.c.text, inbound_message.c.subject).where(inbound_message.c.id == message_id)
    return tx.execute(query).mappings().first()


def strike(tx: Connection, message_id: int, text: str, subject: str | None) -> None:
    """Keep the text without the secret; the raw parts held it too and are emptied, which their row says."""
    tx.execute(update(inbound_message).where(inbound_message.c.id == message_id).values(text=text, subject=subject))
    parts = inbound_part.c.message_id == message_id
    tx.execute(update(inbound_part).where(parts).values(pdu="", error="struck: it held a PIN"))
