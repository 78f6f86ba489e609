"""Many rows in few round trips: what each database's driver does best, with SQLAlchemy's conversion of values.

PostgreSQL takes new rows by COPY and changed ones as arrays, MariaDB changed ones joined; the rest goes by
`executemany` on plain tuples. Triggers and constraints hold as for a single row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    String,
    Table,
    any_,
    false,
    func,
    literal,
)
from sqlalchemy import select as select_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from mgov.store.schema.base import UtcDateTime

Rows = Sequence[Mapping[str, Any]]

#: Whole numbers that go into one statement as they are; none of the three databases limits them below this.
IN_NUMBERS = 20_000

#: Texts that go into one statement.
IN_TEXTS = 5_000
#: MariaDB reads a longer list than its `in_predicate_conversion_threshold` as a table without an index.
_IN_TEXTS_MARIADB = 900
#: Rows that MariaDB changes in one statement.
_JOINED_MARIADB = 500
#: Values of one column whose conversion is remembered: most rows of a file share their moments and days.
_REMEMBERED = 512


def insert_many(tx: Connection, table: Table, rows: Rows) -> None:
    """Insert rows that all have the columns of the first."""
    if not rows:
        return
    names = list(rows[0])
    if tx.dialect.name == "postgresql":
        _copy(tx, table, names, rows)
        return
    marks = ", ".join([_mark(tx)] * len(names))
    tx.exec_driver_sql(
        f"insert into {table.name} ({_listed(tx, names)}) values ({marks})",  # noqa: S608 - names of our schema
        list(_tuples(tx, table, names, rows)),
    )


def update_many(tx: Connection, table: Table, rows: Rows) -> None:
    """Change rows by their `id`; each has the columns of the first."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    if tx.dialect.name == "postgresql":
        _update_from_arrays(tx, table, names, rows)
        return
    if tx.dialect.name != "sqlite":
        _update_joined(tx, table, names, rows)
        return
    mark = _mark(tx)
    assignments = ", ".join(f"{_quoted(tx, name)} = {mark}" for name in names)
    tx.exec_driver_sql(
        f"update {table.name} set {assignments} where id = {mark}",  # noqa: S608 - names of our schema
        list(_tuples(tx, table, [*names, "id"], rows)),
    )


def among(column: ColumnElement[int], numbers: Collection[int]) -> ColumnElement[bool]:
    """`column in (…)` with the whole numbers written out: no driver's limit of parameters applies."""
    if not numbers:
        return false()
    return column.in_([_Numbers(", ".join(str(int(number)) for number in sorted(numbers)), is_literal=True)])


class _Numbers(ColumnClause[int]):
    """Numbers written out. No statement with them comes again: SQLAlchemy would keep five hundred long ones."""

    inherit_cache = False


