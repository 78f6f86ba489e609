"""`mgov payment`: confirmations, what became of them, and the desk that decides the doubtful ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from mgov.bootstrap import calendar
from mgov.bootstrap import payment_policy as payment_policy
from mgov.cli import payment_desk
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.cli.terminal import safe_line
from mgov.domain.roles import Right
from mgov.replies import rupiah
from mgov.workflows import access, desk_deputies, desk_sheet, payment_summary, payments_view
from mgov.workflows.desk_age import Ages
from mgov.workflows.explain_money import cause_in
from mgov.workflows.explain_story import Teller
from mgov.workflows.payments_matching import match_all

STATUSES = ("awaiting_funds", "settled", "review", "rejected", "expired")


@click.group()
def payment() -> None:
    """Confirmations of payment and the desk."""


for _command in payment_desk.COMMANDS:
    payment.add_command(_command)


@payment.command("list")
@click.option("--status", type=click.Choice(STATUSES), multiple=True, help="only these; may be repeated")
@click.option("--limit", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, status: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """Confirmations, oldest first."""
    rows = payments_view.listing(context.database(), context.actor(), status, limit, now=context.now())
    context.print_rows(rows if as_json else map(_readable, rows), as_json)


@payment.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--export", "export", type=click.Path(dir_okay=False, path_type=Path), help="write it as an XLSX sheet")
@click.option(
    "--import",
    "filled_in",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="do what a filled-in sheet says (columns decision, entry, reason)",
)
@click.pass_obj
def review(context: CliContext, as_json: bool, export: Path | None, filled_in: Path | None) -> None:
    """What waits for a person, with the reasons, the candidates and its age in working days."""
    if filled_in is not None:
        _take_sheet(context, filled_in)
        return
    rows = payments_view.reviewed(context.database(), context.actor(), _ages(context))
    if export is not None:
        with export.open("wb") as stream:
            count = desk_sheet.write(rows, stream, _ages(context))
        click.echo(f"{export}: {count} rows")
        return
    context.print_rows(rows if as_json else map(_readable, rows), as_json)
    others = payments_view.other_cases(context.database(), context.actor(), _ages(context))
    if others:
        error_line(f"{len(others)} kasus lain / other cases: mgov payment cases")


@payment.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def cases(context: CliContext, as_json: bool) -> None:
    """What waits for a person and is no confirmation: bills raised after they were paid, money proposed for bills."""
    rows = payments_view.other_cases(context.database(), context.actor(), _ages(context))
    context.print_rows(rows if as_json else map(_readable, rows), as_json)


@payment.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def refunds(context: CliContext, as_json: bool) -> None:
    """The refund list: what bills hold too much, and credits that were put there."""
    rows = payments_view.refunds_due(context.database(), context.actor(), context.now())
    context.print_rows(rows, as_json)


@payment.command()
@click.argument("payment_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="one object, with its history")
@click.pass_obj
def show(context: CliContext, payment_id: int, as_json: bool) -> None:
    """One confirmation with what waits to be decided on it, and its history."""

    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(context.config.zone):%d/%m/%Y %H:%M:%S}"

    ages, lang = _ages(context), context.config.language
    teller = Teller(lang, ages.now, clock)
    row = payments_view.one(context.database(), context.actor(), payment_id, ages, teller)
    if row is None:
        raise NotDone(f"konfirmasi {payment_id} tidak ada / no such confirmation")
    steps = row.pop("history")
    if as_json:
        told = [{key: context.plain(value) for key, value in step.items()} for step in steps]
        context.print_rows([row | {"history": told}], True)
        return
    coded = {name: _in_words(row[name], lang) for name in ("status", "reason", "rule") if row[name]}
    for name, value in (_readable(row) | coded).items():
        if value not in (None, "", False):
            click.echo(f"{name + ':':13} {clock(value) if isinstance(value, datetime) else context.shown(value)}")
    for step in steps:
        click.echo(safe_line(f"{clock(step['at'])}  {step['sentence']}  ({step['actor']})"))


@payment.command("match")
@click.pass_obj
def match_(context: CliContext) -> None:
    """Match everything open now; it also runs by itself whenever something arrives."""
    access.account(context.database(), context.actor(), Right.PAYMENT_DECIDE)
    summary = match_all(context.database(), context.now(), payment_policy(context.config))
    click.echo(f"{summary.settled} settled, {summary.review} in review, {summary.waiting} waiting")


@payment.command()
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="the booking day; today when not said")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def summary(context: CliContext, on: datetime | None, as_json: bool) -> None:
    """The money that came in on a day, by account and together: matched, unclaimed, doubtful, and what waits."""
    day = on.date() if on else context.now().astimezone(context.config.zone).date()
    found = payment_summary.summaries(context.database(), context.actor(), day, _ages(context))
    context.print_rows((one.row() for one in found), as_json)


@payment.command()
@click.argument("absent", metavar="LOGIN")
@click.option("--by", "deputy", metavar="LOGIN", help="who stands in; without, nobody any more")
@click.option("--days", type=click.IntRange(min=1), help="for so many days; without, until it is taken back")
@click.pass_obj
def deputy(context: CliContext, absent: str, deputy: str | None, days: int | None) -> None:
    """Let somebody decide payments in place of LOGIN."""
    now = context.now()
    until = now + timedelta(days=days) if days and deputy else None
    try:
        desk_deputies.appoint(context.database(), absent, deputy, until, actor=context.actor(), now=now)
    except ValueError as error:
        raise NotDone(str(error)) from error
    click.echo(f"{absent}: {deputy or '-'}")


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for a terminal: money of the bank as it is named in `--entry`, nothing in the form of a program."""
    told = dict(row)
    if row.get("bank_entry"):
        entry = row["bank_entry"]
        told["bank_entry"] = f"{entry['reference']} {rupiah(entry['amount'])}"
    if "candidates" in row:
        told["candidates"] = ", ".join(_candidate(one) for one in row["candidates"])
    return told


def _in_words(code: str, lang: str) -> str:
    said = cause_in(code, lang)
    return code if said == code else f"{code} ({said})"


def _candidate(one: Mapping[str, Any]) -> str:
    said = (f"#{one['entry']}", one.get("reference"), rupiah(one["amount"]) if one.get("amount") else None)
    return " ".join(part for part in said if part)


def _take_sheet(context: CliContext, file: Path) -> None:
    """Do what the sheet says; a row that cannot be done is said, and the others are done."""
    who = payment_desk.sitting(context)
    try:
        with file.open("rb") as stream:
            decided = desk_sheet.take(context.database(), stream, limit=payment_desk.limit_of(context), **who)
    except desk_sheet.SheetError as error:
        raise NotDone(f"{file.name}: {error}") from error
    for row in decided:
        if row.outcome:
            click.echo(f"{file.name}: baris / row {row.line}: {row.payment} {row.outcome}")
    problems = [f"{file.name}: baris / row {row.line}: {row.payment}: {row.problem}" for row in decided if row.problem]
    if problems:
        raise NotDone("\n".join(problems))


def _ages(context: CliContext) -> Ages:
    return Ages(calendar(), context.config.zone, context.now())
