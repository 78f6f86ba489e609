"""Broadcasts: shown, approved by a second person, stopped; and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Select, select, update

from mgov.domain.actor import Actor
from mgov.store import consents
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows import broadcasts, groups
from mgov.workflows.broadcast_templates import BroadcastError, approve_template, put_template
from mgov.workflows.broadcasts import BroadcastSettings
from tests.workflows.taking import take_all

WIB = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 24, 12, tzinfo=WIB)
NIGHT = datetime(2026, 11, 24, 3, tzinfo=WIB)
ANI, BUDI = Actor.staff("ani"), Actor.staff("budi")
SETTINGS = BroadcastSettings(per_minute=30, price=350)
MEMBERS = (
    b"group,address,tier,name\n"
    b"desa,081200000001,1,Kades Anyer\n"
    b"desa,081200000002,2,Kades Carita\n"
    b"desa,Camat@Serang.example,2,Camat\n"
    b"desa,081200000004,,\n"
)


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    assert groups.import_group(database, MEMBERS, ANI, NOON).added == 4
    yield database
    database.close()


def queued(db: Database) -> list[tuple[str, str, int]]:
    columns = outbound_message.c
    query = select(columns.recipient, columns.state, columns.urgency).order_by(columns.urgency, columns.id)
    return db.read(lambda tx: [(r, s, u) for r, s, u in tx.execute(query)])


def test_a_group_comes_from_a_file_and_the_same_file_again_changes_nothing(db: Database) -> None:
    """New, changed and bad rows are told apart; a phone is kept in E.164, an address in lower case."""
    again = groups.import_group(db, MEMBERS, ANI, NOON)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 4)
    changed = groups.import_group(db, b"address,tier\n0812 0000 0001,3\nnobody,1\n", ANI, NOON, name="desa")
    assert (changed.added, changed.updated, len(changed.errors)) == (0, 1, 1)
    assert [m["address"] for m in groups.members(db, "desa")] == [
        "+6281200000004",
        "+6281200000002",
        "camat@serang.example",
        "+6281200000001",
    ]


def test_parts_minutes_and_cost_are_shown_before_approval(db: Database) -> None:
    """Two parts to three phones: six parts, 12 seconds, Rp 2,100."""
    made = broadcasts.propose(db, "desa", "x" * 200, ANI, NOON, SETTINGS)
    meant = made.estimate
    assert (meant.sms, meant.mails, meant.parts_a_text, meant.parts) == (3, 1, 2, 6)
    assert (meant.minutes, meant.cost) == (0.2, 2100)
    assert queued(db) == []


def test_who_wrote_it_cannot_approve_it(db: Database) -> None:
    """A second person releases; the writer is refused, and nobody releases twice."""
    number = broadcasts.propose(db, "desa", "Rapat besok", ANI, NOON, SETTINGS).number
    with pytest.raises(BroadcastError, match="another person"):
        broadcasts.approve(db, number, ANI, NOON, SETTINGS)
    assert broadcasts.approve(db, number, BUDI, NOON, SETTINGS).recipients == 4
    assert len(queued(db)) == 4
    with pytest.raises(BroadcastError, match="not waiting"):
        broadcasts.approve(db, number, BUDI, NOON, SETTINGS)


def test_stopping_cancels_what_has_not_left(db: Database) -> None:
    """What was sent stays sent; the rest expires, and a claim passes over it."""
    number = broadcasts.propose(db, "desa", "Rapat besok", ANI, NOON, SETTINGS).number
    broadcasts.approve(db, number, BUDI, NOON, SETTINGS)
    first = outbound_message.c.recipient == "+6281200000001"
    db.transact(lambda tx: tx.execute(update(outbound_message).where(first).values(state="sent", sent_at=NOON)))
    assert broadcasts.stop(db, number, ANI, NOON, "salah hari") == 3
    assert sorted(state for _, state, _ in queued(db)) == ["expired", "expired", "expired", "sent"]
    assert [line["reached"] for line in broadcasts.summary(broadcasts.report(db, number))] == [0, 0]


def test_bulk_waits_for_the_sending_hours_and_leaves_out_who_wants_nothing(db: Database) -> None:
    """At three at night it waits until eight; an opt-out is left out, also one that comes later."""
    db.transact(lambda tx: consents.opt_out(tx, "+6281200000001", NIGHT))
    made = broadcasts.propose(db, "desa", "Rapat besok", ANI, NIGHT, SETTINGS)
    assert (made.estimate.sms, made.skipped) == (2, 1)
    broadcasts.approve(db, made.number, BUDI, NIGHT, SETTINGS)
    columns = outbound_message.c
    hours = db.read(lambda tx: tx.execute(select(columns.not_before, columns.closes_at)).all())
    assert min(row[0] for row in hours) == NIGHT.replace(hour=8)
    assert {row[1] for row in hours} == {NIGHT.replace(hour=20)}
    db.transact(lambda tx: consents.opt_out(tx, "+6281200000002", NOON))

    left = db.transact(lambda tx: [row["recipient"] for row in take_all(tx, NOON)])
    assert left == ["+6281200000004"]


def moments(tx: Connection, query: Select[tuple[datetime]]) -> list[datetime]:
    return list(tx.execute(query).scalars())


def test_bulk_is_held_back_only_to_a_limit_that_the_site_sets(db: Database) -> None:
    """Without a limit all may leave at once; with two a minute each waits for the one before."""
    for pace, waits in ((None, [0, 0, 0]), (2.0, [0, 30, 60])):
        settings = replace(SETTINGS, pace=pace)
        made = broadcasts.propose(db, "desa", f"Rapat {pace}", ANI, NOON, settings)
        broadcasts.approve(db, made.number, BUDI, NOON, settings)
        columns = outbound_message.c
        texts = (columns.subject_id == made.number) & (columns.channel == "sms")
        query = select(columns.not_before).where(texts).order_by(columns.id)
        leave = db.read(partial(moments, query=query))
        assert [(moment - NOON).total_seconds() for moment in leave] == waits


def test_a_template_needs_a_second_person_and_its_blanks(db: Database) -> None:
    """Written by one, approved by another; a change has to be approved again."""
    assert put_template(db, "rapat", "bulk", "Rapat {hari} di {tempat}", ANI, NOON, group="desa") == {"hari", "tempat"}
    values = {"hari": "Senin", "tempat": "Serang"}
    with pytest.raises(BroadcastError, match="waits for a second person"):
        broadcasts.propose_from(db, "rapat", values, ANI, NOON, SETTINGS)
    with pytest.raises(BroadcastError, match="another person"):
        approve_template(db, "rapat", ANI, NOON)
    approve_template(db, "rapat", BUDI, NOON)
    assert broadcasts.propose_from(db, "rapat", values, ANI, NOON, SETTINGS).text == "Rapat Senin di Serang"
    with pytest.raises(BroadcastError, match="no value for tempat"):
        broadcasts.propose_from(db, "rapat", {"hari": "Senin"}, ANI, NOON, SETTINGS)
    put_template(db, "rapat", "bulk", "Lain {hari}", ANI, NOON, group="desa")
    with pytest.raises(BroadcastError, match="waits for a second person"):
        broadcasts.propose_from(db, "rapat", values, ANI, NOON, SETTINGS)


@pytest.mark.parametrize("text", ["{0}", "{x.y}", "{x!r}", "{x:>9}", "{", "", "  ", "{x[0]}"])
def test_a_template_holds_nothing_but_plain_blanks(db: Database, text: str) -> None:
    """No attribute, index or format of a value can be reached from a template."""
    with pytest.raises(BroadcastError):
        put_template(db, "bad", "bulk", text, ANI, NOON, group="desa")
