"""`mgov report`: the executive figures, the same that LAPORAN texts back."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone
from mgov.workflows.figures import TOPIC_NAMES, figures_for


@click.command()
@click.argument("topic")
@click.option("--period", help="2026, 2026-10 or OKTOBER 2026; this year unless said.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def report(context: CliContext, topic: str, period: str | None, as_json: bool) -> None:
    """Bills, money in, money outstanding and permits of a TOPIC (or an agency's code)."""
    today = context.now().astimezone(context.config.zone).date()
    found = context.database().read(lambda tx: figures_for(tx, topic, period, today))
    if found is None:
        raise NotDone(f"{topic}: unknown topic or period; topics are {', '.join(TOPIC_NAMES)} and agencies' codes")
    context.print_rows([found.as_values()], as_json)
