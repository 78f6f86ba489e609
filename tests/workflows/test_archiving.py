"""What was settled long ago leaves the queue's tables, and is found, recognised and erased as before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, insert, select, text, update

from mgov.domain.actor import Actor
from mgov.domain.message import Origin, Part, Report
from mgov.store import archive, dump, inbox, outbox
from mgov.store.database import Database
from mgov.store.schema.archives import ARCHIVES, archived_inbound_message, archived_outbound_message
from mgov.store.schema.fleet import send_attempt
from mgov.store.schema.messages import delivery_report, inbound_message, inbound_part, outbound_message
from mgov.workflows import archiving, backup, dead_letters, drift, privacy, retention, texts
from mgov.workflows.explain import story
from mgov.workflows.privacy import Subject
from mgov.workflows.receive import receive_parts
from mgov.workflows.reports import receive_reports
from mgov.workflows.send import Sender, Submission
from tests.workflows.citizen import BUDI, NOW, SITI, STAFF, World
from tests.workflows.sending import next_task, settle_and_next

DAYS = 90
LATER = NOW + timedelta(days=100)
SENDER = Sender("noc/t1", "t1", "sim-1")
ORIGIN = Origin("t1", "sim-1", "+62811000001")


def _archive(db: Database, now: datetime = LATER) -> dict[str, int]:
    return archiving.run(db, DAYS, now, breathe=lambda _seconds: None)


def _count(db: Database, table: Table) -> int:
    return int(db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))


def _send_all(db: Database, now: datetime) -> int:
    """Send what is queued, each after a first try that the network refused for now; returns how many."""
    sent = 0
    while (task := next_task(db, SENDER, lambda _: 1, now)) is not None:
        settle_and_next(db, SENDER, task, Submission("refused_for_now", code="CMS 500"), lambda _: 1, now, more=False)
        now += timedelta(minutes=30)
        again = next_task(db, SENDER, lambda _: 1, now)
        while again is not None:
            done = Submission("accepted", reference=again.message["id"] % 256)
            again = settle_and_next(db, SENDER, again, done, lambda _: 1, now)
            sent += 1
    return sent


@pytest.fixture
def world(database: Database) -> World:
    """Texts of two citizens, answered, sent and reported; one text of today."""
    world = World(database)
    for sender, words in ((BUDI, "BANTUAN"), (BUDI, "LAYANAN"), (SITI, "BANTUAN")):
        world.text(sender, words)
    assert _send_all(database, world.now) == 3
    report = Report(reference=1, recipient=BUDI, status=0, discharged_at=world.now, pdu="00")
    receive_reports(database, ORIGIN, [report], world.now + timedelta(minutes=40))
    world.now = LATER - timedelta(minutes=1)
    world.text(BUDI, "BANTUAN")
    return world


def _ids(db: Database, table: Table) -> list[int]:
    return list(db.read(lambda tx: tx.execute(select(table.c.id).order_by(table.c.id)).scalars()))


def test_what_is_settled_and_old_moves_once(world: World) -> None:
    """Three texts with their answers move under their numbers, with parts and attempts; a second run moves nothing."""
    before = _ids(world.db, inbound_message), _ids(world.db, outbound_message)
    assert _archive(world.db) == {"messages_out": 3, "messages_in": 3}
    for live, ids in zip((inbound_message, outbound_message), before, strict=True):
        assert [*_ids(world.db, ARCHIVES[live]), *_ids(world.db, live)] == ids
        assert _count(world.db, live) == 1
    assert _count(world.db, ARCHIVES[send_attempt]) >= 1
    assert _count(world.db, send_attempt) == 0
    assert _archive(world.db) == {"messages_out": 0, "messages_in": 0}


def test_explain_and_lists_are_the_same_before_and_after(world: World) -> None:
    """A leader who asks about a text of a year ago hears what he would have heard then."""

    def told() -> str:
        stories = [
            story(world.db, kind, number, actor=STAFF, now=LATER)
            for kind, table in (("message", inbound_message), ("send", outbound_message))
            for number in numbers[table.name]
        ]
        lists = [texts.received(world.db, STAFF), texts.sent(world.db, STAFF), texts.sent(world.db, STAFF, "delivered")]
        lists += [texts.received(world.db, STAFF, limit=2), texts.sent(world.db, STAFF, limit=2)]
        rows = [[dict(row) for row in rows] for rows in lists]
        return json.dumps([stories, rows, str(drift.drift(world.db, LATER, timedelta(days=101)))], default=str)

    numbers = {table.name: _ids(world.db, table) for table in (inbound_message, outbound_message)}
    before = told()
    assert "CMS 500" in before
    _archive(world.db)
    assert told() == before


def test_what_is_not_over_stays(world: World) -> None:
    """A text that waits, an answer that is queued, in doubt or recently sent, and what was set aside is not moved."""
    answers = _ids(world.db, outbound_message)
    states = zip(answers, ("queued", "uncertain", "sent"), strict=False)
    with world.db.engine.begin() as tx:
        for number, state in states:
            recently = {"sent_at": LATER} if state == "sent" else {}
            tx.execute(update(outbound_message).where(outbound_message.c.id == number).values(state=state, **recently))
    assert _archive(world.db) == {"messages_out": 0, "messages_in": 0}
    with world.db.engine.begin() as tx:
        tx.execute(update(outbound_message).values(state="sent", sent_at=NOW))
        tx.execute(update(inbound_message).values(state="set_aside"))
    assert _archive(world.db) == {"messages_out": 3, "messages_in": 0}


def _join(pdus: Sequence[str]) -> str:
    return "".join(pdus)


def test_a_text_that_is_read_again_is_recognised(database: Database) -> None:
    """A SIM from a drawer hands over what was answered a year ago and archived: nobody is answered again."""
    part = Part(pdu="INFO", sender=BUDI, sent_at=NOW, text="INFO", content="aa")
    received = receive_parts(database, ORIGIN, [part], _join, NOW)
    with database.engine.begin() as tx:
        tx.execute(update(inbound_message).values(state="handled", handled_at=NOW))
    assert _archive(database)["messages_in"] == 1
    assert receive_parts(database, ORIGIN, [part], _join, LATER).new_parts == 0
    with database.engine.begin() as tx:
        tx.execute(inbound_part.delete())  # raw parts are kept for a shorter time
    assert receive_parts(database, ORIGIN, [part], _join, LATER).message_ids == ()
    assert _count(database, inbound_message) == 0
    assert _ids(database, archived_inbound_message) == list(received.message_ids)


def test_what_was_sent_once_is_not_queued_again(database: Database) -> None:
    """A key that an archived message has counts as before: the older message stands."""

    def queue(now: datetime) -> int:
        return database.transact(
            lambda tx: outbox.queue_text(tx, to=BUDI, text="Lunas", now=now, dedupe_key="payment:1:settled")
        )

    number = queue(NOW)
    with database.engine.begin() as tx:
        tx.execute(update(outbound_message).values(state="delivered", sent_at=NOW))
    _archive(database)
    assert queue(LATER) == number
    keys = ["payment:1:settled", "payment:2:settled"]
    assert database.read(lambda tx: outbox.known_keys(tx, keys)) == {"payment:1:settled"}
    assert _count(database, outbound_message) == 0


def test_a_late_report_changes_nothing(world: World) -> None:
    """A report of a message that is archived is kept; the archive stays as it was, and nothing fails."""
    _archive(world.db)
    before = _tally(world.db, archived_outbound_message)
    report = Report(reference=2, recipient=BUDI, status=0, discharged_at=LATER, pdu="01")
    assert receive_reports(world.db, ORIGIN, [report], LATER) == 1
    assert _tally(world.db, archived_outbound_message) == before
    assert _count(world.db, delivery_report) == 2


def _tally(db: Database, table: Table) -> tuple[int, str]:
    with dump.snapshot(db) as tx:
        tally = dump.tally_of(tx, table)
    return tally.rows, tally.digest


def test_a_person_finds_and_erases_archived_texts(world: World) -> None:
    """The copy of his data holds what is archived; an erasure strikes it there too, and nobody else's."""
    before = privacy.export(world.db, Subject(addresses=(BUDI,)), STAFF, LATER)
    _archive(world.db)
    after = privacy.export(world.db, Subject(addresses=(BUDI,)), STAFF, LATER)
    assert json.dumps(after, default=str) == json.dumps(before, default=str)
    privacy.erase(world.db, Subject(addresses=(BUDI,)), STAFF, LATER)
    tables = (archived_inbound_message, archived_outbound_message, inbound_message)
    left = world.db.read(lambda tx: str([tuple(row) for table in tables for row in tx.execute(select(table))]))
    assert BUDI not in left
    assert SITI in left


