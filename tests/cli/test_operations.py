"""The commands of the NOC, as typed: backup, restore, release, move, status, doctor, alert, report."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, update

from mgov.cli.main import main
from mgov.store.database import Database
from mgov.store.schema.messages import modem
from mgov.workflows import alerts
from mgov.workflows.alert_conditions import Facts

ROOT = Path(__file__).parents[2]


class Noc:
    """One site in a folder; `run` types a command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0

    def run(self, *words: str, config: str = "mgov.toml") -> Result:
        """Type a command."""
        return CliRunner().invoke(main, ["--config", str(self.folder / config), *words])

    def done(self, *words: str, config: str = "mgov.toml") -> str:
        """Type a command that does its work."""
        result = self.run(*words, config=config)
        assert result.exit_code == 0, (words, result.output)
        return result.output

    def second(self, url: str) -> str:
        """A second configuration, on another database."""
        (self.folder / "second.toml").write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
        return "second.toml"


@pytest.fixture
def noc(tmp_path: Path) -> Noc:
    made = Noc(tmp_path / "gateway")
    made.done("bill", "import", str(ROOT / "config/demo/bills.csv"))
    made.done("sms", "send", "--to", "+6281200000001", "--text", "menunggu")
    return made


def test_a_backup_restores_into_another_database(noc: Noc, database_url: str) -> None:
    """Into an empty database of any kind; what was queued is held, then released."""
    said = noc.done("backup", str(noc.folder / "b.zip"))
    assert "whole" in said
    assert "whole" in noc.done("backup", "--verify", str(noc.folder / "b.zip"))
    second = noc.second(database_url)
    assert "1 messages are held" in noc.done("restore", str(noc.folder / "b.zip"), config=second)
    bills = noc.done("bill", "list", "--json")
    assert noc.done("bill", "list", "--json", config=second) == bills
    assert "DITAHAN" in noc.done("status", config=second)
    (held,) = [json.loads(line) for line in noc.done("release", "--list", "--json", config=second).splitlines()]
    assert held["recipient"] == "+6281200000001"
    assert noc.run("release", config=second).exit_code == 2
    assert "1 messages released; 0 still held" in noc.done("release", str(held["id"]), config=second)
    assert "DITAHAN" not in noc.done("status", config=second)
    assert noc.run("release", "--all", config=second).exit_code == 1


def test_a_restore_spares_what_is_there(noc: Noc) -> None:
    """A database with rows is replaced only when that is said; a file that is no backup never."""
    noc.done("backup", str(noc.folder / "b.zip"))
    noc.done("sms", "send", "--to", "+6281200000002", "--text", "sesudahnya")
    refused = noc.run("restore", str(noc.folder / "b.zip"))
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    (noc.folder / "x.zip").write_text("x", encoding="utf-8")
    assert noc.run("restore", str(noc.folder / "x.zip"), "--replace").exit_code == 1
    assert "sesudahnya" in noc.done("sms", "outbox", "--json")
    noc.done("restore", str(noc.folder / "b.zip"), "--replace")
    assert "sesudahnya" not in noc.done("sms", "outbox", "--json")
    assert "1 messages expired" in noc.done("release", "--all", "--expire")


def test_nothing_is_replaced_under_a_running_daemon(noc: Noc, sqlite_url: str) -> None:
    """A modem that was heard of a moment ago means that a daemon writes here."""
    noc.done("backup", str(noc.folder / "b.zip"))
    with closing(Database(f"sqlite:///{noc.folder}/mgov.db")) as db:
        row = {"name": "m1", "driver": "at", "state": "ready", "last_seen": datetime.now(UTC)}
        db.transact(lambda tx: tx.execute(insert(modem).values(**row)))
        for words in (("restore", str(noc.folder / "b.zip"), "--replace"), ("db", "move", "--to", sqlite_url)):
            refused = noc.run(*words)
            assert (refused.exit_code, "stop mgov.target" in refused.output) == (1, True)
        db.transact(lambda tx: tx.execute(update(modem).values(state="stopped")))
    noc.done("restore", str(noc.folder / "b.zip"), "--replace")


