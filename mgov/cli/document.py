"""`mgov document`: permits and reports with a due date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import Connection

from mgov.bootstrap import outreach, remind_settings
from mgov.cli.context import CliContext, NotDone
from mgov.cli.importing import FILE, STRICT, run_import
from mgov.domain.roles import Right
from mgov.store import documents
from mgov.workflows import access
from mgov.workflows import documents as workflow
from mgov.workflows.csv_import import ImportResult
from mgov.workflows.documents import DocumentError
from mgov.workflows.forecast import Forecast, forecast

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
    "holder_said",
    "suspended_at",
)


@click.group()
def document() -> None:
    """Permits and reports with a due date."""


@document.command("import")
@FILE
@STRICT
@click.option("--dry-run", is_flag=True, help="Keep nothing; print texts per day, modem hours and cost.")
@click.option("--per-minute", type=click.FloatRange(min=0.1), help="Parts that all modems send a minute.")
@click.option("--price", type=click.IntRange(min=0), help="Rupiah a part.")
@click.pass_obj
def import_(
    context: CliContext, file: Path, strict: bool, dry_run: bool, per_minute: float | None, price: int | None
) -> None:
    """Import a CSV file; the same row again updates."""
    found: list[Forecast] = []
    settings = remind_settings(context.config)

    def look_ahead(tx: Connection) -> None:
        now = context.now()
        found.append(forecast(tx, settings, now.astimezone(context.config.zone).date(), now))

    def work(data: bytes, tick: Callable[[int], None]) -> ImportResult:
        return workflow.import_documents(
            context.database(),
            data,
            context.actor(),
            context.now(),
            strict=strict,
            duties=settings.wording.kinds.duties,
            dry_run=look_ahead if dry_run else None,
            tick=tick,
        )

    speed = per_minute or outreach(context.config).capacity()
    cost = context.config.reminders.price if price is None else price
    try:
        run_import(file, strict, work)
    finally:
        for expected in found[-1:]:
            _print_forecast(expected, speed, cost)


def _print_forecast(expected: Forecast, per_minute: float, price: int) -> None:
    for day, counts in expected.days.items():
        click.echo(f"{day.isoformat()}: {counts['sms']} SMS, {counts['email']} surel/mails")
    texts = sum(counts["sms"] for counts in expected.days.values())
    parts = round(expected.parts)
    click.echo(
        f"{texts} SMS, {parts} bagian/parts: {parts / per_minute / 60:.1f} jam modem/modem hours"
        f" ({per_minute:g}/min), Rp {parts * price} (Rp {price}/bagian) - tidak disimpan/not kept"
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

    seen = access.scope(context.database(), context.actor(), Right.DOCUMENT_VIEW, agency_code)

    def show(tx: Connection) -> None:
        rows = documents.listing(tx, kind=kind, status=status, agency_code=seen, limit=limit)
        context.print_rows(({name: row[name] for name in FIELDS} for row in rows), as_json)

    context.database().read(show)


@document.command()
@click.argument("number")
@click.option("--replaced-by", help="the number of the document that takes its place")
@click.pass_obj
def close(context: CliContext, number: str, replaced_by: str | None) -> None:
    """Close a document: extended or reported. A recurring duty opens its next period."""
    kinds = remind_settings(context.config).wording.kinds
    try:
        opened = workflow.close_document(
            context.database(), number, context.actor(), context.now(), replaced_by=replaced_by, duties=kinds.duties
        )
    except DocumentError as error:
        raise NotDone(f"{error.code}: {error}") from error
    click.echo(f"{number}: closed" + (f"; {opened} dibuka/opened" if opened else ""))
