"""Where settled messages go when they are old: tables with the same columns and numbers, and few indexes.

The queue's tables stay as small as the days that `[privacy] archive_days` says; an archive is only added to, and read
by number, address, identity or time. No foreign key points into it or out of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, String, Table

from mgov.store.schema.base import TABLE_OPTIONS, StateWord, metadata
from mgov.store.schema.fleet import send_attempt
from mgov.store.schema.messages import external_call, inbound_message, outbound_message, outbound_part

#: Rows come with their numbers: an archive gives none out.
_OPTIONS = {**TABLE_OPTIONS, "sqlite_autoincrement": False}


def _archive_of(table: Table, *, by: tuple[tuple[str, ...], ...], unique: tuple[str, ...] = ()) -> Table:
    name = f"archived_{table.name}"
    columns = [
        Column(
            column.name, _plain(column), primary_key=column.primary_key, autoincrement=False, nullable=column.nullable
        )
        for column in table.columns
    ]
    indexes = [Index(f"ix_{name}_{words[0]}", *words, unique=words[0] in unique) for words in by]
    return Table(name, metadata, *columns, *indexes, **_OPTIONS)


def _plain(column: Column[Any]) -> Any:  # noqa: ANN401 - a type
    return String(64) if isinstance(column.type, StateWord) else column.type


archived_inbound_message = _archive_of(
    inbound_message, by=(("identity",), ("sender", "sent_at"), ("received_at",)), unique=("identity",)
)
archived_external_call = _archive_of(external_call, by=(("message_id",),))
archived_outbound_message = _archive_of(
    outbound_message,
    by=(("dedupe_key",), ("recipient", "queued_at"), ("in_reply_to",), ("subject_kind", "subject_id"), ("resend_of",)),
    unique=("dedupe_key",),
)
archived_outbound_part = _archive_of(outbound_part, by=(("message_id", "sequence"),))
archived_send_attempt = _archive_of(send_attempt, by=(("message_id",),))

#: Live table → its archive.
ARCHIVES = {
    inbound_message: archived_inbound_message,
    external_call: archived_external_call,
    outbound_message: archived_outbound_message,
    outbound_part: archived_outbound_part,
    send_attempt: archived_send_attempt,
}
