"""The daemon as a process on real ttys: every text answered exactly once, also through kill -9."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modem_drivers.simulated import SimulatedNetwork

MODEMS = 4
MGOV = [sys.executable, "-m", "mgov.cli.main"]


@pytest.fixture
def network() -> Iterator[SimulatedNetwork]:
    with SimulatedNetwork.start() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, network: SimulatedNetwork, tmp_path: Path) -> Path:
    """A configuration with four tty modems on a migrated database."""
    url = request.getfixturevalue(f"migrated_{request.param}_url")
    lines = [f'node = "noc"\n[database]\nurl = "{url}"']
    for number in range(1, MODEMS + 1):
        port = network.add_modem(f"m{number}", f"+62811000{number:04d}", capacity=50)
        lines.append(f'[[modem]]\nname = "m{number}"\ndriver = "at"\nport = "{port}"')
    path = tmp_path / "mgov.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _mgov(site: Path, *words: str) -> str:
    done = subprocess.run([*MGOV, "--config", str(site), *words], capture_output=True, text=True, check=True)
    return done.stdout


def _rows(site: Path, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in _mgov(site, *words, "--json").splitlines()]


@contextmanager
def _daemon(site: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = site.with_suffix(".log").open("ab")
    process = subprocess.Popen([*MGOV, "--config", str(site), "run"], stdout=log, stderr=log, env=dict(os.environ))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(15)
        log.close()


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()


def _ready(site: Path) -> bool:
    rows = _rows(site, "modem", "list")
    return len(rows) == MODEMS and all(row["state"] == "ready" for row in rows)


def _text_from(network: SimulatedNetwork, citizens: range) -> None:
    for citizen in citizens:
        network.phone(f"+62812000{citizen:05d}").send("BANTUAN", to=f"+62811000{citizen % MODEMS + 1:04d}")


def _answers(network: SimulatedNetwork, citizens: range) -> Counter[int]:
    return Counter(len(network.phone(f"+62812000{citizen:05d}").inbox) for citizen in citizens)


def test_three_hundred_texts_at_once_are_each_answered_once(site: Path, network: SimulatedNetwork) -> None:
    """Nobody waits in vain, nobody is answered twice."""
    citizens = range(300)
    with _daemon(site):
        assert _until(lambda: _ready(site), 20)
        _text_from(network, citizens)
        _until(lambda: _answers(network, citizens) == {1: 300}, 40)
        assert _answers(network, citizens) == {1: 300}


def test_kill_nine_loses_nothing_and_doubles_nothing(site: Path, network: SimulatedNetwork) -> None:
    """After kill -9 in the middle, every text is kept once, and a cut-off answer is uncertain, not repeated."""
    citizens = range(120)
    chance = random.Random(35_2008)
    with _daemon(site) as process:
        assert _until(lambda: _ready(site), 20)
        _text_from(network, citizens)
        time.sleep(chance.uniform(0.2, 0.6))
        process.kill()
        process.wait(10)
    with _daemon(site):
        _until(lambda: len(_rows(site, "sms", "inbox")) == 120, 30)
        _until(lambda: all(row["state"] not in ("queued", "sending") for row in _rows(site, "sms", "outbox")), 30)
    senders = Counter(row["sender"] for row in _rows(site, "sms", "inbox"))
    assert senders == {f"+62812000{citizen:05d}": 1 for citizen in citizens}
    outbox = _rows(site, "sms", "outbox")
    assert Counter(row["to"] for row in outbox) == senders
    in_doubt = {row["to"] for row in outbox if row["state"] == "uncertain"}
    assert len(in_doubt) <= MODEMS
    for citizen in citizens:
        number = f"+62812000{citizen:05d}"
        assert len(network.phone(number).inbox) in ((0, 1) if number in in_doubt else (1,))


def test_crash_safe_submission_leaves_no_doubt(site: Path, network: SimulatedNetwork) -> None:
    """With crash-safe submission the modem's memory settles every doubt: all are answered, each once."""
    text = site.read_text(encoding="utf-8").replace('driver = "at"', 'driver = "at"\ncrash_safe_submit = true')
    site.write_text(text, encoding="utf-8")
    citizens = range(60)
    chance = random.Random(2008)
    _text_from(network, citizens)
    for _ in range(3):
        with _daemon(site) as process:
            _until(lambda: len(_rows(site, "sms", "outbox", "--state", "sent")) > 3, 5)
            time.sleep(chance.uniform(0, 0.3))
            process.kill()
            process.wait(10)
    with _daemon(site):
        _until(lambda: _answers(network, citizens) == {1: 60}, 30)
        assert _answers(network, citizens) == {1: 60}
        assert _until(lambda: {row["state"] for row in _rows(site, "sms", "outbox")} <= {"sent", "delivered"}, 15)


def test_a_stop_is_orderly(site: Path) -> None:
    """SIGTERM ends the daemon within ten seconds and with exit code 0."""
    with _daemon(site) as process:
        assert _until(lambda: _ready(site), 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_missing_port_is_said_and_the_others_go_on(site: Path, network: SimulatedNetwork) -> None:
    """One modem without a port does not keep the others from answering."""
    text = site.read_text(encoding="utf-8")
    site.write_text(f'{text}\n[[modem]]\nname = "gone"\ndriver = "at"\nport = "/dev/ttyNOWHERE"\n', encoding="utf-8")
    with _daemon(site):
        assert _until(lambda: sum(row["state"] == "ready" for row in _rows(site, "modem", "list")) == MODEMS, 20)
        _text_from(network, range(1))
        assert _until(lambda: _answers(network, range(1)) == {1: 1}, 10)
        gone = next(row for row in _rows(site, "modem", "list") if row["name"] == "gone")
        assert gone["state"] == "down"
        assert "ttyNOWHERE" in str(gone["error"])
