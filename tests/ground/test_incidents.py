"""Staged incidents: whoever has only status, doctor, explain and the runbook finds the cause of each."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import insert, update

from mgov.bootstrap import shipped_table
from mgov.cli.main import main
from mgov.domain.actor import Actor
from mgov.store import outbox, pauses, staff
from mgov.store.database import Database
from mgov.store.schema.messages import modem
from mgov.store.schema.money import bank_account, bank_statement
from mgov.store.schema.staff import job_slot
from mgov.workflows import alerts, backup
from mgov.workflows.alert_conditions import Facts
from mgov.workflows.alerts import read_kinds
from modem_drivers.simulated import FaultKind, SimulatedNetwork

RUNBOOK = (Path(__file__).parents[2] / "docs/noc.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([A-E]\d+) · (.+)$", RUNBOOK, re.MULTILINE))
MGOV = [sys.executable, "-m", "mgov.cli.main"]
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock moves on between the import of this file and a test: what was a moment ago would be silence."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


class Site:
    """One configuration on one database, looked at only by the commands that the NOC has."""

    def __init__(self, folder: Path, url: str, more: str = "") -> None:
        self.path = folder / "mgov.toml"
        self.url = url
        self.path.write_text(f'node = "noc"\n[database]\nurl = "{url}"\n[web]\nport = 0\n{more}', encoding="utf-8")
        self.path.chmod(0o640)

    def doctor(self) -> list[dict[str, Any]]:
        """What needs attention."""
        lines = self._run("doctor", "--json").splitlines()
        return [found for line in lines if (found := json.loads(line))["level"] != "ok"]

    def cause(self, kind: str) -> dict[str, Any]:
        """The one finding whose subject or section says `kind`."""
        found = [row for row in self.doctor() if kind in (row["runbook"], row["what"].partition(" ")[0], row["what"])]
        assert found, (kind, self.doctor())
        return found[0]

    def status(self) -> str:
        """The one screen."""
        return self._run("status")

    def explain(self, kind: str, number: int) -> str:
        """The story of one object."""
        return self._run("explain", kind, str(number))

    def change(self, work: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - whatever it gives
        """Stage something in the tables."""
        with closing(Database(self.url)) as db:
            return db.transact(work)

    def _run(self, *arguments: str) -> str:
        done = CliRunner().invoke(main, ["--config", str(self.path), *arguments])
        return done.output


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite_url: str) -> Site:
    """A site with one modem that is well."""
    made = Site(tmp_path, migrated_sqlite_url, '[[modem]]\nname = "tsel-1"\ndriver = "simulated"\n')
    well = {
        "name": "tsel-1",
        "node": "noc",
        "driver": "at",
        "state": "ready",
        "last_seen": NOW,
        "operator": "TELKOMSEL",
    }
    made.change(lambda tx: tx.execute(insert(modem).values(**well)))
    return made


def _told(finding: dict[str, Any], *words: str) -> None:
    """The finding names its cause, and its section is in the runbook with cause, look and do."""
    for word in words:
        assert word in f"{finding['what']} {finding['found']}", finding
    assert finding["do"]
    section = RUNBOOK.split(f"### {finding['runbook']} · ", 1)[1].split("\n##", 1)[0]
    assert all(part in section for part in ("**Sebab:**", "**Lihat:**", "**Lakukan:**"))


@contextmanager
def _daemon(site: Site) -> Iterator[None]:
    with (site.path.parent / "daemon.log").open("ab") as log:
        process = subprocess.Popen(
            [*MGOV, "--config", str(site.path), "run"], stdout=log, stderr=log, env=dict(os.environ)
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (so := true()) and time.monotonic() < end:
        time.sleep(0.3)
    return so


@pytest.mark.timeout(180)
def test_four_modems_with_four_troubles(tmp_path: Path, migrated_sqlite_url: str) -> None:
    """A locked SIM, a missing port, no network and a full SIM on a running daemon: each named, the fifth goes on."""
    with SimulatedNetwork.start() as network:
        ports = {
            "baik": network.add_modem("baik", "+628110000001"),
            "kunci": network.add_modem("kunci", "+628110000002", pin="1234"),
            "sepi": network.add_modem("sepi", "+628110000003"),
            "lepas": "/dev/ttyLEPAS",
        }
        tables = "".join(
            f'[[modem]]\nname = "{name}"\ndriver = "at"\nport = "{port}"\n' for name, port in ports.items()
        )
        site = Site(tmp_path, migrated_sqlite_url, tables)
        network.fault("sepi", FaultKind.UNREGISTERED, seconds=120)
        noc = {"login": "budi", "phone": "+628129990001", "created_at": NOW, "created_by": "t"}
        site.change(lambda tx: staff.add(tx, ["noc"], **noc))
        with _daemon(site):
            wanted = {"sim_locked kunci", "modem_unregistered sepi", "modem_down lepas"}
            assert _until(lambda: wanted <= {row["what"] for row in site.doctor()}, 75), site.doctor()
            _told(site.cause("sim_locked kunci"), "kunci", "PIN")
            _told(site.cause("modem_unregistered sepi"), "sepi")
            _told(site.cause("modem_down lepas"), "ttyLEPAS")
            assert not any("baik" in row["what"] for row in site.doctor())
            screen = site.status()
            assert re.search(r"kunci +locked", screen)
            assert re.search(r"sepi +unregistered", screen)
            assert re.search(r"lepas +down", screen)
            assert re.search(r"baik +ready", screen)
            told = network.phone("+628129990001")
            assert _until(lambda: any("SIM terkunci kunci" in text.text for text in told.inbox), 30)
            assert any("panduan A3" in text.text for text in told.inbox)


def test_a_full_sim(site: Site) -> None:
    """The number of messages in the SIM is its capacity."""
    site.change(lambda tx: tx.execute(update(modem).values(storage_used=20, storage_total=20)))
    _told(site.cause("A4"), "tsel-1", "20/20")
    assert "SIM 20/20" in site.status()


def test_a_daemon_that_stopped(site: Site) -> None:
    """A ready modem that nobody has heard of for a while."""
    site.change(lambda tx: tx.execute(update(modem).values(last_seen=NOW - timedelta(minutes=20))))
    _told(site.cause("A1"), "tsel-1", "menit")
    assert "tanpa kabar" in site.status()


def test_a_service_that_was_stopped(site: Site) -> None:
    """An orderly stop is told as that, and as nothing else."""
    site.change(lambda tx: tx.execute(update(modem).values(state="stopped", error="its daemon was stopped")))
    _told(site.cause("E9"), "was stopped", "tsel-1")
    assert not any(row["what"].startswith("modem_down") for row in site.doctor())


def test_a_balance_that_runs_out(site: Site) -> None:
    """The balance as last asked, and the alert of the treasury."""
    site.change(lambda tx: tx.execute(update(modem).values(balance=1_200, balance_at=NOW)))
    with closing(Database(site.url)) as db:
        alerts.see(db, "balance_low", "tsel-1", "Rp1.200, cukup 4 SMS", NOW)
        alerts.sweep(db, _settings(), _facts(), NOW)
    _told(site.cause("A6"), "tsel-1", "Rp1.200")
    assert "pulsa Rp1.200" in site.status()


def test_a_database_that_is_away(tmp_path: Path) -> None:
    """Status and doctor say so in one line each, and nothing else is asked."""
    site = Site(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/mgov")
    _told(site.cause("B5"), "refused")
    assert "B5" in site.status()


def test_a_schema_that_does_not_fit(tmp_path: Path, sqlite_url: str) -> None:
    """A database that was never migrated is named, with the command that mends it."""
    site = Site(tmp_path, sqlite_url)
    _told(site.cause("B5"), "mgov db upgrade")


def test_a_mail_server_that_is_down(tmp_path: Path, migrated_sqlite_url: str) -> None:
    """A mail that waits, and the port that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mail = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsender = "a@example.go.id"\n'
    site = Site(tmp_path, migrated_sqlite_url, mail)
    old = NOW - timedelta(minutes=40)
    number = site.change(
        lambda tx: outbox.queue_text(tx, to="warga@example.com", text="x", subject="x", channel="email", now=old)
    )
    _told(site.cause("mail out"), f"127.0.0.1:{port}")
    _told(site.cause("mail_down"), "1 surel")
    assert "email" in site.status()
    assert site.explain("send", number)


