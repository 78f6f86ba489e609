"""Triggers aside for a while: rows that were written once already are copied as they are, not written again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text


@contextmanager
def triggers_off(tx: Connection, tables: Sequence[str]) -> Iterator[None]:
    """No trigger of these tables fires inside the block; afterwards all are as before."""
    if tx.dialect.name == "postgresql":
        yield from _postgresql(tx, tables)
    else:
        yield from _dropped(tx)


def _postgresql(tx: Connection, tables: Sequence[str]) -> Iterator[None]:
    for name in tables:
        tx.execute(text(f'alter table "{name}" disable trigger user'))
    yield
    tx.execute(text("set constraints all immediate"))
    for name in tables:
        tx.execute(text(f'alter table "{name}" enable trigger user'))


def _dropped(tx: Connection) -> Iterator[None]:
    """SQLite and MariaDB can only drop them; each is made again from its own text."""
    found = _sqlite(tx) if tx.dialect.name == "sqlite" else _mariadb(tx)
    for name in found:
        tx.exec_driver_sql(f"drop trigger {name}")
    try:
        yield
    except BaseException:
        if tx.dialect.name != "sqlite":
            tx.exec_driver_sql("rollback")  # else the first trigger that is made again would commit half of the rows
        raise
    finally:  # MariaDB commits with every change of its schema: a failure must not leave it without triggers
        for statement in found.values():
            tx.exec_driver_sql(statement.replace("%", "%%") if tx.dialect.name != "sqlite" else statement)


def _sqlite(tx: Connection) -> dict[str, str]:
    query = text("select name, sql from sqlite_master where type = 'trigger' order by rowid")
    return {f'"{name}"': statement for name, statement in tx.execute(query)}


def _mariadb(tx: Connection) -> dict[str, str]:
    query = text("select trigger_name from information_schema.triggers where trigger_schema = database()")
    names = list(tx.execute(query).scalars())
    found = {}
    for name in names:
        found[f"`{name}`"] = str(
            tx.exec_driver_sql(f"show create trigger `{name}`").mappings().one()["SQL Original Statement"]
        )
    return found