@compiles(_Numbers, "sqlite")
def _numbers_as_json(numbers: _Numbers, compiler: SQLCompiler, **_more: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    """One parameter: sqlite3 keeps 128 prepared statements, and each long list of numbers would be half a megabyte."""
    listed = compiler.process(literal(f"[{numbers.name}]"))
    return f"select value from json_each({listed})"  # noqa: S608 - a parameter's mark


def portions(numbers: Iterable[int], size: int = IN_NUMBERS) -> Iterator[list[int]]:
    """Numbers in lists short enough for one statement."""
    listed = list(numbers)
    return (listed[start : start + size] for start in range(0, len(listed), size))


def with_texts(
    tx: Connection, query: Select[Any], column: ColumnElement[Any], texts: Iterable[str]
) -> Iterator[Row[Any]]:
    """The rows of a query of which a column is one of many texts.

    PostgreSQL and SQLite get the texts as one value: of a list of parameters PostgreSQL would make a plan that reads
    the whole table and compares each row with each of them.
    """
    listed = list(dict.fromkeys(texts))
    return chain.from_iterable(tx.execute(query.where(some)).all() for some in _among_texts(tx, column, listed))


def _among_texts(tx: Connection, column: ColumnElement[Any], texts: list[str]) -> Iterator[ColumnElement[bool]]:
    size = IN_TEXTS if tx.dialect.name in ("postgresql", "sqlite") else _IN_TEXTS_MARIADB
    for start in range(0, len(texts), size):
        some = texts[start : start + size]
        if tx.dialect.name == "postgresql":
            yield column == any_(literal(some, ARRAY(String)))
        elif tx.dialect.name == "sqlite":
            each = func.json_each(json.dumps(some, ensure_ascii=False)).table_valued("value")
            yield column.in_(select_(each.c.value))
        else:
            yield column.in_(some)


def _copy(tx: Connection, table: Table, names: list[str], rows: Rows) -> None:
    cursor: Any = tx.connection.cursor()
    try:
        with cursor.copy(f"copy {table.name} ({_listed(tx, names)}) from stdin") as copy:
            for values in _tuples(tx, table, names, rows):
                copy.write_row(values)
    finally:
        cursor.close()


def _update_from_arrays(tx: Connection, table: Table, names: list[str], rows: Rows) -> None:
    wanted = [*names, "id"]
    types = [table.c[name].type.compile(tx.dialect) for name in wanted]
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    columns = _listed(tx, wanted)
    assignments = ", ".join(f"{_quoted(tx, name)} = changed.{_quoted(tx, name)}" for name in names)
    tx.exec_driver_sql(
        f"update {table.name} set {assignments} from unnest({arrays}) as changed({columns})"  # noqa: S608 - see above
        f" where {table.name}.id = changed.id",
        tuple(list(column) for column in zip(*_tuples(tx, table, wanted, rows), strict=True)),
    )


def _update_joined(tx: Connection, table: Table, names: list[str], rows: Rows) -> None:
    """MariaDB: a statement for many rows, joined with their new values; one for each row waits for as many answers."""
    wanted = ["id", *names]
    values = list(_tuples(tx, table, wanted, rows))
    first = ", ".join(f"%s as {_quoted(tx, name)}" for name in wanted)
    other = f" union all select {', '.join(['%s'] * len(wanted))}"
    name = table.name
    assignments = ", ".join(f"{name}.{_quoted(tx, column)} = changed.{_quoted(tx, column)}" for column in names)
    for start in range(0, len(values), _JOINED_MARIADB):
        some = values[start : start + _JOINED_MARIADB]
        tx.exec_driver_sql(
            f"update (select {first}{other * (len(some) - 1)}) as changed "  # noqa: S608 - names of our schema
            f"straight_join {name} on {name}.id = changed.id set {assignments}",
            tuple(chain.from_iterable(some)),
        )


def _tuples(tx: Connection, table: Table, names: list[str], rows: Rows) -> Iterator[tuple[Any, ...]]:
    converters = [
        (place, convert) for place, name in enumerate(names) if (convert := _converter(tx, table, name)) is not None
    ]
    for row in rows:
        values = [row[name] for name in names]
        for place, convert in converters:
            values[place] = convert(values[place])
        yield tuple(values)


def _converter(tx: Connection, table: Table, name: str) -> Callable[[Any], Any] | None:
    type_ = table.c[name].type
    convert = type_._cached_bind_processor(tx.dialect)
    return _remembering(convert) if convert and isinstance(type_, (UtcDateTime, Date)) else convert


def _remembering(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known: dict[Any, Any] = {}

    def converted(value: Any) -> Any:  # noqa: ANN401 - what a column holds
        if value not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[value] = convert(value)
        return known[value]

    return converted


def _listed(tx: Connection, names: Iterable[str]) -> str:
    return ", ".join(_quoted(tx, name) for name in names)


def _quoted(tx: Connection, name: str) -> str:
    return tx.dialect.identifier_preparer.quote(name)


def _mark(tx: Connection) -> str:
    return "?" if tx.dialect.name == "sqlite" else "%s"
