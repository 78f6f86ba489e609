"""The answering of texts: one answer each, in order, and never stuck."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mgov.domain.message import digest
from mgov.replies import Replies
from mgov.store import inbox, outbox, staff
from mgov.store.database import Database
from mgov.workflows import answer
from mgov.workflows.answer import AnswerSettings, answer_next
from mgov.workflows.handlers.request import HandlerSettings, Reply, Request
from mgov.workflows.receive import receive_text

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CITIZEN = "+6281234567890"
REPLIES = Path(__file__).parents[2] / "config" / "replies.toml"


@pytest.fixture
def settings() -> AnswerSettings:
    return AnswerSettings(HandlerSettings(), Replies.load(REPLIES, "id"), frozenset({"+628110000001"}))


def _receive(db: Database, text: str, sender: str = CITIZEN, at: datetime = NOW) -> int:
    values = {"channel": "sms", "sender": sender, "text": text, "sent_at": at, "received_at": at}
    message_id = db.transact(lambda tx: receive_text(tx, identity=digest(sender, text, at), **values))  # type: ignore[arg-type]
    assert message_id is not None
    return message_id


def _answer_all(db: Database, settings: AnswerSettings, now: datetime = NOW) -> None:
    while answer_next(db, settings, now) is not None:
        continue


def _sent(db: Database) -> list[str]:
    return [str(row["text"]) for row in db.read(outbox.listing)]


@pytest.mark.parametrize("text", ["BANTUAN", "apa kabar?", "STATUS 12345", "TAGIHAN", "", "🙏", "A" * 3000])
def test_every_text_gets_exactly_one_answer(database: Database, settings: AnswerSettings, text: str) -> None:
    """Also an empty one, a long one, and one that nobody understands."""
    _receive(database, text)
    _answer_all(database, settings)
    assert len(_sent(database)) == 1
    assert _sent(database)[0]


@pytest.mark.parametrize("sender", ["1234", "TELKOMSEL", "+628110000001"])
def test_machines_get_no_answer(database: Database, settings: AnswerSettings, sender: str) -> None:
    """No loop with a short code, a name, or ourselves."""
    _receive(database, "BANTUAN", sender)
    _answer_all(database, settings)
    assert _sent(database) == []
    assert [row["state"] for row in database.read(inbox.listing)] == ["ignored"]


def test_a_foreign_number_is_answered(database: Database, settings: AnswerSettings) -> None:
    """A number of any country is somebody's."""
    _receive(database, "BANTUAN", "+8613800138000")
    _answer_all(database, settings)
    assert len(_sent(database)) == 1


def test_a_flood_gets_one_notice_and_then_silence(database: Database, settings: AnswerSettings) -> None:
    """After the budget a single notice, then nothing until the hour is over."""
    few = replace(settings, answers_per_hour=3)
    for second in range(6):
        _receive(database, "BANTUAN", at=NOW + timedelta(seconds=second))
    _answer_all(database, few)
    assert len(_sent(database)) == 4
    assert _sent(database)[3] == settings.replies.render("budget", {})
    _receive(database, "BANTUAN", at=NOW + timedelta(hours=1, minutes=1))
    _answer_all(database, few, NOW + timedelta(hours=2))
    assert len(_sent(database)) == 5


def test_texts_of_one_sender_are_handled_in_their_order(
    database: Database, settings: AnswerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMSC time decides, not the order of arrival."""
    seen: list[str] = []
    monkeypatch.setattr(answer, "HANDLERS", {"HELP": lambda request: _noting(seen, request)})
    _receive(database, "BANTUAN dua", at=NOW + timedelta(seconds=5))
    _receive(database, "BANTUAN satu", at=NOW)
    _answer_all(database, settings)
    assert seen == ["BANTUAN satu", "BANTUAN dua"]


def test_a_handler_that_fails_is_set_aside_and_the_next_go_on(
    database: Database, settings: AnswerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three failures: the citizen is told once, the NOC is told, and the sender's next text is handled."""

    def fail(_request: Request) -> Reply:
        raise RuntimeError("broken")

    monkeypatch.setattr(answer, "HANDLERS", {**answer.HANDLERS, "SERVICES": fail})
    database.transact(_add_noc)
    _receive(database, "LAYANAN")
    _receive(database, "BANTUAN", at=NOW + timedelta(seconds=1))
    for minute in range(5):
        _answer_all(database, settings, NOW + timedelta(minutes=minute))
    rows = database.read(inbox.listing)
    assert [row["state"] for row in rows] == ["set_aside", "handled"]
    assert "broken" in rows[0]["error"]
    told = [(row["recipient"], row["priority"]) for row in database.read(outbox.listing)]
    assert sorted(told) == [("+628119999999", "alert"), (CITIZEN, "reply"), (CITIZEN, "reply")]


def test_a_failed_handler_leaves_nothing_behind(
    database: Database, settings: AnswerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a handler wrote before it failed is not there."""

    def write_and_fail(request: Request) -> Reply:
        outbox.queue_text(request.tx, to=CITIZEN, text="half", now=NOW)
        raise RuntimeError("broken")

    monkeypatch.setattr(answer, "HANDLERS", {**answer.HANDLERS, "HELP": write_and_fail})
    _receive(database, "BANTUAN")
    answer_next(database, settings, NOW)
    assert _sent(database) == []


def test_a_mistyped_stop_is_proposed_and_waits_for_ya(database: Database, settings: AnswerSettings) -> None:
    """STOP is never decided by a guess: what was meant is proposed, and YA does it."""
    _receive(database, "BERHENTO")
    _answer_all(database, settings)
    assert "YA" in _sent(database)[0]
    _receive(database, "YA", at=NOW + timedelta(minutes=1))
    _answer_all(database, settings)
    assert [row["command"] for row in database.read(inbox.listing)][1] == "REMIND_OFF"


def test_what_is_missing_is_asked_once_and_completed(database: Database, settings: AnswerSettings) -> None:
    """The next text completes the command."""
    _receive(database, "STATUS")
    _answer_all(database, settings)
    _receive(database, "IZN-2026-000123", at=NOW + timedelta(minutes=1))
    _answer_all(database, settings)
    assert [row["command"] for row in database.read(inbox.listing)] == ["STATUS", "STATUS"]
    assert "IZN-2026-000123" in _sent(database)[1]


def test_batal_drops_an_open_question(database: Database, settings: AnswerSettings) -> None:
    """BATAL after a question is no CANCEL of an application: it drops the question."""
    _receive(database, "STATUS")
    _answer_all(database, settings)
    _receive(database, "BATAL", at=NOW + timedelta(minutes=1))
    _answer_all(database, settings)
    assert _sent(database)[1] == settings.replies.render("dropped", {})


def _noting(seen: list[str], request: Request) -> Reply:
    seen.append(request.text)
    return Reply("ok")


def _add_noc(tx: Connection) -> None:
    staff.add(tx, ["noc"], login="noc", phone="+628119999999", created_at=NOW, created_by="test")
