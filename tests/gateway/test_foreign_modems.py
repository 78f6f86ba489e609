"""The daemon meets sticks that share no code with our driver or our simulated network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.modem_drivers.foreign import ForeignModem, foreign_modems

MGOV = [sys.executable, "-m", "mgov.cli.main"]
TEXTS = 4


def _site(folder: Path, url: str, modems: list[ForeignModem], more: str) -> Path:
    lines = [f'[database]\nurl = "{url}"']
    for number, modem in enumerate(modems):
        lines.append(f'[[modem]]\nname = "{modem.name}"\ndriver = "at"\nport = "{modem.port}"')
        lines.append(f'msisdn = "+6281100000{number:02d}"\n{more}')
    path = folder / "mgov.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _sent(modems: list[ForeignModem], each: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(len(modem.sent) < each for modem in modems):
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("seeds", "more"),
    [(range(1, 9), ""), (range(28, 36), ""), (range(40, 48), "crash_safe_submit = true")],
    ids=["first eight", "second eight", "crash-safe"],
)
def test_modems_of_other_makes_are_served(seeds: range, more: str, tmp_path: Path, migrated_sqlite_url: str) -> None:
    """What lay on the SIM and what comes is answered once, by the SIM that was texted; nothing stays on it."""
    with foreign_modems(list(seeds)) as modems:
        path = _site(tmp_path, migrated_sqlite_url, modems, more)
        for number, modem in enumerate(modems):
            modem.receive(f"62812000{number:03d}", "STATUS 11111", 1)
        with (tmp_path / "log").open("wb") as log:
            daemon = subprocess.Popen(
                [*MGOV, "--config", str(path), "run"], stdout=log, stderr=log, env=dict(os.environ)
            )
        try:
            _sent(modems, 1, 30)
            for number, modem in enumerate(modems):
                for text in range(2, TEXTS + 1):
                    modem.receive(f"62812000{number:03d}", f"STATUS 2222{text}", 5 * text)
            _sent(modems, TEXTS, 40)
            time.sleep(1)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)
        for number, modem in enumerate(modems):
            assert Counter(to for to, _text in modem.sent) == {f"62812000{number:03d}": TEXTS}, modem.quirks
            assert not modem.slots, modem.quirks
            assert not modem.complaints, modem.quirks
