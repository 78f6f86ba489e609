"""What every command gets: the configuration, the database, the actor and the ways to print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from mgov import config as configuration
from mgov.bootstrap import open_database, shipped_replies
from mgov.cli import session_file
from mgov.cli.terminal import safe_line, safe_text
from mgov.config import Config, ConfigError
from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.replies import Replies
from mgov.store import migrate
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import access, sessions
from mgov.workflows.founding import unix_user_of


class NotDone(click.ClickException):
    """The asked work was not done; the text says why in one line."""

    exit_code = 1

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - click's own signature
        """One line on stderr."""
        click.echo(safe_text(self.format_message()), err=True)


class CliContext:
    """One invocation. Nothing is opened before it is asked for."""

    def __init__(self) -> None:
        self.config_path: Path | None = None

    @cached_property
    def config(self) -> Config:
        """The configuration in force; exits 1 when there is none or it is wrong."""
        path = configuration.find(self.config_path)
        if path is None:
            raise NotDone("no configuration: run `mgov init`, or name one with --config or MGOV_CONFIG")
        try:
            return configuration.load(path)
        except ConfigError as error:
            raise NotDone(str(error)) from error

    @cached_property
    def _database(self) -> Database:
        try:
            database = open_database(self.config)
            current = click.get_current_context(silent=True)
            if current is not None:
                current.find_root().call_on_close(database.close)
            migrate.fits(database)
        except DatabaseUnavailableError as error:
            raise NotDone(f"database: {error}") from error
        except migrate.SchemaError as error:
            raise NotDone(str(error)) from error
        return database

    def database(self) -> Database:
        """The database, migrated; exits 1 when it cannot be had."""
        return self._database

    def actor(self) -> Actor:
        """Who runs this command, as the kernel and the session say; never as an option or the environment says."""
        return self._actor

    @cached_property
    def _actor(self) -> Actor:
        mapping = self.config.staff.unix_users
        return sessions.identify(self.database(), self.unix_user, self.token, now=self.now(), unix_users=mapping)

    @cached_property
    def unix_user(self) -> str:
        """The Unix user of this process; of the caller where the door set it."""
        return unix_user_of(os.getuid())

    @cached_property
    def token(self) -> str | None:
        """The token of this user's session on this site, when he logged in."""
        return session_file.read(self.session_name)

    @cached_property
    def session_name(self) -> str:
        """What the session of this site is kept under."""
        path = configuration.find(self.config_path)
        return str(path.resolve()) if path is not None else "none"

    def keep_token(self, token: str | None) -> None:
        """Keep the token of a session that has just begun; None: forget it."""
        session_file.keep(self.session_name, token)

    def agency_seen(self, right: Right, asked: str | None = None) -> str | None:
        """The code of the agency whose rows the actor sees (None: all). Raises `RefusedError` where he may see none."""
        return access.scope(self.database(), self.actor(), right, asked)

    def agency_id_seen(self, right: Right) -> int | None:
        """The same agency by its number."""
        return access.account(self.database(), self.actor(), right).agency_id

    @cached_property
    def _replies(self) -> Replies:
        return shipped_replies(self.config)

    def replies(self) -> Replies:
        """The reply texts of this site."""
        return self._replies

    def now(self) -> datetime:
        """The one clock of a command."""
        return datetime.now(UTC)

    def print_rows(self, rows: Iterable[Mapping[str, Any]], as_json: bool) -> None:
        """One line a row: JSON objects, or aligned columns for people."""
        if as_json:
            for row in rows:
                click.echo(json.dumps({key: self.plain(value) for key, value in row.items()}, ensure_ascii=False))
            return
        table = [{key: self.plain(value) for key, value in row.items()} for row in rows]
        if table:
            _print_table(table)

    def shown(self, value: object) -> str:
        """A value as a person reads it on a terminal."""
        return safe_line(str(self.plain(value)))

    def plain(self, value: object) -> Any:  # noqa: ANN401 - what JSON can hold
        """A value as JSON holds it: moments in the office's zone with their offset."""
        if isinstance(value, datetime):
            return value.astimezone(self.config.zone).isoformat(timespec="seconds")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        return value


def _print_table(table: list[dict[str, Any]]) -> None:
    columns = list(table[0])
    cells = [["" if row[column] is None else safe_line(str(row[column])) for column in columns] for row in table]
    widths = [max(len(column), *(len(row[n]) for row in cells)) for n, column in enumerate(columns)]
    for row in [columns, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def error_line(text: str) -> None:
    """One remark on stderr."""
    click.echo(safe_line(text), err=True)


def is_terminal() -> bool:
    """Whether a person watches stderr."""
    return sys.stderr.isatty()
