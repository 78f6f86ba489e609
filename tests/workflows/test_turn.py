"""A turn: several parts settled, reported on and claimed in one commit end as they would one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Connection

from mgov.domain.message import Report
from mgov.domain.quotas import Quotas
from mgov.store import history, outbound_parts, outbox
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows.reports import receive_reports
from mgov.workflows.send import Submission, Task
from mgov.workflows.turn import AirSide, Turn, take_turn
from tests.workflows.sending import CITIZEN, NOW, claim, one_part, origin, queue, report, row, sender, words

ME = "t1"
ARRIVED = 0


@pytest.fixture
def site(database: Database) -> Database:
    """One modem that is ready."""
    report(database, ME, "telkomsel")
    return database


def _turn(db: Database, *, parts: object = one_part, **turn: object) -> list[Task]:
    return take_turn(db, sender(db, ME), Turn(**turn), AirSide("".join, parts), NOW)  # type: ignore[arg-type]


def _claim_row(db: Database, count: int) -> list[Task]:
    for number in range(count):
        queue(db, to=f"+62812000000{number:02d}")
    tasks = _turn(db, claims=count)
    assert len(tasks) == count
    return tasks


def _accepted(tasks: list[Task], first: int = 0) -> list[tuple[Task, Submission]]:
    return [(task, Submission("accepted", reference=first + place)) for place, task in enumerate(tasks)]


def _report(task: Task, reference: int, status: int = ARRIVED, pdu: str = "") -> Report:
    return Report(pdu or f"report {reference} {task.recipient}", reference, task.recipient, status, NOW)


def _states(db: Database) -> Counter[str]:
    return Counter(message["state"] for message in db.read(outbox.listing))


def test_each_of_a_row_keeps_its_own_reference_and_story(site: Database) -> None:
    """Five texts accepted in one turn are sent, each under its reference and with every step in its history."""
    tasks = _claim_row(site, 5)
    _turn(site, settled=_accepted(tasks, first=40))
    for place, task in enumerate(tasks):
        number = int(task.message["id"])
        [part] = site.read(lambda tx, number=number: outbound_parts.of(tx, number))  # type: ignore[misc]
        assert (part["state"], part["reference"], part["sim"]) == ("sent", 40 + place, f"sim-{ME}")
        told = site.read(lambda tx, number=number: history.of(tx, "send", number))  # type: ignore[misc]
        assert [line["to_state"] for line in told] == ["queued", "sending", "sent"]
        assert row(site, number)["lease_owner"] is None


def test_in_a_row_too_who_lost_a_lease_settles_nothing(site: Database) -> None:
    """Of three texts accepted in one turn, the one that another took over meanwhile stays the other's."""
    tasks = _claim_row(site, 3)
    lost = int(tasks[1].message["id"])
    site.transact(lambda tx: _take_over(tx, lost))
    _turn(site, settled=_accepted(tasks))
    assert (row(site, lost)["state"], row(site, lost)["lease_owner"]) == ("sending", "other")
    assert _states(site) == {"sent": 2, "sending": 1}


def _take_over(tx: Connection, number: int) -> None:
    columns = outbound_message.c
    values = {"lease_number": columns.lease_number + 1, "lease_owner": "other"}
    tx.execute(outbound_message.update().where(columns.id == number).values(**values))


def test_what_ended_otherwise_is_settled_beside_the_accepted(site: Database) -> None:
    """A bad number and a doubt among accepted texts are what they are."""
    tasks = _claim_row(site, 4)
    bad, doubt = Submission("refused_for_good", code="CMS 28"), Submission("uncertain", code="timeout")
    _turn(site, settled=[*_accepted(tasks[:2]), (tasks[2], bad), (tasks[3], doubt)])
    assert _states(site) == {"sent": 2, "failed": 1, "uncertain": 1}


def test_reports_that_come_together_reach_each_its_text(site: Database) -> None:
    """Four reports in one turn, one of them twice: three texts arrived, one could not be delivered."""
    tasks = _claim_row(site, 4)
    _turn(site, settled=_accepted(tasks))
    reports = [_report(task, place, 0x46 if place == 3 else ARRIVED) for place, task in enumerate(tasks)]
    assert receive_reports(site, origin(ME), [*reports, reports[0]], NOW) == 4
    assert receive_reports(site, origin(ME), reports, NOW) == 0
    assert _states(site) == {"delivered": 3, "failed": 1}


def test_two_reports_under_one_reference_settle_two_texts(site: Database) -> None:
    """A reference comes again after 256 parts: two texts to one number under the same, both reported on together."""
    for text in ("satu", "dua"):
        queue(site, text)
    tasks = _turn(site, claims=2)
    _turn(site, settled=[(task, Submission("accepted", reference=7)) for task in tasks])
    reports = [_report(task, 7, pdu=f"report on {place}") for place, task in enumerate(tasks)]
    assert receive_reports(site, origin(ME), reports, NOW) == 2
    assert _states(site) == {"delivered": 2}


def test_reports_that_overtook_a_row_are_heard_when_it_is_settled(site: Database) -> None:
    """Reports that came before their sends were written down speak as soon as these are."""
    tasks = _claim_row(site, 3)
    receive_reports(site, origin(ME), [_report(tasks[0], 0), _report(tasks[2], 2)], NOW)
    _turn(site, settled=_accepted(tasks))
    assert [row(site, int(task.message["id"]))["state"] for task in tasks] == ["delivered", "sent", "delivered"]


def test_a_row_ends_with_a_long_text(site: Database) -> None:
    """The parts of a long text follow each other: nothing is claimed behind its first, and it is no other's."""
    for text in ("satu", "dua", "satu dua tiga", "empat"):
        queue(site, text)
    tasks = _turn(site, parts=words, claims=8)
    assert [(task.text, task.sequence, task.total) for task in tasks] == [
        ("satu", 1, 1),
        ("dua", 1, 1),
        ("satu dua tiga", 1, 3),
    ]
    assert _states(site) == {"sending": 3, "queued": 1}


def test_a_row_is_in_the_order_of_urgency(site: Database) -> None:
    """What is queued last leaves first when it is the most urgent, whatever is claimed together."""
    for priority in ("bulk", "reminder", "transaction", "reply", "alert"):
        queue(site, priority, priority=priority)
    assert [task.text for task in _turn(site, claims=8)] == ["alert", "reply", "transaction", "reminder", "bulk"]


def test_a_row_is_no_longer_than_the_quota(site: Database) -> None:
    """Three texts a minute are three, also when eight could be claimed at once."""
    for number in range(8):
        queue(site, to=f"+62812000000{number:02d}")
    quota = sender(site, ME, quotas=Quotas(per_minute=3))
    assert len(take_turn(site, quota, Turn(claims=8), AirSide("".join, one_part), NOW)) == 3
    assert claim(site, quota) is None


def test_a_row_of_a_text_tried_before_goes_on_with_it(site: Database) -> None:
    """A text that was refused for now is claimed again among fresh ones, with the part that it has."""
    old = queue(site, to=CITIZEN)
    [first] = _turn(site, claims=1)
    _turn(site, settled=[(first, Submission("refused_for_now", code="CMS 42"))])
    site.transact(lambda tx: outbox.change(tx, old, not_before=NOW))
    queue(site)
    tasks = _turn(site, claims=4)
    assert tasks[0].part_id == first.part_id
    assert [task.message["attempts"] for task in tasks] == [2, 1]
