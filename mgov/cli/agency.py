"""`mgov agency`: who issues bills and permits, and where each is told of new applications."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone
from mgov.domain.roles import Right
from mgov.workflows import agencies, csv_import
from mgov.workflows.agencies import AgencyError

FIELDS = ("code", "name", "contact_phone", "contact_email", "unique_amounts", "created_at")


def _phone(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A phone number in E.164; an empty one clears it."""
    try:
        return csv_import.phone(value) if value else value
    except csv_import.CellError as error:
        raise click.BadParameter(str(error)) from error


@click.group()
def agency() -> None:
    """Agencies and their contacts."""


@agency.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """All agencies by code; who belongs to one sees that one."""
    own = context.agency_seen(Right.AGENCY_VIEW)
    rows = [row for row in agencies.listing(context.database()) if own in (None, row["code"])]
    context.print_rows(({name: row[name] for name in FIELDS} for row in rows), as_json)


@agency.command("set")
@click.argument("code")
@click.option("--name", help="Its full name.")
@click.option("--phone", "contact_phone", callback=_phone, help='Told of new applications by SMS; "" clears it.')
@click.option("--email", "contact_email", help="Told by e-mail when there is no phone.")
@click.option(
    "--unique-amounts/--no-unique-amounts",
    default=None,
    help="Add 1 to 999 rupiah to its bills so that the amount alone tells them apart; the surplus must be booked.",
)
@click.pass_obj
def set_(
    context: CliContext,
    /,
    code: str,
    name: str | None,
    contact_phone: str | None,
    contact_email: str | None,
    unique_amounts: bool | None,
) -> None:
    """Change the agency CODE, or make it."""
    options = {"name": name or None, "contact_phone": contact_phone, "contact_email": contact_email}
    said = {key: value for key, value in {**options, "unique_amounts": unique_amounts}.items() if value is not None}
    try:
        agencies.set_agency(context.database(), code, said, actor=context.actor(), now=context.now())
    except AgencyError as error:
        raise NotDone(str(error)) from error
    click.echo(f"{code}: set")
