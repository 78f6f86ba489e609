"""From the queue to the phone: one text a day, within the hours, as many as can be carried, and another way instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from mgov.replies import parts_of
from mgov.store import parties, reminder_fallback
from mgov.store.database import Database
from mgov.store.schema.documents import reminder
from mgov.store.schema.messages import outbound_message
from mgov.workflows import remind, remind_fallback
from mgov.workflows.documents import close_document, import_documents
from mgov.workflows.remind import RemindSettings
from mgov.workflows.reminder_hours import Spread, next_hours
from mgov.workflows.reminder_text import sms_parts
from scheduler.calendar import Calendar
from scheduler.quiet_hours import QuietHours
from tests.workflows.taking import take_all
from tests.workflows.test_remind import ACTOR, NOON, SETTINGS, TODAY, load, row

PHONE, MAIL = "+6281200000001", "a@usaha.example"
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


def run(db: Database, on: date = TODAY, now: datetime = NOON, settings: RemindSettings = SETTINGS) -> list[str]:
    found: list[dict[str, Any]] = []
    remind.show(db, remind.run(db, on, settings, now), found.extend)
    return [f"{r['document']}/{r['stage']}/{r['channel']}" for r in found]


def messages(db: Database) -> list[dict[str, Any]]:
    query = select(outbound_message).order_by(outbound_message.c.id)
    return db.read(lambda tx: [dict(row) for row in tx.execute(query).mappings()])


def set_state(db: Database, number: int, state: str, **values: object) -> None:
    change = update(outbound_message).where(outbound_message.c.id == number).values(state=state, **values)
    db.transact(lambda tx: tx.execute(change))


def claim(db: Database, now: datetime) -> list[str]:
    return db.transact(lambda tx: [str(row["text"]) for row in take_all(tx, now)])


def test_a_second_run_of_the_day_joins_the_text_that_has_not_left(db: Database) -> None:
    """One text says both; the older one is taken back with its reason."""
    load(db, row("A-1", 7))
    assert run(db) == ["A-1/7/sms"]
    load(db, row("A-2", 7))
    assert run(db) == ["A-2/7/sms"]
    first, second = messages(db)
    assert (first["state"], first["error_code"]) == ("expired", "merged")
    assert "A-1" in second["text"]
    assert "A-2" in second["text"]
    assert [len(claim(db, NOON)), run(db)] == [1, []]


def test_what_waited_overnight_joins_the_text_of_the_day(db: Database) -> None:
    """A text that no modem managed yesterday and today's become one; of one document only the later stage is told."""
    load(db, row("A-1", 7), row("A-2", 8))
    run(db)
    tomorrow = NOON + timedelta(days=1)
    assert run(db, TODAY + timedelta(days=1), tomorrow) == ["A-2/7/sms"]
    waiting = [message for message in messages(db) if message["state"] == "queued"]
    assert len(waiting) == 1
    assert "2 dokumen" in waiting[0]["text"]
    week_on = NOON + timedelta(days=7)
    assert sorted(run(db, TODAY + timedelta(days=7), week_on)) == ["A-1/0/sms", "A-2/1/sms"]
    (last,) = [message for message in messages(db) if message["state"] == "queued"]
    assert last["text"].count("A-1 ") == last["text"].count("A-2 ") == 1
    kept = db.read(lambda tx: tx.execute(select(reminder.c.stage, reminder.c.state, reminder.c.reason)).all())
    assert (7, "withdrawn", "had not left when the next stage came") in {tuple(one) for one in kept}


def test_who_was_told_today_is_told_tomorrow_unless_that_is_too_late(db: Database) -> None:
    """A document that comes in after the day's text has left waits for the morning; one due today does not."""
    load(db, row("A-1", 7), row("B-1", 7, "081200000002"))
    run(db)
    for message in messages(db):
        set_state(db, message["id"], "sent", sent_at=NOON)
    load(db, row("A-2", 7), row("B-2", 0, "081200000002"))
    run(db)
    later, now = messages(db)[2:]
    assert {later["recipient"], now["recipient"]} == {PHONE, "+6281200000002"}
    leaves = {message["recipient"]: message["not_before"] for message in (later, now)}
    assert leaves[PHONE] == datetime.combine(TODAY + timedelta(days=1), time(8), WIB)
    assert leaves["+6281200000002"] == NOON


