"""The schema keeps its promises on every database."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from mgov.store.database import Database
from mgov.store.schema import metadata, upkeep
from mgov.store.schema.money import bank_account, bank_entry, bank_statement, bill, settlement
from mgov.store.schema.staff import agency, audit

NOW = datetime(2026, 11, 24, 3, 4, 5, 678901, tzinfo=UTC)


def _money(tx: Connection, amount: int = 1_000, credit: int = 1_500) -> tuple[int, int]:
    agency_id = tx.execute(insert(agency).values(code="BAPENDA", name="Bapenda", created_at=NOW)).inserted_primary_key[
        0
    ]
    bill_id = tx.execute(
        insert(bill).values(number="PKB-2026-1", agency_id=agency_id, amount=amount, created_at=NOW, updated_at=NOW)
    ).inserted_primary_key[0]
    account = tx.execute(insert(bank_account).values(number="1", created_at=NOW)).inserted_primary_key[0]
    statement = tx.execute(
        insert(bank_statement).values(
            account_id=account,
            file_digest="x",
            format="generic",
            entries=1,
            entries_new=1,
            imported_at=NOW,
            imported_by="t",
        )
    ).inserted_primary_key[0]
    entry_id = tx.execute(
        insert(bank_entry).values(
            account_id=account,
            identity="e1",
            statement_id=statement,
            booked_at="2026-11-24",
            booked_on=date(2026, 11, 24),
            value_date=date(2026, 11, 24),
            amount=credit,
            type="CR",
            description="",
            created_at=NOW,
        )
    ).inserted_primary_key[0]
    return entry_id, bill_id


def _settle(tx: Connection, entry: int, of: int, amount: int, reverses: int | None = None) -> int:
    values = {"bank_entry_id": entry, "bill_id": of, "amount": amount, "rule": "exact", "actor": "t", "at": NOW}
    return int(tx.execute(insert(settlement).values(**values, reverses_id=reverses)).inserted_primary_key[0])


def test_migrations_and_schema_agree(database: Database) -> None:
    """A migrated database is exactly what the schema says."""
    assert database.read(lambda tx: compare_metadata(MigrationContext.configure(tx), metadata)) == []


def test_a_moment_comes_back_as_it_went_in(database: Database) -> None:
    """Moments keep their microseconds and their zone."""

    def work(tx: Connection) -> datetime:
        _money(tx)
        return tx.execute(select(bill.c.created_at)).scalar_one()

    assert database.transact(work) == NOW


def test_a_settlement_pays_the_bill_and_uses_the_entry(database: Database) -> None:
    """The ledger itself keeps what is allocated, paid and overpaid."""

    def work(tx: Connection) -> tuple[object, ...]:
        entry, of = _money(tx)
        _settle(tx, entry, of, 400)
        assert tx.execute(select(bill.c.status)).scalar_one() == "partly_paid"
        _settle(tx, entry, of, 800)
        used = tx.execute(select(bank_entry.c.allocated)).scalar_one()
        return (*tx.execute(select(bill.c.status, bill.c.allocated, bill.c.overpaid)).one(), used)

    assert database.transact(work) == ("paid", 1_200, 200, 1_200)


def test_an_entry_is_never_allocated_beyond_its_amount(database: Database) -> None:
    """The database refuses to give out more money than came in."""
    entry, of = database.transact(_money)
    database.transact(lambda tx: _settle(tx, entry, of, 1_500))
    with pytest.raises(DBAPIError):
        database.transact(lambda tx: _settle(tx, entry, of, 1))
    assert database.read(lambda tx: tx.execute(select(bank_entry.c.allocated)).scalar_one()) == 1_500


def test_a_settlement_is_undone_once_and_by_a_new_row(database: Database) -> None:
    """A reversal reopens the bill; the same settlement is never undone twice."""
    entry, of = database.transact(_money)
    first = database.transact(lambda tx: _settle(tx, entry, of, 1_000))
    database.transact(lambda tx: _settle(tx, entry, of, -1_000, first))
    assert database.read(lambda tx: tx.execute(select(bill.c.status)).scalar_one()) == "open"
    assert database.read(lambda tx: tx.execute(select(bank_entry.c.allocated)).scalar_one()) == 0
    with pytest.raises(DBAPIError):
        database.transact(lambda tx: _settle(tx, entry, of, -1_000, first))


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_ledger_is_append_only(database: Database, change: str) -> None:
    """No row of the ledger is changed or deleted."""
    entry, of = database.transact(_money)
    database.transact(lambda tx: _settle(tx, entry, of, 1_000))
    statement = update(settlement).values(amount=1) if change == "update" else delete(settlement)
    with pytest.raises(DBAPIError):
        database.transact(lambda tx: tx.execute(statement))


def test_the_audit_is_append_only(database: Database) -> None:
    """No row of the audit is deleted."""
    row = {"at": NOW, "actor": "t", "action": "a", "object_kind": "k", "object_id": "1", "detail": "{}"}
    chained = {"number": 1, "key_name": "k", "previous_hash": "", "hash": "h"}
    database.transact(lambda tx: tx.execute(insert(audit).values(**row, **chained)))
    with pytest.raises(DBAPIError):
        database.transact(lambda tx: tx.execute(delete(audit)))


def test_busy_tables_are_vacuumed_sooner(migrated_postgresql_url: str) -> None:
    """PostgreSQL keeps the queue's tables by settings of their own, each a table that exists."""
    with closing(Database(migrated_postgresql_url)) as db:
        query = "select relname, reloptions from pg_class where reloptions is not null and relkind = 'r'"
        kept = dict(db.read(lambda tx: [tuple(row) for row in tx.exec_driver_sql(query)]))
    assert kept.keys() == upkeep.TABLES.keys() <= metadata.tables.keys()
    assert "autovacuum_vacuum_scale_factor=0.02" in kept["outbound_message"]