def test_old_backups_of_a_folder_go(noc: Noc) -> None:
    """--keep leaves the newest so many."""
    for day in ("01", "02", "03"):
        (noc.folder / f"mgov-202601{day}T000000Z.zip").write_text("x", encoding="utf-8")
    noc.done("backup", str(noc.folder), "--keep", "2")
    assert len(list(noc.folder.glob("mgov-*Z.zip"))) == 2
    assert (noc.folder / "mgov-20260103T000000Z.zip").exists()


def test_a_site_moves(noc: Noc, postgresql_url: str) -> None:
    """Counts and digests are printed; a target with rows, or one that is none, is refused."""
    said = noc.done("db", "move", "--to", postgresql_url)
    assert "the same on both sides" in said
    assert "menunggu" in noc.done("sms", "outbox", "--json", config=noc.second(postgresql_url))
    assert noc.run("db", "move", "--to", postgresql_url).exit_code == 1
    assert noc.run("db", "move", "--to", "nonsense://x").exit_code == 1


def test_status_is_also_for_machines(noc: Noc) -> None:
    """One JSON object with everything that the screen shows."""
    seen = json.loads(noc.done("status", "--json"))
    assert {"modems", "queues", "oldest_waiting", "money", "jobs", "alerts", "errors", "inbox", "today"} <= set(seen)
    assert seen["queues"][0]["count"] == 1
    assert seen["oldest_waiting"]["sms"] is not None
    assert seen["money"]["bills_open"] > 0


def test_an_alert_is_taken_by_somebody(noc: Noc) -> None:
    """Listed while it holds, with who takes care of it."""
    with closing(Database(f"sqlite:///{noc.folder}/mgov.db")) as db:
        now = datetime.now(UTC)
        alerts.see(db, "audit_broken", "audit", "row 3", now)
        kinds = alerts.read_kinds({})
        alerts.sweep(db, alerts.AlertSettings(kinds), Facts("noc", now.date()), now)
    (row,) = [json.loads(line) for line in noc.done("alert", "list", "--open", "--json").splitlines()]
    noc.done("alert", "ack", str(row["id"]))
    (row,) = [json.loads(line) for line in noc.done("alert", "list", "--json").splitlines()]
    assert row["acknowledged_by"]
    assert noc.run("alert", "ack", "999").exit_code == 1


def test_doctor_says_what_is_wrong_by_its_exit_code(noc: Noc) -> None:
    """0 when everything works, 1 when something does not."""
    (noc.folder / "mgov.toml").chmod(0o640)
    levels = {json.loads(line)["level"] for line in noc.run("doctor", "--json").output.splitlines()}
    assert "ok" in levels
    broken = noc.second("sqlite:////no/such/folder/x.db")
    assert noc.run("doctor", config=broken).exit_code == 1


def test_figures_go_into_files(noc: Noc) -> None:
    """CSV, a workbook and a page, with the same numbers; a formula in a name stays a text."""
    noc.done(
        "report", "PAD", "--by", "agency", "--csv", str(noc.folder / "f.csv"), "--xlsx", str(noc.folder / "f.xlsx"),
        "--html", str(noc.folder / "f.html"),
    )  # fmt: skip
    rows = list(csv.DictReader((noc.folder / "f.csv").read_text(encoding="utf-8").splitlines()))
    whole = json.loads(noc.done("report", "PAD", "--json"))
    assert sum(int(row["billed"]) for row in rows) == whole["billed"]
    assert "<svg" in (noc.folder / "f.html").read_text(encoding="utf-8")
    assert (noc.folder / "f.xlsx").stat().st_size > 1000
    assert noc.run("report", "NOSUCH").exit_code == 1


def test_targets_come_by_csv(noc: Noc) -> None:
    """Good rows go in, bad ones are named with their line."""
    file = noc.folder / "t.csv"
    file.write_text("topic,agency,year,amount\nPAD,,2026,4000000\nNOSUCH,,2026,1\n", encoding="utf-8")
    said = noc.run("report", "target", "import", str(file))
    assert said.exit_code == 1
    assert "t.csv:3: topic" in said.output
    assert json.loads(noc.done("report", "PAD", "--period", "2026", "--json"))["target"] == 4_000_000
    assert len(noc.done("report", "target", "list", "--json").splitlines()) == 1
