"""`mgov application`: permits in progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.cli.context import CliContext, NotDone
from mgov.cli.importing import FILE, STRICT, run_import
from mgov.domain.roles import Right
from mgov.store import applications, history
from mgov.workflows import access
from mgov.workflows.applications import import_applications, set_status

FIELDS = (
    *("reference", "service_code", "agency", "applicant_name", "phone", "status", "status_note", "submitted_on"),
    *("details", "filed_by", "created_at", "updated_at", "attended_at"),
)


@click.group()
def application() -> None:
    """Applications and permits in progress."""


@application.command("import")
@FILE
@STRICT
@click.pass_obj
def import_(context: CliContext, file: Path, strict: bool) -> None:
    """Import a CSV file of applications; a changed status is told to the applicant."""
    db, actor, now = context.database(), context.actor(), context.now()
    replies, zone = context.replies(), context.config.zone
    run_import(
        file,
        strict,
        lambda data, tick: import_applications(
            db, data, actor, now, replies=replies, zone=zone, strict=strict, tick=tick
        ),
    )


@application.command("set-status")
@click.argument("reference")
@click.argument("status")
@click.option("--note", help="What the applicant should know or do.")
@click.pass_obj
def set_status_(context: CliContext, reference: str, status: str, note: str | None) -> None:
    """Give an application a new status and tell the applicant."""
    if not status.strip() or len(status) > 64:
        raise click.BadParameter("a status has 1 to 64 letters", param_hint="STATUS")
    changed = set_status(
        context.database(),
        reference,
        status,
        note,
        replies=context.replies(),
        now=context.now(),
        actor=context.actor(),
    )
    if changed is None:
        raise NotDone(f"{reference}: no such application")
    click.echo(f"{reference}: {status if changed else 'unchanged'}")


@application.command("list")
@click.option("--unattended", is_flag=True, help="Only those that no agency has touched, the oldest first.")
@click.option("--limit", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, unattended: bool, limit: int | None, as_json: bool) -> None:
    """Applications, oldest first, with their age in days."""
    seen = access.scope(context.database(), context.actor(), Right.APPLICATION_VIEW)
    rows = context.database().read(lambda tx: applications.listing(tx, unattended=unattended))
    own = [row for row in rows if seen in (None, row["agency"])]
    context.print_rows((_shown(context, row) for row in own[:limit]), as_json)


@application.command("show")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def show(context: CliContext, reference: str, as_json: bool) -> None:
    """One application with its history."""
    actor = context.actor()

    def find(tx: Connection) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        access.require(tx, actor, Right.APPLICATION_VIEW)
        row = applications.by_reference(tx, reference)
        if row is None:
            return None
        access.require(tx, actor, Right.APPLICATION_VIEW, [row["agency_id"]])
        return _shown(context, row), [dict(line) for line in history.of(tx, "application", row["id"])]

    found = context.database().read(find)
    if found is None:
        raise NotDone(f"{reference}: no such application")
    row, lines = found
    names = ("from_state", "to_state", "at", "actor", "cause", "detail")
    steps = [{name: line[name] for name in names} for line in lines]
    if as_json:
        moments = [{name: context.plain(value) for name, value in step.items()} for step in steps]
        context.print_rows([row | {"history": moments}], True)
        return
    context.print_rows([row], False)
    context.print_rows(steps, False)


def _shown(context: CliContext, row: RowMapping) -> dict[str, Any]:
    age = (context.now() - row["created_at"]).days
    return {("service" if name == "service_code" else name): row[name] for name in FIELDS} | {"age_days": age}
