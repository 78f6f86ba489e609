"""`mgov check`: one line for each thing that must be right."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import click
from sqlalchemy import func, select

from mgov import config as configuration
from mgov.bootstrap import keyword_site, pin_of, shipped_replies, shipped_table
from mgov.cli.context import CliContext
from mgov.config import Config, ConfigError, ModemSection
from mgov.domain.keywords import KeywordError
from mgov.replies import RepliesError
from mgov.store import migrate
from mgov.store.database import DatabaseUnavailableError, temporary
from mgov.store.schema.services import service
from modem_drivers.at.discovery import is_auto
from scheduler.holiday_year import holiday_remark


@click.command()
@click.pass_context
def check(click_context: click.Context) -> None:
    """Check the configuration, the database, its schema, the catalogue and the modems."""
    context = click_context.ensure_object(CliContext)
    path = configuration.find(context.config_path)
    if path is None:
        click.echo("config: none found; run `mgov init`", err=True)
        click_context.exit(1)
    try:
        config = configuration.load(path)
    except ConfigError as error:
        click.echo(str(error), err=True)
        click_context.exit(1)
    click.echo(f"config: {path}: fine")
    wrong = _check_database(config)
    wrong += _say("replies", _replies(config))
    wrong += _check_keywords(config)
    for modem in config.modem:
        wrong += _say(f'modem "{modem.name}"', _modem(modem))
    if not config.modem:
        wrong += _say("modems", "none configured: add a [[modem]] section")
    today = context.now().astimezone(config.zone).date()
    remark = holiday_remark(shipped_table("holidays.toml")["holiday"], today)
    click.echo(f"holidays: {remark or 'fine'}", err=remark is not None)  # a remark: nothing is wrong yet
    click_context.exit(1 if wrong else 0)


def _say(what: str, fault: str | None) -> int:
    click.echo(f"{what}: {fault or 'fine'}", err=fault is not None)
    return 1 if fault else 0


def _check_database(config: Config) -> int:
    try:
        with temporary(config.database.url) as database:
            revision = migrate.current(database)
            if revision != migrate.head():
                stands = revision or "empty"
                return _say("database", f"its schema is {stands}, needed is {migrate.head()}: run `mgov db upgrade`")
            count = database.read(lambda tx: tx.execute(select(func.count()).select_from(service)).scalar_one())
    except DatabaseUnavailableError as error:
        return _say("database", str(error))
    click.echo("database: fine")
    click.echo(f"schema: {revision}: fine")
    return _say("catalogue", None if count else "no services: `mgov service import FILE.csv`")


def _check_keywords(config: Config) -> int:
    """One line for each agency's keyword in force; a wrong file with its place."""
    try:
        site = keyword_site(config)
    except KeywordError as error:
        return _say("keywords", str(error))
    for keyword in site.settings.keywords.all:
        also = f" (also {', '.join(keyword.words[1:])})" if keyword.words[1:] else ""
        click.echo(f"keyword {keyword.name}{also}: {keyword.agency}, for {keyword.who}, asks {keyword.system}: fine")
    return 0


def _replies(config: Config) -> str | None:
    try:
        shipped_replies(config)
    except RepliesError as error:
        return str(error)
    return None


def _modem(modem: ModemSection) -> str | None:
    try:
        pin_of(modem)
    except OSError as error:
        return f"pin_file {error.filename}: {error.strerror}"
    if modem.driver == "simulated" or modem.port is None or is_auto(modem.port):
        return None
    return _port(Path(str(modem.port)))


def _port(port: Path) -> str | None:
    try:
        mode = port.stat().st_mode
    except OSError:
        return f"port {port}: no such device; `ls /dev/serial/by-id` shows what is plugged in"
    if not stat.S_ISCHR(mode):
        return f"port {port}: not a tty"
    if not os.access(port, os.R_OK | os.W_OK):
        return f"port {port}: may not be opened; add this user to the group dialout"
    return None
