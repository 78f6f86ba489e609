"""`mgov parse` needs neither configuration nor database."""

from __future__ import annotations

import json

from click.testing import CliRunner

from mgov.cli.parse import parse

_TEXT = "BAYAR SKRD-2026-004512#0093482711#12/11/2026#14:30"


def test_a_text_is_explained_by_the_rules_that_read_it() -> None:
    """People see the command, the fields, and which rule read what."""
    result = CliRunner().invoke(parse, [_TEXT, "--received-at", "2026-11-12T16:00:00+07:00"])
    assert result.exit_code == 0
    assert "command: PAY" in result.output
    assert "proof: 0093482711" in result.output


def test_lines_give_a_line_each_and_a_bad_one_stops_nothing() -> None:
    """A line that is no JSON is a remark on stderr; the others are read."""
    line = json.dumps({"id": "x", "text": _TEXT, "received_at": "2026-11-12T16:00:00+07:00"})
    result = CliRunner().invoke(parse, ["--jsonl", "-"], input=f"{line}\nnot json\n{line}\n")
    answers = [json.loads(one) for one in result.stdout.splitlines() if one.startswith("{")]
    assert result.exit_code == 0
    assert [one["missing"] for one in answers] == [[], []]
    assert answers[0]["fields"]["bill"] == "SKRD-2026-004512"


def test_neither_text_nor_file_is_wrong_usage() -> None:
    """Nothing to read exits 2."""
    assert CliRunner().invoke(parse, []).exit_code == 2
