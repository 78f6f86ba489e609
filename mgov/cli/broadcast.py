"""`mgov broadcast`: texts to groups, approved by a second person; alerts from approved templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from mgov.bootstrap import outreach
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.domain.roles import Right
from mgov.workflows import alerts_out, broadcast_templates
from mgov.workflows import broadcasts as workflow
from mgov.workflows.broadcast_templates import BroadcastError
from mgov.workflows.broadcasts import Proposal
from mgov.workflows.warning_text import WarningTextError, signature_of

T = TypeVar("T")
NUMBER = click.argument("number", type=int)
VALUES = click.option("--set", "values", multiple=True, metavar="BLANK=VALUE", help="Fills a blank of the template.")
JSON = click.option("--json", "as_json", is_flag=True)


@click.group()
def broadcast() -> None:
    """Texts to groups; alerts."""


@broadcast.command("new")
@click.option("--group", help="Who is told; not needed where the template names it.")
@click.option("--text")
@click.option("--template")
@click.option("--subject", default="", help="For those who are told by mail.")
@VALUES
@JSON
@click.pass_obj
def new(
    context: CliContext,
    group: str | None,
    text: str | None,
    template: str | None,
    subject: str,
    values: tuple[str, ...],
    as_json: bool,
) -> None:
    """Put a text before a second person; prints recipients, parts, minutes and cost."""
    database, actor, now, settings = context.database(), context.actor(), context.now(), _settings(context)
    if template is not None and text is None:
        filled = _pairs(values)
        made = _do(lambda: workflow.propose_from(database, template, filled, actor, now, settings, group=group))
    elif text is not None and group is not None and template is None:
        made = _do(lambda: workflow.propose(database, group, text, actor, now, settings, subject))
    else:
        raise click.UsageError("say --group and --text, or --template")
    _print(context, made, as_json)


@broadcast.command("show")
@NUMBER
@JSON
@click.pass_obj
def show(context: CliContext, number: int, as_json: bool) -> None:
    """A broadcast: text, recipients, parts, minutes and cost."""
    context.agency_seen(Right.BROADCAST_DRAFT)
    _print(context, _do(lambda: workflow.show(context.database(), number, _settings(context))), as_json)


@broadcast.command("approve")
@NUMBER
@click.pass_obj
def approve(context: CliContext, number: int) -> None:
    """Release a text that another person wrote."""
    database, actor, now = context.database(), context.actor(), context.now()
    context.agency_seen(Right.BROADCAST_APPROVE)
    _print(context, _do(lambda: workflow.show(database, number, _settings(context))), as_json=False)
    released = _do(lambda: workflow.approve(database, number, actor, now, _settings(context)))
    click.echo(f"{number}: {released.recipients} messages queued")


@broadcast.command("reject")
@NUMBER
@click.option("--reason", required=True)
@click.pass_obj
def reject(context: CliContext, number: int, reason: str) -> None:
    """Refuse a text."""
    _do(lambda: workflow.reject(context.database(), number, reason, context.actor(), context.now()))
    click.echo(f"{number}: rejected")


@broadcast.command("stop")
@NUMBER
@click.option("--reason", default="")
@click.pass_obj
def stop(context: CliContext, number: int, reason: str) -> None:
    """Stop a broadcast or alert: what has not left yet is cancelled."""
    count = _do(lambda: workflow.stop(context.database(), number, context.actor(), context.now(), reason))
    click.echo(f"{number}: stopped, {count} messages cancelled")


@broadcast.command("list")
@click.option("--limit", type=click.IntRange(min=1))
@JSON
@click.pass_obj
def list_(context: CliContext, limit: int | None, as_json: bool) -> None:
    """Broadcasts and alerts, oldest first."""
    context.agency_seen(Right.BROADCAST_DRAFT)
    context.print_rows(workflow.listing(context.database(), limit), as_json)


@broadcast.command("report")
@NUMBER
@JSON
@click.option("--missed", is_flag=True, help="Only those who were not reached.")
@click.pass_obj
def report(context: CliContext, number: int, as_json: bool, missed: bool) -> None:
    """Who was reached: a line a tier, or with --json or --missed a line a recipient."""
    context.agency_seen(Right.REMIND_VIEW)
    rows = _do(lambda: workflow.report(context.database(), number))
    shown = [row for row in rows if not (missed and row["reached"])]
    context.print_rows(shown if as_json or missed else workflow.summary(rows), as_json)


@broadcast.command("alert")
@click.argument("template")
@click.option("--group", help="Instead of the template's own group.")
@VALUES
@click.pass_obj
def alert(context: CliContext, template: str, group: str | None, values: tuple[str, ...]) -> None:
    """Release an alert now, from an approved template."""
    database, actor, now, filled = context.database(), context.actor(), context.now(), _pairs(values)
    settings = _settings(context)
    released = _do(lambda: alerts_out.release_alert(database, template, filled, actor, now, settings, group=group))
    click.echo(f"{released.number}: {released.recipients} messages queued; mgov broadcast report {released.number}")


@broadcast.command("sign")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def sign(context: CliContext, file: Path) -> None:
    """The signature line that a warning needs to be taken by mail."""
    context.agency_seen(Right.ALERT_RELEASE)
    secret = context.config.warnings.read_secret()
    if secret is None:
        raise NotDone("[warnings]: no secret or secret_file")
    try:
        click.echo(f"signature: {signature_of(file.read_text(encoding='utf-8'), secret)}")
    except (WarningTextError, UnicodeDecodeError) as error:
        raise NotDone(f"{file.name}: {error}") from error


@broadcast.group("template")
def template_() -> None:
    """Texts approved beforehand."""


@template_.command("write")
@click.argument("name")
@click.option("--kind", type=click.Choice(("bulk", "alert")), required=True)
@click.option("--text", required=True, help="With blanks in braces: Gempa M{magnitude} di {place}.")
@click.option("--group", help="Who is told unless a release names others.")
@click.option("--subject", default="")
@click.pass_obj
def template_write(context: CliContext, name: str, kind: str, text: str, group: str | None, subject: str) -> None:
    """Write or change a template; it waits for a second person."""
    database, actor, now = context.database(), context.actor(), context.now()
    blanks = _do(
        lambda: broadcast_templates.put_template(database, name, kind, text, actor, now, group=group, subject=subject)
    )
    click.echo(f"{name}: waits for approval; blanks: {', '.join(sorted(blanks)) or '-'}")


@template_.command("approve")
@click.argument("name")
@click.pass_obj
def template_approve(context: CliContext, name: str) -> None:
    """Approve a template that another person wrote."""
    _do(lambda: broadcast_templates.approve_template(context.database(), name, context.actor(), context.now()))
    click.echo(f"{name}: approved")


@template_.command("list")
@JSON
@click.pass_obj
def template_list(context: CliContext, as_json: bool) -> None:
    """All templates."""
    context.agency_seen(Right.BROADCAST_DRAFT)
    context.print_rows(broadcast_templates.templates(context.database()), as_json)


def _settings(context: CliContext) -> workflow.BroadcastSettings:
    return outreach(context.config).broadcast_settings()


def _print(context: CliContext, made: Proposal, as_json: bool) -> None:
    meant = made.estimate
    row = {"id": made.number, "state": made.state, "group": made.group, "sms": meant.sms, "mails": meant.mails}
    row |= {"skipped": made.skipped, "parts_a_text": meant.parts_a_text, "parts": meant.parts}
    row |= {"minutes": round(meant.minutes, 1), "cost": meant.cost}
    if as_json:
        context.print_rows([{**row, "text": made.text}], True)
        return
    click.echo(made.text)
    context.print_rows([row], False)
    if made.skipped:
        error_line(f"{made.skipped} members want nothing unasked (BERHENTI, wrong number, bounced) and are left out")


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise click.BadParameter(f"{wrong[0]}: right would be BLANK=VALUE")
    return {name.strip(): value for name, _, value in pairs}


def _do(work: Callable[[], T]) -> T:
    try:
        return work()
    except BroadcastError as error:
        raise NotDone(f"{error.code}: {error}") from error