def test_a_queue_that_does_not_move(site: Site) -> None:
    """A message that no modem takes: how many, since when; and the story of it."""
    old = NOW - timedelta(minutes=30)
    number = site.change(lambda tx: outbox.queue_text(tx, to="+628120000001", text="x", now=old))
    _told(site.cause("B1"), "1 antre", "menit")
    assert "KELUAR menunggu tertua: SMS" in site.status()
    assert site.explain("send", number)


def test_a_class_that_somebody_paused(site: Site) -> None:
    """Who, since when, why; what is held on purpose is no stuck queue."""
    old = NOW - timedelta(minutes=30)

    def stage(tx: Any) -> int:  # noqa: ANN401 - a transaction
        pauses.add(tx, "class", "transaction", old, Actor.staff("budi"), "uji tarif")
        return outbox.queue_text(tx, to="+628120000001", text="x", now=old)

    number = site.change(stage)
    _told(site.cause("B7"), "staff:budi", "uji tarif")
    assert "DIJEDA class transaction oleh staff:budi" in site.status()
    assert not any(row["what"].startswith("queue_stuck") for row in site.doctor())
    assert site.explain("send", number)


def test_a_statement_that_did_not_come(site: Site) -> None:
    """The account, and the last day that is known of it."""
    last = NOW.date() - timedelta(days=20)

    def stage(tx: Any) -> None:  # noqa: ANN401 - a transaction
        account = tx.execute(insert(bank_account).values(number="001234", name="kas-daerah", created_at=NOW))
        figures = {"file_digest": "d", "format": "generic", "entries": 0, "entries_new": 0, "imported_by": "t"}
        covers = {"covers_from": last, "covers_to": last, "imported_at": NOW}
        tx.execute(insert(bank_statement).values(account_id=account.inserted_primary_key[0], **figures, **covers))

    site.change(stage)
    _told(site.cause("D1"), "kas-daerah", f"{last:%d/%m/%Y}")
    assert "kas-daerah sampai" in site.status()


