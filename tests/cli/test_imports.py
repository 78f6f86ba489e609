"""The commands that take files and keep accounts: exit codes, remarks, JSON and nothing else on stdout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mgov.cli.main import main
from mgov.store.database import Database
from mgov.store.schema.services import counter

BILLS = (
    "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date,status\n"
    "PKB-2026-000001,BAPENDA,3604014107900003,SITI,081200000002,A 1234 BC,Pajak,1000000,2026-12-20,\n"
    "PKB-2026-000002,BAPENDA,3604014107900003,SITI,081200000002,A 1235 BC,Pajak,abc,2026-12-20,\n"
)
APPLICATIONS = (
    "reference,service,agency,applicant_id,applicant_name,phone,status,status_note,submitted_on\n"
    "IZN-2026-000123,SIUP,DPMPTSP,3604014107900003,SITI,081200000002,diproses,,2026-11-10\n"
)


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configured site with an empty database."""
    (tmp_path / "mgov.toml").write_text(f'[database]\nurl = "{migrated_sqlite_url}"\n', encoding="utf-8")
    (tmp_path / "bills.csv").write_text(BILLS, encoding="utf-8")
    (tmp_path / "applications.csv").write_text(APPLICATIONS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def rows(*words: str) -> list[dict[str, object]]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("site")
def test_a_refused_row_exits_1_with_its_place_and_the_others_go_in() -> None:
    """One bad row: one line on stderr names line and column, the good bill is listed as the contract says."""
    result = run("bill", "import", "bills.csv")
    assert result.exit_code == 1
    assert "line 3, column amount" in result.stderr
    assert rows("bill", "list") == [
        {
            "number": "PKB-2026-000001",
            "agency": "BAPENDA",
            "amount": 1000000,
            "paid": 0,
            "overpaid": 0,
            "status": "open",
        }
    ]


def test_an_import_that_changes_nothing_exits_0(site: Path) -> None:
    """The same good file twice exits 0 twice."""
    (site / "bills.csv").write_text("".join(BILLS.splitlines(keepends=True)[:2]), encoding="utf-8")
    assert [run("bill", "import", "bills.csv").exit_code for _ in range(2)] == [0, 0]
    assert len(rows("bill", "list")) == 1


@pytest.mark.usefixtures("site")
def test_strict_imports_nothing() -> None:
    """--strict with a bad row takes none."""
    assert run("bill", "import", "--strict", "bills.csv").exit_code == 1
    assert rows("bill", "list") == []


@pytest.mark.usefixtures("site")
def test_a_status_that_staff_set_is_queued_to_the_applicant() -> None:
    """set-status queues one text, and an unknown reference exits 1."""
    assert run("application", "import", "applications.csv").exit_code == 0
    assert run("application", "set-status", "IZN-2026-000123", "disetujui", "--note", "Loket 3").exit_code == 0
    sent = rows("sms", "outbox")
    assert [line["to"] for line in sent] == ["+6281200000002"]
    assert "Loket 3" in str(sent[0]["text"])
    assert run("application", "set-status", "IZN-1", "disetujui").exit_code == 1


def test_the_audit_shows_a_cut_tail_and_a_changed_row(site: Path) -> None:
    """Staff changes are chained; a counter that says more rows than there are is a fault."""
    assert run("staff", "add", "kepala", "--role", "leader", "--phone", "08120000999", "--pin", "773019").exit_code == 0
    assert run("audit", "verify").exit_code == 0
    line = rows("audit", "list")[0]
    assert line["action"] == "staff.add"
    assert "773019" not in json.dumps(line)
    url = (site / "mgov.toml").read_text(encoding="utf-8").split('"')[1]
    db = Database(url)
    db.transact(lambda tx: tx.execute(counter.update().where(counter.c.name == "audit").values(value=2)))
    db.close()
    assert run("audit", "verify").exit_code == 1
    (site / "audit.key").write_bytes(b"another key")
    assert "another key" in run("audit", "verify").stderr


@pytest.mark.usefixtures("site")
def test_figures_are_printed_by_topic_and_period() -> None:
    """`mgov report` prints the figures of LAPORAN; an unknown topic exits 1."""
    run("bill", "import", "bills.csv")
    found = rows("report", "PAJAK", "--period", "2026-12")
    assert [(line["bills"], line["billed"], line["outstanding"]) for line in found] == [(1, 1000000, 1000000)]
    assert run("report", "CUACA").exit_code == 1
