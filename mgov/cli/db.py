"""`mgov db`: migrations."""

from __future__ import annotations

import os

import click
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from mgov.bootstrap import open_database, shipped
from mgov.cli.context import CliContext, NotDone
from mgov.store import migrate
from mgov.store.database import DatabaseUnavailableError, temporary
from mgov.workflows import backup
from mgov.workflows.backup import BackupError
from mgov.workflows.founding import found


@click.group()
def db() -> None:
    """Create and migrate the database."""


@db.command()
@click.pass_obj
def upgrade(context: CliContext) -> None:
    """Bring the database to this program's schema."""
    url = context.config.database.url
    try:
        with temporary(url) as database:
            empty = migrate.is_empty(database)
        revision = migrate.upgrade(url)
        if empty:
            database = open_database(context.config)
            found(database, shipped("services.csv").read_bytes(), os.getuid(), context.now())
            database.close()
    except DatabaseUnavailableError as error:
        raise NotDone(f"database: {error}") from error
    click.echo(revision)


@db.command()
@click.pass_obj
def current(context: CliContext) -> None:
    """Print the schema that the database has, and the one that this program needs."""
    try:
        with temporary(context.config.database.url) as database:
            revision = migrate.current(database)
    except DatabaseUnavailableError as error:
        raise NotDone(f"database: {error}") from error
    click.echo(f"{revision or 'empty'} (this program: {migrate.head()})")
    fault = migrate.misfit(revision, migrate.head())
    if fault is not None:
        raise NotDone(f"database: {fault}")


@db.command()
@click.option("--to", "target", required=True, metavar="URL", help="An empty database of any kind; it is migrated.")
@click.pass_obj
def move(context: CliContext, target: str) -> None:
    """Copy everything into another database and compare it, table by table. Stop the daemon first.

    Nothing is changed here; then write the URL into mgov.toml and start the daemon again.
    """
    source = context.database()
    try:
        with temporary(target) as there:
            if not migrate.is_empty(there):
                raise NotDone("move: the target is not empty")
            migrate.upgrade(target)
            came = backup.move(source, there, actor=context.actor(), now=context.now())
    except (DatabaseUnavailableError, ArgumentError, NoSuchModuleError) as error:
        raise NotDone(f"move: {error}") from error
    except BackupError as error:
        raise NotDone(f"move: {error}") from error
    for name, tally in came.items():
        if tally.rows:
            click.echo(f"{name:<24} {tally.rows:>9}  {tally.digest[:16]}")
    click.echo(f"{sum(tally.rows for tally in came.values())} rows in {len(came)} tables, the same on both sides")
