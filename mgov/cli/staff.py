"""`mgov staff`: accounts, roles, PINs."""

from __future__ import annotations

from typing import Any

import click

from mgov.cli.audit import note
from mgov.cli.context import CliContext, NotDone
from mgov.store import staff as accounts
from mgov.store.schema.staff import ROLES
from mgov.workflows import csv_import
from mgov.workflows import staff as workflow
from mgov.workflows.staff import StaffError


def _phone(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A phone number in E.164."""
    try:
        return csv_import.phone(value) if value else None
    except csv_import.CellError as error:
        raise click.BadParameter(str(error)) from error


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("login")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Repeat for several.")
@click.option("--name", "full_name")
@click.option("--agency", help="The agency's code; none: the whole province.")
@click.option("--phone", callback=_phone)
@click.option("--email")
@click.option("--unix-user")
@click.option("--pin", help="4 to 8 digits for LAPORAN; better asked for with --ask-pin.")
@click.option("--ask-pin", is_flag=True, help="Ask for the PIN on the terminal, or read it from stdin.")
@click.pass_obj
def add(
    context: CliContext,
    /,
    login: str,
    roles: tuple[str, ...],
    full_name: str | None,
    agency: str | None,
    phone: str | None,
    email: str | None,
    unix_user: str | None,
    pin: str | None,
    ask_pin: bool,
) -> None:
    """Make an account."""
    chosen = click.prompt("PIN", hide_input=True) if ask_pin else pin
    _do(
        context,
        lambda: workflow.add(
            context.database(),
            login,
            roles,
            full_name=full_name,
            agency=agency,
            phone=phone,
            email=email,
            unix_user=unix_user,
            pin=chosen,
            **_who(context),
        ),
    )
    note(context, "staff.add", "staff", login, {"roles": list(roles), "agency": agency})
    click.echo(f"{login}: added")


@staff.command("set-pin")
@click.argument("login")
@click.option("--pin", help="4 to 8 digits; asked for when left out.")
@click.pass_obj
def set_pin(context: CliContext, login: str, pin: str | None) -> None:
    """Give an account a new PIN; this also ends a lock-out."""
    chosen = pin or click.prompt("PIN", hide_input=True)
    _do(context, lambda: workflow.set_pin(context.database(), login, chosen, **_who(context)))
    note(context, "staff.set-pin", "staff", login)
    click.echo(f"{login}: PIN set")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """All accounts."""
    rows = context.database().read(accounts.listing)
    shown = rows if as_json else [row | {"roles": ",".join(row["roles"])} for row in rows]
    context.print_rows(shown, as_json)


@staff.command("disable")
@click.argument("login")
@click.pass_obj
def disable(context: CliContext, login: str) -> None:
    """Close an account; what it did stays."""
    _do(context, lambda: workflow.disable(context.database(), login, **_who(context)))
    note(context, "staff.disable", "staff", login)
    click.echo(f"{login}: disabled")


@staff.command("enable")
@click.argument("login")
@click.pass_obj
def enable(context: CliContext, login: str) -> None:
    """Open an account again."""
    _do(context, lambda: workflow.enable(context.database(), login, **_who(context)))
    note(context, "staff.enable", "staff", login)
    click.echo(f"{login}: enabled")


@staff.command("unlock")
@click.argument("login")
@click.pass_obj
def unlock(context: CliContext, login: str) -> None:
    """End the lock-out after wrong PINs."""
    _do(context, lambda: workflow.unlock(context.database(), login, **_who(context)))
    note(context, "staff.unlock", "staff", login)
    click.echo(f"{login}: unlocked")


@staff.command("confirm-phone")
@click.argument("id_number")
@click.argument("phone_number", callback=_phone)
@click.pass_obj
def confirm_phone(context: CliContext, id_number: str, phone_number: str) -> None:
    """Verify that a phone, which registered by DAFTAR, belongs to a NIK or NIB."""
    _do(context, lambda: workflow.confirm_phone(context.database(), id_number, phone_number, **_who(context)))
    note(context, "contact.verify", "phone", phone_number)
    click.echo(f"{phone_number}: verified")


def _who(context: CliContext) -> dict[str, Any]:
    return {"now": context.now(), "actor": context.actor()}


def _do(context: CliContext, work: Any) -> None:  # noqa: ANN401 - a callable without arguments
    _require_administrator(context)
    try:
        work()
    except StaffError as error:
        raise NotDone(str(error)) from error


def _require_administrator(context: CliContext) -> None:
    """Only an administrator changes accounts; a database without any is being founded."""
    login = context.actor().name
    rows = context.database().read(accounts.listing)
    founded = [row for row in rows if "administrator" in row["roles"] and row["disabled_at"] is None]
    if founded and not any(login in (row["login"], row["unix_user"]) for row in founded):
        raise NotDone(f"{login}: only an administrator may do this")