def test_what_waits_at_closing_time_leaves_in_the_morning(db: Database) -> None:
    """At 20.00 nothing is claimed any more; the sweep moves it to eight, and it leaves then."""
    load(db, row("A-1", 7))
    run(db)
    evening, morning = NOON.replace(hour=20), (NOON + timedelta(days=1)).replace(hour=8)
    assert claim(db, evening) == []
    assert remind.reopen(db, SETTINGS, evening) == 1
    assert claim(db, evening + timedelta(hours=3)) == []
    assert len(claim(db, morning)) == 1


def test_a_text_of_which_a_part_is_settled_is_written_anew(db: Database) -> None:
    """One of two documents is closed after queueing: the text that leaves names only the other."""
    load(db, row("A-1", 7), row("A-2", 7))
    run(db)
    close_document(db, "A-1", ACTOR, NOON)
    assert claim(db, NOON) == []
    assert remind.rewrite_partly_obsolete(db, SETTINGS, NOON) == 1
    (text,) = claim(db, NOON + timedelta(minutes=11))
    assert "A-2" in text
    assert "A-1" not in text


def test_reminders_are_spread_over_what_can_be_carried_soonest_due_first(db: Database) -> None:
    """At two parts a minute the last of five leaves two minutes after the first, and the soonest due leads."""
    load(db, *[row(f"D-{n}", 30 if n < 4 else 1, f"08120000000{n}") for n in range(5)])
    run(db, settings=replace(SETTINGS, per_minute={"sms": 2.0}))
    queued = messages(db)
    assert "D-4" in queued[0]["text"]
    assert [(m["not_before"] - NOON).total_seconds() for m in queued] == [0, 30, 60, 90, 120]


def test_holders_in_another_zone_are_told_by_their_own_clock(db: Database) -> None:
    """At 06.30 in Jakarta it is 08.30 in Jayapura: what lies there may leave, and stops at six in the evening here."""
    header = "number,kind,agency,holder_id,holder_name,phone,due_on,zone\n"
    due = TODAY + timedelta(days=7)
    rows = f"J-1,TDG,DPMPTSP,,PT,081200000001,{due},WIT\nJ-2,TDG,DPMPTSP,,PT,081200000002,{due},\n"
    import_documents(db, (header + rows).encode(), ACTOR, NOON)
    early = NOON.replace(hour=6, minute=30)
    run(db, now=early)
    hours = {m["recipient"]: (m["not_before"], m["closes_at"]) for m in messages(db)}
    assert hours[PHONE] == (early, NOON.replace(hour=18))
    assert hours["+6281200000002"] == (NOON.replace(hour=8), NOON.replace(hour=20))


def test_a_friday_tells_for_the_weekend_where_nothing_is_sent_then(db: Database) -> None:
    """Due on Sunday, closed from Saturday on: told on Friday as due then, and Monday has nothing to add."""
    friday = date(2026, 11, 27)
    closed = replace(SETTINGS, quiet=QuietHours(on_weekends=False, calendar=Calendar()))
    load(db, row("W-1", (friday - TODAY).days + 2))
    noon = datetime.combine(friday, time(12), WIB)
    assert run(db, friday, noon, closed) == ["W-1/0/sms"]
    assert run(db, friday + timedelta(days=3), noon + timedelta(days=3), closed) == []


def with_mail(db: Database, holder: str) -> None:
    """The holder has a verified mail address that no document names."""

    def work(tx: Connection) -> None:
        party = parties.by_id_number(tx, holder)
        assert party is not None
        parties.bind(tx, party["id"], "email", MAIL, now=NOON, actor=ACTOR)
        contact = parties.contacts_of(tx, party["id"])[-1]
        parties.change_contact(tx, contact["id"], state="verified", verified_how="recorded")

    db.transact(work)


def test_mail_takes_the_place_of_an_sms_that_failed(db: Database) -> None:
    """The number is dead, and the holder's address is known otherwise: once by mail, with both reasons kept."""
    header = "number,kind,agency,holder_id,holder_name,phone,due_on\n"
    line = f"F-1,TDG,DPMPTSP,9120001234567,PT,081200000001,{TODAY + timedelta(days=7)}\n"
    import_documents(db, (header + line).encode(), ACTOR, NOON)
    with_mail(db, "9120001234567")
    run(db)
    set_state(db, messages(db)[0]["id"], "failed", error="unknown subscriber")
    assert remind_fallback.fall_back(db, SETTINGS, NOON) == 1
    assert remind_fallback.fall_back(db, SETTINGS, NOON) == 0
    instead = messages(db)[-1]
    assert (instead["channel"], instead["recipient"], instead["state"]) == ("email", MAIL, "queued")
    rows = db.read(lambda tx: tx.execute(select(reminder.c.state, reminder.c.reason).order_by(reminder.c.id)).all())
    assert rows[0][0] == "failed"
    assert "unknown subscriber" in rows[0][1]
    assert rows[1][0] == "queued"


