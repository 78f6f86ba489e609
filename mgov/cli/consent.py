"""`mgov consent`: who said what about being reminded, and the tasks that this opened for agencies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import click

from mgov.cli.context import CliContext, NotDone
from mgov.domain.roles import Right
from mgov.workflows import consents as workflow
from mgov.workflows import csv_import
from mgov.workflows.consents import ConsentError

ADDRESS = click.argument("address")


@click.group()
def consent() -> None:
    """Reminders on and off, with the proof; wrong numbers and extensions that citizens told."""


@consent.command("tasks")
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def tasks(context: CliContext, every: bool, as_json: bool) -> None:
    """What citizens said that an agency has to look at: not my number (not_me), extended already (extended)."""
    agency = context.agency_seen(Right.DOCUMENT_VIEW)
    rows = workflow.tasks(context.database(), every=every, agency_code=agency)
    context.print_rows(rows, as_json)


@consent.command("close")
@click.argument("task_id", type=int)
@click.option("--is-holders", "outcome", flag_value=workflow.IS_HOLDERS, help="The number is the holder's after all.")
@click.option("--was-wrong", "outcome", flag_value=workflow.WAS_WRONG, help="Wrong, and corrected in the next file.")
@click.option("--seen", "outcome", flag_value=workflow.SEEN, help="An extension that was told: looked at.")
@click.option("--note")
@click.pass_obj
def close(context: CliContext, task_id: int, outcome: str | None, note: str | None) -> None:
    """Close a task; the holder is reminded again, at a wrong number never."""
    if outcome is None:
        raise click.UsageError("say --is-holders, --was-wrong or --seen")
    database, actor, now = context.database(), context.actor(), context.now()
    _do(lambda: workflow.close_task(database, task_id, outcome, actor, now, today=_today(context), note=note))
    click.echo(f"{task_id}: {outcome}")


@consent.command("list")
@click.argument("address", required=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, address: str | None, as_json: bool) -> None:
    """The proofs: what was said, what was answered, when."""
    context.agency_seen(Right.DOCUMENT_VIEW)
    context.print_rows(workflow.proofs(context.database(), _address(address) if address else None), as_json)


@consent.command("on")
@ADDRESS
@click.option("--why", required=True, help="How the person asked: a letter, at the counter.")
@click.pass_obj
def on(context: CliContext, address: str, why: str) -> None:
    """Reminders on, as the holder asked staff."""
    _set(context, address, why, on=True)


@consent.command("off")
@ADDRESS
@click.option("--why", required=True, help="How the person asked: a letter, at the counter.")
@click.pass_obj
def off(context: CliContext, address: str, why: str) -> None:
    """Reminders off at once, as the holder asked staff."""
    _set(context, address, why, on=False)


@consent.command("clear-bounce")
@ADDRESS
@click.pass_obj
def clear_bounce(context: CliContext, address: str) -> None:
    """An address that was returned as undeliverable takes mail again."""
    database, actor, now = context.database(), context.actor(), context.now()
    _do(lambda: workflow.clear_bounce(database, _address(address), actor, now, today=_today(context)))
    click.echo(f"{address}: cleared")


def _set(context: CliContext, address: str, why: str, *, on: bool) -> None:
    database, actor, now, where = context.database(), context.actor(), context.now(), _address(address)
    _do(lambda: workflow.set_reminders(database, where, on=on, why=why, actor=actor, now=now, today=_today(context)))
    click.echo(f"{where}: {'on' if on else 'off'}")


def _address(value: str) -> str:
    """A phone number in E.164, or a mail address in lower case."""
    if "@" in value:
        return value.strip().lower()
    try:
        return csv_import.phone(value)
    except csv_import.CellError as error:
        raise click.BadParameter(str(error)) from error


def _today(context: CliContext) -> date:
    return context.now().astimezone(context.config.zone).date()


def _do(work: Callable[[], None]) -> None:
    try:
        work()
    except ConsentError as error:
        raise NotDone(str(error)) from error
