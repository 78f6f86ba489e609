"""Roles of portals are made and taken away; nobody else's role ever is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from mgov.domain.actor import Actor
from mgov.store import portals
from mgov.store.database import Database
from mgov.store.portal_roles import RoleError
from mgov.workflows import portal_grants

NOW = datetime(2026, 11, 12, 7, 30, tzinfo=UTC)
STAFF = Actor.staff("tester")


@pytest.fixture(params=["postgresql", "mariadb"])
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = Database(str(request.getfixturevalue(f"migrated_{request.param}_url")))
    yield opened
    opened.close()


def _role(db: Database, name: str) -> str:
    """Roles belong to the server that all tests share: each test has its own."""
    return f"{name}_{make_url(db.url).database}"[:32]


def _grant(db: Database, agency: str, role: str, password: str | None = "rahasia-1") -> bool:
    return portal_grants.grant(db, agency, role=role, password=password, require_tls=False, actor=STAFF, now=NOW)


def _as(db: Database, role: str, password: str, statement: str) -> list[tuple[object, ...]]:
    url = make_url(db.url).set(username=role, password=password)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_a_role_is_made_changed_and_taken_away(db: Database) -> None:
    """Granted again it has the new password; an agency that nobody knew is said to be new, once; revoked it is gone."""
    role = _role(db, "portal")
    assert _grant(db, "BAPENDA", role)
    assert not _grant(db, "BAPENDA", role, "rahasia-2")
    assert _as(db, role, "rahasia-2", "select number from v1_bill") == []
    assert portal_grants.revoke(db, role, actor=STAFF, now=NOW)
    with pytest.raises(DBAPIError):
        _as(db, role, "rahasia-2", "select number from v1_bill")
    assert not portal_grants.revoke(db, role, actor=STAFF, now=NOW)


def test_nobody_elses_role_is_touched(db: Database) -> None:
    """Neither the gateway's own role nor one that is there for something else gets a password, or is dropped."""
    other = _role(db, "reports")
    own = str(db.read(portals.engine_role))
    account = f"`{other}`@`%%`" if db.dialect == "mariadb" else f'"{other}"'
    db.transact(lambda tx: tx.exec_driver_sql(f"create {'user' if db.dialect == 'mariadb' else 'role'} {account}"))
    try:
        for role in (own, other):
            with pytest.raises(RoleError, match="own role" if role == own else "there already"):
                _grant(db, "BAPENDA", role)
            assert not portal_grants.revoke(db, role, actor=STAFF, now=NOW)
        assert db.read(portals.grants) == {}
    finally:
        db.transact(lambda tx: tx.exec_driver_sql(f"drop {'user' if db.dialect == 'mariadb' else 'role'} {account}"))


def test_another_agencys_order_is_refused_as_it_is_written(db: Database) -> None:
    """By a policy on PostgreSQL, by a trigger on MariaDB; its own goes in, and it reads what became of it."""
    role = _role(db, "portal")
    _grant(db, "BAPENDA", role)
    said = "insert into portal_bill (agency, number, amount) values ('{}', 'PKB-1', 500000)"
    try:
        with pytest.raises(DBAPIError, match=r"row-level security|not your agency"):
            _as(db, role, "rahasia-1", said.format("DISHUB"))
        _as(db, role, "rahasia-1", said.format("BAPENDA"))
        assert _as(db, role, "rahasia-1", "select agency, number from v1_portal_bill") == [("BAPENDA", "PKB-1")]
    finally:
        portal_grants.revoke(db, role, actor=STAFF, now=NOW)
