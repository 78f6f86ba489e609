"""The daemon meets sticks with bad habits, all at once: nothing is lost, nothing answered twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.modem_drivers.foreign import ForeignModem
from tests.modem_drivers.nasty import nasty_modems
from tests.modem_drivers.nasty_memories import DeletesNothing
from tests.modem_drivers.nasty_wires import SlowWire

MGOV = [sys.executable, "-m", "mgov.cli.main"]
TEXTS = 3
FIRST_WITHIN = 60.0  # seconds: one SIM is busy for twenty, one network away for fifteen
ALL_WITHIN = 60.0
CLEARED_WITHIN = 30.0  # one deletes only when it is asked for the third time


def _citizen(place: int) -> str:
    return f"62812000{place:03d}"


def _site(folder: Path, url: str, modems: Sequence[ForeignModem], more: str) -> Path:
    lines = [f'[database]\nurl = "{url}"']
    for place, modem in enumerate(modems):
        lines.append(f'[[modem]]\nname = "{modem.name}"\ndriver = "at"\nport = "{modem.port}"')
        lines.append(f'msisdn = "+6281100000{place:02d}"\n{more}')
    path = folder / "mgov.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@contextmanager
def _switched_on(modems: Sequence[ForeignModem]) -> Iterator[None]:
    for modem in modems:
        modem.start()
    try:
        yield
    finally:
        for modem in modems:
            modem.stop()


@contextmanager
def _daemon(config: Path, log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        running = subprocess.Popen([*MGOV, "--config", str(config), "run"], stdout=said, stderr=said, env=os.environ)
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(20)


def _answers(modems: Sequence[ForeignModem]) -> Counter[str]:
    return Counter(to for modem in modems for to, _text in modem.sent)


def _wait(modems: Sequence[ForeignModem], each: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        told = _answers(modems)
        if all(told[_citizen(place)] >= each for place in range(len(modems))):
            return
        time.sleep(0.1)


def _kept(modems: Sequence[ForeignModem]) -> list[str]:
    return [type(modem).__name__ for modem in modems if modem.slots and not isinstance(modem, DeletesNothing)]


def _wait_cleared(modems: Sequence[ForeignModem], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and _kept(modems):
        time.sleep(0.1)


@pytest.mark.parametrize("more", ["", "crash_safe_submit = true"], ids=["plain", "crash-safe"])
@pytest.mark.timeout(240)
def test_bad_habits_cost_no_text(more: str, tmp_path: Path, migrated_sqlite_url: str) -> None:
    """What lay on the SIM and what comes is answered once, by whichever SIM has a network."""
    modems = nasty_modems()
    with _switched_on(modems):
        config = _site(tmp_path, migrated_sqlite_url, modems, more)
        for place, modem in enumerate(modems):
            modem.receive(_citizen(place), "STATUS 11111", 1)
        with _daemon(config, tmp_path / "log"):
            _wait(modems, 1, FIRST_WITHIN)
            for place, modem in enumerate(modems):
                for text in range(2, TEXTS + 1):
                    modem.receive(_citizen(place), f"STATUS 2222{text}", 5 * text)
            _wait(modems, TEXTS, ALL_WITHIN)
            _wait_cleared(modems, CLEARED_WITHIN)
            time.sleep(2)  # what is answered twice is answered soon
    answers = _answers(modems)
    for place, modem in enumerate(modems):
        assert answers[_citizen(place)] == TEXTS, type(modem).__name__
    assert _kept(modems) == []
    _assert_old_texts_answered_once(answers)


def _assert_old_texts_answered_once(answers: Counter[str]) -> None:
    """The fifty that lay on the SIM of the slow one."""
    old = {to: times for to, times in answers.items() if to.startswith(SlowWire.OLD_SENDERS)}
    assert len(old) == SlowWire.OLD_TEXTS
    assert set(old.values()) == {1}
