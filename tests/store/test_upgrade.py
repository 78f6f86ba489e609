"""A database that the first release filled is upgraded in place: nothing is lost, and what was added works on it.

`first_release.json` is what that release wrote by its own commands: bills, permits, documents, texts with answers, a
statement, a settlement, staff, audit, reminders.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Boolean, Date, DateTime, Numeric

from mgov.cli.main import main
from mgov.domain.actor import Actor
from mgov.store import audit, migrate
from mgov.store.database import Database, temporary
from mgov.store.dump import go_on_from
from mgov.store.schema import metadata
from mgov.store.schema.money import bank_entry, bank_entry_key, bill, confirmation, settlement
from mgov.store.triggers_off import triggers_off

FIRST = json.loads((Path(__file__).parent / "first_release.json").read_text(encoding="utf-8"))
KEPT = [name for name in FIRST["tables"] if name != "staff_session"]


def _value(column: Any, value: Any, zoned: bool) -> Any:  # noqa: ANN401 - what a column holds
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if zoned else moment.astimezone(UTC).replace(tzinfo=None)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(column.type, Boolean) else value


def _fill(tx: Connection) -> None:
    """The rows of the first release, in the tables as they are at 0001."""
    found = MetaData()
    found.reflect(tx)
    with triggers_off(tx, [table.name for table in found.sorted_tables]):
        for table in found.sorted_tables:
            kept = FIRST["tables"].get(table.name)
            if kept is None:
                continue
            columns = [table.c[name] for name in kept["columns"]]
            zoned = tx.dialect.name == "postgresql"
            rows = [{c.name: _value(c, v, zoned) for c, v in zip(columns, row, strict=True)} for row in kept["rows"]]
            tx.execute(insert(table), rows)
    for name in FIRST["tables"]:
        go_on_from(tx, Table(name, MetaData(), autoload_with=tx), None)


@pytest.fixture
def first(database_url: str) -> str:
    """The URL of a database as the first release left it."""
    with temporary(database_url) as db:
        db.transact(lambda tx: command.upgrade(migrate.configuration(tx), "0001"))
        db.transact(_fill)
    return database_url


@pytest.fixture
def upgraded(first: str) -> Iterator[Database]:
    """The same, upgraded."""
    migrate.upgrade(first)
    with closing(Database(first)) as db:
        yield db


def _count(tx: Connection, table: str) -> int:
    return int(tx.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())


def test_every_row_is_there(upgraded: Database) -> None:
    """Each table has as many rows as the first release wrote, with the same values in the columns that both have."""
    counted = upgraded.read(lambda tx: {name: _count(tx, name) for name in KEPT})
    assert counted == {name: len(FIRST["tables"][name]["rows"]) for name in KEPT}
    for name in KEPT:
        table, kept = metadata.tables[name], FIRST["tables"][name]
        both = [column for column in kept["columns"] if column in table.c]
        plain = [column for column in both if not isinstance(table.c[column].type, (DateTime, Date, Numeric, Boolean))]
        plain = [column for column in plain if "DATE" not in str(table.c[column].type).upper()]
        order = [table.c[key.name] for key in table.primary_key.columns]
        query = select(*(table.c[column] for column in plain)).order_by(*order)
        rows = [list(row) for row in upgraded.read(lambda tx, query=query: tx.execute(query).all())]  # type: ignore[misc]
        wanted = [[row[kept["columns"].index(column)] for column in plain] for row in kept["rows"]]
        assert sorted(map(str, rows)) == sorted(map(str, wanted)), name


def test_the_schema_is_that_of_a_new_database(upgraded: Database) -> None:
    """Columns, indexes, unique keys and checks by name are those that a fresh database has."""
    inspector = inspect(upgraded.engine)
    for table in metadata.sorted_tables:
        assert {column["name"] for column in inspector.get_columns(table.name)} == {c.name for c in table.columns}, (
            table
        )
        checks = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if c.__visit_name__ == "check_constraint"}
        assert {f"ck_{table.name}_{name}" if not name.startswith("ck_") else name for name in wanted} <= checks, table
        indexes = {str(index["name"]) for index in inspector.get_indexes(table.name)}
        assert {str(index.name) for index in table.indexes} <= indexes, table


def test_matching_finds_what_was_there(upgraded: Database) -> None:
    """Bills, confirmations and credits of before have the keys by which matching finds them."""

    def missing(tx: Connection) -> tuple[int, int, int]:
        bills = select(func.count()).where(bill.c.number_key.is_(None))
        claims = select(func.count()).where(confirmation.c.proof_key.is_(None), confirmation.c.proof.is_not(None))
        keyed = select(bank_entry_key.c.bank_entry_id)
        named = bank_entry.c.description.like("%PKB%")  # the other names nothing: it is found by its amount
        credits_ = select(func.count()).where(named, bank_entry.c.id.not_in(keyed))
        return tuple(tx.execute(query).scalar() for query in (bills, claims, credits_))  # type: ignore[return-value]

    assert upgraded.read(missing) == (0, 0, 0)


def test_the_ledger_is_kept_as_before(upgraded: Database) -> None:
    """The triggers are there again: a settlement moves money once, and is never changed or deleted."""
    allocated = select(bill.c.allocated).where(bill.c.id == 1)
    assert upgraded.read(lambda tx: tx.execute(allocated).scalar()) == 1_275_000
    undo = {"bank_entry_id": 1, "bill_id": 1, "amount": -1_275_000, "reverses_id": 1, "rule": "undo", "actor": "t"}
    upgraded.transact(lambda tx: tx.execute(insert(settlement).values(at=datetime.now(UTC), **undo)))
    assert upgraded.read(lambda tx: tx.execute(allocated).scalar()) == 0
    with pytest.raises(DBAPIError):
        upgraded.transact(lambda tx: tx.execute(settlement.delete()))


def test_the_audit_goes_on_whole(upgraded: Database) -> None:
    """Rows chained by the first release verify with its key, and new rows follow them."""
    key = FIRST["audit_key"].encode()
    upgraded.audit_key = key
    now = datetime.now(UTC)
    upgraded.transact(lambda tx: audit.record(tx, Actor.system("t"), "test.note", "test", 1, {}, now=now))
    verdict = upgraded.read(lambda tx: audit.verify(tx, [key]))
    assert verdict.fault is None
    assert verdict.rows == len(FIRST["tables"]["audit"]["rows"]) + 1


def test_a_change_of_an_old_audit_row_shows(upgraded: Database) -> None:
    """The first formula is checked, not believed."""

    def change(tx: Connection) -> None:
        with triggers_off(tx, ["audit"]):
            tx.execute(text("update audit set actor = 'staff:mallory' where id = 1"))

    upgraded.transact(change)
    assert upgraded.read(lambda tx: audit.verify(tx, [FIRST["audit_key"].encode()])).fault is not None


def test_numbers_go_on(upgraded: Database) -> None:
    """New rows get new numbers in the tables that were made anew."""
    values = {"number": "PKB-2026-NEW", "agency_id": 1, "amount": 5, "created_at": datetime.now(UTC)}
    made = upgraded.transact(
        lambda tx: tx.execute(insert(bill).values(updated_at=datetime.now(UTC), **values)).inserted_primary_key
    )
    assert made is not None
    assert int(made[0]) == len(FIRST["tables"]["bill"]["rows"]) + 1


def test_commands_work_on_it(first: str, tmp_path: Path) -> None:
    """`mgov db upgrade` is the way, then the site is as any other: lists, figures, status, a text with its answer."""
    (tmp_path / "mgov.toml").write_text(f'[database]\nurl = "{first}"\n[web]\nport = 0\n', encoding="utf-8")
    (tmp_path / "in.jsonl").write_text(
        '{"from":"+6281200000001","text":"TAGIHAN","received_at":"2026-11-25T09:00:00+07:00"}\n', encoding="utf-8"
    )

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, ["--config", str(tmp_path / "mgov.toml"), *words])
        assert done.exit_code == 0, (words, done.output)
        return done.output

    assert "0001" in CliRunner().invoke(main, ["--config", str(tmp_path / "mgov.toml"), "status"]).output
    run("db", "upgrade")
    assert "PKB-2026-551203" in run("bill", "list", "--json")
    assert '"settled"' in run("payment", "list", "--json")
    assert "1275000" in run("report", "PAD", "--period", "2026", "--json")
    run("status")
    run("sms", "inject", str(tmp_path / "in.jsonl"), "--process")
    assert len(run("sms", "outbox", "--json").splitlines()) >= len(FIRST["tables"]["outbound_message"]["rows"]) + 1
