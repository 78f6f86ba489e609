"""Every command that a guide tells is run: none is misspelt, none fails with a traceback, and texts are understood."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from mgov.cli.main import main
from parsers.reader import read

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: What cannot end by itself, or needs a modem, a person or another machine: only its usage is checked (--help).
USAGE_ONLY = (
    "run", "demo", "lab", "door",
    "status --watch", "modem probe", "modem signal", "modem ussd", "modem reset", "db move",
    "login", "restore", "staff set-password", "staff set-pin", "db upgrade", "init",
)  # fmt: skip
#: A word of a guide → what stands for it here.
WORDS = {
    "FILE": "bills.csv", "BERKAS": "mgov-1.zip", "FILE.csv": "bills.csv", "FILE.jsonl": "texts.jsonl",
    "NO": "PKB-2026-551203",
    "ID": "1", "NOMOR": "1", "TEXT": "BANTUAN", "NAME": "sim-1", "CODE": "*888#", "REF": "IZN-2026-000123",
    "STATUS": "diproses", "TOPIC": "PAD", "KIND": "message", "P": "2026", "DIR": "new", "URL": "sqlite:///new.db",
    "tsel-1": "sim-1", "statement.csv": "statement.csv", "4711": "1", "4712": "1", "12": "1", "DATE": "2026-12-01",
    "0812...": "+6281200000001",
    "/var/lib/mgov/backups": ".", "N": "1", "NUMBER": "+6281200000001", "LOGIN": "wati", "BODY": "isi",
    "PATH": "mgov.toml", "COMMAND": "status",
    "/root/dishub.password": "dishub.password",
}  # fmt: skip
STATEMENT = "booked_at,value_date,amount,type,reference,description,balance\n2026-11-24,2026-11-24,100,CR,REF123,x,\n"
TARGETS = "topic,agency,year,amount\nPAD,,2026,1000000\n"


def lines(guide: Path) -> Iterator[str]:
    """Every command line of a guide's code that begins with mgov, without its remark."""
    text = guide.read_text(encoding="utf-8")
    for inline, block in re.findall(r"`([^`\n]+)`|^ {4}(.+)$", text, re.MULTILINE):
        line = re.split(r"\s{2,}#|\s#\s|\s&&\s|;", inline or block)[0].strip()
        line = re.sub(r"^(sudo|runuser -u mgov --) ", "", line)
        if re.match(r"mgov [a-z]", line) and "…" not in line and "[" not in line:
            yield line.replace("\\|", "|")


ALL_LINES = sorted({(guide.name, line) for guide in GUIDES for line in lines(guide)})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A site with data, and the files that the guides name."""
    folder = tmp_path_factory.mktemp("guides")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert CliRunner().invoke(main, ["init", "."]).exit_code == 0
        for name in ("bill", "application", "document"):
            shutil.copy(ROOT / f"config/demo/{name}s.csv", folder)
            assert CliRunner().invoke(main, [name, "import", f"{name}s.csv"]).exit_code == 0
        shutil.copy(ROOT / "config/demo/documents.csv", folder / "dokumen.csv")
        (folder / "kades.csv").write_text("address,label\n+6281200000077,Desa Contoh\n", encoding="utf-8")
        (folder / "statement.csv").write_text(STATEMENT, encoding="utf-8")
        (folder / "dishub.password").write_text("Kata-Sandi-1234567890\n", encoding="utf-8")
        (folder / "targets.csv").write_text(TARGETS, encoding="utf-8")
        (folder / "texts.jsonl").write_text(
            '{"from":"+6281200000001","text":"INFO","received_at":"2026-11-24T09:00:00+07:00"}\n'
        )
        assert CliRunner().invoke(main, ["sms", "inject", "texts.jsonl", "--process"]).exit_code == 0
        assert CliRunner().invoke(main, ["backup", "mgov-1.zip"]).exit_code == 0
        yield folder
    finally:
        os.chdir(before)


@pytest.mark.parametrize(("guide", "line"), ALL_LINES)
def test_a_command_of_a_guide_runs(site: Path, guide: str, line: str) -> None:
    """It is no wrong usage (exit code 2) and no traceback; what cannot run here at least knows its options."""
    words = [WORDS.get(word, word) for word in shlex.split(line)[1:]]
    if " ".join(words).startswith(USAGE_ONLY):
        words = [*words, "--help"]  # an option that does not exist is refused all the same
    done = CliRunner().invoke(main, words, input="")
    assert done.exception is None or isinstance(done.exception, SystemExit), (guide, line, done.exception)
    assert done.exit_code in (0, 1), (guide, line, done.output)
    if done.exit_code == 1:
        assert "Traceback" not in done.output
        assert done.output.strip(), (guide, line)


def test_the_guides_tell_most_commands() -> None:
    """The reader of these files gets to know what there is."""
    told = {line.split()[1] for _, line in ALL_LINES}
    assert len(ALL_LINES) > 60
    assert {"status", "doctor", "backup", "restore", "release", "report", "explain", "alert", "audit"} <= told


CARD = (ROOT / "docs/kartu-warga.md").read_text(encoding="utf-8")
TEXTS = [text for text in re.findall(r"`([^`]+)`", CARD) if text.upper() == text or text.startswith("saya")]


@pytest.mark.parametrize("text", [text for text in TEXTS if text not in ("#", "YA", "TIDAK")])
def test_a_text_of_the_card_is_understood(text: str) -> None:
    """What the citizen's card says to text is a command with everything that it needs."""
    reading = read(text, datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    if "BUKAN" in text:
        return  # an answer to a reminder, read only from who got one
    assert reading.command is not None, text
    assert not reading.missing, (text, reading.missing)


def test_the_card_is_one_page() -> None:
    """Printed on A4 it is one side: few lines, none too long."""
    assert len(CARD.splitlines()) < 50
