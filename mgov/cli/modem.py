"""`mgov modem`: the state of each modem, and what a person may ask of it, also while the daemon holds it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from mgov.cli.context import CliContext, NotDone, error_line
from mgov.cli.modem_line import line_to
from mgov.domain.roles import Right
from mgov.store import modems, routes
from mgov.workflows import access, pauses

COLUMNS = (
    *("name", "node", "driver", "port", "state", "operator", "msisdn", "signal_dbm", "queued", "sent_today"),
    *("balance", "last_seen", "error", "paused", "blocked", "days_left", "valid_until", "memory_writes"),
)
ROUTE_COLUMNS = ("modem", "operator", "state", "since", "samples", "failures", "late", "median_seconds", "reason")


@click.group()
def modem() -> None:
    """List, ask and control modems."""


@modem.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """State of each modem, as its worker last reported it."""
    context.agency_seen(Right.STATUS_VIEW)
    today = context.now().astimezone(context.config.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    known = {row["name"]: row for row in context.database().read(lambda tx: modems.listing(tx, today))}
    for section in context.config.modem:
        known.setdefault(
            section.name,
            {
                "name": section.name,
                "driver": section.driver,
                "port": section.port,
                "state": "stopped",
                "msisdn": section.msisdn,
                "operator": section.operator,
                "queued": 0,
                "sent_today": 0,
            },
        )
    rows = [{column: row.get(column) for column in COLUMNS} for _, row in sorted(known.items())]
    context.print_rows(rows, as_json)


@modem.command("routes")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def routes_(context: CliContext, as_json: bool) -> None:
    """How well each modem's texts to each operator's numbers went out in the last hour."""
    context.agency_seen(Right.STATUS_VIEW)
    rows = context.database().read(routes.listing)
    context.print_rows(({column: row[column] for column in ROUTE_COLUMNS} for row in rows), as_json)


@modem.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def probe(context: CliContext, name: str | None, as_json: bool) -> None:
    """Ask a modem, or each of the configuration, who it is and how it is."""
    _require(context)
    told, silent = _probed(context, name)
    context.print_rows(told, as_json)
    if silent:
        raise NotDone("\n".join(silent))


def _probed(context: CliContext, name: str | None) -> tuple[list[dict[str, Any]], list[str]]:
    """What each modem tells, or the one that is named, and why others do not: one that is silent hides no other."""
    told, silent = [], []
    for each in [name] if name is not None else [section.name for section in context.config.modem]:
        try:
            told.append(_probe_one(context, each))
        except NotDone as error:
            silent.append(error.format_message())
    return told, silent


def _probe_one(context: CliContext, name: str) -> dict[str, Any]:
    with line_to(context, name) as line:
        health = json.loads(line.do("probe").answer)
        row: dict[str, Any] = {"name": name, **line.identity()}
    return row | {field: health[field] for field in ("registered", "operator", "signal_dbm", "used", "total")}


@modem.command()
@click.argument("name", required=False)
@click.pass_obj
def signal(context: CliContext, name: str | None) -> None:
    """Print the signal in dBm of a modem, or of each of the configuration."""
    _require(context)
    told, silent = _probed(context, name)
    for row in told:
        value = "unknown" if row["signal_dbm"] is None else f"{row['signal_dbm']} dBm"
        click.echo(value if name is not None else f"{row['name']}: {value}")
    if silent:
        raise NotDone("\n".join(silent))


@modem.command()
@click.argument("name")
@click.argument("code")
@click.argument("answers", nargs=-1)
@click.pass_obj
def ussd(context: CliContext, name: str, code: str, answers: tuple[str, ...]) -> None:
    """Dial a USSD code and print the network's texts; ANSWERS, or what you type, answer its menus."""
    _require(context)
    steps = _steps(code, answers)
    with line_to(context, name) as line:
        for step in steps:
            said = line.do("ussd", step)
            click.echo(said.answer)
            if not said.open:
                break
        else:
            line.do("ussd_end")
    if unused := list(steps) if not _is_interactive() else []:
        error_line(f"the network ended the session; not used: {' '.join(unused)}")


@modem.command()
@click.argument("name")
@click.pass_obj
def reset(context: CliContext, name: str) -> None:
    """Reset a modem as its profile allows."""
    _require(context)
    with line_to(context, name) as line:
        line.do("reset")
    click.echo(f"{name}: reset")


@modem.command()
@click.argument("name")
@click.option("--reason", metavar="T", help="Why, for whoever looks.")
@click.pass_obj
def pause(context: CliContext, name: str, reason: str | None) -> None:
    """Send nothing by a modem; it goes on receiving, and others take over what is meant for it."""
    _known(context, name)
    new = pauses.pause(context.database(), "modem", name, reason=reason, actor=context.actor(), now=context.now())
    click.echo(f"{name}: paused" if new else f"{name}: was paused already")


@modem.command()
@click.argument("name")
@click.pass_obj
def resume(context: CliContext, name: str) -> None:
    """Let a modem send again."""
    if pauses.resume(context.database(), "modem", name, actor=context.actor(), now=context.now()):
        click.echo(f"{name}: goes on")
    else:
        error_line(f"{name}: was not paused")


def _steps(code: str, answers: tuple[str, ...]) -> Iterator[str]:
    """The code, the answers that were given, and then what a person at a terminal types; an empty line ends it."""
    yield code
    yield from answers
    while _is_interactive():
        typed = click.prompt("", prompt_suffix="> ", default="", show_default=False)
        if not typed:
            return
        yield typed


def _is_interactive() -> bool:
    return sys.stdin.isatty()


def _require(context: CliContext) -> None:
    access.scope(context.database(), context.actor(), Right.MODEM_CONTROL)


def _known(context: CliContext, name: str) -> None:
    rows: list[Any] = list(context.database().read(modems.rows))
    names = {section.name for section in context.config.modem} | {row["name"] for row in rows}
    if name not in names:
        raise NotDone(f'no modem is called "{name}"; known: {", ".join(sorted(names)) or "none"}')
