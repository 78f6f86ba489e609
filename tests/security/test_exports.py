"""What people open in a spreadsheet or on a terminal is data, whatever strangers wrote."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from mgov.cli.main import main
from mgov.cli.terminal import safe_line, safe_text
from mgov.domain.actor import Actor
from mgov.domain.sheet_cells import safe_cell
from mgov.store.database import Database
from mgov.workflows import articles
from tests.security.hostile import BY_HAND
from tests.workflows.citizen import NOW

ROOT = Path(__file__).parents[2] / "mgov"
DANGEROUS = ("=", "+", "-", "@", "|", "%", "\t=", "\r=", " =", "\n=", "\ufeff=", "\u200b=", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("start", DANGEROUS, ids=range(len(DANGEROUS)))
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(start: str) -> None:
    """Also behind blanks and marks that a spreadsheet skips; numbers and dates stay what they are."""
    assert str(safe_cell(f"{start}1+1")).startswith("'")
    assert safe_cell(-5) == -5
    assert safe_cell(None) is None
    assert safe_cell(NOW) is NOW
    assert safe_cell("Jl. Raya 1-2 = dekat") == "Jl. Raya 1-2 = dekat"


def test_every_text_of_the_table_is_a_string_in_a_workbook(tmp_path: Path) -> None:
    """No cell of type formula, no letter that XML refuses; the file opens again."""
    book = Workbook()
    for words in BY_HAND:
        book.active.append([safe_cell(words)])
    book.save(tmp_path / "x.xlsx")
    cells = [row[0] for row in load_workbook(tmp_path / "x.xlsx").active.iter_rows()]
    assert len(cells) == len(BY_HAND)
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).lstrip().startswith(("=", "+", "@"))]


def test_the_audit_as_csv_is_safe_and_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles by the table's texts: as many rows as the audit has, no cell a formula, and the chain still whole."""
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    assert run.invoke(main, ["init"]).exit_code == 0
    db = Database(f"sqlite:///{tmp_path}/mgov.db")
    db.audit_key = (tmp_path / "audit.key").read_bytes().strip()
    for words in BY_HAND:
        name = words.strip()[:60]
        if name and words.isprintable():
            articles.put(db, name, words[:4000], actor=Actor.system("test"), now=NOW)
    db.close()
    exported = run.invoke(main, ["audit", "export", "--format", "csv"])
    rows = list(csv.reader(io.StringIO(exported.stdout)))
    listed = run.invoke(main, ["audit", "list", "--json"])
    assert len(rows) - 1 == len(listed.stdout.splitlines()) > 20
    assert not [cell for row in rows for cell in row if cell.startswith(DANGEROUS)]
    assert run.invoke(main, ["audit", "verify"]).exit_code == 0


def test_every_writer_of_tables_makes_its_cells_safe() -> None:
    """A module that writes CSV or XLSX knows `safe_cell`, or is handed cells that are safe already."""
    writers = [path for path in ROOT.rglob("*.py") if _writes_tables(path)]
    assert writers
    unsafe = [
        path.name for path in writers if "safe_cell" not in path.read_text() and "safe already" not in path.read_text()
    ]
    assert unsafe == []


def _writes_tables(path: Path) -> bool:
    calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    return bool(names & {"Workbook", "DictWriter"}) or ("writer" in names and "csv" in path.read_text())


@pytest.mark.parametrize("words", BY_HAND, ids=range(len(BY_HAND)))
def test_no_words_command_a_terminal(words: str) -> None:
    """No escape, control or turn of direction is left; the letters are."""
    for shown in (safe_line(words), safe_text(words)):
        assert not [c for c in shown if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or c in "\u202e\u202c"]
    assert "\n" not in safe_line(words)
