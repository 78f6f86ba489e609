"""`mgov modem`: the state of each modem, from the database when the daemon runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click

from mgov.bootstrap import modem_profiles, radio_opener
from mgov.cli.context import CliContext, NotDone
from mgov.config import ModemSection
from mgov.store import modems
from modem_drivers.radio import Radio, RadioError

T = TypeVar("T")
COLUMNS = (
    "name",
    "node",
    "driver",
    "port",
    "state",
    "operator",
    "msisdn",
    "signal_dbm",
    "queued",
    "sent_today",
    "balance",
    "last_seen",
    "error",
)


@click.group()
def modem() -> None:
    """List and ask modems."""


@modem.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """State of each modem, as its worker last reported it."""
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


@modem.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def probe(context: CliContext, name: str, as_json: bool) -> None:
    """Open a modem that no daemon holds, and say who it is and how it is."""

    async def ask(radio: Radio) -> dict[str, Any]:
        identity, health = await radio.open(), await radio.probe()
        return {
            "name": name,
            "imei": identity.imei,
            "imsi": identity.imsi,
            "model": identity.model,
            "smsc": identity.smsc,
            "registered": health.registered,
            "operator": health.operator,
            "signal_dbm": health.signal_dbm,
            "used": health.used,
            "total": health.total,
        }

    context.print_rows([_with_radio(context, name, ask)], as_json)


@modem.command()
@click.argument("name")
@click.pass_obj
def signal(context: CliContext, name: str) -> None:
    """Print the signal in dBm of a modem that no daemon holds."""

    async def ask(radio: Radio) -> int | None:
        await radio.open()
        return (await radio.probe()).signal_dbm

    value = _with_radio(context, name, ask)
    click.echo("unknown" if value is None else f"{value} dBm")


@modem.command()
@click.argument("name")
@click.argument("code")
@click.pass_obj
def ussd(context: CliContext, name: str, code: str) -> None:
    """Dial a USSD code on a modem that no daemon holds, and print the network's answer."""

    async def ask(radio: Radio) -> str:
        await radio.open()
        return await radio.ussd(code)

    click.echo(_with_radio(context, name, ask))


def _with_radio(context: CliContext, name: str, ask: Callable[[Radio], Coroutine[Any, Any, T]]) -> T:
    section = _section(context, name)
    if section.driver == "simulated":
        raise NotDone(f'modem "{name}": simulated modems live inside the daemon; see `mgov modem list`')
    opener = radio_opener(context.config, section, section.port or "auto", modem_profiles())

    async def go() -> T:
        radio = opener()
        try:
            return await ask(radio)
        finally:
            await radio.close()

    try:
        return asyncio.run(go())
    except RadioError as error:
        raise NotDone(f'modem "{name}": {error}') from error


def _section(context: CliContext, name: str) -> ModemSection:
    for section in context.config.modem:
        if section.name == name:
            return section
    names = ", ".join(section.name for section in context.config.modem) or "none"
    raise NotDone(f'no modem is called "{name}"; configured: {names}')
