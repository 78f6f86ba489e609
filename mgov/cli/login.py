"""`mgov login`, `logout`, `whoami`: who asks, where the Unix user alone does not say."""

from __future__ import annotations

import sys

import click

from mgov.cli.context import CliContext
from mgov.workflows import sessions


def ask_secret(what: str) -> str:
    """A PIN or password from the terminal without echo, or the first line of stdin; never from an argument."""
    if sys.stdin.isatty():
        answer: str = click.prompt(what, hide_input=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\n")


@click.command()
@click.argument("name")
@click.pass_obj
def login(context: CliContext, name: str) -> None:
    """Begin a session as the account NAME; the password is asked for, or read from stdin."""
    token = sessions.login(
        context.database(), name, ask_secret("Password"), unix_user=context.unix_user, now=context.now()
    )
    context.keep_token(token)
    click.echo(f"{name}: masuk / logged in")


@click.command()
@click.pass_obj
def logout(context: CliContext) -> None:
    """End this session."""
    if context.token:
        sessions.logout(context.database(), context.token, now=context.now())
    context.keep_token(None)
    click.echo("keluar / logged out")


@click.command()
@click.pass_obj
def whoami(context: CliContext) -> None:
    """Say who this command's actor is, and what he may do."""
    account = sessions.describe(context.database(), context.actor())
    click.echo(f"{account.name}: {', '.join(sorted(account.roles)) or 'no role'}")
