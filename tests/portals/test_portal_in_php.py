"""An agency's portal in PHP, under its own role, on the database of a running gateway."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.engine import make_url

from mgov.lab.daemon import LabDaemon, LabModem
from modem_drivers.simulated import SimulatedNetwork

WIB = ZoneInfo("Asia/Jakarta")
CITIZEN, GATEWAY = "+6281299990001", "+628110000001"
ACCOUNT = '[[account]]\nname = "kas"\nbank = "BJB"\nnumber = "0061234567001"\nholder = "RKUD PROV BANTEN"'
PHP = shutil.which("php")
pytestmark = pytest.mark.skipif(PHP is None, reason="php-cli is not installed (script/test installs it with apt)")


class Portal:
    """The PHP process: one statement in, one answer out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, sql: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(sql.split()) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def rows(self, sql: str) -> list[dict[str, Any]]:
        answer = self.run(sql)
        assert "error" not in answer, answer
        return list(answer["rows"])

    def order(self, **said: str | int) -> None:
        names, values = ", ".join(said), ", ".join(repr(value) for value in said.values())
        answer = self.run(f"insert into portal_bill ({names}) values ({values})")
        assert "error" not in answer, answer


@contextmanager
def portal(url: str, role: str, password: str) -> Iterator[Portal]:
    """PHP on the database at `url` as a portal's role."""
    parsed = make_url(url)
    kind = "pgsql" if parsed.get_backend_name() == "postgresql" else "mysql"
    dsn = f"{kind}:host=127.0.0.1;port={parsed.port};dbname={parsed.database}"
    script = Path(__file__).with_name("portal.php")
    command = [str(PHP), str(script), dsn, role, password]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Portal(process)


def within(seconds: float, true: Callable[[], object]) -> float:
    """Wait until something is true; how long that took."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, "too late"
        time.sleep(0.02)
    return time.monotonic() - started


class Phone:
    """A citizen's phone on the simulated network."""

    def __init__(self, network: SimulatedNetwork) -> None:
        self._phone = network.phone(CITIZEN)

    def ask(self, words: str) -> str:
        time.sleep(1)  # the same text within the same second of the SMSC would be the same text
        before = len(self._phone.inbox)
        self._phone.send(words, GATEWAY)
        within(10, lambda: len(self._phone.inbox) > before)
        return str(self._phone.inbox[-1].text)


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"migrated_{request.param}_url"))


def test_a_portal_in_php_works_with_the_running_gateway(url: str, tmp_path: Path) -> None:
    """It adds, changes and cancels a bill, is refused another agency's row, and reads LUNAS; TAGIHAN follows."""
    role = f"portal_{make_url(url).database}"[:32]
    with SimulatedNetwork.start() as network:
        modem = LabModem("m1", network.add_modem("m1", GATEWAY), GATEWAY)
        daemon = LabDaemon(tmp_path, [modem], database=url, config=ACCOUNT)
        daemon.run("bill", "import", _other_agencys_bill(tmp_path))
        password = daemon.run("db", "grant", "BAPENDA", "--role", role).split()[-1]
        daemon.start()
        try:
            with portal(url, role, password) as php:
                _live_through_a_bill(php, Phone(network), daemon, tmp_path)
                _see_nothing_else(php)
        finally:
            daemon.stop()
            daemon.run("db", "revoke", role)


def _other_agencys_bill(folder: Path) -> str:
    path = folder / "bills.csv"
    path.write_text(
        "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
        "RTB-2026-7,DISHUB,3604014107900003,SITI,081200000002,B 9 XY,Retribusi,75000,2026-12-20\n"
    )
    return str(path)


def _live_through_a_bill(php: Portal, phone: Phone, daemon: LabDaemon, folder: Path) -> None:
    bill = {"agency": "BAPENDA", "number": "PKB-2026-551201"}
    php.order(**bill, payer_name="SITI", object="A 1234 BC", amount=500000, due_date="2026-12-20")
    status = "select status, amount, paid from v1_bill where number = 'PKB-2026-551201'"
    within(60, lambda: php.rows(status))  # the daemon is still starting
    assert "Rp500.000" in phone.ask("TAGIHAN A 1234 BC")
    php.order(**bill, amount=510000)
    taken = within(10, lambda: int(php.rows(status)[0]["amount"]) == 510000)
    assert taken < 1.0
    assert "Rp510.000" in phone.ask("TAGIHAN A 1234 BC")
    php.order(agency="BAPENDA", number="PKB-2026-551202", amount=1000)
    php.order(agency="BAPENDA", number="PKB-2026-551202", amount=1000, status="cancelled")
    within(10, lambda: _events(php, "PKB-2026-551202") == ["bill_cancelled"])

    paid = datetime.now(WIB)  # the day on which the changed amount is valid
    assert "diterima" in phone.ask(f"BAYAR PKB-2026-551201#0093482711#{paid:%d-%m-%Y#%H:%M}")
    statement = folder / "statement.csv"
    statement.write_text(
        "booked_at,value_date,amount,type,reference,description,balance\n"
        f"{paid.isoformat(timespec='seconds')},{paid:%Y-%m-%d},510000,CR,0093482711,SETORAN,\n"
    )
    daemon.run("bank", "import", str(statement), "--account", "kas")
    within(20, lambda: _events(php, "PKB-2026-551201") == ["bill_paid"])
    assert php.rows(status)[0]["status"] == "paid"


def _events(php: Portal, number: str) -> list[str]:
    rows = php.rows(f"select kind from v1_event where object = '{number}' order by number")
    return [str(row["kind"]) for row in rows]


def _see_nothing_else(php: Portal) -> None:
    """Neither another agency's rows nor texts, PINs, the audit or the core."""
    foreign = php.run("insert into portal_bill (agency, number, amount) values ('DISHUB', 'RTB-2026-7', 1)")
    if "error" not in foreign:  # MariaDB lets it in; the gateway refuses it, in sight of who wrote it
        why = "select outcome, reason from v1_portal_bill where number = 'RTB-2026-7' and taken_at is not null"
        within(10, lambda: php.rows(why))
        refused = php.rows(why)[0]
        assert refused["outcome"] == "refused"
        assert "not your agency" in refused["reason"]
    assert php.rows("select * from v1_bill where agency <> 'BAPENDA'") == []
    assert php.rows("select * from v1_event where agency <> 'BAPENDA'") == []
    hidden = ("bill", "inbound_message", "outbound_message", "staff", "audit", "party", "portal_grant")
    for table in hidden:
        assert "error" in php.run(f"select * from {table}"), table
    for change in (
        "update bill set amount = 1",
        "delete from portal_event",
        "update portal_bill set outcome = 'accepted'",
        "delete from portal_bill",
        "insert into portal_event (agency, kind, object, detail, at) values ('BAPENDA', 'bill_paid', 'x', '', now())",
        "insert into portal_bill (agency, number, amount, outcome) values ('BAPENDA', 'x', 1, 'accepted')",
    ):
        assert "error" in php.run(change), change
