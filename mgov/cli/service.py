"""`mgov service`: the catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from mgov.cli.context import CliContext
from mgov.cli.importing import FILE, STRICT, run_import
from mgov.store import services
from mgov.workflows.services import import_services

FIELDS = ("code", "name", "sector", "agency", "requirements", "fee", "legal_basis")


@click.group()
def service() -> None:
    """The service catalogue."""


@service.command("import")
@FILE
@STRICT
@click.pass_obj
def import_(context: CliContext, file: Path, strict: bool) -> None:
    """Import a CSV file of services; the same row again updates."""
    db, actor, now = context.database(), context.actor(), context.now()
    run_import(file, strict, lambda data, tick: import_services(db, data, actor, now, strict=strict, tick=tick))


@service.command("list")
@click.option("--sector", help="Only this sector.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, sector: str | None, as_json: bool) -> None:
    """The catalogue in its order of entry."""
    rows = context.database().read(services.listing)
    shown = (row for row in rows if sector is None or row["sector"] == sector)
    context.print_rows(({name: row[name] for name in FIELDS} for row in shown), as_json)
