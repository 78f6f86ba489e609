"""The triggers that guard ledger, audit and consent: which are not at work, and putting them back.

Whoever may change the database's schema can take them away, as can an end in the middle of a restore on MariaDB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, text

from mgov.store.schema import triggers

_AT_WORK = {
    "sqlite": "select name from sqlite_master where type = 'trigger'",
    "postgresql": "select tgname from pg_trigger where not tgisinternal and tgenabled in ('O', 'A')",
    "mariadb": "select trigger_name from information_schema.triggers where trigger_schema = database()",
}
_THERE = "select tgname from pg_trigger where not tgisinternal"


def missing(tx: Connection) -> list[str]:
    """Names of the guards that are gone or switched off, in order."""
    at_work = set(tx.execute(text(_AT_WORK[_dialect(tx)])).scalars())
    return [name for name in _guards(tx) if name not in at_work]


def put_back(tx: Connection) -> list[str]:
    """Make or switch on again whatever is missing; returns the names."""
    gone = missing(tx)
    if not gone:
        return []
    there = set(tx.execute(text(_THERE)).scalars()) if _dialect(tx) == "postgresql" else set()
    for function in (ddl for ddl in triggers.statements(tx.dialect.name) if ddl.startswith("create function")):
        tx.exec_driver_sql(function.replace("create function", "create or replace function", 1).replace("%", "%%"))
    for name, ddl in _guards(tx).items():
        if name in there & set(gone):
            table = ddl.partition(" on ")[2].split()[0]
            tx.exec_driver_sql(f"alter table {table} enable trigger {name}")
        elif name in gone:
            tx.exec_driver_sql(ddl)
    return gone


def _dialect(tx: Connection) -> str:
    return "mariadb" if tx.dialect.name == "mysql" else tx.dialect.name


def _guards(tx: Connection) -> Mapping[str, str]:
    """Name → DDL of each trigger that must be there."""
    named = ((re.match(r"create trigger (\w+) ", ddl), ddl) for ddl in triggers.statements(tx.dialect.name))
    return {match[1]: ddl for match, ddl in named if match}