def test_a_job_that_fails(site: Site) -> None:
    """The job and why."""
    failed = {"job": "backup", "slot": NOW, "node": "noc", "started_at": NOW, "finished_at": NOW, "outcome": "failed"}
    site.change(lambda tx: tx.execute(insert(job_slot).values(detail="/cadangan: No space left", **failed)))
    _told(site.cause("E1"), "backup", "No space left")
    assert re.search(r"backup +failed", site.status())


def test_a_disk_that_is_full(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder and how much is left."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 97, 3))
    _told(site.cause("E2"), "3%")


def test_a_clock_that_is_wrong(tmp_path: Path, migrated_postgresql_url: str) -> None:
    """A clock that fell back to the epoch, and one that runs away from the database's."""
    site = Site(tmp_path, migrated_postgresql_url)
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=True):
        _told(site.cause("clock"), "2020")
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        _told(site.cause("clock"), "s from the database's")


def test_a_restored_backup(site: Site, tmp_path: Path) -> None:
    """What is held, and the command that ends it."""
    site.change(lambda tx: outbox.queue_text(tx, to="+628120000001", text="x", now=NOW))
    with closing(Database(site.url)) as db:
        backup.take(db, tmp_path / "b.zip", program="1", now=NOW)
        backup.restore(db, tmp_path / "b.zip", now=NOW, actor=Actor.system("t"))
    _told(site.cause("E4"), "1 kiriman")
    assert "DITAHAN" in site.status()


def test_a_configuration_with_a_wrong_value(site: Site) -> None:
    """The line that is wrong and what would be right; a file that anybody may read."""
    site.path.write_text(site.path.read_text(encoding="utf-8") + '[reminders]\nquiet = "x"\n', encoding="utf-8")
    (finding,) = site.doctor()
    assert "reminders quiet: no such setting" in finding["found"]
    text = site.path.read_text(encoding="utf-8").partition("[reminders]")[0]
    site.path.write_text(text, encoding="utf-8")
    site.path.chmod(0o644)
    assert "chmod 640" in site.cause("config")["do"]


def test_every_alert_has_its_section() -> None:
    """Each kind of alert names a section of the runbook that is about it and says cause, look and do."""
    kinds = read_kinds(shipped_table("alerts.toml"))
    for kind in kinds.values():
        assert SECTIONS[kind.runbook].startswith(f"{kind.name} "), kind
        _told({"what": "", "found": "", "do": "x", "runbook": kind.runbook})


def _settings() -> alerts.AlertSettings:
    return alerts.AlertSettings(read_kinds(shipped_table("alerts.toml")))


def _facts() -> Facts:
    return Facts("noc", NOW.date())
