"""`mgov remind`: what would be sent, and queue it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import click

from mgov.bootstrap import remind_settings
from mgov.cli.context import CliContext, error_line
from mgov.domain.roles import Right
from mgov.workflows import access
from mgov.workflows import remind as workflow

DATE = click.DateTime(["%Y-%m-%d"])


@click.group()
def remind() -> None:
    """Reminders before a document or bill falls due."""


@remind.command()
@click.option("--on", type=DATE, help="the day that stands for today")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def preview(context: CliContext, on: datetime | None, as_json: bool) -> None:
    """What `run` would queue; nothing is kept."""
    access.scope(context.database(), context.actor(), Right.REMIND_VIEW)
    workflow.preview(
        context.database(),
        _day(context, on),
        remind_settings(context.config),
        context.now(),
        _printer(context, as_json),
    )


@remind.command()
@click.option("--on", type=DATE, help="the day that stands for today")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def run(context: CliContext, on: datetime | None, as_json: bool) -> None:
    """Queue everything due on a day; again for the same day queues nothing."""
    db = context.database()
    outcome = workflow.run(db, _day(context, on), remind_settings(context.config), context.now(), context.actor())
    if as_json:
        workflow.show(db, outcome, _printer(context, True))
    else:
        click.echo(f"{outcome.reminders} pengingat/reminders, {outcome.messages} pesan/messages")
    if outcome.mails and context.config.smtp is None:
        error_line("tanpa [smtp]: surel menunggu di kotak keluar / no [smtp]: mails wait in the outbox")


@remind.command("list")
@click.argument("document", required=False)
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, document: str | None, limit: int | None, as_json: bool) -> None:
    """Every reminder and what became of it; of one document or bill when its number is given."""
    access.scope(context.database(), context.actor(), Right.REMIND_VIEW)
    workflow.listing(context.database(), _printer(context, as_json), document=document, limit=limit)


def _day(context: CliContext, on: datetime | None) -> date:
    return on.date() if on else context.now().astimezone(context.config.zone).date()


def _printer(context: CliContext, as_json: bool) -> Any:  # noqa: ANN401 - a callable
    def emit(rows: Iterator[dict[str, Any]]) -> None:
        context.print_rows(rows, as_json)

    return emit
