"""Two hosts are upgraded one after the other while citizens text: nothing is lost or doubled, one always answers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import mgov
from mgov.lab.books import Books
from mgov.lab.daemon import MGOV, LabDaemon, LabModem, modems_ready, wait_until
from mgov.lab.databases import empty_database
from mgov.lab.postgresql import LabPostgresql
from mgov.lab.traffic import Traffic
from mgov.store import nodes
from mgov.store.database import Database
from modem_drivers.simulated import SimulatedNetwork

#: What the next release adds: a table, and a column of the busiest table.
NEXT_SCHEMA = '''"""The next release's."""
from alembic import op
import sqlalchemy as sa
revision, down_revision = "0003", "0002"
def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("outbound_message", sa.Column("later", sa.Integer, nullable=True))
def downgrade() -> None: ...
'''
TEXT_EVERY = 0.25


def _next_release(folder: Path) -> tuple[str, ...]:
    """A copy of the program with another version and the next schema, run from its own folder."""
    root = Path(mgov.__file__).parent.parent
    for name in ("mgov", "config"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "mgov/store/migrations/versions/0003_later.py").write_text(NEXT_SCHEMA, encoding="utf-8")
    (folder / "mgov/__init__.py").write_text('__version__ = "99.0.0"\n', encoding="utf-8")
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); from mgov.cli.main import main; main()"
    return (sys.executable, "-c", start)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mgov-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


class _Site:
    """Two nodes with a modem each, and citizens who text all the time."""

    def __init__(self, folder: Path, url: str, network: SimulatedNetwork) -> None:
        self.folder, self._url, self._network = folder, url, network
        self.nodes = {name: self._node(name, MGOV) for name in ("n1", "n2")}
        self.nodes["n1"].run("db", "upgrade")
        self.books = Books(url)
        self.traffic = Traffic(network, self.books)
        self._db = Database(url)

    def _node(self, name: str, program: tuple[str, ...]) -> LabDaemon:
        msisdn = f"+6281110{name[1]}00010"
        if name not in self._network.modems:
            self._ports = getattr(self, "_ports", {}) | {name: self._network.add_modem(name, msisdn)}
        modem = LabModem(name, self._ports[name], msisdn)
        folder, quiet = self.folder / name, "[web]\nport = 0\n"
        return LabDaemon(folder, [modem], database=self._url, config=quiet, node=name, program=program)

    def replace(self, name: str, program: tuple[str, ...]) -> None:
        """Start another program under the same name, as an upgraded package does."""
        self.nodes[name] = self._node(name, program)
        self.nodes[name].start()

    def text_until(self, done: Callable[[], bool], within: float) -> None:
        """Text to both modems until something is so."""
        end = time.monotonic() + within
        while not done():
            assert time.monotonic() < end, "too late"
            for number, modem in enumerate(self._network.modems):
                self.traffic.pay(modem) if number else self.traffic.ask(modem)
            self.traffic.queue(1)
            time.sleep(TEXT_EVERY)

    def state(self, name: str) -> tuple[str, str]:
        """State and version of a node."""
        row = self._db.read(lambda tx: nodes.get(tx, name))
        assert row is not None
        return str(row["state"]), str(row["version"])

    def close(self) -> None:
        """Stop the hosts."""
        for node in self.nodes.values():
            node.stop()
        self.books.close()
        self._db.close()


@pytest.mark.timeout(240)
def test_hosts_are_upgraded_one_after_the_other_without_a_stop() -> None:
    """Drain, upgrade, resume: the older program goes on on the newer schema until its own turn comes."""
    with (
        _folder() as folder,
        LabPostgresql(folder / "postgresql") as server,
        empty_database(server.url, folder) as url,
        SimulatedNetwork.start(link_dir=folder / "ports") as network,
    ):
        newer = _next_release(folder / "next")
        site = _Site(folder, url, network)
        for node in site.nodes.values():
            node.start()
        try:
            assert wait_until(lambda: modems_ready(network, network.modems), 60) is not None
            for name in ("n1", "n2"):
                _upgrade(site, name, newer)
            assert {site.state(name) for name in ("n1", "n2")} == {("up", "99.0.0")}
            _count(site)
        finally:
            site.close()


def _upgrade(site: _Site, name: str, newer: tuple[str, ...]) -> None:
    old = site.nodes[name]
    old.run("node", "drain", name)
    site.text_until(lambda: site.state(name)[0] == "drained", 30)
    assert old.stop()
    upgraded = site.folder / "upgraded"
    if not upgraded.exists():
        _run(newer, old, "db", "upgrade")
        upgraded.touch()
    site.replace(name, newer)
    site.text_until(lambda: site.state(name) == ("drained", "99.0.0"), 30)
    _run(newer, old, "node", "resume", name)
    before = len(site.traffic.citizens)
    site.text_until(lambda: site.state(name)[0] == "up" and len(site.traffic.citizens) > before + 20, 30)


def _run(program: tuple[str, ...], node: LabDaemon, *words: str) -> None:
    command = [*program, "--config", str(node.config), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _count(site: _Site) -> None:
    settled = wait_until(lambda: site.traffic.settled(), 60, every=0.5)
    time.sleep(2.0)  # a doubled answer comes a moment later
    answered, sent, bookings = site.traffic.answered(), site.traffic.sent(), site.books.bookings()
    assert settled is not None, (answered.lost, sent.lost)
    assert (answered.doubled, sent.doubled) == ((), ())
    assert {bookings[payer] for payer in site.traffic.payers} == {1}
    assert len(site.traffic.citizens) > 60
