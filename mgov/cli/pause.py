"""`mgov pause` and `mgov resume`: hold back a class of messages; a running daemon obeys at once."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, error_line
from mgov.domain.roles import Right
from mgov.workflows import pauses

_class = click.option("--class", "name", type=click.Choice(pauses.CLASSES), help="Which messages.")
FIELDS = ("scope", "name", "since", "by", "reason")


@click.command()
@_class
@click.option("--reason", metavar="T", help="Why, for whoever looks.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def pause(context: CliContext, name: str | None, reason: str | None, as_json: bool) -> None:
    """Hold back a class of messages; without --class, list what is paused."""
    db = context.database()
    if name is None:
        context.agency_seen(Right.STATUS_VIEW)
        context.print_rows(({field: row[field] for field in FIELDS} for row in pauses.listing(db)), as_json)
        return
    new = pauses.pause(db, "class", name, reason=reason, actor=context.actor(), now=context.now())
    click.echo(f"{name}: paused" if new else f"{name}: was paused already")


@click.command()
@click.option("--class", "name", type=click.Choice(pauses.CLASSES), required=True, help="Which messages.")
@click.pass_obj
def resume(context: CliContext, name: str) -> None:
    """Let a class of messages go on."""
    if pauses.resume(context.database(), "class", name, actor=context.actor(), now=context.now()):
        click.echo(f"{name}: goes on")
    else:
        error_line(f"{name}: was not paused")
