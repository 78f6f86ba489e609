"""All rows of a database as they were at one moment, and into another database, whatever the kinds of both.

A row is a JSON list in the order of the table's columns: moments in UTC, money and balances exact. The digest of a
table does not depend on the order of its rows, so that it is the same on databases that sort differently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, DateTime, Integer, Numeric, Table, insert, select
from sqlalchemy import text as sql

from mgov.store.database import Database
from mgov.store.schema import metadata
from mgov.store.schema.base import UtcDateTime
from mgov.store.triggers_off import triggers_off

BATCH = 1000
_MODULUS = 1 << 256


@dataclass(slots=True)
class Tally:
    """Rows of one table and their digest; `sequence` is the last number given out, None where none is."""

    rows: int = 0
    sequence: int | None = None
    _sum: int = field(default=0, repr=False)

    def add(self, line: str) -> None:
        """Count one row."""
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")) % _MODULUS

    @property
    def digest(self) -> str:
        """Hexadecimal; the same rows in any order have the same."""
        return f"{self._sum:064x}"


def tables() -> list[Table]:
    """All tables, those that others point to first."""
    return list(metadata.sorted_tables)


def kept_columns(table: Table) -> list[Column[Any]]:
    """The columns that are written; computed ones compute themselves."""
    return [column for column in table.columns if column.computed is None]


@contextmanager
def snapshot(db: Database) -> Iterator[Connection]:
    """A transaction that sees one moment for as long as it lasts, while others go on writing."""
    options: dict[str, Any] = {"mgov_read_only": True}
    if db.dialect != "sqlite":
        options["isolation_level"] = "REPEATABLE READ"
    with db.engine.connect() as bare, bare.execution_options(**options).begin():
        yield bare


def rows_of(tx: Connection, table: Table) -> Iterator[str]:
    """Each row of a table as a line of JSON, ordered by its key; the memory used does not grow with the table."""
    columns = kept_columns(table)
    query = select(*columns).order_by(*table.primary_key.columns)
    result = tx.execution_options(stream_results=True).execute(query).yield_per(BATCH)
    for row in result:
        yield json.dumps([_encoded(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def load(tx: Connection, table: Table, columns: list[str], lines: Iterable[str]) -> Tally:
    """Insert rows as they were dumped; returns what came in."""
    known = {column.name: column for column in kept_columns(table)}
    strange = [name for name in columns if name not in known]
    if strange:
        raise ValueError(f"{table.name}: this program knows no column {strange[0]}")
    decoders = [(name, _decoder(known[name])) for name in columns]
    tally, later = Tally(), _Later(table)
    batch: list[dict[str, Any]] = []
    for line in lines:
        tally.add(line)
        values = json.loads(line)
        batch.append(later.without({n: decode(v) for (n, decode), v in zip(decoders, values, strict=True)}))
        if len(batch) == BATCH:
            tx.execute(insert(table), batch)
            batch = []
    if batch:
        tx.execute(insert(table), batch)
    later.point(tx)
    return tally


@contextmanager
def emptied(tx: Connection) -> Iterator[None]:
    """All tables empty and without their triggers for the length of a block, so that rows come in as they were."""
    mariadb = tx.dialect.name in ("mysql", "mariadb")
    with triggers_off(tx, [table.name for table in tables()]):
        if mariadb:
            tx.execute(sql("set foreign_key_checks = 0"))
        try:
            for table in reversed(tables()):
                tx.execute(table.delete())
            yield
        finally:
            if mariadb:
                tx.execute(sql("set foreign_key_checks = 1"))


def tally_of(tx: Connection, table: Table) -> Tally:
    """Rows and digest of a table as it is."""
    tally = Tally(sequence=last_number(tx, table))
    for line in rows_of(tx, table):
        tally.add(line)
    return tally


def last_number(tx: Connection, table: Table) -> int | None:
    """The last number that a table's own sequence gave out."""
    if not _numbered(table):
        return None
    dialect = tx.dialect.name
    if dialect == "sqlite":
        found = tx.execute(sql("select seq from sqlite_sequence where name = :name"), {"name": table.name}).scalar()
        return int(found or 0)
    if dialect == "postgresql":
        name = tx.execute(sql("select pg_get_serial_sequence(:t, 'id')"), {"t": table.name}).scalar_one()
        last, called = tx.execute(sql(f"select last_value, is_called from {name}")).one()  # noqa: S608 - our own name
        return int(last) if called else 0
    query = "select auto_increment from information_schema.tables where table_schema = database() and table_name = :t"
    return int(tx.execute(sql(query), {"t": table.name}).scalar() or 1) - 1


def go_on_from(tx: Connection, table: Table, number: int | None) -> None:
    """Let a table's sequence go on after `number`, or after its highest row."""
    if not _numbered(table):
        return
    highest = tx.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar() or 0
    last = max(int(highest), number or 0)
    dialect = tx.dialect.name
    if dialect == "sqlite":
        tx.execute(sql("delete from sqlite_sequence where name = :name"), {"name": table.name})
        tx.execute(
            sql("insert into sqlite_sequence (name, seq) values (:name, :seq)"), {"name": table.name, "seq": last}
        )
    elif dialect == "postgresql":
        values = {"t": table.name, "last": max(last, 1), "called": last > 0}
        tx.execute(sql("select setval(pg_get_serial_sequence(:t, 'id'), :last, :called)"), values)
    else:
        tx.execute(sql(f"alter table `{table.name}` auto_increment = {last + 1}"))


def _numbered(table: Table) -> bool:
    """Whether it gives out numbers; an archive's rows come with theirs."""
    keys = list(table.primary_key.columns)
    if [key.name for key in keys] != ["id"] or keys[0].autoincrement is False:
        return False
    return isinstance(keys[0].type, (Integer, BigInteger))


class _Later:
    """Rows that point to later rows of their own table are pointed there once all are in."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._own = [key.parent.name for key in table.foreign_keys if key.column.table is table and key.parent.nullable]
        self._rows: dict[int, dict[str, Any]] = {}

    def without(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as it can be inserted now."""
        forward = {name: row[name] for name in self._own if row.get(name) is not None and row[name] > row["id"]}
        if forward:
            self._rows[row["id"]] = forward
            row = row | dict.fromkeys(forward)
        return row

    def point(self, tx: Connection) -> None:
        """Everything is in: let them point."""
        for row_id, values in self._rows.items():
            tx.execute(self._table.update().where(self._table.c.id == row_id).values(**values))


def _encoded(value: Any) -> Any:  # noqa: ANN401 - what a column holds
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, (UtcDateTime, DateTime)):
        return _unless_none(datetime.fromisoformat)
    if isinstance(kind, Date):
        return _unless_none(date.fromisoformat)
    if isinstance(kind, Boolean):
        return _unless_none(bool)
    if isinstance(kind, Numeric):
        return _unless_none(Decimal)
    return lambda value: value


def _unless_none(decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else decode(value)
