"""`mgov audit`: what staff did, chained so that a change shows."""

from __future__ import annotations

import csv
import json
import sys

import click

from mgov.audit_files import AuditFileError
from mgov.bootstrap import audit_files
from mgov.cli.context import CliContext, NotDone
from mgov.domain.sheet_cells import safe_cell
from mgov.workflows import audit as workflow

FORMATS = ("jsonl", "csv")


@click.group()
def audit() -> None:
    """The audit of what staff and the machine did."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, limit: int | None, as_json: bool) -> None:
    """All rows, oldest first."""
    context.print_rows(workflow.rows(context.database(), context.actor(), limit), as_json)


@audit.command()
@click.pass_obj
def verify(context: CliContext) -> None:
    """Recompute the chain; exits 1 when a row was changed, inserted or deleted, or the tail was cut."""
    try:
        files = audit_files(context.config)
        keys, anchors = files.keys(), files.anchors()
    except AuditFileError as error:
        raise NotDone(f"audit: {error}") from error
    verdict = workflow.verify(context.database(), context.actor(), keys, anchors)
    if verdict.fault is not None:
        raise NotDone(f"audit: {verdict.fault}")
    click.echo(f"audit: {verdict.rows} rows, whole; newest {verdict.newest_hash}")


@audit.command()
@click.option("--format", "format_", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.pass_obj
def export(context: CliContext, format_: str) -> None:
    """Write the whole chain with its hashes to stdout, for an archive that others keep."""
    rows = workflow.rows(context.database(), context.actor())
    if format_ == "jsonl":
        context.print_rows(rows, as_json=True)
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(workflow.COLUMNS)
    writer.writerows([safe_cell(context.plain(row[name])) for name in workflow.COLUMNS] for row in rows)


@audit.command()
@click.option("--reason", required=True, help="Why the database is older than the anchor, such as a restore.")
@click.pass_obj
def accept(context: CliContext, reason: str) -> None:
    """Begin the anchor again from the newest row: for an administrator, after a restore."""
    try:
        files = audit_files(context.config)
        before = {place: anchor.number for place, anchor in files.anchors().items()}
    except AuditFileError as error:
        before, files = {str(error): 0}, audit_files(context.config)
    head = workflow.accept(context.database(), context.actor(), json.dumps(before), reason, context.now())
    files.reset_anchor(head)
    click.echo(f"audit: the anchor begins again at row {head.number}")
