"""A PostgreSQL server that is away, or killed under load, costs no text and doubles none."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mgov.lab.daemon import times_answered, wait_until
from mgov.lab.postgresql import LabPostgresql
from modem_drivers.simulated import SimulatedNetwork
from tests.servers import shared

MGOV = [sys.executable, "-m", "mgov.cli.main"]
MODEMS = 2


@pytest.fixture
def server() -> Iterator[LabPostgresql]:
    if "postgresql" not in shared.selected():
        pytest.skip("MGOV_TEST_DATABASES leaves postgresql out")
    with tempfile.TemporaryDirectory(prefix="mgov-away-") as folder:
        Path(folder).chmod(0o755)  # the server runs as another user
        with LabPostgresql(Path(folder) / "server") as running:
            yield running


@contextmanager
def _daemon(site: Path) -> Iterator[Path]:
    log = site.with_suffix(".log")
    with log.open("ab") as output:
        process = subprocess.Popen([*MGOV, "--config", str(site), "run"], stdout=output, stderr=output)
    try:
        yield log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _site(folder: Path, url: str, network: SimulatedNetwork) -> Path:
    lines = [f'[database]\nurl = "{url}"\n[web]\nport = 0']
    for number in range(MODEMS):
        port = network.add_modem(f"m{number}", f"+62811000{number:04d}")
        lines.append(f'[[modem]]\nname = "m{number}"\ndriver = "at"\nport = "{port}"\nmsisdn = "+62811000{number:04d}"')
    path = folder / "mgov.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    subprocess.run([*MGOV, "--config", str(path), "db", "upgrade"], check=True, capture_output=True)
    return path


def _text(network: SimulatedNetwork, citizens: range) -> list[str]:
    numbers = [f"+62812000{citizen:05d}" for citizen in citizens]
    for citizen, number in zip(citizens, numbers, strict=True):
        network.phone(number).send("BANTUAN", to=f"+62811000{citizen % MODEMS:04d}")
    return numbers


def _all_answered_once(network: SimulatedNetwork, numbers: list[str], within: float) -> bool:
    wait_until(lambda: all(times_answered(network, numbers).values()), within, every=0.2)
    time.sleep(1)  # a doubled answer comes a moment later
    return set(times_answered(network, numbers).values()) == {1}


def _empty(network: SimulatedNetwork) -> bool:
    return not any(network.stored(name) for name in network.modems)


def test_texts_are_kept_while_the_server_is_away(tmp_path: Path, server: LabPostgresql) -> None:
    """Away at start, or killed under load: modems receive into the spool, and later all is answered once."""
    with SimulatedNetwork.start() as network:
        site = _site(tmp_path, server.url, network)
        server.kill()
        first = _text(network, range(30))
        with _daemon(site) as log:
            assert wait_until(lambda: _empty(network), 30, every=0.1) is not None, "the SIMs are not emptied"
            assert (tmp_path / "spool").is_dir()
            assert "degraded" in log.read_text(encoding="utf-8")
            server.start()
            assert _all_answered_once(network, first, 40)
            assert not list((tmp_path / "spool").glob("*.spool"))
            second = _text(network, range(100, 140))
            time.sleep(0.3)
            server.kill()
            second += _text(network, range(200, 220))
            time.sleep(3)
            server.start()
            assert _all_answered_once(network, second, 60)
            assert "the database is back" in log.read_text(encoding="utf-8")
