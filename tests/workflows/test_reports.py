"""Delivery reports find their part: by SIM, reference, recipient and time, also after the reference has wrapped."""

from __future__ import annotations

from datetime import datetime, timedelta

from mgov.domain.message import Report
from mgov.store import outbound_parts, outbox
from mgov.store.database import Database
from mgov.workflows.modem_memory import ON_AIR, Settled, note_slot, settle_from_memory
from mgov.workflows.overdue import expire_overdue
from mgov.workflows.reports import receive_reports
from tests.workflows.sending import CITIZEN, NOW, claim, finish, origin, other, queue, report, row, sender, words

SECOND = timedelta(seconds=1)


def _report(reference: int, accepted: datetime | None = None, *, status: int = 0, pdu: str = "pdu") -> Report:
    at = (accepted or NOW) + SECOND
    return Report(f"{pdu}-{reference}-{accepted}", reference, CITIZEN, status, at, accepted)


def _sent(db: Database, name: str, reference: int, at: datetime = NOW) -> int:
    report(db, name, "TELKOMSEL", last_seen=at)
    number = queue(db)
    who = sender(db, name, at)
    task = claim(db, who, at)
    assert task is not None
    finish(db, who, task, now=at, reference=reference)
    return number


def test_two_sims_with_the_same_reference_are_told_apart(database: Database) -> None:
    """The report of one SIM says nothing of the other's message to the same number."""
    first, second = _sent(database, "t1", 7), _sent(database, "t2", 7)
    receive_reports(database, origin("t2"), [_report(7)], NOW + SECOND)
    assert (row(database, first)["state"], row(database, second)["state"]) == ("sent", "delivered")


def test_a_reference_that_wrapped_finds_the_right_message(database: Database) -> None:
    """256 parts later the same reference goes to the same number: the centre's own time tells which is meant."""
    early, late = _sent(database, "t1", 200), _sent(database, "t1", 200, NOW + timedelta(hours=1))
    receive_reports(database, origin("t1"), [_report(200, NOW + SECOND)], NOW + timedelta(hours=2))
    assert (row(database, early)["state"], row(database, late)["state"]) == ("delivered", "sent")
    receive_reports(database, origin("t1"), [_report(200, NOW + timedelta(hours=1))], NOW + timedelta(hours=3))
    assert row(database, late)["state"] == "delivered"


def test_a_second_report_of_one_reference_goes_to_who_still_waits(database: Database) -> None:
    """Without the centre's time the newest that waits is taken, then the older one: none is told twice."""
    first, second = _sent(database, "t1", 9), _sent(database, "t1", 9, NOW + timedelta(minutes=1))
    for number, expected in ((1, ["sent", "delivered"]), (2, ["delivered", "delivered"])):
        receive_reports(database, origin("t1"), [_report(9, pdu=str(number))], NOW + timedelta(minutes=2))
        assert [row(database, message)["state"] for message in (first, second)] == expected


def test_the_rest_follows_when_a_doubt_is_settled(database: Database) -> None:
    """The first of two parts was in doubt; its report comes, and the second leaves by the same SIM."""
    report(database, "t1", "TELKOMSEL")
    report(database, "t2", "TELKOMSEL")
    who = sender(database, "t1")
    message = queue(database, "satu dua")
    task = claim(database, who, parts=words)
    assert task is not None
    finish(database, who, task, "uncertain", code="timeout")
    assert row(database, message)["state"] == "uncertain"
    receive_reports(database, origin("t1"), [_report(3)], NOW + SECOND)
    assert (row(database, message)["state"], row(database, message)["bound_sim"]) == ("queued", "sim-t1")
    assert claim(database, sender(database, "t2"), NOW + SECOND) is None
    rest = claim(database, who, NOW + SECOND)
    assert rest is not None
    finish(database, who, rest, now=NOW + SECOND, reference=4)
    receive_reports(database, origin("t1"), [_report(4)], NOW + 2 * SECOND)
    assert row(database, message)["state"] == "delivered"


