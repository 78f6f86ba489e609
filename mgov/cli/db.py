"""`mgov db`: migrations."""

from __future__ import annotations

import os

import click

from mgov.bootstrap import open_database, shipped
from mgov.cli.context import CliContext, NotDone
from mgov.store import migrate
from mgov.store.database import DatabaseUnavailableError, temporary
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
    if revision != migrate.head():
        raise NotDone("the database needs `mgov db upgrade`")
