"""`mgov doctor`: everything that must be right, from the plug to the table, each with what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from mgov import config as configuration
from mgov.cli.context import CliContext
from mgov.config import Config, ConfigError
from mgov.doctor import data, host, network, ports
from mgov.doctor.finding import FAIL, OK, Finding, fail

MARKS = {"ok": "baik ", "warn": "AWAS ", "fail": "SALAH"}


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also what is fine.")
@click.option("--json", "as_json", is_flag=True, help="One finding a line: level, what, found, do, runbook.")
@click.pass_context
def doctor(click_context: click.Context, everything: bool, as_json: bool) -> None:
    """Check USB and tty, ModemManager, disk, clock, database, migrations, mail, systemd, config; say what to do.

    Nothing is changed and nothing sent. Exits 1 when something does not work.
    """
    context = click_context.ensure_object(CliContext)
    found = list(_findings(context))
    if as_json:
        for finding in found:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
    else:
        for finding in found:
            if everything or finding.level != OK:
                _say(finding)
        wrong = sum(finding.level != OK for finding in found)
        click.echo(f"{len(found)} hal diperiksa, {wrong} perlu perhatian")
    click_context.exit(1 if any(finding.level == FAIL for finding in found) else 0)


def _findings(context: CliContext) -> Iterator[Finding]:
    path = configuration.find(context.config_path)
    if path is None:
        yield fail("config", "none found", "run `mgov init`, or name one with --config or MGOV_CONFIG")
        return
    try:
        config = configuration.load(path)
    except ConfigError as error:
        for sentence in str(error).splitlines():
            yield fail("config", sentence, "correct the line that it names")
        return
    yield from host.secrets(path)
    yield from _everything(context, config)


def _everything(context: CliContext, config: Config) -> Iterator[Finding]:
    now = context.now()
    yield from host.clock(now.astimezone(config.zone))
    yield from host.disk(config)
    yield from host.service()
    yield from host.modem_manager()
    yield from ports.usb()
    yield from ports.modems(config)
    yield from network.database(config)
    yield from data.everything(config, now)
    yield from data.replies(config)
    yield from network.mail(config)


def _say(finding: Finding) -> None:
    section = f" [panduan {finding.runbook}]" if finding.runbook else ""
    click.echo(f"{MARKS[finding.level]} {finding.what}: {finding.found}{section}")
    if finding.do:
        click.echo(f"      -> {finding.do}")
