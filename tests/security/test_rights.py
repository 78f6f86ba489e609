"""Every command that the door lets in asks who is there before it tells or changes anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mgov.cli.context import CliContext
from mgov.cli.main import main
from mgov.domain.actor import Actor
from mgov.domain.roles import HOLDERS, Right, Role
from mgov.door.rules import LET_IN

#: What anybody with an account may: who he is, and what every citizen may read.
FOR_ALL = {("login",), ("logout",), ("whoami",), ("info", "list"), ("service", "list")}
#: Reads a file of the caller's own and neither configuration nor database.
BY_ITSELF = {("bank", "preview")}
#: Tells first that there is none: nobody wrote one here.
NO_SUCH = {("consent", "close"): "no such task"}
#: Words that lead a command to its work; the others need none.
WORDS = {
    ("agency", "set"): "BAPENDA --name X", ("alert", "ack"): "1", ("application", "import"): "applications.csv",
    ("application", "show"): "IZN-2026-000123", ("application", "set-status"): "IZN-2026-000123 diproses",
    ("bank", "import"): "statement.csv --account 1 --format csv:generic",
    ("bill", "import"): "bills.csv", ("bill", "show"): "PKB-2026-551203",
    ("broadcast", "alert"): "1", ("broadcast", "approve"): "1", ("broadcast", "new"): "--group kades --text Halo",
    ("broadcast", "reject"): "1 --reason x", ("broadcast", "report"): "1", ("broadcast", "show"): "1",
    ("broadcast", "stop"): "1",
    ("broadcast", "template"): "list", ("consent", "clear-bounce"): "a@b.id", ("consent", "close"): "1 --seen",
    ("consent", "off"): "+6281234567890 --why x", ("consent", "on"): "+6281234567890 --why x",
    ("document", "import"): "documents.csv", ("document", "close"): "IUJK/1/2024", ("explain",): "bill 1",
    ("group", "import"): "kades.csv --group kades", ("group", "remove"): "kades +6281234567890",
    ("info", "set"): "TOPIK isi", ("info", "edit"): "TOPIK isi", ("info", "delete"): "TOPIK",
    ("modem", "pause"): "sim-1", ("modem", "resume"): "sim-1",
    ("payment", "show"): "1", ("payment", "approve"): "1 --entry X", ("payment", "reject"): "1 --reason x",
    ("payment", "assign"): "X PKB-2026-551203", ("payment", "split"): "X PKB-2026-551203=1",
    ("payment", "other-income"): "X --reason x", ("payment", "refund"): "X --reason x",
    ("payment", "undo"): "1 --reason x", ("payment", "close-case"): "1 --reason x",
    ("payment", "confirm-reversal"): "1", ("payment", "deputy"): "lurah", ("payment", "separate"): "X --reason x",
    ("privacy", "export"): "--nik 3604014107900003",
    ("remind", "preview"): "--on 2026-12-01", ("remind", "run"): "--on 2026-12-01", ("report",): "PAD",
    ("resume",): "--class bulk", ("service", "import"): "services.csv", ("sms", "resend"): "1",
    ("sms", "send"): "--to +6281234567890 --text x", ("staff", "add"): "x --role noc", ("staff", "set-roles"): "x noc",
    ("staff", "set-password"): "camat", ("staff", "set-pin"): "camat", ("staff", "map"): "x --unix-user nobody",
    ("staff", "revoke"): "x", ("staff", "disable"): "x", ("staff", "enable"): "x", ("staff", "unlock"): "x",
    ("staff", "confirm-phone"): "3604014107900003 +6281234567890",
}  # fmt: skip
FILES = {
    "applications.csv": "reference,service,agency,applicant_id,applicant_name,phone,status,status_note,submitted_on\n"
    "IZN-2026-000123,,BAPENDA,,SITI,,diproses,,2026-10-01\n",
    "statement.csv": "booked_at,value_date,amount,type,reference,description,balance\n2026-11-24,,100,CR,A1,x,\n",
    "bills.csv": "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    "PKB-2026-551203,BAPENDA,,SITI,,A 1 B,Pajak,5000,2026-12-20\n",
    "documents.csv": "number,kind,agency,holder_id,holder_name,phone,email,issued_on,due_on\n"
    "IUJK/1/2024,IUJK,BAPENDA,,SITI,,,2024-01-01,2027-01-01\n",
    "services.csv": "code,name,sector,agency,requirements,fee,legal_basis\nX,X,investasi,BAPENDA,,,\n",
    "kades.csv": "address,label\n+6281200000077,Desa Contoh\n",
}
FOUNDING = (
    "init .", "bill import bills.csv", "application import applications.csv", "document import documents.csv",
    "group import kades.csv --group kades", "broadcast new --group kades --text Halo", "staff add lurah --role leader",
    "staff add camat --role leader", "info set TOPIK isi",
)  # fmt: skip
COMMANDS = sorted((name, *sub) for name, subs in LET_IN.items() for sub in ([(one,) for one in subs] if subs else [()]))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with an administrator, a bill, and somebody whose account has no role any more."""
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    for words in FOUNDING:
        done = CliRunner().invoke(main, words.split())
        assert done.exit_code == 0, done.output
    monkeypatch.setattr(CliContext, "actor", lambda _self: Actor.staff("lurah"))
    monkeypatch.setitem(HOLDERS, Right.FIGURES_VIEW, frozenset({Role.ADMINISTRATOR}))  # what a leader may otherwise
    return tmp_path


def _run(command: tuple[str, ...]) -> Result:
    typed = "4711\n" if command == ("staff", "set-pin") else "rahasia besar\n"
    return CliRunner().invoke(main, [*command, *WORDS.get(command, "").split()], input=typed)


def test_every_command_is_refused_to_who_has_no_right(site: Path) -> None:
    """One sentence, exit code 1, and not a word of what is there."""
    let_through = []
    for command in COMMANDS:
        if command in FOR_ALL | BY_ITSELF:
            continue
        done = _run(command)
        words = ("tidak berwenang", "bukan", NO_SUCH.get(command, "tidak berwenang"))
        refused = done.exit_code == 1 and any(word in done.output for word in words)
        if not refused or "SITI" in done.output or len(done.output.splitlines()) != 1:
            let_through.append((command, done.exit_code, done.output))
    assert not let_through


def test_what_everybody_may_needs_an_account(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has none is told how to get one, and none of what needs no right changes anything."""
    for command in FOR_ALL - {("login",)}:
        assert _run(command).exit_code == 0, command
    monkeypatch.setattr(CliContext, "actor", lambda _self: Actor.staff("asing"))
    assert "has no account" in _run(("status",)).output
