"""`mgov explain`: why something is where it is."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone
from mgov.domain.roles import Right
from mgov.workflows import access
from mgov.workflows.explain import KINDS, story


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("number", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def explain(context: CliContext, kind: str, number: int, as_json: bool) -> None:
    """Every transition with its time, actor and cause."""
    access.scope(context.database(), context.actor(), Right.EXPLAIN)
    rows = story(context.database(), kind, number)
    if not rows:
        raise NotDone(f"no {kind} has the number {number}")
    context.print_rows(rows, as_json)
