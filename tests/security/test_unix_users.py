"""Real Unix users at one site: the kernel says who they are, and the role what they may do."""

from __future__ import annotations

import json
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.security.unix_users import (
    ADMIN,
    CASHIER,
    OPERATOR,
    SECOND,
    SERVICE,
    STRANGER,
    as_user,
    python_for_everybody,
    real_users,
)

CONFIG = '[database]\nurl = "sqlite:///mgov.db"\n[payments]\nfour_eyes_above = 1000000\n'
BILLS = (
    "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    "PKB-2026-000001,BAPENDA,3604014107900003,SITI,081200000002,A 1234 BC,Pajak,500000,2026-12-20\n"
    "PKB-2026-000002,BAPENDA,3604014107900004,BUDI,081200000003,A 1235 BC,Pajak,5000000,2026-12-20\n"
    "SKRD-2026-000001,DISHUB,3604014107900005,AGUS,081200000004,LOS 7,Retribusi,700000,2026-12-20\n"
)
TEXTS = [
    ("+6281200000002", "BAYAR PKB-2026-000001#FT26111AAA#12-11-2026#10.00#500000#BJB"),
    ("+6281200000003", "BAYAR PKB-2026-000002#FT26111BBB#12-11-2026#10.00#5000000#BJB"),
    ("+6281200000004", "BAYAR SKRD-2026-000001#FT26111CCC#12-11-2026#10.00#700000#BJB"),
]
STATEMENT = (
    "booked_at,value_date,amount,type,reference,description,balance\n"
    "2026-11-12T10:00:00+07:00,2026-11-12,500000,CR,XX1,setoran tunai,\n"
    "2026-11-12T10:01:00+07:00,2026-11-12,5000000,CR,XX2,setoran tunai,\n"
    "2026-11-12T10:02:00+07:00,2026-11-12,700000,CR,XX3,setoran tunai,\n"
)


