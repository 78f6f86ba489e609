"""`mgov report`: the executive figures, the same that LAPORAN texts back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import click

from mgov.bootstrap import figures_settings
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.domain.roles import Right
from mgov.domain.sheet_cells import safe_cell
from mgov.workflows import figures_closing, figures_page
from mgov.workflows.figures import Figures, broken_down, figures_for
from mgov.workflows.figures_closing import FiguresError

BY = ("agency", "sector", "month")


class _TopicGroup(click.Group):
    """`mgov report TOPIC`, beside the few commands of its own: a word that is no command is a topic."""

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:  # noqa: ANN401 - click's own signature
        """A command of that name, else the figures of that topic."""
        if args and args[0] not in self.commands:
            return "show", self.commands["show"], args
        return super().resolve_command(context, args)


@click.group(cls=_TopicGroup, no_args_is_help=True, subcommand_metavar="TOPIC [OPTIONS] | topics | close | target")
def report() -> None:
    """Bills, money in, money outstanding and permits of a TOPIC (or an agency's code)."""


@report.command("show", hidden=True)
@click.argument("topic")
@click.option("--period", help="2026, 2026-10, OKTOBER 2026 or TW3 2026; this year unless said.")
@click.option("--by", type=click.Choice(BY), help="A line for each instead of one for all.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write CSV.")
@click.option("--xlsx", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write a workbook.")
@click.option(
    "--html", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with charts."
)
@click.option("--mail", is_flag=True, help="Send the page to the address of your account.")
@click.pass_obj
def show(
    context: CliContext,
    topic: str,
    period: str | None,
    by: str | None,
    as_json: bool,
    csv_file: Path | None,
    xlsx: Path | None,
    html: Path | None,
    mail: bool,
) -> None:
    """The figures of a TOPIC; run `mgov report topics` for the topics."""
    settings, today = figures_settings(context.config), context.now().astimezone(context.config.zone).date()
    agency_id = context.agency_id_seen(Right.FIGURES_VIEW)
    language, db = context.config.language, context.database()
    whole = db.read(lambda tx: figures_for(tx, settings, topic, period, today, agency_id=agency_id, language=language))
    if whole is None:
        names = ", ".join(settings.topics.names)
        raise NotDone(f"{topic}: unknown topic or period; topics are {names} and agencies' codes")
    rows = [whole]
    if by is not None:
        rows = db.read(
            lambda tx: list(broken_down(tx, settings, topic, period, today, by, agency_id=agency_id, language=language))
        )
    try:
        _write(csv_file, xlsx, rows)
    except OSError as error:
        raise NotDone(f"{error.filename}: {error.strerror}") from error
    if html is not None or mail:
        page = db.read(lambda tx: figures_page.page(tx, settings, whole, today, agency_id=agency_id, language=language))
        if html is not None:
            html.write_text(page, encoding="utf-8")
        if mail and not figures_page.send(db, context.actor(), whole, page, context.now()):
            raise NotDone("report: your account has no address: `mgov staff` can give it one")
    if by is None and not as_json:
        click.echo(figures_page.plain(whole))
        return
    context.print_rows([row.as_values() for row in rows], as_json)


@report.command()
@click.pass_obj
def topics(context: CliContext) -> None:
    """The topics and what they count."""
    for topic in figures_settings(context.config).topics.by_name.values():
        counts = [*topic.prefixes, *topic.sectors, *topic.agencies] or ["*"]
        click.echo(f"{topic.name:<16} {topic.title[context.config.language]:<44} {' '.join(counts)}")


@report.command()
@click.argument("month")
@click.pass_obj
def close(context: CliContext, month: str) -> None:
    """Close a MONTH such as 2026-10: later entries are shown as its correction. The scheduler does it by itself."""
    settings, now = figures_settings(context.config), context.now()
    today = now.astimezone(context.config.zone).date()
    try:
        figures_closing.close_month(context.database(), settings, month, today, now, context.actor())
    except FiguresError as error:
        raise NotDone(f"report: {error}") from error
    click.echo(f"{month}: closed")


@report.group()
def target() -> None:
    """What a topic is to bring in a year."""


@target.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def import_(context: CliContext, file: Path) -> None:
    """Targets from CSV `topic,agency,year,amount` (agency empty: the province)."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotDone(f"{file}: {error.strerror}") from error
    try:
        outcome = figures_closing.import_targets(
            context.database(), figures_settings(context.config), content, context.now(), context.actor()
        )
    except UnicodeDecodeError as error:
        raise NotDone(f"{file}: not UTF-8") from error
    for line, column, why in outcome.faults:
        error_line(f"{file.name}:{line}: {column}: {why}")
    click.echo(f"{outcome.accepted} targets")
    if outcome.faults:
        raise NotDone(f"{len(outcome.faults)} rows were not taken")


@target.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """All targets."""
    context.agency_seen(Right.FIGURES_VIEW)
    rows = figures_closing.target_rows(context.database())
    context.print_rows(rows, as_json)


def _write(csv_file: Path | None, xlsx: Path | None, rows: list[Figures]) -> None:
    table = [{name: safe_cell(value) for name, value in row.as_values().items()} for row in rows]
    if csv_file is not None:
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0].as_values()) if rows else [])
        writer.writeheader()
        writer.writerows(table)
        csv_file.write_text(out.getvalue(), encoding="utf-8")
    if xlsx is not None:
        figures_page.workbook(xlsx, table)
