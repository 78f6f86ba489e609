"""`mgov group`: who is told together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from mgov.cli.context import CliContext
from mgov.cli.importing import FILE, STRICT, run_import
from mgov.domain.roles import Right
from mgov.workflows import groups as workflow
from mgov.workflows.csv_import import ImportResult


@click.group()
def group() -> None:
    """Groups of recipients for broadcasts and alerts."""


@group.command("import")
@FILE
@STRICT
@click.option("--group", "name", help="The group of rows that name none.")
@click.pass_obj
def import_(context: CliContext, file: Path, strict: bool, name: str | None) -> None:
    """Members from a CSV file: address (phone or e-mail), and group, tier (1 is told first), name where known."""

    def work(data: bytes, tick: Callable[[int], None]) -> ImportResult:
        database, actor, now = context.database(), context.actor(), context.now()
        return workflow.import_group(database, data, actor, now, name=name, strict=strict, tick=tick)

    run_import(file, strict, work)


@group.command("list")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, name: str | None, as_json: bool) -> None:
    """All groups, or the members of one."""
    context.agency_seen(Right.BROADCAST_DRAFT)
    database = context.database()
    context.print_rows(workflow.members(database, name) if name else workflow.listing(database), as_json)


@group.command("remove")
@click.argument("name")
@click.argument("address", required=False)
@click.option("--all", "every", is_flag=True, help="The whole group.")
@click.pass_obj
def remove(context: CliContext, name: str, address: str | None, every: bool) -> None:
    """Take one member out of a group."""
    if (address is None) is not every:
        raise click.UsageError("name an address, or say --all")
    count = workflow.remove(context.database(), name, address, context.actor(), context.now())
    click.echo(f"{name}: {count} removed")
