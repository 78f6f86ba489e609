"""What the door lets in: commands that exist, words that name no file of the service's side."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from mgov.cli.main import COMMANDS
from mgov.door.rules import LET_IN, fault_of


def test_every_command_let_in_exists_with_its_subcommands() -> None:
    """The door's list is not of names that nobody has."""
    for name, wanted in LET_IN.items():
        command = getattr(importlib.import_module(COMMANDS[name]), name.replace("-", "_"))
        known = set(command.commands) if isinstance(command, click.Group) else set()
        assert (wanted or set()) <= known, name


@pytest.mark.parametrize("name", ["run", "init", "db", "restore", "backup", "door", "lab", "demo", "doctor", "release"])
def test_what_keeps_the_installation_stays_outside(name: str) -> None:
    """Commands that start things, write files or change the installation need the service's own user."""
    assert fault_of([name, "x"], set()) is not None


@pytest.mark.parametrize(
    "words",
    [
        ["bill", "import", "/etc/passwd"],
        ["bill", "import", "../mgov.db"],
        ["bill", "import", "a/../../mgov.db"],
        ["bill", "import", "~/mgov.db"],
        ["bill", "list", "--config=/tmp/x.toml"],
        ["bill", "list", "--config", "x"],
        ["sms", "send", "--jsonl=/etc/passwd"],
        ["report", "PAJAK", "--csv", "x.csv"],
        ["report", "PAJAK", "--html=x"],
        ["payment", "--help", "/etc/passwd"],
        ["sms", "inject", "x"],
        ["audit", "accept", "--reason", "x"],
        [],
        [""],
    ],
)
def test_words_that_lead_elsewhere_are_refused(words: list[str]) -> None:
    """Paths, other configurations and files to be written are refused with a sentence."""
    fault = fault_of(words, set())
    assert fault
    assert len(fault.splitlines()) == 1


def test_a_file_that_lies_where_the_command_runs_is_not_the_callers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain name is let in as a word only while no such file exists on this side."""
    monkeypatch.chdir(tmp_path)
    assert fault_of(["bill", "import", "tagihan.csv"], set()) is None
    os.symlink("/etc/passwd", "tagihan.csv")
    assert fault_of(["bill", "import", "tagihan.csv"], set()) is not None
    assert fault_of(["bill", "import", "tagihan.csv"], {2}) is None


@pytest.mark.parametrize(
    "words",
    [
        ["info", "set", "PAJAK", "Buka 08.00-15.00, loket 3/4"],
        ["payment", "reject", "3", "--reason", "bukti tidak cocok; 50% saja"],
        ["sms", "send", "--to", "0812", "--text", "a = b"],
    ],
)
def test_ordinary_words_come_in(words: list[str]) -> None:
    """Texts with slashes, signs and dots are texts."""
    assert fault_of(words, set()) is None


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_its_unit_is_hardly_exposed_and_still_sees_who_calls() -> None:
    """1.5 or less, without the user namespace that would make all callers the same."""
    unit = Path(__file__).parents[2] / "systemd" / "mgov-door.service"
    assert "\nPrivateUsers=yes" not in unit.read_text()
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    level = re.search(
        r"exposure level for \S+: ([\d.]+)", subprocess.run(command, capture_output=True, text=True).stdout
    )
    assert level is not None
    assert float(level[1]) <= 1.5
