"""Many rows in few round trips: what each database's driver does best, with SQLAlchemy's conversion of values.

PostgreSQL takes new rows by COPY and changed ones as arrays; the others by `executemany` on plain tuples. Triggers and
constraints hold as for a single row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, false, literal_column

Rows = Sequence[Mapping[str, Any]]

#: Whole numbers that go into one statement as they are; none of the three databases limits them below this.
IN_NUMBERS = 20_000


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
    return column.in_([literal_column(", ".join(str(int(number)) for number in sorted(numbers)))])


def portions(numbers: Iterable[int], size: int = IN_NUMBERS) -> Iterator[list[int]]:
    """Numbers in lists short enough for one statement."""
    listed = list(numbers)
    return (listed[start : start + size] for start in range(0, len(listed), size))


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


def _tuples(tx: Connection, table: Table, names: list[str], rows: Rows) -> Iterator[tuple[Any, ...]]:
    converters = [(name, _converter(tx, table, name)) for name in names]
    for row in rows:
        yield tuple(row[name] if convert is None else convert(row[name]) for name, convert in converters)


def _converter(tx: Connection, table: Table, name: str) -> Callable[[Any], Any] | None:
    type_ = table.c[name].type
    return type_._cached_bind_processor(tx.dialect)


def _listed(tx: Connection, names: Iterable[str]) -> str:
    return ", ".join(_quoted(tx, name) for name in names)


def _quoted(tx: Connection, name: str) -> str:
    return tx.dialect.identifier_preparer.quote(name)


def _mark(tx: Connection) -> str:
    return "?" if tx.dialect.name == "sqlite" else "%s"
