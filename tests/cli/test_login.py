"""Who asks, on the command line: the founder without a log-in, others by password, nobody by an option."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mgov.cli.main import main

PASSWORD = "kata sandi panjang"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site made by this Unix user, who keeps his sessions below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "rumah"))
    assert run("init").exit_code == 0
    return tmp_path


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


@pytest.mark.usefixtures("home")
def test_the_founder_is_administrator_without_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says of him."""
    for name in ("USER", "LOGNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "orang-lain")
    assert "administrator" in run("whoami").stdout
    assert run("staff", "add", "kasir", "--role", "cashier").exit_code == 0
    row = json.loads(run("audit", "list", "--json").stdout.splitlines()[-1])
    assert row["action"] == "staff.add"
    assert "orang-lain" not in row["actor"]


def test_a_session_makes_one_the_account_until_logout(home: Path) -> None:
    """The token lies in a file of this user alone; with it he is who he logged in as, and no more than that."""
    assert run("staff", "add", "ani", "--role", "operator", "--ask-password", stdin=f"{PASSWORD}\n").exit_code == 0
    assert run("login", "ani", stdin="salah salah salah\n").exit_code == 1
    assert run("login", "ani", stdin=f"{PASSWORD}\n").exit_code == 0
    kept = list((home / "rumah" / "mgov").iterdir())
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    assert "ani: operator" in run("whoami").stdout
    refused = run("staff", "list")
    assert refused.exit_code == 1
    assert len(refused.stderr.splitlines()) == 1
    assert run("logout").exit_code == 0
    assert run("staff", "list").exit_code == 0


def test_a_token_that_others_could_read_or_lay_is_not_used(home: Path) -> None:
    """A session file with loose permissions, or a link, is none."""
    run("staff", "add", "ani", "--role", "operator", "--ask-password", stdin=f"{PASSWORD}\n")
    run("login", "ani", stdin=f"{PASSWORD}\n")
    path = next((home / "rumah" / "mgov").iterdir())
    path.chmod(0o644)
    assert "administrator" in run("whoami").stdout
    path.chmod(0o600)
    path.rename(home / "token")
    path.symlink_to(home / "token")
    assert "administrator" in run("whoami").stdout


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("option", ["--actor", "--user", "--as", "--staff"])
def test_no_option_says_who_one_is(option: str) -> None:
    """Such an option does not exist."""
    assert run("info", "set", "PAJAK", "x", option, "admin").exit_code == 2


@pytest.mark.usefixtures("home")
def test_a_cut_tail_shows_on_the_command_line_and_an_administrator_accepts_a_restore() -> None:
    """`audit verify` heeds the anchor beside the key; `audit accept` begins it again and says so in the audit."""
    run("info", "set", "PAJAK", "x")
    anchor = Path("audit.anchor").read_text(encoding="ascii")
    assert run("audit", "verify").exit_code == 0
    number, digest = anchor.split()
    Path("audit.anchor").write_text(f"{int(number) + 3:020d} {digest}\n", encoding="ascii")
    failed = run("audit", "verify")
    assert failed.exit_code == 1
    assert "the tail was cut" in failed.stderr
    assert run("audit", "accept", "--reason", "cadangan kemarin dipulihkan").exit_code == 0
    assert run("audit", "verify").exit_code == 0
    assert json.loads(run("audit", "list", "--json").stdout.splitlines()[-1])["action"] == "audit.accept"
