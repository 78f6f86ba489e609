"""The daemon as a process on real ttys: every text answered exactly once, also through kill -9."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mgov.config import load
from mgov.store import inbox, modems, outbox
from mgov.store.database import temporary
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


def _look(site: Path, listing: Callable[..., list[Any]]) -> list[dict[str, Any]]:
    with temporary(load(site).database.url) as db:
        return [dict(row) for row in db.read(listing)]


def _inbox(site: Path) -> list[dict[str, Any]]:
    return _look(site, inbox.listing)


def _outbox(site: Path) -> list[dict[str, Any]]:
    return _look(site, outbox.listing)


def _fleet(site: Path) -> list[dict[str, Any]]:
    return _look(site, lambda tx: modems.listing(tx, datetime.now(UTC)))


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
    rows = _fleet(site)
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
        _until(lambda: len(_inbox(site)) == 120, 30)
        _until(lambda: all(row["state"] not in ("queued", "sending") for row in _outbox(site)), 30)
    senders = Counter(row["sender"] for row in _inbox(site))
    assert senders == {f"+62812000{citizen:05d}": 1 for citizen in citizens}
    answers = _outbox(site)
    assert Counter(row["recipient"] for row in answers) == senders
    in_doubt = {row["recipient"] for row in answers if row["state"] == "uncertain"}
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
            _until(lambda: sum(row["state"] in ("sent", "delivered") for row in _outbox(site)) > 3, 5)
            time.sleep(chance.uniform(0, 0.3))
            process.kill()
            process.wait(10)
    with _daemon(site):
        _until(lambda: _answers(network, citizens) == {1: 60}, 30)
        assert _answers(network, citizens) == {1: 60}
        assert _until(lambda: {row["state"] for row in _outbox(site)} <= {"sent", "delivered"}, 15)


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
        assert _until(lambda: sum(row["state"] == "ready" for row in _fleet(site)) == MODEMS, 20)
        _text_from(network, range(1))
        assert _until(lambda: _answers(network, range(1)) == {1: 1}, 10)
        gone = next(row for row in _fleet(site) if row["name"] == "gone")
        assert gone["state"] == "down"
        assert "ttyNOWHERE" in str(gone["error"])


def test_a_locked_sim_is_said_and_the_others_go_on(site: Path, network: SimulatedNetwork) -> None:
    """A SIM that wants a PIN is one clear line; the other modems answer."""
    port = network.add_modem("locked", "+628119990001", pin="1234")
    text = site.read_text(encoding="utf-8")
    site.write_text(f'{text}\n[[modem]]\nname = "locked"\ndriver = "at"\nport = "{port}"\n', encoding="utf-8")
    with _daemon(site):
        assert _until(lambda: sum(row["state"] == "ready" for row in _fleet(site)) == MODEMS, 20)
        assert _until(lambda: any(row["state"] == "locked" and "PIN" in row["error"] for row in _fleet(site)), 10)
        _text_from(network, range(1))
        assert _until(lambda: _answers(network, range(1)) == {1: 1}, 10)


def test_a_full_sim_is_emptied_and_everything_answered(
    network: SimulatedNetwork, migrated_sqlite_url: str, tmp_path: Path
) -> None:
    """Texts that waited because the SIM was full all come in when the daemon starts."""
    port = network.add_modem("small", "+628110000001", capacity=5)
    site = tmp_path / "mgov.toml"
    modem = f'[[modem]]\nname = "small"\ndriver = "at"\nport = "{port}"'
    site.write_text(f'[database]\nurl = "{migrated_sqlite_url}"\n{modem}', encoding="utf-8")
    citizens = range(0, 40, MODEMS)
    _text_from(network, citizens)
    with _daemon(site):
        assert _until(lambda: _answers(network, citizens) == {1: len(citizens)}, 30)


def test_a_database_that_is_down_at_start_is_waited_for(network: SimulatedNetwork, tmp_path: Path) -> None:
    """The daemon says once that the database is away, and stays."""
    port = network.add_modem("m1", "+628110000001")
    site = tmp_path / "mgov.toml"
    modem = f'[[modem]]\nname = "m1"\ndriver = "at"\nport = "{port}"'
    url = "postgresql+psycopg://nobody@127.0.0.1:1/mgov"
    site.write_text(f'[database]\nurl = "{url}"\n{modem}', encoding="utf-8")
    log = site.with_suffix(".log")
    with _daemon(site) as process:
        assert _until(lambda: "database away at start" in log.read_text(encoding="utf-8"), 15)
        assert process.poll() is None
