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


def test_a_misspelt_account_is_said_and_money_is_named_as_people_name_it(tmp_path: Path) -> None:
    """The statement goes in as the contract has it, with a remark; the list of payments shows no program's braces."""
    run = CliRunner().invoke
    assert run(main, ["init", str(tmp_path)]).exit_code == 0
    config = tmp_path / "mgov.toml"
    config.write_text(
        config.read_text() + '\n[[account]]\nname = "rkud"\nbank = "BJB"\nnumber = "0061"\nholder = "KAS"\n'
    )
    bill = "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    (tmp_path / "b.csv").write_text(bill + "PKB-2026-000001,BAPENDA,1,BUDI,,A 1 B,PKB,967000,2026-12-01\n")
    (tmp_path / "t.jsonl").write_text(
        '{"from":"+6281200000001","text":"BAYAR PKB-2026-000001#951669640586#12/10/2026#11:12",'
        '"received_at":"2026-10-12T12:00:00+07:00"}\n'
    )
    (tmp_path / "s.csv").write_text(GOOD)
    at = ["--config", str(config)]
    assert run(main, ["bill", "import", str(tmp_path / "b.csv"), *at]).exit_code == 0
    assert run(main, ["sms", "inject", str(tmp_path / "t.jsonl"), "--process", *at]).exit_code == 0
    strange = run(main, ["bank", "import", str(tmp_path / "s.csv"), "--account", "rkut", *at])
    assert (strange.exit_code, "rkut: bukan [[account]] di mgov.toml (rkud)" in strange.stderr) == (0, True)
    listed = run(main, ["payment", "list", *at]).stdout
    shown = run(main, ["payment", "show", "1", *at]).stdout
    for told in (listed, shown):
        assert "951669640586 Rp967.000" in told
        assert not {"{", "None", "["} & set(told.replace("None", "{"))
    assert "settled (lunas)" in shown
    [paid] = run(main, ["payment", "list", "--json", *at]).stdout.splitlines()
    one = json.loads(run(main, ["payment", "show", "1", "--json", *at]).stdout)
    assert json.loads(paid).items() <= one.items()
    assert [step["to"] for step in one["history"]] == ["awaiting_funds", "settled"]
