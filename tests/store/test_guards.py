"""Guards of ledger, audit and consent that somebody took away are missed, and put back by an upgrade."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError

from mgov.domain.actor import Actor
from mgov.store import audit, guards, migrate
from mgov.store.database import Database
from mgov.store.schema.staff import audit as audit_table
from tests.workflows.sending import NOW


def _take_away(tx: Connection) -> str:
    """As whoever owns the database can; returns the guard's name."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("alter table audit disable trigger audit_append_only")
        tx.exec_driver_sql("drop trigger settlement_allocate on settlement")
        return "audit_append_only"
    for name in ("audit_no_update", "settlement_allocate"):
        tx.exec_driver_sql(f"drop trigger {name}")
    return "audit_no_update"


def test_a_guard_that_was_taken_away_is_missed_and_put_back(database: Database) -> None:
    """Dropped or switched off: named by its name; `mgov db upgrade` makes it work again and changes nothing else."""
    assert database.read(guards.missing) == []
    database.transact(lambda tx: audit.record(tx, Actor.staff("a"), "test.note", "test", 1, {}, now=NOW))
    name = database.transact(_take_away)
    assert sorted(database.read(guards.missing)) == sorted([name, "settlement_allocate"])
    migrate.upgrade(database.engine.url.render_as_string(hide_password=False))
    assert database.read(guards.missing) == []
    with pytest.raises(DBAPIError, match="append-only"):
        database.transact(lambda tx: tx.execute(update(audit_table).values(action="x")))
    assert database.transact(guards.put_back) == []