def test_many_dead_numbers_of_a_holder_bring_him_one_mail(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty companies' documents on two dead numbers, seen in many portions: one mail names them all once."""
    monkeypatch.setattr(reminder_fallback.lost, "__defaults__", (7,))
    header = "number,kind,agency,holder_id,holder_name,phone,due_on\n"
    line = "K-{},TDG,DPMPTSP,9120001234567,PT,081200000001;081200000002,{}\n"
    lines = [line.format(n, TODAY + timedelta(days=7)) for n in range(40)]
    import_documents(db, (header + "".join(lines)).encode(), ACTOR, NOON)
    with_mail(db, "9120001234567")
    run(db)
    for message in messages(db):
        set_state(db, message["id"], "failed", error="unknown subscriber")
    assert remind_fallback.fall_back(db, SETTINGS, NOON) == 40
    instead = [message for message in messages(db) if message["channel"] == "email"]
    assert [message["recipient"] for message in instead] == [MAIL]
    assert all(instead[0]["text"].count(f"K-{n} ") == 1 for n in range(40))
    assert remind_fallback.fall_back(db, SETTINGS, NOON) == 0


def test_a_failure_beside_one_that_arrived_needs_nothing_more(db: Database) -> None:
    """Phone and mail both on record: the SMS fails, the mail went out, and that is the reason kept."""
    load(db, row("F-1", 7, email=MAIL))
    run(db)
    for message in messages(db):
        set_state(db, message["id"], "failed" if message["channel"] == "sms" else "sent", sent_at=NOON)
    assert remind_fallback.fall_back(db, SETTINGS, NOON) == 0
    reasons = db.read(
        lambda tx: tx.execute(select(reminder.c.reason).where(reminder.c.channel == "sms")).scalars().all()
    )
    assert reasons[0].startswith("by email instead")


def test_an_import_never_overrides_a_contact_that_was_verified(db: Database) -> None:
    """The holder proved another number by its code: he is reminded there whatever the agency's file names."""
    header = "number,kind,agency,holder_id,holder_name,phone,due_on\n"
    line = f"V-1,TDG,DPMPTSP,9120001234567,PT,081200000001,{TODAY + timedelta(days=7)}\n"
    import_documents(db, (header + line).encode(), ACTOR, NOON)

    def prove(tx: Connection) -> None:
        party = parties.by_id_number(tx, "9120001234567")
        assert party is not None
        number = parties.bind(tx, party["id"], "phone", "+6281299990000", now=NOON, actor=ACTOR)
        parties.change_contact(tx, number, state="verified", verified_how="code", verified_at=NOON)

    db.transact(prove)
    import_documents(db, (header + line).encode(), ACTOR, NOON)
    run(db)
    assert sorted(m["recipient"] for m in messages(db)) == [PHONE, "+6281299990000"]


def test_late_is_worse_than_never() -> None:
    """Worth two days, never beyond the day it falls due; when no hours are left before that, it expires."""
    spread = Spread(QuietHours(), NOON)
    assert spread.take("sms", 1, None, [TODAY + timedelta(days=30)]).send_by == NOON.replace(hour=20) + timedelta(
        days=2
    )
    assert spread.take("sms", 1, None, [TODAY + timedelta(days=1)]).send_by == NOON.replace(hour=20) + timedelta(days=1)
    night = Spread(QuietHours(), NOON.replace(hour=21))
    hours = night.take("sms", 1, None, [TODAY])
    assert hours.send_by < hours.not_before


def test_the_next_hours_lie_on_a_sending_day() -> None:
    """Closed on Friday evening, nothing on weekends: Monday at eight, by the clock of the same zone."""
    quiet = QuietHours(on_weekends=False)
    friday = datetime(2026, 11, 27, 20, tzinfo=WIB)
    assert next_hours(quiet, friday, friday) == (
        datetime(2026, 11, 30, 8, tzinfo=WIB),
        datetime(2026, 11, 30, 20, tzinfo=WIB),
    )


@pytest.mark.parametrize(
    "text", ["a" * 160, "a" * 161, "[" * 80, "[" * 81, "é" * 160, "ł" * 70, "ł" * 71, "`", "a\nb" * 60]
)
def test_parts_are_counted_alike_by_the_fast_way_and_the_slow_one(text: str) -> None:
    """ASCII is counted at a glance; the answer is the same as letter by letter."""
    slow = parts_of(text)
    assert sms_parts(text) == (slow if slow is not None else 1 + (len(text) > 70))
