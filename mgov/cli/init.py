"""`mgov init`: a configuration that works as it is, and its database."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mgov import config as configuration
from mgov.bootstrap import open_database, shipped
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.store import migrate
from mgov.store.database import DatabaseUnavailableError
from mgov.workflows.founding import found


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def init(context: CliContext, folder: Path) -> None:
    """Write a commented mgov.toml into DIR and create its database."""
    path = folder / "mgov.toml"
    if path.exists():
        raise NotDone(f"{path}: exists already; it was left as it is")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(shipped("mgov.toml").read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise NotDone(f"{error.filename}: cannot be written: {error.strerror}") from error
    if folder.stat().st_mode & 0o002:
        error_line(f"{folder}: anybody may write here; `chmod o-w` it before real data comes in")
    config = configuration.load(path)
    try:
        migrate.upgrade(config.database.url)
        db = open_database(config)
    except DatabaseUnavailableError as error:
        raise NotDone(f"database: {error}") from error
    try:
        count = found(db, shipped("services.csv").read_bytes(), os.getuid(), context.now())
    finally:
        db.close()
    click.echo(
        f"{path}: written; the database has {count} services. Next: `mgov check`, then `mgov run` or `mgov demo`."
    )
