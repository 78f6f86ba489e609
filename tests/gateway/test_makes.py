"""The daemon serves modems of sixteen makes as their manuals and their owners' logs have them, through a `kill -9`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.modem_drivers.makes import Sluggish, makes
from tests.modem_drivers.stick import Stick

MGOV = [sys.executable, "-m", "mgov.cli.main"]
WITHIN = 90.0  # seconds: one modem takes a second for every answer, and sixteen share two cores
LONG = "INFO " + "panjang sekali " * 14 + "SELESAI"


def _citizen(place: int) -> str:
    return f"62812000{place:03d}"


def _site(folder: Path, url: str, sticks: list[Stick], more: str) -> Path:
    lines = [f'[database]\nurl = "{url}"']
    for place, stick in enumerate(sticks):
        lines.append(f'[[modem]]\nname = "{stick.name}"\ndriver = "at"\nport = "{stick.port}"')
        lines.append(f'msisdn = "+6281100000{place:02d}"\n{more}')
    path = folder / "mgov.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _wait(so: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not so() and time.monotonic() < end:
        time.sleep(0.1)


def _texts(sticks: list[Stick]) -> Counter[str]:
    return Counter(to for stick in sticks for to, _text in stick.sent)


def _outbox(config: Path) -> Counter[str]:
    said = subprocess.run([*MGOV, "--config", config, "sms", "outbox", "--json"], capture_output=True, check=True)
    return Counter(json.loads(line)["state"] for line in said.stdout.splitlines())


@pytest.mark.parametrize("more", ["", "crash_safe_submit = true"], ids=["plain", "crash-safe"])
@pytest.mark.timeout(400)
def test_every_make_is_served_through_a_power_cut(more: str, tmp_path: Path, migrated_sqlite_url: str) -> None:
    """What lay there, what comes, long texts, texts after the cut: each answered once, and its report taken."""
    sticks = [make(place) for place, make in enumerate(makes())]
    for stick in sticks:
        stick.start()
    config = _site(tmp_path, migrated_sqlite_url, sticks, more)

    def answered(each: int) -> bool:
        told = _texts(sticks)
        return all(told[_citizen(place)] >= each for place in range(len(sticks)))

    def come(text: str, second: int) -> None:
        for place, stick in enumerate(sticks):
            (stick.receive_long if len(text) > 160 else stick.receive)(_citizen(place), text, second)

    log = (tmp_path / "log").open("wb")
    daemon = subprocess.Popen([*MGOV, "--config", config, "run"], stdout=log, stderr=log, env=os.environ)
    try:
        come("STATUS 11111", 1)
        _wait(lambda: answered(1))
        come("STATUS 22222", 5)
        come(LONG, 9)
        _wait(lambda: answered(3))
        daemon.kill()
        daemon.wait()
        come("STATUS 33333", 13)
        daemon = subprocess.Popen([*MGOV, "--config", config, "run"], stdout=log, stderr=log, env=os.environ)
        _wait(lambda: answered(4))
        # What is told while nobody listens is lost where nothing holds it back: of the slow one, which has no +CNMA.
        unreported = sum(not stick.tells_reports for stick in sticks) * 4
        unreported += sum(isinstance(stick, Sluggish) for stick in sticks)
        _wait(lambda: _outbox(config)["delivered"] >= len(sticks) * 4 - unreported)
        _wait(lambda: not any(stick.slots for stick in sticks))
    finally:
        daemon.terminate()
        daemon.wait(20)
        for stick in sticks:
            stick.stop()
        log.close()
    told = _texts(sticks)
    for place, stick in enumerate(sticks):
        assert told[_citizen(place)] == 4, stick.name
        assert not stick.slots, stick.name
        assert not stick.complaints, stick.name
    states = _outbox(config)
    assert set(states) <= {"delivered", "sent"}
    assert states["delivered"] >= len(sticks) * 4 - unreported
