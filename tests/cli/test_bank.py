"""`mgov bank preview`: the keys that others rely on, and what cannot be trusted said on stderr."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from mgov.cli.main import main

HEADER = "booked_at,value_date,amount,type,reference,description,balance\n"
GOOD = HEADER + "2026-10-12T11:12:21+07:00,2026-10-12,967000,CR,951669640586,BI-FAST CR BRI,967000\n"


def test_preview_prints_statement_then_entries(tmp_path: Path) -> None:
    """A line a statement with exactly the contract's keys, then a line an entry; amounts are decimal texts."""
    file = tmp_path / "statement.csv"
    file.write_text(GOOD)
    result = CliRunner().invoke(main, ["bank", "preview", str(file), "--json", "--entries"])
    assert result.exit_code == 0, result.stderr
    statement, entry = map(json.loads, result.stdout.splitlines())
    assert list(statement) == [
        *("account", "number", "opening", "closing", "currency", "entries"),
        *("credits", "debits", "credit_sum", "debit_sum", "adds_up"),
    ]
    assert (statement["opening"], statement["closing"], statement["adds_up"]) == ("0", "967000", True)
    assert entry == {
        "booked_at": "2026-10-12T11:12:21+07:00",
        "value_date": "2026-10-12",
        "amount": "967000",
        "type": "CR",
        "reference": "951669640586",
        "description": "BI-FAST CR BRI",
    }


def test_preview_of_a_wrong_statement_exits_1_with_the_reason(tmp_path: Path) -> None:
    """What does not add up is shown as such and refused; what is no statement prints nothing."""
    file = tmp_path / "statement.csv"
    file.write_text(GOOD + "2026-10-13,2026-10-13,1,CR,x,y,967002\n")
    result = CliRunner().invoke(main, ["bank", "preview", str(file), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["adds_up"] is False
    assert "line 3" in result.stderr
    file.write_text("nothing of the kind\n")
    result = CliRunner().invoke(main, ["bank", "preview", str(file), "--json"])
    assert (result.exit_code, result.stdout) == (1, "")


def test_preview_without_balances_says_so(tmp_path: Path) -> None:
    """Nothing to check against is a remark, not an error."""
    file = tmp_path / "statement.csv"
    file.write_text(GOOD.replace(",967000\n", ",\n"))
    result = CliRunner().invoke(main, ["bank", "preview", str(file), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["adds_up"] is None
    assert "no balances" in result.stderr
