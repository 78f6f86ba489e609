"""The databases that the tests run on are real, fresh and migrated when they say so."""

from __future__ import annotations

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from mgov.store import migrate
from mgov.store.database import temporary


def test_an_empty_database_is_empty(database_url: str) -> None:
    """Each test gets a database of its own that holds nothing."""
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_a_migrated_database_is_at_the_newest_revision(migrated_url: str) -> None:
    """A copy of the template stands where a migration would have brought it."""
    with temporary(migrated_url) as database:
        assert database.read(lambda tx: tx.execute(text("select count(*) from inbound_message")).scalar()) == 0
        assert migrate.current(database) == migrate.head()


def test_postgresql_is_as_durable_as_in_real_life(postgresql_url: str) -> None:
    """Tests that kill processes prove something only with fsync on."""
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("show fsync")).scalar() == "on"
