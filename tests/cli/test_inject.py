"""`sms inject`: lines of a file or of stdin; a line that cannot be taken is told, the others go in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mgov.cli.main import main

GOOD = {"from": "+628111112222", "text": "BANTUAN", "received_at": "2026-11-24T10:00:00+07:00"}


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configured site with an empty database."""
    (tmp_path / "mgov.toml").write_text(f'[database]\nurl = "{migrated_sqlite_url}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, words, input=given)


def senders() -> list[str]:
    return [json.loads(line)["sender"] for line in run("sms", "inbox", "--json").output.splitlines()]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"from": "+628111112223", "text": "x", "received_at": "gestern"}', "received_at: not a moment"),
        (
            '{"from": "+628111112223", "text": "x", "received_at": "0001-01-01T00:00:00+07:00"}',
            "received_at: a year from 1970 to 9990",
        ),
        (
            '{"from": "+628111112223", "text": "x", "received_at": "9999-12-31T23:59:59-07:00"}',
            "received_at: a year from 1970 to 9990",
        ),
        ("not json", "not JSON"),
        ("[]", "not a JSON object"),
    ],
)
def test_a_line_that_cannot_be_taken_is_told_and_the_next_goes_in(site: Path, line: str, why: str) -> None:
    """Neither a moment beyond every calendar nor a broken line keeps the others out."""
    (site / "in.jsonl").write_text(f"{line}\n{json.dumps(GOOD)}\n", encoding="utf-8")
    outcome = run("sms", "inject", "in.jsonl", "--process")
    assert outcome.exit_code == 1
    assert f"in.jsonl line 1: {why}" in outcome.stderr
    assert senders() == [GOOD["from"]]


def test_a_file_saved_by_a_windows_editor_is_read(site: Path) -> None:
    """A byte-order mark in front of the first line is no part of it."""
    (site / "in.jsonl").write_text(json.dumps(GOOD) + "\r\n", encoding="utf-8-sig")
    assert run("sms", "inject", "in.jsonl").exit_code == 0
    assert senders() == [GOOD["from"]]


def test_lines_are_taken_from_stdin(site: Path) -> None:
    """`-` stands for stdin, as it does for `parse` and `pdu`."""
    assert run("sms", "inject", "-", "--process", given=json.dumps(GOOD) + "\n").exit_code == 0
    assert len(run("sms", "outbox", "--json").output.splitlines()) == 1
