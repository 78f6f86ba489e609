"""`mgov node`: the hosts that run on one database."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone
from mgov.domain.roles import Right
from mgov.workflows import nodes


@click.group()
def node() -> None:
    """Hosts that run on this database."""


@node.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """Each host with its state, version, last sign of life and the messages that it holds."""
    context.agency_seen(Right.STATUS_VIEW)
    context.print_rows(nodes.listing(context.database(), context.now()), as_json)


@node.command()
@click.argument("name")
@click.pass_obj
def drain(context: CliContext, name: str) -> None:
    """Let the host NAME finish what it does, hand the rest over and stop; it begins nothing until `node resume`."""
    if not nodes.drain(context.database(), name, actor=context.actor(), now=context.now()):
        raise NotDone(f"{name}: no such node; `mgov node list` names them")
    click.echo(f"{name}: hands over; drained when `mgov node list` says so")


@node.command()
@click.argument("name")
@click.pass_obj
def resume(context: CliContext, name: str) -> None:
    """Let a drained host NAME work again."""
    if not nodes.resume(context.database(), name, actor=context.actor(), now=context.now()):
        raise NotDone(f"{name}: no such node; `mgov node list` names them")
    click.echo(f"{name}: works again")
