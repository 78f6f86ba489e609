"""Migrations: bring a database to this program's schema, and tell where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, inspect, text

from mgov.store import guards, portals
from mgov.store.database import Database, temporary
from mgov.store.schema import upkeep

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """This program cannot run on the database's schema; the text says what to do."""


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for one open connection; there is no ini file."""
    from alembic.config import Config  # here: Alembic takes 0.2 s to import, and only an upgrade needs it

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str) -> str:
    """Create or migrate the database at `url`; returns the revision it now has."""
    with temporary(url) as database:
        if database.dialect == "sqlite":
            event.listen(database.engine, "connect", _without_foreign_keys)
        database.transact(_upgrade)
    return head()


def _without_foreign_keys(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the DBAPI's own connection
    """SQLite changes a table by making it anew (sqlite.org/lang_altertable): nothing may point to it meanwhile."""
    connection.execute("pragma foreign_keys=off")


def _upgrade(tx: Connection) -> None:
    from alembic import command

    portals.close_doors(tx)
    command.upgrade(configuration(tx), "head")
    portals.open_doors(tx)
    guards.put_back(tx)
    for ddl in upkeep.statements(tx.dialect.name):
        tx.exec_driver_sql(ddl)
    if tx.dialect.name == "sqlite":
        broken = tx.exec_driver_sql("pragma foreign_key_check").first()
        if broken is not None:
            raise SchemaError(f"database: row {broken[1]} of {broken[0]} points to nothing in {broken[2]}")


def head() -> str:
    """The newest revision that this program knows: migrations are numbered, `0002_what_was_added.py`."""
    return max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current(database: Database) -> str | None:
    """The revision of the database, None when it is empty."""
    return database.read(revision_of)


def revision_of(tx: Connection) -> str | None:
    """The revision that a transaction sees, None when the database is empty."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    found: str | None = tx.execute(text("select version_num from alembic_version")).scalar()
    return found


def fits(database: Database) -> None:
    """Refuse a schema that this program cannot run on. Raises `SchemaError`.

    Revisions are numbered. A program runs on its own schema and on the next one, so that an upgrade can be taken back
    without the database: migrations therefore only add what the program before does not need (docs/developers.md).
    """
    fault = misfit(current(database), head())
    if fault is not None:
        raise SchemaError(f"database: {fault}")


def misfit(revision: str | None, program: str) -> str | None:
    """Why a program with the newest revision `program` cannot run on a database at `revision`; None when it can."""
    if revision is None:
        return f"its schema is empty, this program needs {program}: run `mgov db upgrade`"
    if not (revision.isdecimal() and program.isdecimal()):
        return None if revision == program else f"its schema is {revision}, this program needs {program}"
    ahead = int(revision) - int(program)
    if ahead < 0:
        return f"its schema is {revision}, this program needs {program}: run `mgov db upgrade`"
    if ahead > 1:
        return (
            f"its schema is {revision}, this program knows {program} and runs on one newer at most:"
            " install the newer program again, or restore a backup from before the upgrade"
        )
    return None


def is_empty(database: Database) -> bool:
    """Whether the database has no table of ours yet."""
    return database.read(lambda tx: not inspect(tx).has_table("alembic_version"))
