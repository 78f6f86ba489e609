"""`mgov staff`: accounts, roles, PINs."""

from __future__ import annotations

from typing import Any

import click

from mgov.cli.context import CliContext, NotDone
from mgov.cli.login import ask_secret
from mgov.store.schema.staff import ROLES
from mgov.workflows import csv_import, sessions
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
@click.option("--ask-password", is_flag=True, help="Ask for a password for `mgov login`, or read it from stdin.")
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
    ask_password: bool,
) -> None:
    """Make an account."""
    chosen = ask_secret("PIN") if ask_pin else pin
    password = ask_secret("Password") if ask_password else None
    _do(
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
            password=password,
            **_who(context),
        ),
    )
    click.echo(f"{login}: added")


@staff.command("set-roles")
@click.argument("login")
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES))
@click.pass_obj
def set_roles(context: CliContext, login: str, roles: tuple[str, ...]) -> None:
    """Give an account exactly these ROLES."""
    _do(lambda: workflow.set_roles(context.database(), login, roles, **_who(context)))
    click.echo(f"{login}: {', '.join(roles)}")


@staff.command("set-password")
@click.argument("login")
@click.pass_obj
def set_password(context: CliContext, login: str) -> None:
    """Give an account a new password, asked for or read from stdin; its sessions end."""
    chosen = ask_secret("Password")
    _do(lambda: workflow.set_password(context.database(), login, chosen, **_who(context)))
    click.echo(f"{login}: password set")


@staff.command("map")
@click.argument("login")
@click.option("--unix-user", help="none: the account is no Unix user's any more")
@click.pass_obj
def map_(context: CliContext, login: str, unix_user: str | None) -> None:
    """Say which Unix user of this host an account is."""
    _do(lambda: workflow.map_unix_user(context.database(), login, unix_user, **_who(context)))
    click.echo(f"{login}: is {unix_user or 'no Unix user'}")


@staff.command("sessions")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_sessions(context: CliContext, as_json: bool) -> None:
    """All sessions of who logged in."""
    context.print_rows(sessions.listing(context.database(), context.actor()), as_json)


@staff.command("revoke")
@click.argument("login")
@click.pass_obj
def revoke(context: CliContext, login: str) -> None:
    """End all sessions of an account at once."""
    count = sessions.revoke(context.database(), login, **_who(context))
    click.echo(f"{login}: {count} sessions ended")


@staff.command("set-pin")
@click.argument("login")
@click.option("--pin", help="4 to 8 digits; asked for when left out.")
@click.pass_obj
def set_pin(context: CliContext, login: str, pin: str | None) -> None:
    """Give an account a new PIN; this also ends a lock-out."""
    chosen = pin or ask_secret("PIN")
    _do(lambda: workflow.set_pin(context.database(), login, chosen, **_who(context)))
    click.echo(f"{login}: PIN set")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """All accounts."""
    rows = workflow.listing(context.database(), context.actor())
    shown = rows if as_json else [row | {"roles": ",".join(row["roles"])} for row in rows]
    context.print_rows(shown, as_json)


@staff.command("disable")
@click.argument("login")
@click.pass_obj
def disable(context: CliContext, login: str) -> None:
    """Close an account; what it did stays."""
    _do(lambda: workflow.disable(context.database(), login, **_who(context)))
    click.echo(f"{login}: disabled")


@staff.command("enable")
@click.argument("login")
@click.pass_obj
def enable(context: CliContext, login: str) -> None:
    """Open an account again."""
    _do(lambda: workflow.enable(context.database(), login, **_who(context)))
    click.echo(f"{login}: enabled")


@staff.command("unlock")
@click.argument("login")
@click.pass_obj
def unlock(context: CliContext, login: str) -> None:
    """End the lock-out after wrong PINs."""
    _do(lambda: workflow.unlock(context.database(), login, **_who(context)))
    click.echo(f"{login}: unlocked")


@staff.command("confirm-phone")
@click.argument("id_number")
@click.argument("phone_number", callback=_phone)
@click.pass_obj
def confirm_phone(context: CliContext, id_number: str, phone_number: str) -> None:
    """Verify that a phone, which registered by DAFTAR, belongs to a NIK or NIB."""
    _do(lambda: workflow.confirm_phone(context.database(), id_number, phone_number, **_who(context)))
    click.echo(f"{phone_number}: verified")


def _who(context: CliContext) -> dict[str, Any]:
    return {"now": context.now(), "actor": context.actor()}


def _do(work: Any) -> None:  # noqa: ANN401 - a callable without arguments
    try:
        work()
    except StaffError as error:
        raise NotDone(str(error)) from error