def test_a_run_that_is_cut_off_is_finished_by_the_next(world: World) -> None:
    """Each batch is whole or not there: nothing is in both places or in none."""
    total = _count(world.db, outbound_message)

    def cut(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archiving.run(world.db, DAYS, LATER, breathe=cut)
    moved = _count(world.db, archived_outbound_message)
    assert moved + _count(world.db, outbound_message) == total
    done = _archive(world.db)
    assert moved + done["messages_out"] == 3
    assert done["messages_in"] == 3


def test_many_batches_and_pages_are_moved(database: Database) -> None:
    """More rows than a page and a batch hold, with young ones among them; what is young is not moved."""
    many = 2 * archive.PAGE + 7
    same = {"channel": "sms", "text": "x", "priority": "bulk", "urgency": 40, "parts": 1, "attempts": 1}
    rows = [
        {**same, "recipient": BUDI, "state": "sent", "queued_at": at, "not_before": at, "sent_at": at}
        for at in (NOW if number % 10 else LATER for number in range(many))
    ]
    database.transact(lambda tx: tx.execute(insert(outbound_message), rows))
    young = sum(row["queued_at"] == LATER for row in rows)
    assert _archive(database)["messages_out"] == many - young
    assert _count(database, outbound_message) == young


def test_the_archive_ends_with_the_time_that_messages_are_kept(world: World) -> None:
    """After `messages_days` archived messages are gone with all that hung on them."""
    _archive(world.db)
    keep = retention.Keep(messages=730)
    assert retention.preview(world.db, keep, NOW + timedelta(days=800))["archived_in"] == 3
    done = retention.run(world.db, keep, NOW + timedelta(days=800))
    assert (done["archived_in"], done["archived_out"]) == (3, 3)
    assert all(_count(world.db, table) == 0 for table in ARCHIVES.values())


def test_a_backup_holds_the_archive_and_numbers_go_on(world: World, migrated_sqlite_url: str, tmp_path: Path) -> None:
    """Restored elsewhere, archived messages are there, and a new message never takes the number of one."""
    _archive(world.db)
    highest = max(_ids(world.db, archived_outbound_message))
    with world.db.engine.begin() as tx:
        tx.execute(outbound_message.delete())
    path = tmp_path / "backup.zip"
    backup.take(world.db, path, program="1", now=LATER)
    with closing(Database(migrated_sqlite_url)) as there:
        backup.restore(there, path, now=LATER, actor=Actor.staff("t"), hold=False)
        for table in ARCHIVES.values():
            assert _tally(there, table) == _tally(world.db, table)
        new = there.transact(lambda tx: outbox.queue_text(tx, to=BUDI, text="x", now=LATER))
    assert new > highest


def test_a_dead_letter_of_the_archive_can_be_sent_again(world: World) -> None:
    """It is listed with everything, resent once, and its copy is named as long as either is kept."""
    with world.db.engine.begin() as tx:
        tx.execute(update(outbound_message).where(outbound_message.c.id == 1).values(state="failed"))
    _archive(world.db)
    assert [row["id"] for row in dead_letters.listing(world.db)] == []
    assert [row["id"] for row in dead_letters.listing(world.db, everything=True)] == [1]
    number = dead_letters.resend(world.db, 1, actor=STAFF, now=LATER)
    with pytest.raises(dead_letters.NotResentError, match=f"as {number}"):
        dead_letters.resend(world.db, 1, actor=STAFF, now=LATER)
    assert [row["resent_as"] for row in dead_letters.listing(world.db, everything=True)] == [number]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("outbound_message where state = 'queued' and channel = 'sms' order by urgency, id", "unsettled"),
        ("outbound_message where state = 'failed' or state = 'expired'", "unsettled"),
        ("inbound_message where state = 'received' order by sent_at, id", "unhandled"),
        ("inbound_part where state = 'waiting' and sender = '+62811'", "waiting"),
        ("outbound_message where resend_of = 7", "resent"),
    ],
)
def test_a_queue_is_read_by_an_index_of_what_waits(migrated_sqlite_url: str, query: str, index: str) -> None:
    """SQLite's planner, which is the strictest, uses the partial indexes for the queries of a queue."""
    with closing(Database(migrated_sqlite_url)) as db:
        plan = db.read(lambda tx: str(tx.execute(text(f"explain query plan select id from {query}")).all()))
    assert f"_{index}" in plan


def test_states_are_written_out(database: Database) -> None:
    """A planner sees the states that a query asks for; what is no state is refused."""
    columns = inbound_message.c
    asked = str(select(columns.id).where(columns.state.in_(("received", "set_aside"))))
    assert "state = 'received' OR inbound_message.state = 'set_aside'" in asked
    with pytest.raises(ValueError, match="not a state"):
        database.read(lambda tx: inbox.listing(tx, state="x' or '1'='1"))
