"""Plays a set through the commands that an operator would type, in this process: starting each costs a second."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from click.testing import CliRunner

from mgov.cli.main import main
from tests.payment_sets.files import ACCOUNT, Step

_CONFIG = """[database]
url = "{url}"

[[modem]]
name = "sim-1"
driver = "simulated"
msisdn = "+628110000001"

[[account]]
name = "{account}"
bank = "BJB"
number = "0061234567001"
holder = "RKUD PROV BANTEN"
"""


class CommandError(Exception):
    """A command failed; the text is what it said."""


class Site:
    """A site in a folder, on a database that is empty."""

    def __init__(self, folder: Path, url: str) -> None:
        self._config = folder / "mgov.toml"
        self._config.write_text(_CONFIG.format(url=url, account=ACCOUNT), encoding="utf-8")
        self.run("db", "upgrade")

    def run(self, *words: str) -> str:
        """One command; raises `CommandError` when it says that something was not done."""
        done = CliRunner().invoke(main, ["--config", str(self._config), *words])
        if done.exit_code:
            raise CommandError(f"mgov {' '.join(words)}: {done.exit_code}: {done.output[-2000:]}") from done.exception
        return str(done.output)

    def play(self, steps: Iterable[Step]) -> None:
        """Every step, in its order."""
        for step in steps:
            self.run(*_command(step))


def _command(step: Step) -> tuple[str, ...]:
    file = str(step.file)
    if step.verb == "bank":
        return "bank", "import", file, "--account", ACCOUNT, "--format", "csv:generic"
    return ("bill", "import", file) if step.verb == "bills" else ("sms", "inject", file, "--process")
