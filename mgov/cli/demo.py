"""`mgov demo`: everything at once on simulated modems, and a prompt that is a citizen's phone."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

import click

from mgov import config as configuration
from mgov import logs
from mgov.bootstrap import open_database, shipped
from mgov.cli.context import CliContext
from mgov.config import Config
from mgov.daemon import Daemon
from mgov.store import migrate
from mgov.workflows.founding import found
from mgov.workflows.samples import load_samples
from modem_drivers.simulated import SimulatedNetwork
from modem_drivers.simulated.phone import Phone

CITIZEN = "+6281200000001"
ANSWER_WITHIN = 15.0  # seconds

CONFIG = """
contact = "Dishubkominfo Provinsi Banten"
[database]
url = "sqlite:///demo.db"
[[modem]]
name = "sim-1"
driver = "simulated"
msisdn = "+628110000001"
operator = "TELKOMSEL"
[[modem]]
name = "sim-2"
driver = "simulated"
msisdn = "+628550000002"
operator = "INDOSAT"
[[account]]
name = "kas-daerah"
bank = "BJB"
number = "0012345678901"
holder = "KAS DAERAH PROVINSI BANTEN (CONTOH)"
"""

GREETING = """\
Ini ponsel warga {citizen}. Ketik pesan lalu Enter; kosong untuk selesai.
This is a citizen's phone. Type a text and press Enter; an empty line ends.
  TAGIHAN A 1234 BC
  STATUS IZN-2026-000123
  BAYAR PKB-2026-551203#0093482711#24/11/2026#09:15#1275000#BJB
"""


@click.command()
@click.option("--say", metavar="TEXT", multiple=True, help="Send this text, print the answer and end; repeatable.")
@click.pass_obj
def demo(context: CliContext, say: tuple[str, ...]) -> None:
    """Run everything on simulated modems with sample data; what you type is a citizen's text."""
    logs.configure(io.StringIO())
    with tempfile.TemporaryDirectory(prefix="mgov-demo-") as folder:
        config = _prepare(context, Path(folder))
        asyncio.run(_talk(config, say))


def _prepare(context: CliContext, folder: Path) -> Config:
    path = folder / "mgov.toml"
    path.write_text(CONFIG, encoding="utf-8")
    config = configuration.load(path)
    migrate.upgrade(config.database.url)
    db = open_database(config)
    found(db, shipped("services.csv").read_bytes(), 0, context.now())
    files = {kind: shipped(f"demo/{kind}.csv").read_bytes() for kind in ("bills", "applications", "documents")}
    load_samples(db, files, context.now())
    db.close()
    return config


async def _talk(config: Config, say: tuple[str, ...]) -> None:
    started = asyncio.Event()
    parts = ("engine", *(f"modem:{modem.name}" for modem in config.modem))
    daemon = Daemon(config, parts if say else ())  # scripted answers are not to mix with reminders that fall due
    running = asyncio.create_task(daemon.run(lambda _: started.set()))
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    network = daemon.network
    assert network is not None  # noqa: S101 - the demo's config has simulated modems
    try:
        await _converse(network, say)
    finally:
        daemon.stop()
        await running


async def _converse(network: SimulatedNetwork, say: tuple[str, ...]) -> None:
    phone = network.phone(CITIZEN)
    if say:
        for text in say:
            click.echo(f"> {text}")
            await _exchange(phone, text)
        return
    click.echo(GREETING.format(citizen=CITIZEN))
    while text := await asyncio.to_thread(_prompt):
        await _exchange(phone, text)


async def _exchange(phone: Phone, text: str) -> None:
    known = len(phone.inbox)
    phone.send(text, "+628110000001")
    answers = (await phone.receives(known + 1, ANSWER_WITHIN))[known:]
    for answer in answers:
        click.echo(answer.text)
    if not answers:
        click.echo(f"(no answer within {ANSWER_WITHIN:.0f} s)", err=True)


def _prompt() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""
