"""Migrations: bring a database to this program's schema, and tell where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from mgov.store.database import Database, temporary

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for one open connection; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str) -> str:
    """Create or migrate the database at `url`; returns the revision it now has."""
    with temporary(url) as database:
        database.transact(lambda tx: command.upgrade(configuration(tx), "head"))
    return head()


def head() -> str:
    """The newest revision that this program knows."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    revision = ScriptDirectory.from_config(config).get_current_head()
    if revision is None:
        raise RuntimeError("this installation has no migrations")
    return revision


def current(database: Database) -> str | None:
    """The revision of the database, None when it is empty."""
    return database.read(lambda tx: MigrationContext.configure(tx).get_current_revision())


def is_empty(database: Database) -> bool:
    """Whether the database has no table of ours yet."""
    return database.read(lambda tx: not inspect(tx).has_table("alembic_version"))
