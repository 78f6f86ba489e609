"""`mgov db`: migrations, a move to another database, and who else may use it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, ProgrammingError

from mgov.bootstrap import open_database, shipped
from mgov.cli.backup import refuse_while_running
from mgov.cli.context import CliContext, NotDone
from mgov.domain.roles import Right
from mgov.store import migrate
from mgov.store.database import Database, DatabaseUnavailableError, temporary
from mgov.store.portal_roles import RoleError
from mgov.workflows import backup, portal_grants
from mgov.workflows.backup_file import BackupError
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
    refuse_while_running(context, source, "move")
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


@db.command()
@click.argument("agency")
@click.option("--role", help="The role's name; portal_<agency> unless said.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its first line.")
@click.option("--require-tls", is_flag=True, help="Without TLS the role is refused, or sees and writes nothing.")
@click.option("--as", "as_url", metavar="URL", help="The same database as somebody who may make roles.")
@click.pass_obj
def grant(
    context: CliContext,
    agency: str,
    role: str | None,
    password_file: Path | None,
    require_tls: bool,
    as_url: str | None,
) -> None:
    """Let the portal of AGENCY write orders and read its views, by a role of its own.

    A new password is printed once, unless one is given; grant again to change it.
    """
    name = role or portal_grants.role_of(agency)
    given = password_file.read_text(encoding="utf-8").splitlines()[0] if password_file else None
    password = given or portal_grants.new_password()
    with _role_maker(context, as_url) as roles_by:
        is_new = portal_grants.grant(
            context.database(),
            agency,
            role=name,
            password=password,
            require_tls=require_tls,
            actor=context.actor(),
            now=context.now(),
            roles_by=roles_by,
        )
    if is_new:
        click.echo(f"{agency}: an agency not known before; was it meant?", err=True)
    click.echo(f"{name}: may write and read for {agency}" + ("" if given else f"; password {password}"))


@db.command()
@click.argument("role")
@click.option("--as", "as_url", metavar="URL", help="The same database as somebody who may make roles.")
@click.pass_obj
def revoke(context: CliContext, role: str, as_url: str | None) -> None:
    """Take the ROLE of a portal away; what it ordered stays."""
    with _role_maker(context, as_url) as roles_by:
        known = portal_grants.revoke(
            context.database(), role, actor=context.actor(), now=context.now(), roles_by=roles_by
        )
    if not known:
        raise NotDone(f"{role}: had no grant")
    click.echo(f"{role}: taken away")


@db.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def grants(context: CliContext, as_json: bool) -> None:
    """Which role writes and reads for which agency."""
    context.agency_seen(Right.PORTAL_GRANT)
    context.print_rows((dict(row) for row in portal_grants.listing(context.database())), as_json)


@contextmanager
def _role_maker(context: CliContext, url: str | None) -> Iterator[Database | None]:
    """The database as somebody who may make roles, when that is another; what fails is said in one line."""
    try:
        if url is None:
            context.database()
            yield None
        else:
            with temporary(url) as database:
                yield database
    except RoleError as error:
        raise NotDone(str(error)) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise NotDone(f"--as: {error}") from error
    except (ProgrammingError, OperationalError) as error:
        raise NotDone(
            f"the database refuses: {str(error.orig).strip().splitlines()[0]};"
            " name somebody who may make roles with --as URL"
        ) from error
