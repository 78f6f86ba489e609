"""A person and the running daemon: replies before ten thousand reminders, pauses, USSD, the pilot, dead letters."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from mgov.cli.main import main
from mgov.config import load
from mgov.store.database import temporary
from mgov.store.schema.messages import PRIORITIES, outbound_message
from modem_drivers.simulated import SimulatedNetwork

GATEWAY, CITIZEN, STRANGER = "+628110000001", "+6281200000001", "+6281900000009"


@pytest.fixture
def network() -> Iterator[SimulatedNetwork]:
    with SimulatedNetwork.start() as running:
        yield running


@pytest.fixture
def site(network: SimulatedNetwork, migrated_sqlite_url: str, tmp_path: Path) -> Path:
    """A configuration with one tty modem on a migrated database."""
    port = network.add_modem("m1", GATEWAY, capacity=50)
    path = tmp_path / "mgov.toml"
    modem = f'[[modem]]\nname = "m1"\ndriver = "at"\nport = "{port}"\n'
    path.write_text(f'node = "noc"\n[web]\nport = 0\n[database]\nurl = "{migrated_sqlite_url}"\n{modem}')
    return path


@contextmanager
def _daemon(site: Path) -> Iterator[None]:
    with site.with_suffix(".log").open("ab") as log:
        command = [sys.executable, "-m", "mgov.cli.main", "--config", str(site), "run"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            assert _until(lambda: any(row["state"] == "ready" for row in _rows(site, "modem", "list")), 20)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def _mgov(site: Path, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--config", str(site), *words])
    assert result.exit_code == code, result.output
    return str(result.output)


def _rows(site: Path, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _mgov(site, *words, "--json").splitlines()]


def _state(site: Path, text: str) -> str:
    return str(next(row["state"] for row in _rows(site, "sms", "outbox") if row["text"] == text))


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()


def test_replies_pass_ten_thousand_reminders(
    site: Path, network: SimulatedNetwork, record_property: Callable[[str, object], None]
) -> None:
    """On a network that takes 0.3 s a text, a question is answered after at most two texts of others' reminders."""
    network.submit_latency = 0.3
    with temporary(load(site).database.url) as db:
        now = datetime.now(UTC) - timedelta(minutes=1)
        known = {"channel": "sms", "text": "ingat", "priority": "reminder", "urgency": PRIORITIES["reminder"]}
        rows = [
            {**known, "recipient": f"+62813{n:07d}", "state": "queued", "queued_at": now, "not_before": now}
            for n in range(10_000)
        ]
        db.transact(lambda tx: tx.execute(insert(outbound_message), rows))
    waits = []
    with _daemon(site):
        for number in range(5):
            phone = network.phone(f"+62812000000{number:02d}")
            started = time.monotonic()
            phone.send("BANTUAN", to=GATEWAY)
            assert _until(lambda phone=phone: bool(phone.inbox), 10)  # type: ignore[misc]
            waits.append(time.monotonic() - started)
    record_property("seconds_to_answer", [round(wait, 2) for wait in waits])
    assert sorted(waits)[2] < 2 * network.submit_latency + 1.0


def test_a_pause_is_obeyed_at_once_and_so_is_its_end(site: Path) -> None:
    """Reminders wait while a person says so, others go on; `explain` says who holds them."""
    with _daemon(site):
        _mgov(site, "pause", "--class", "reminder", "--reason", "libur")
        _mgov(site, "sms", "send", "--to", CITIZEN, "--text", "nanti", "--priority", "reminder")
        _mgov(site, "sms", "send", "--to", CITIZEN, "--text", "sekarang")
        assert _until(lambda: _state(site, "sekarang") in ("sent", "delivered"), 10)
        assert _state(site, "nanti") == "queued"
        assert [row["name"] for row in _rows(site, "pause")] == ["reminder"]
        assert "dijeda oleh" in _mgov(site, "explain", "send", "1")
        _mgov(site, "resume", "--class", "reminder")
        assert _until(lambda: _state(site, "nanti") in ("sent", "delivered"), 10)
        actions = [row["action"] for row in _rows(site, "audit", "list")]
        assert actions.count("class.pause") == actions.count("class.resume") == 1


def test_a_modem_is_asked_while_the_daemon_holds_it(site: Path) -> None:
    """USSD in two steps, probe, signal and pause go through the daemon."""
    with _daemon(site):
        told = _mgov(site, "modem", "ussd", "m1", "*363#", "1")
        assert told.startswith("1. Cek pulsa")
        assert "Rp50.000" in told
        assert _rows(site, "modem", "probe", "m1")[0]["registered"] is True
        assert "dBm" in _mgov(site, "modem", "signal", "m1")
        _mgov(site, "modem", "pause", "m1")
        _mgov(site, "sms", "send", "--to", CITIZEN, "--text", "nanti")
        time.sleep(1)
        assert (_state(site, "nanti"), _rows(site, "modem", "list")[0]["paused"]) == ("queued", True)
        _mgov(site, "modem", "resume", "m1")
        assert _until(lambda: _state(site, "nanti") in ("sent", "delivered"), 10)
    with pytest.raises(AssertionError, match="no modem is called"):
        _mgov(site, "modem", "pause", "m9")


def test_a_modem_is_asked_when_no_daemon_runs(site: Path) -> None:
    """The command opens the port itself, also a moment after the daemon was stopped."""
    with _daemon(site):
        pass
    assert _rows(site, "modem", "list")[0]["state"] == "stopped"
    assert "Rp50.000" in _mgov(site, "modem", "ussd", "m1", "*888#")
    assert _rows(site, "modem", "probe", "m1")[0]["imsi"].startswith("510")


def test_a_pilot_answers_only_its_numbers(site: Path, network: SimulatedNetwork) -> None:
    """A stranger's question is read and answered, and the answer is held back: neither lost nor failed."""
    site.write_text(site.read_text() + f'\n[routing]\nonly_to = ["{CITIZEN}"]\n')
    with _daemon(site):
        for number in (STRANGER, CITIZEN):
            network.phone(number).send("BANTUAN", to=GATEWAY)
        assert _until(lambda: bool(network.phone(CITIZEN).inbox), 10)
        time.sleep(1)
        assert not network.phone(STRANGER).inbox
        held = next(row for row in _rows(site, "sms", "outbox") if row["to"] == STRANGER)
        assert held["state"] == "queued"
        assert "[routing] only_to" in _mgov(site, "explain", "send", str(held["id"]), "--lang", "en")
    site.write_text(site.read_text().replace(f'"{CITIZEN}"', f'"{CITIZEN}", "+6281900"'))
    with _daemon(site):
        assert _until(lambda: bool(network.phone(STRANGER).inbox), 10)


def test_a_dead_letter_is_listed_and_sent_again(site: Path, network: SimulatedNetwork) -> None:
    """A number that the network refused once: a person sends it again, once."""
    network.fault("m1", "send_error", value="1")
    with _daemon(site):
        _mgov(site, "sms", "send", "--to", CITIZEN, "--text", "halo")
        assert _until(lambda: _state(site, "halo") == "failed", 10)
        letter = _rows(site, "sms", "dead")[0]
        assert letter["error"]
        assert "queued again as 2" in _mgov(site, "sms", "resend", str(letter["id"]))
        assert _until(lambda: len(network.phone(CITIZEN).inbox) == 1, 10)
        assert "sent again already" in _mgov(site, "sms", "resend", str(letter["id"]), code=1)
