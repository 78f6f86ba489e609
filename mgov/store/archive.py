"""Old messages that are settled: moved out of the queue's tables, and still found by whoever asks for a message.

A message moves with all that hangs on it, in one transaction, under the same numbers. Readers ask the live tables first
and the archive after: whatever moves in between is seen in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, exists, insert, or_, select
from sqlalchemy.engine import RowMapping

from mgov.store.schema.archives import ARCHIVES
from mgov.store.schema.messages import external_call, inbound_message, outbound_message

#: Rows that one look for old messages reads.
PAGE = 1000
#: Of what came in; what was set aside waits for a person.
_DONE_IN = ("handled", "ignored", "incomplete", "unreadable")
_DONE_OUT = ("sent", "delivered", "failed", "expired")
_OPEN_CALLS = ("queued", "calling")

#: What to read instead of a table: itself, or its archive.
Of = Callable[[Table], Table]
#: A query over live tables that can be made again over their archives.
Query = Callable[[Of], Select[Any]]


def live(table: Table) -> Table:
    """The table itself."""
    return table


def archived(table: Table) -> Table:
    """The archive of a table; a table that has none stands for itself."""
    return ARCHIVES.get(table, table)


def both(table: Table) -> tuple[Table, Table]:
    """A table and its archive."""
    return table, ARCHIVES[table]


def first(tx: Connection, query: Query) -> RowMapping | None:
    """The first row of a query, live or archived."""
    row = tx.execute(query(live)).mappings().first()
    return row if row is not None else tx.execute(query(archived)).mappings().first()


def every(tx: Connection, query: Query) -> list[RowMapping]:
    """All rows of a query, live or archived, by their `id`."""
    rows = {row["id"]: row for table_of in (live, archived) for row in tx.execute(query(table_of)).mappings()}
    return [rows[number] for number in sorted(rows)]


def newest(tx: Connection, query: Query, limit: int | None) -> list[RowMapping]:
    """The newest so many rows of a query by `id`, oldest first; with None all."""
    if limit is None:
        return every(tx, query)

    def last(table_of: Of) -> Select[Any]:
        asked = query(table_of)
        return asked.order_by(None).order_by(asked.selected_columns["id"].desc()).limit(limit)

    return every(tx, last)[-limit:]


def message(tx: Connection, table: Table, number: int) -> RowMapping | None:
    """A message by its number."""
    return first(tx, lambda of: select(of(table)).where(of(table).c.id == number))


@dataclass(frozen=True, slots=True)
class Family:
    """Messages of one direction with all that hangs on them."""

    root: Table
    #: Condition on a row that is old by the moment given, and may be moved.
    movable: Callable[[datetime], ColumnElement[bool]]
    #: When a message began: numbers grow with it, but for what was taken in later.
    began: Any

    @property
    def children(self) -> tuple[Table, ...]:
        """The tables whose rows cannot stand without their message."""
        return tuple(table for table in ARCHIVES if any(key.column.table is self.root for key in _needed(table)))


def _needed(table: Table) -> list[Any]:
    return [key for key in table.foreign_keys if not key.parent.nullable]


def _movable_in(before: datetime) -> ColumnElement[bool]:
    columns, reply, call = inbound_message.c, outbound_message.c, external_call.c
    return and_(
        columns.state.in_(_DONE_IN),
        columns.received_at < before,
        or_(columns.handled_at.is_(None), columns.handled_at < before),
        ~exists().where(reply.in_reply_to == columns.id),
        ~exists().where(call.message_id == columns.id, call.state.in_(_OPEN_CALLS)),
    )


def _movable_out(before: datetime) -> ColumnElement[bool]:
    columns = outbound_message.c
    settled_long_ago = or_(columns.sent_at.is_(None), columns.sent_at < before)
    return and_(columns.state.in_(_DONE_OUT), columns.queued_at < before, settled_long_ago)


#: Answers go before the texts that they answer.
OUT = Family(outbound_message, _movable_out, outbound_message.c.queued_at)
IN = Family(inbound_message, _movable_in, inbound_message.c.received_at)


@dataclass(frozen=True, slots=True)
class Page:
    """One look: the numbers that may move, where the next look begins, and whether it would be in vain."""

    numbers: Sequence[int]
    last: int
    is_end: bool


def look(tx: Connection, family: Family, after: int, before: datetime, size: int = PAGE) -> Page:
    """Look at the next rows by number. The end is where a whole page is too young: what is younger yet is not read."""
    columns = family.root.c
    query = select(columns.id, (family.began < before).label("is_old"), family.movable(before).label("may_move"))
    rows = tx.execute(query.where(columns.id > after).order_by(columns.id).limit(size)).all()
    is_end = len(rows) < size or not any(row.is_old for row in rows)
    return Page([row.id for row in rows if row.may_move], rows[-1].id if rows else after, is_end)


def move(tx: Connection, family: Family, numbers: Sequence[int], before: datetime) -> int:
    """Move messages with all that hangs on them; returns how many. What another holds or changed meanwhile stays.

    The rows are locked before they are copied: what is erased of a person meanwhile is erased here or in the archive.
    """
    columns = family.root.c
    wanted = select(columns.id).where(columns.id.in_(numbers), family.movable(before))
    ids = list(tx.execute(wanted.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return 0
    for table in (family.root, *family.children):
        own = table.c.id if table is family.root else table.c.message_id
        names = [column.name for column in table.columns]
        tx.execute(insert(ARCHIVES[table]).from_select(names, select(table).where(own.in_(ids))))
    for table in family.children:
        tx.execute(delete(table).where(table.c.message_id.in_(ids)))
    tx.execute(delete(family.root).where(columns.id.in_(ids)))
    return len(ids)