def test_a_doubt_without_report_expires_and_is_not_sent_again(database: Database) -> None:
    """After the time that a report can take, the message is a dead letter for a person to decide on."""
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1")
    message = queue(database)
    task = claim(database, who)
    assert task is not None
    finish(database, who, task, "uncertain", code="timeout")
    assert expire_overdue(database, NOW + outbox.REPORT_WINDOW - SECOND) == 0
    assert expire_overdue(database, NOW + outbox.REPORT_WINDOW + SECOND) == 1
    assert row(database, message)["state"] == "expired"


def test_a_part_that_only_the_memory_knows_to_be_sent_gets_its_report(database: Database) -> None:
    """The answer with the reference was lost; the memory says STO SENT; the report is found, before it and after."""
    for early in (True, False):
        report(database, "t1", "TELKOMSEL")
        who = other(sender(database, "t1"), crash_safe=True)
        message = queue(database)
        task = claim(database, who)
        assert task is not None
        note_slot(database, task.part_id, "ME", 3)
        finish(database, who, task, "uncertain", code="timeout")
        told = _report(77, NOW + SECOND, pdu=str(early))
        if early:
            database.transact(lambda tx, part=task.part_id: outbound_parts.change(tx, part, state="sending"))
            receive_reports(database, origin("t1"), [told], NOW + SECOND)
            database.transact(lambda tx, part=task.part_id: outbound_parts.change(tx, part, state="uncertain"))
        assert settle_from_memory(database, who, {("ME", 3): True}, NOW + 2 * SECOND).parts == 1
        if not early:
            assert row(database, message)["state"] == "sent"
            receive_reports(database, origin("t1"), [told], NOW + 3 * SECOND)
        assert row(database, message)["state"] == "delivered"


def test_a_report_is_rather_of_what_was_sent_than_of_a_doubt(database: Database) -> None:
    """Two to the same number without a reference: the doubt stays a doubt, and is not declared sent by mistake."""
    report(database, "t1", "TELKOMSEL")
    who = other(sender(database, "t1"), crash_safe=True)
    known, doubtful = queue(database), queue(database)
    for slot in (3, 4):
        task = claim(database, who)
        assert task is not None
        note_slot(database, task.part_id, "ME", slot)
        finish(database, who, task, "uncertain", code="timeout")
    assert settle_from_memory(database, who, {("ME", 3): True}, NOW).parts == 1
    receive_reports(database, origin("t1"), [_report(5)], NOW + SECOND)
    assert [row(database, number)["state"] for number in (known, doubtful)] == ["delivered", "uncertain"]


def test_a_doubt_that_was_not_sent_frees_the_whole_message(database: Database) -> None:
    """The memory says that not even the first part went out: another SIM may send all of it."""
    for name in ("t1", "t2"):
        report(database, name, "TELKOMSEL")
    who = other(sender(database, "t1"), crash_safe=True)
    message = queue(database, "satu dua")
    task = claim(database, who, parts=words)
    assert task is not None
    note_slot(database, task.part_id, "ME", 3)
    finish(database, who, task, "uncertain", code="timeout")
    assert row(database, message)["bound_sim"] == "sim-t1"
    assert settle_from_memory(database, who, {("ME", 3): False}, NOW + ON_AIR).parts == 1
    assert (row(database, message)["state"], row(database, message)["bound_sim"]) == ("queued", None)
    taken = claim(database, sender(database, "t2"), now=NOW + ON_AIR, parts=words)
    assert taken is not None
    assert (taken.message["id"], taken.sequence) == (message, 1)


def test_unsent_is_believed_only_when_the_submission_must_have_ended(database: Database) -> None:
    """Some modems answer while they submit, and say STO UNSENT until the network has it: it would go out twice."""
    report(database, "t1", "TELKOMSEL")
    who = other(sender(database, "t1"), crash_safe=True)
    message = queue(database)
    task = claim(database, who)
    assert task is not None
    note_slot(database, task.part_id, "ME", 3)
    finish(database, who, task, "uncertain", code="forgotten")
    unsent, early = {("ME", 3): False}, NOW + ON_AIR - SECOND
    assert settle_from_memory(database, who, unsent, early) == Settled(0, frozenset({("ME", 3)}))
    assert row(database, message)["state"] == "uncertain"
    assert settle_from_memory(database, who, unsent, NOW + ON_AIR) == Settled(1)
    assert row(database, message)["state"] == "queued"
