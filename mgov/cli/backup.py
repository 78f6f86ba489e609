"""`mgov backup` and `mgov restore`: one file with every row, taken while the daemon runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from mgov import __version__
from mgov.bootstrap import open_database
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.domain.roles import Right
from mgov.store import conditions, migrate
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import backup as backups
from mgov.workflows.backup_file import BackupError, Manifest

#: A modem that was heard of within this time has a worker; one that was stopped in order says so.
STILL_RUNS = timedelta(seconds=45)


@click.command()
@click.argument("target", metavar="[FILE or DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--verify", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Only check this backup."
)
@click.option("--keep", type=click.IntRange(min=1), help="Then keep only the newest so many of this folder.")
@click.pass_obj
def backup(context: CliContext, target: Path | None, verify: Path | None, keep: int | None) -> None:
    """Write a backup of this moment, read it back and check it. The daemon may run.

    It holds the database, not mgov.toml, the audit's key or the credentials: keep copies of those elsewhere.
    """
    try:
        if verify is not None:
            click.echo(f"{verify}: {_told(context, backups.check(verify))}")
            return
        context.agency_seen(Right.BACKUP)
        now = context.now()
        path = _path(target or Path(), f"mgov-{now:%Y%m%dT%H%M%SZ}.zip")
        manifest = backups.take(context.database(), path, program=__version__, now=now)
        click.echo(f"{path}: {_told(context, manifest)}")
        if keep:
            for old in backups.surplus(path.parent, keep):
                old.unlink()
    except BackupError as error:
        raise NotDone(f"backup: {error}") from error


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="The database has rows already: they are gone afterwards.")
@click.pass_obj
def restore(context: CliContext, file: Path, replace: bool) -> None:
    """Fill the configured database with a backup, of whatever kind of database it was made. Stop the daemon first.

    What the backup had queued is held: look at it with `mgov release --list`, then release or expire it.
    """
    try:
        backups.check(file)
        db = _database(context, replace)
        manifest, held = backups.restore(db, file, now=context.now(), actor=context.actor())
        db.close()
    except (BackupError, migrate.SchemaError) as error:
        raise NotDone(f"restore: {error}") from error
    except DatabaseUnavailableError as error:
        raise NotDone(f"database: {error}") from error
    click.echo(f"{file}: restored, {_told(context, manifest)}; {held} messages are held")
    if held:
        error_line("see `mgov release --list`, then `mgov release --all` or `mgov release --all --expire`")


def _database(context: CliContext, replace: bool) -> Database:
    db = open_database(context.config)
    if migrate.is_empty(db):
        db.close()
        migrate.upgrade(context.config.database.url)
        return open_database(context.config)
    if not replace:
        raise NotDone("restore: the database is not empty; --replace takes away what it has")
    refuse_while_running(context, db, "restore")
    return db


def refuse_while_running(context: CliContext, db: Database, what: str) -> None:
    """A daemon that goes on writing meanwhile would lose what it writes."""
    alive = db.read(lambda tx: conditions.heard_of_since(tx, context.now() - STILL_RUNS))
    if alive:
        raise NotDone(
            f"{what}: a daemon seems to run ({', '.join(alive)}): `systemctl stop mgov.target`, then a minute later"
        )


def _path(target: Path, name: str) -> Path:
    return target / name if target.is_dir() else target


def _told(context: CliContext, manifest: Manifest) -> str:
    at = manifest.taken_at.astimezone(context.config.zone) if context.config_path else manifest.taken_at
    return f"{manifest.rows} rows in {len(manifest.tables)} tables, taken {at:%Y-%m-%d %H:%M:%S %z}, whole"
