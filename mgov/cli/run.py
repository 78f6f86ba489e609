"""`mgov run`: the daemon."""

from __future__ import annotations

import asyncio

import click

from mgov import arenas, logs
from mgov.cli.context import CliContext, NotDone
from mgov.daemon import Daemon
from mgov.store import migrate


@click.command()
@click.option("--only", metavar="PART", multiple=True, help="engine, modem:NAME, scheduler, mail or web; repeatable.")
@click.pass_obj
def run(context: CliContext, only: tuple[str, ...]) -> None:
    """Run the daemon until SIGTERM; it drains and stops within ten seconds."""
    names = {"engine", "scheduler", "mail", "web", *(f"modem:{modem.name}" for modem in context.config.modem)}
    for part in only:
        if part not in names:
            raise click.UsageError(f"no part is called {part}; right would be one of {', '.join(sorted(names))}")
    arenas.keep_one_arena()
    logs.configure()
    try:
        asyncio.run(Daemon(context.config, only).run())
    except migrate.SchemaError as error:
        raise NotDone(str(error)) from error
