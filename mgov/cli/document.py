"""`mgov document`: permits and reports with a due date."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection

from mgov.bootstrap import remind_settings, shipped_table
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.store import documents
from mgov.workflows import documents as workflow
from mgov.workflows.document_kinds import DocumentKinds
from mgov.workflows.documents import DocumentError
from mgov.workflows.forecast import Days, forecast

FIELDS = (
    "number",
    "kind",
    "agency",
    "holder_id",
    "holder_name",
    "phone",
    "email",
    "issued_on",
    "due_on",
    "status",
    "replaced_by",
)


@click.group()
def document() -> None:
    """Permits and reports with a due date."""


@document.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="all rows or none")
@click.option("--dry-run", is_flag=True, help="keep nothing; print texts per day, modem hours and cost")
@click.option("--per-minute", type=click.FloatRange(min=0.1), default=10.0, help="parts all modems send a minute")
@click.option("--parts", type=click.FloatRange(min=1), default=2.0, help="parts of a text")
@click.option("--price", type=click.IntRange(min=0), default=350, help="rupiah a part")
@click.pass_obj
def import_(
    context: CliContext, file: Path, strict: bool, dry_run: bool, per_minute: float, parts: float, price: int
) -> None:
    """Import a CSV file; the same row again updates."""
    expected: Days = {}

    def look_ahead(tx: Connection) -> None:
        today = context.now().astimezone(context.config.zone).date()
        expected.update(forecast(tx, remind_settings(context.config), today))

    kinds = DocumentKinds.read(shipped_table("documents.toml"))
    try:
        outcome = workflow.import_documents(
            context.database(),
            file.read_bytes(),
            context.actor(),
            context.now(),
            strict=strict,
            duties=kinds.duties,
            dry_run=look_ahead if dry_run else None,
        )
    except DocumentError as error:
        raise NotDone(f"{file.name}: {error.code}: {error}") from error
    for remark in outcome.remarks:
        error_line(f"{file.name}: {remark}")
    for problem in outcome.errors:
        error_line(f"{file.name}: {problem}")
    click.echo(f"{outcome.added} baru/new, {outcome.changed} berubah/changed, {outcome.unchanged} sama/unchanged")
    if dry_run:
        _print_forecast(expected, per_minute, parts, price)
    if outcome.errors:
        raise NotDone(f"{file.name}: {len(outcome.errors)} baris ditolak / rows refused")


def _print_forecast(expected: Days, per_minute: float, parts: float, price: int) -> None:
    for day, counts in expected.items():
        click.echo(f"{day.isoformat()}: {counts['sms']} SMS, {counts['email']} surel/mails")
    texts = sum(counts["sms"] for counts in expected.values())
    hours, cost = texts * parts / per_minute / 60, round(texts * parts * price)
    click.echo(
        f"{texts} SMS x {parts:g} bagian/parts: {hours:.1f} jam modem/modem hours, Rp {cost} (tidak disimpan/not kept)"
    )


@document.command("list")
@click.option("--kind")
@click.option("--status", type=click.Choice(("active", "in_renewal", "closed", "revoked")))
@click.option("--agency", "agency_code")
@click.option("--limit", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(
    context: CliContext,
    kind: str | None,
    status: str | None,
    agency_code: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Documents, oldest first."""

    def show(tx: Connection) -> None:
        rows = documents.listing(tx, kind=kind, status=status, agency_code=agency_code, limit=limit)
        context.print_rows(({name: row[name] for name in FIELDS} for row in rows), as_json)

    context.database().read(show)


@document.command()
@click.argument("number")
@click.option("--replaced-by", help="the number of the document that takes its place")
@click.pass_obj
def close(context: CliContext, number: str, replaced_by: str | None) -> None:
    """Close a document: extended or reported. A recurring duty opens its next period."""
    kinds = DocumentKinds.read(shipped_table("documents.toml"))
    try:
        opened = workflow.close_document(
            context.database(), number, context.actor(), context.now(), replaced_by=replaced_by, duties=kinds.duties
        )
    except DocumentError as error:
        raise NotDone(f"{error.code}: {error}") from error
    click.echo(f"{number}: closed" + (f"; {opened} dibuka/opened" if opened else ""))
