"""`mgov alert`: what staff were alerted of, and who takes care of it."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone
from mgov.domain.roles import Right
from mgov.store import alerts as store
from mgov.workflows import alerts


@click.group()
def alert() -> None:
    """Alerts: raised, cleared, acknowledged."""


@alert.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only what holds now.")
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, only_open: bool, limit: int | None, as_json: bool) -> None:
    """Alerts, oldest first."""
    context.agency_seen(Right.STATUS_VIEW)
    rows = context.database().read(lambda tx: store.raised(tx) if only_open else store.listing(tx, limit))
    context.print_rows([store.as_row(row) for row in rows], as_json)


@alert.command("ack")
@click.argument("alert_id", type=int)
@click.pass_obj
def ack(context: CliContext, alert_id: int) -> None:
    """Note that you take care of an alert."""
    if not alerts.acknowledge(context.database(), alert_id, context.actor(), context.now()):
        raise NotDone(f"alert {alert_id}: there is no such open alert")
