"""Receiving and sending, on every database: nothing lost, nothing twice, doubt said to be doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from mgov.domain.message import Origin, Part, Report
from mgov.store import inbox, outbox
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_part, outbound_message
from mgov.workflows.leftovers import recover
from mgov.workflows.receive import give_up_incomplete, receive_parts
from mgov.workflows.reports import receive_reports
from mgov.workflows.send import Sender, Submission, Task
from tests.workflows.sending import next_task, settle_and_next

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ORIGIN = Origin("tsel-1", "510101", "+62811000001")
SENDER = Sender("noc/tsel-1", "tsel-1", "510101")
CITIZEN = "+6281234567890"


def _join(pdus: Sequence[str]) -> str:
    return "".join(pdus)


def _part(text: str, concat: tuple[int, int, int, int] | None = None, at: datetime = NOW) -> Part:
    return Part(pdu=text, sender=CITIZEN, sent_at=at, text=text, concat=concat, content=text.encode().hex())


def _one_part(_text: str) -> int:
    return 1


def _queue(db: Database, text: str = "halo", **values: object) -> int:
    return db.transact(lambda tx: outbox.queue_text(tx, to=CITIZEN, text=text, now=NOW, **values))  # type: ignore[arg-type]


def _claim(db: Database, count: int = 1) -> Task:
    task = next_task(db, SENDER, lambda _: count, NOW)
    assert task is not None
    return task


def _state(db: Database, message_id: int) -> str:
    row = db.read(lambda tx: outbox.get(tx, message_id))
    assert row is not None
    return str(row["state"])


def test_a_part_read_twice_is_one_message(database: Database) -> None:
    """A crash between commit and deletion reads the SIM again; the text is taken once."""
    first = receive_parts(database, ORIGIN, [_part("INFO")], _join, NOW)
    again = receive_parts(database, ORIGIN, [_part("INFO")], _join, NOW + timedelta(hours=1))
    assert (first.new_parts, again.new_parts, again.message_ids) == (1, 0, ())


def test_the_same_words_sent_again_are_another_message(database: Database) -> None:
    """A citizen who texts the same a second later is answered again."""
    receive_parts(database, ORIGIN, [_part("INFO")], _join, NOW)
    later = receive_parts(database, ORIGIN, [_part("INFO", at=NOW + timedelta(seconds=1))], _join, NOW)
    assert len(later.message_ids) == 1


def test_parts_in_any_order_make_one_text(database: Database) -> None:
    """A long message becomes whole whatever part comes last, also with a part in double."""
    for sequence, text in ((3, "c"), (1, "a"), (3, "c")):
        received = receive_parts(database, ORIGIN, [_part(text, (7, 8, 3, sequence))], _join, NOW)
        assert received.message_ids == ()
    received = receive_parts(database, ORIGIN, [_part("b", (7, 8, 3, 2))], _join, NOW)
    message = database.read(lambda tx: inbox.get(tx, received.message_ids[0]))
    assert message is not None
    assert message["text"] == "abc"


def test_an_incomplete_message_becomes_visible(database: Database) -> None:
    """After a day, the parts that came show as an incomplete message, and its sender is asked once to send it again."""
    receive_parts(database, ORIGIN, [_part("a", (7, 8, 2, 1))], _join, NOW)
    tomorrow = NOW + timedelta(days=1, seconds=1)
    for expected in (1, 0):
        assert give_up_incomplete(database, tomorrow - timedelta(days=1), tomorrow, ask="kirim ulang") == expected
    assert [(row["recipient"], row["text"]) for row in database.read(outbox.listing)] == [(CITIZEN, "kirim ulang")]
    assert [row["state"] for row in database.read(inbox.listing)] == ["incomplete"]


def test_an_unreadable_part_is_kept_raw(database: Database) -> None:
    """A PDU that no one can read is not lost."""
    receive_parts(database, ORIGIN, [Part("FFFF", "unreadable", NOW, "", error="cut")], _join, NOW)
    assert database.read(lambda tx: tx.execute(select(inbound_part.c.pdu)).scalar_one()) == "FFFF"


def test_the_most_urgent_leaves_first(database: Database) -> None:
    """Ten reminders do not delay a reply."""
    for _ in range(10):
        _queue(database, priority="reminder")
    reply = _queue(database, priority="reply")
    assert _claim(database).message["id"] == reply


def test_an_accepted_send_is_sent_once(database: Database) -> None:
    """An accepted message is sent, and nothing is left to claim."""
    message = _queue(database)
    task = _claim(database)
    accepted = Submission("accepted", reference=5)
    assert settle_and_next(database, SENDER, task, accepted, _one_part, NOW) is None
    assert _state(database, message) == "sent"


def test_a_crash_in_a_submission_leaves_doubt(database: Database) -> None:
    """What was handed to a modem when the process died is uncertain and not sent again."""
    message = _queue(database)
    _claim(database)
    assert recover(database, SENDER.owner, NOW) == (1, 0)
    assert _state(database, message) == "uncertain"
    assert next_task(database, SENDER, _one_part, NOW + timedelta(hours=1)) is None


def test_a_report_settles_a_doubt(database: Database) -> None:
    """The delivery report of an uncertain send says that it went out."""
    message = _queue(database)
    settle_and_next(database, SENDER, _claim(database), Submission("uncertain", code="timeout"), _one_part, NOW)
    report = Report("pdu", 9, "081234567890", 0, NOW)
    assert receive_reports(database, ORIGIN, [report], NOW + timedelta(seconds=9)) == 1
    assert _state(database, message) == "delivered"


def test_an_early_report_is_kept_for_its_send(database: Database) -> None:
    """A report that overtakes the answer to the submission is not lost."""
    message = _queue(database)
    task = _claim(database)
    receive_reports(database, ORIGIN, [Report("pdu", 5, CITIZEN, 0, NOW)], NOW)
    settle_and_next(database, SENDER, task, Submission("accepted", reference=5), _one_part, NOW)
    assert _state(database, message) == "delivered"


def test_all_parts_make_a_message_sent(database: Database) -> None:
    """A long message is sent when its last part is, and delivered when all are."""
    message = _queue(database)
    task = _claim(database, 2)
    second = settle_and_next(database, SENDER, task, Submission("accepted", reference=1), _one_part, NOW)
    assert second is not None
    assert (_state(database, message), second.sequence) == ("sending", 2)
    settle_and_next(database, SENDER, second, Submission("accepted", reference=2), _one_part, NOW)
    assert _state(database, message) == "sent"
    for reference in (1, 2):
        receive_reports(database, ORIGIN, [Report(f"pdu{reference}", reference, CITIZEN, 0, NOW)], NOW)
    assert _state(database, message) == "delivered"


def test_a_bad_number_fails_and_the_next_goes_on(database: Database) -> None:
    """One bad number blocks nobody."""
    bad, good = _queue(database), _queue(database)
    refused = Submission("refused_for_good", code="CMS 28", detail="unidentified subscriber")
    following = settle_and_next(database, SENDER, _claim(database), refused, _one_part, NOW)
    assert following is not None
    assert (_state(database, bad), following.message["id"]) == ("failed", good)


def test_a_refusal_for_now_waits(database: Database) -> None:
    """Congestion postpones a message; it leaves when its time has come."""
    message = _queue(database)
    settle_and_next(database, SENDER, _claim(database), Submission("refused_for_now", code="CMS 42"), _one_part, NOW)
    assert next_task(database, SENDER, _one_part, NOW) is None
    task = next_task(database, SENDER, _one_part, NOW + timedelta(hours=2))
    assert task is not None
    assert task.message["id"] == message


def test_who_lost_the_lease_settles_nothing(database: Database) -> None:
    """A worker that was cut off and comes back changes nothing that another has taken over."""
    message = _queue(database)
    task = _claim(database)
    recover(database, SENDER.owner, NOW)
    settle_and_next(database, SENDER, task, Submission("refused_for_good"), _one_part, NOW)
    assert _state(database, message) in ("uncertain", "failed")
    fresh = _queue(database)
    first = _claim(database)
    database.transact(lambda tx: _take_over(tx, fresh))
    settle_and_next(database, SENDER, first, Submission("refused_for_good"), _one_part, NOW)
    assert _state(database, fresh) == "sending"


def test_a_dedupe_key_queues_once(database: Database) -> None:
    """The same business event queues one message."""
    assert _queue(database, dedupe_key="k") == _queue(database, dedupe_key="k")
    assert database.read(lambda tx: tx.execute(select(func.count()).select_from(outbound_message)).scalar_one()) == 1


def _take_over(tx: Connection, message_id: int) -> None:
    tx.execute(
        outbound_message.update()
        .where(outbound_message.c.id == message_id)
        .values(lease_number=outbound_message.c.lease_number + 1, lease_owner="other")
    )
