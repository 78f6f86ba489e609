"""Hostile texts from phones: each is kept and answered once, and none leaks, evaluates or gains anything."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.store.schema.money import bill, settlement
from mgov.store.schema.services import article, contact, party, service
from mgov.store.schema.staff import agency, audit, setting, staff, staff_role, staff_session
from mgov.workflows.answer import answer_next
from mgov.workflows.bills import import_bills
from mgov.workflows.receive import receive_text
from mgov.workflows.staff import add
from tests.security.hostile import texts
from tests.workflows.citizen import NOW, SITI, STAFF, World

COUNT = 2000
NIK = "3604015505880007"
#: Nobody but SITI may ever be shown these.
SECRETS = (NIK, SITI, SITI.removeprefix("+62"), "SITI RAHASIA", "773019")
BILLS = (
    b"number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    b"PKB-2026-000001,BAPENDA,3604015505880007,SITI RAHASIA,081200000002,A 1234 BC,Pajak,500000,2026-12-20\n"
)
UNTOUCHED = (staff, staff_role, staff_session, setting, service, article, agency, bill, settlement)


@pytest.fixture
def world(migrated_sqlite_url: str) -> World:
    """A site with one citizen's bill and one leader."""
    found = World(Database(migrated_sqlite_url))
    import_bills(found.db, BILLS, STAFF, NOW)
    add(found.db, "kepala", ["leader"], now=NOW, actor=STAFF, phone="+6281299999999", pin="773019")
    return found


def _rows(world: World, *tables: Any) -> list[list[Any]]:  # noqa: ANN401 - tables
    return [world.db.read(lambda tx, table=table: list(tx.execute(select(table)))) for table in tables]


def _count(world: World, table: Any) -> int:  # noqa: ANN401 - a table
    return int(world.db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))


def _send(world: World, sent: list[str]) -> None:
    def receive(tx: Any) -> None:  # noqa: ANN401 - a transaction
        for number, text in enumerate(sent):
            values = {"sender": f"+62813{number % 400:08d}", "sent_at": NOW, "received_at": NOW}
            receive_text(tx, channel="sms", text=text, identity=f"hostile-{number}", **values)

    world.db.transact(receive)
    while answer_next(world.db, world.settings, NOW) is not None:
        continue


def test_thousands_of_hostile_texts_lose_crash_leak_and_gain_nothing(world: World) -> None:
    """Two thousand texts from four hundred phones: kept, handled, answered at most once, nothing else touched."""
    before = _rows(world, *UNTOUCHED)
    _send(world, list(texts(COUNT)))
    states = world.db.read(lambda tx: list(tx.execute(select(inbound_message.c.state, inbound_message.c.error))))
    assert len(states) == COUNT
    assert [row for row in states if row.state != "handled"] == []
    answers = world.db.read(
        lambda tx: list(tx.execute(select(outbound_message.c.text, outbound_message.c.in_reply_to)))
    )
    replied = [row.in_reply_to for row in answers if row.in_reply_to is not None]  # the others tell recorded phones
    assert len(set(replied)) == len(replied) == COUNT
    for secret in SECRETS:
        assert [row.text for row in answers if secret in row.text] == []
    assert [row.text for row in answers if re.search(r"\b49\b|__class__.*object|Traceback|sqlite", row.text)] == []
    assert _rows(world, *UNTOUCHED) == before


def test_no_hostile_text_makes_a_phone_somebody(world: World) -> None:
    """Whatever was texted, no identity is verified, and the audit stays whole and names no phone as staff."""
    _send(world, [text for text in texts(COUNT) if text.startswith(("DAFTAR", "KODE", "YA"))])
    contacts = world.db.read(lambda tx: list(tx.execute(select(contact.c.address, contact.c.state))))
    assert {row.address for row in contacts if row.state == "verified"} <= {SITI}
    actors = world.db.read(lambda tx: set(tx.execute(select(audit.c.actor)).scalars()))
    assert not [actor for actor in actors if actor.startswith("phone:") and "staff" in actor]
    assert _count(world, party) < 500


def test_one_number_is_answered_within_its_budget_and_then_no_more(world: World) -> None:
    """Five hundred texts of one number in an hour: the budget's answers, one notice, silence; all are kept."""
    for number in range(500):
        world.db.transact(
            lambda tx, number=number: receive_text(
                tx,
                channel="sms",
                sender="+628130000001",
                text=f"TAGIHAN PKB-2026-{number:06d}",
                sent_at=NOW,
                received_at=NOW,
                identity=f"flood-{number}",
            )
        )
    while answer_next(world.db, world.settings, NOW) is not None:
        continue
    assert _count(world, inbound_message) == 500
    assert _count(world, outbound_message) <= world.settings.answers_per_hour + 1


@pytest.mark.parametrize(
    "sender", ["8888", "TELKOMSEL", "' OR 1=1", "+62", "+" + "9" * 40, "\x1b[31m", "staff:root", ""]
)
def test_strange_senders_are_kept_and_never_answered_as_people(world: World, sender: str) -> None:
    """Short codes, names and broken numbers are kept; none gets an answer."""
    world.db.transact(
        lambda tx: receive_text(
            tx, channel="sms", sender=sender, text="BANTUAN", sent_at=NOW, received_at=NOW, identity=f"s-{sender!r}"
        )
    )
    while answer_next(world.db, world.settings, NOW) is not None:
        continue
    assert _count(world, inbound_message) == 1
    assert _count(world, outbound_message) == 0