@dataclass(frozen=True)
class Site:
    """A site of the service user's, its door, and how commands reach it."""

    folder: Path
    python: list[str]

    def mgov(self, user: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command of a Unix user, through the door."""
        door = f"MGOV_DOOR={self.folder}/run/door.sock"
        return as_user(user, [self.python[0], door, *self.python[1:], "-m", "mgov.cli.main", *words], stdin=stdin)

    def own(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command of the service user, who made the site, in its folder."""
        return as_user(SERVICE, [*self.python, "-m", "mgov.cli.main", *words], cwd=self.folder / "data", stdin=stdin)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site with its staff, bills of two agencies, claims, a statement, and the door open."""
    with real_users(), tempfile.TemporaryDirectory(prefix="mgov-kantor-") as name_of_folder:
        folder = Path(name_of_folder)  # not pytest's own: that is closed to other users
        folder.chmod(0o755)
        who = pwd.getpwnam(SERVICE)
        for name, mode in (("data", 0o700), ("run", 0o755)):
            (folder / name).mkdir(mode=mode)
            subprocess.run(["chown", f"{who.pw_uid}:{who.pw_gid}", folder / name], check=True)
        found = Site(folder, python_for_everybody())
        _fill(found)
        door = _open_door(found)
        try:
            yield found
        finally:
            door.terminate()
            door.communicate(timeout=10)


def _fill(site: Site) -> None:
    assert site.own("init").returncode == 0
    (site.folder / "data/mgov.toml").write_text(CONFIG, encoding="utf-8")
    files = {"bills.csv": BILLS, "statement.csv": STATEMENT}
    files["texts.jsonl"] = "".join(
        json.dumps({"from": number, "text": text, "received_at": "2026-11-12T11:00:00+07:00"}) + "\n"
        for number, text in TEXTS
    )
    for name, content in files.items():
        (site.folder / "data" / name).write_text(content, encoding="utf-8")
        (site.folder / "data" / name).chmod(0o644)
    steps = [
        ["bill", "import", "bills.csv"],
        ["sms", "inject", "texts.jsonl", "--process"],
        ["bank", "import", "statement.csv", "--account", "0012345678", "--format", "csv:generic"],
        ["staff", "add", "admin", "--role", "administrator", "--unix-user", ADMIN],
        ["staff", "add", "kasir1", "--role", "cashier", "--agency", "BAPENDA", "--unix-user", CASHIER],
        ["staff", "add", "kasir2", "--role", "cashier", "--agency", "BAPENDA", "--unix-user", SECOND],
        ["staff", "add", "petugas", "--role", "operator", "--agency", "DISHUB", "--unix-user", OPERATOR],
    ]
    for step in steps:
        done = site.own(*step)
        assert done.returncode == 0, (step, done.stdout, done.stderr)


def _open_door(site: Site) -> subprocess.Popen[str]:
    who = pwd.getpwnam(SERVICE)
    user = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]
    command = [*user, *site.python, "-m", "mgov.cli.main", "door", "--socket", str(site.folder / "run/door.sock")]
    door = subprocess.Popen(command, cwd=site.folder / "data", stdout=subprocess.PIPE, text=True)
    assert door.stdout is not None
    assert "the door is open" in door.stdout.readline()
    return door


def _payments(site: Site, user: str) -> list[dict[str, object]]:
    done = site.mgov(user, "payment", "list", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _id_of(site: Site, bill: str) -> str:
    done = site.own("payment", "list", "--json")
    return next(str(row["id"]) for row in map(json.loads, done.stdout.splitlines()) if row["bill"] == bill)


def test_nobody_but_the_service_opens_its_files(site: Site) -> None:
    """The database, the configuration and the audit's key are closed to every other Unix user."""
    for user in (CASHIER, OPERATOR, STRANGER):
        for name in ("mgov.db", "mgov.toml", "audit.key", "audit.anchor"):
            assert as_user(user, ["cat", str(site.folder / "data" / name)]).returncode != 0
        direct = as_user(
            user, [*site.python, "-m", "mgov.cli.main", "--config", f"{site.folder}/data/mgov.toml", "bill", "list"]
        )
        assert direct.returncode != 0
        assert "PKB" not in direct.stdout


def test_a_cashier_approves_up_to_the_limit(site: Site) -> None:
    """Below the limit one cashier is enough, and the history names him."""
    number = _id_of(site, "PKB-2026-000001")
    done = site.mgov(CASHIER, "payment", "approve", number, "--entry", "XX1")
    assert done.returncode == 0, done.stderr
    assert "settled" in done.stdout
    assert "staff:kasir1" in site.own("explain", "payment", number).stdout


def test_a_cashier_cannot_approve_alone_above_the_limit(site: Site) -> None:
    """Above the limit he proposes, also when he asks twice; a second cashier settles it."""
    number = _id_of(site, "PKB-2026-000002")
    for _ in range(2):
        done = site.mgov(CASHIER, "payment", "approve", number, "--entry", "XX2")
        assert "proposed" in done.stdout, done.stderr
    assert [row["status"] for row in _payments(site, CASHIER) if str(row["id"]) == number] == ["review"]
    assert "settled" in site.mgov(SECOND, "payment", "approve", number, "--entry", "XX2").stdout


def test_a_cashier_sees_and_decides_nothing_of_another_agency(site: Site) -> None:
    """Bills and payments of another agency are not listed, not shown, not decided."""
    assert {row["bill"] for row in _payments(site, CASHIER)} == {"PKB-2026-000001", "PKB-2026-000002"}
    listed = site.mgov(CASHIER, "bill", "list", "--json").stdout
    assert "PKB-2026-000001" in listed
    assert "SKRD-" not in listed
    other = _id_of(site, "SKRD-2026-000001")
    refused = [
        ("bill", "list", "--agency", "DISHUB"),
        ("bill", "show", "SKRD-2026-000001"),
        ("payment", "show", other),
        ("payment", "approve", other, "--entry", "XX3"),
        ("payment", "reject", other, "--reason", "x"),
        ("payment", "assign", "XX3", "SKRD-2026-000001"),
        ("explain", "payment", other),
        ("explain", "bill", "3"),
        ("explain", "message", "3"),
        ("explain", "application", "1"),
        ("sms", "dead"),
        ("status",),
    ]
    for words in refused:
        done = site.mgov(CASHIER, *words)
        assert done.returncode == 1, words
        assert "AGUS" not in done.stdout
        assert len(done.stderr.splitlines()) == 1


def test_nobody_acts_as_another(site: Site) -> None:
    """Neither the environment nor an option nor another's configuration makes a user someone else."""
    disguise = ["USER=" + ADMIN, "LOGNAME=" + ADMIN, "SUDO_USER=root", "SUDO_UID=0", "MGOV_CONFIG=/tmp/other.toml"]
    words = ["env", f"MGOV_DOOR={site.folder}/run/door.sock", *disguise, *site.python[1:], "-m", "mgov.cli.main"]
    done = as_user(CASHIER, [*words, "staff", "list"])
    assert done.returncode == 1, done.stdout
    assert "kasir1" in done.stderr
    assert "kasir1: cashier" in site.mgov(CASHIER, "whoami").stdout
    for words in (("--config", "/tmp/x.toml", "whoami"), ("whoami", "--actor", "admin"), ("whoami", "--user", "admin")):
        assert "admin:" not in site.mgov(CASHIER, *words).stdout


def test_a_user_without_an_account_gets_nothing_but_a_sentence(site: Site) -> None:
    """A stranger is told how to be let in, and sees no bill."""
    for words in (("bill", "list"), ("payment", "list"), ("sms", "inbox"), ("info", "set", "PAJAK", "x")):
        done = site.mgov(STRANGER, *words)
        assert done.returncode == 1
        assert "mgov login" in done.stderr
        assert not done.stdout


def test_a_login_lasts_until_it_is_revoked_and_serves_its_unix_user_alone(site: Site) -> None:
    """Wrong passwords are refused, the right one opens a session, revoking ends it at once; a stolen token is none."""
    assert (
        site.mgov(
            ADMIN, "staff", "add", "auditor", "--role", "auditor", "--ask-password", stdin="rahasia besar\n"
        ).returncode
        == 0
    )
    assert site.mgov(STRANGER, "login", "auditor", stdin="salah sekali\n").returncode == 1
    assert site.mgov(STRANGER, "login", "auditor", stdin="rahasia besar\n").returncode == 0
    assert "auditor: auditor" in site.mgov(STRANGER, "whoami").stdout
    assert site.mgov(STRANGER, "audit", "verify").returncode == 0
    assert site.mgov(STRANGER, "info", "set", "PAJAK", "x").returncode == 1
    _steal_session(STRANGER, OPERATOR)
    assert "ended" in site.mgov(OPERATOR, "whoami").stderr
    assert site.mgov(OPERATOR, "logout").returncode == 0
    assert "petugas" in site.mgov(OPERATOR, "whoami").stdout
    assert site.mgov(STRANGER, "login", "auditor", stdin="rahasia besar\n").returncode == 0
    assert "sessions ended" in site.mgov(ADMIN, "staff", "revoke", "auditor").stdout
    assert "ended" in site.mgov(STRANGER, "whoami").stderr


def _steal_session(of: str, by: str) -> None:
    """What root could do: lay another's token into one's own home."""
    source = Path(pwd.getpwnam(of).pw_dir) / ".config/mgov"
    target = Path(pwd.getpwnam(by).pw_dir) / ".config/mgov"
    subprocess.run(["mkdir", "-p", target], check=True)
    subprocess.run(f"cp {source}/* {target}/ && chown -R {by} {target.parent}", shell=True, check=True)


def test_an_operator_changes_only_what_he_made(site: Site) -> None:
    """Articles: his own he edits; another's, and any deletion, is refused; an administrator may."""
    assert site.mgov(OPERATOR, "info", "set", "TRAYEK", "Izin trayek di loket 2").returncode == 0
    assert site.mgov(OPERATOR, "info", "edit", "TRAYEK", "Izin trayek di loket 3").returncode == 0
    assert site.mgov(ADMIN, "info", "set", "PAJAK", "Pajak di Samsat").returncode == 0
    for words in (("set", "PAJAK", "x"), ("edit", "PAJAK", "x"), ("delete", "PAJAK"), ("delete", "TRAYEK")):
        done = site.mgov(OPERATOR, "info", *words)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
    assert site.mgov(CASHIER, "info", "set", "KAS", "x").returncode == 1
    assert site.mgov(ADMIN, "info", "delete", "TRAYEK").returncode == 0


def test_files_come_in_by_their_owner_and_none_of_the_service(site: Site) -> None:
    """An operator imports his own private file; a file of the service's is not read for him."""
    home = Path(pwd.getpwnam(OPERATOR).pw_dir)
    row = "SKRD-2026-000009,DISHUB,,TONO,081200000009,LOS 9,Retribusi,90000,2026-12-20\n"
    foreign = "PKB-2026-000009,BAPENDA,,TONO,081200000009,A 9 B,Pajak,90000,2026-12-20\n"
    (home / "tagihan.csv").write_text(BILLS.splitlines()[0] + "\n" + row + foreign, encoding="utf-8")
    subprocess.run(["chown", OPERATOR, home / "tagihan.csv"], check=True)
    (home / "tagihan.csv").chmod(0o600)
    done = site.mgov(OPERATOR, "bill", "import", "tagihan.csv")
    assert done.returncode == 1
    assert "1 added" in done.stdout
    assert "not your agency" in done.stderr
    for path in (f"{site.folder}/data/mgov.toml", "/etc/../etc/shadow", "/proc/self/environ"):
        stolen = site.mgov(OPERATOR, "bill", "import", path)
        assert stolen.returncode != 0
        assert "sqlite" not in stolen.stdout + stolen.stderr
    for words in (("run",), ("db", "upgrade"), ("restore", "x")):
        assert site.mgov(ADMIN, *words).returncode != 0


def test_all_of_it_is_in_the_audit_by_name(site: Site) -> None:
    """The chain is whole, anchored, and names each by his account."""
    assert site.own("audit", "verify").returncode == 0
    rows = [json.loads(line) for line in site.own("audit", "list", "--json").stdout.splitlines()]
    done = {(row["actor"], row["action"]) for row in rows}
    expected = {
        ("staff:kasir1", "payment.settled"),
        ("staff:kasir1", "payment.proposed"),
        ("staff:kasir2", "payment.settled"),
        ("staff:petugas", "info.set"),
        ("staff:petugas", "bill.import"),
        ("staff:admin", "session.revoke"),
        ("staff:auditor", "session.begin"),
    }
    assert expected <= done


def test_the_door_survives_what_knocks(site: Site) -> None:
    """Broken requests end their own process; the door answers the next caller."""
    knock = (
        "import os,socket,sys\n"
        "for body in (b'', b'\\0\\0\\0\\x05hello', b'\\xff'*9, b'\\0\\0\\0\\x02[]', b'\\0\\0\\0\\x7f' + b'{' * 127):\n"
        "    link = socket.socket(socket.AF_UNIX); link.connect(sys.argv[1]); link.sendall(body); link.close()\n"
    )
    assert as_user(STRANGER, [*site.python, "-c", knock, f"{site.folder}/run/door.sock"]).returncode == 0
    time.sleep(0.2)
    assert site.mgov(CASHIER, "whoami").returncode == 0
