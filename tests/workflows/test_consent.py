"""Consent: off at once, back again, not my number, extended already; each with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ColumnElement, select

from mgov.store.database import Database
from mgov.store.schema.documents import agency_task, document, reminder
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.services import address_state, consent
from mgov.workflows import consents, remind
from mgov.workflows.documents import import_documents
from tests.workflows.citizen import BUDI, NOW, SITI, STAFF, STRANGER, World
from tests.workflows.test_remind import KINDS, SETTINGS

TODAY = NOW.astimezone(ZoneInfo("Asia/Jakarta")).date()
HEADER = "number,kind,agency,holder_id,holder_name,phone,email,issued_on,due_on\n"
NIB, OTHER_NIB = "9120001234567", "9120007654321"
MAIL = "direktur@maju.example"


@pytest.fixture
def world(migrated_url: str) -> Iterator[World]:
    db = Database(migrated_url)
    yield World(db)
    db.close()


def load(world: World, *rows: str) -> None:
    import_documents(world.db, (HEADER + "".join(rows)).encode(), STAFF, NOW)


def row(number: str, phone: str = BUDI, email: str = "", holder: str = NIB, days: int = 7) -> str:
    return f"{number},TDG,DPMPTSP,{holder},PT Maju,{phone},{email},,{TODAY + timedelta(days=days)}\n"


def run(world: World, days: int = 0) -> list[str]:
    """Remind as on a day; the addresses that were queued."""
    found: list[dict[str, Any]] = []
    outcome = remind.run(world.db, TODAY + timedelta(days=days), SETTINGS, world.now)
    remind.show(world.db, outcome, found.extend)
    return sorted(str(r["to"]) for r in found)


def rows_of(world: World, *columns: ColumnElement[Any]) -> Sequence[Any]:
    return world.db.read(lambda tx: [tuple(r) for r in tx.execute(select(*columns))])


def test_stop_works_at_once_also_for_what_is_queued(world: World) -> None:
    """The queued reminder expires in the same commit, and no later run reminds this number."""
    load(world, row("A-1"))
    assert run(world) == [BUDI]
    assert "DIHENTIKAN" in world.text(BUDI, "BERHENTI")
    states = rows_of(world, outbound_message.c.state, outbound_message.c.subject_kind)
    assert ("expired", "reminder") in states
    assert run(world, 6) == []
    acts = rows_of(world, consent.c.act, consent.c.said, consent.c.address)
    assert acts == [("reminders_off", "BERHENTI", BUDI)]


def test_stop_ends_the_mail_too_where_the_number_is_the_only_phone(world: World) -> None:
    """One phone and one mail address: both end, and MULAI brings both back."""
    load(world, row("A-1", email=MAIL))
    answer = world.text(BUDI, "STOP")
    assert "direkt****ple" in answer
    assert MAIL not in answer
    assert run(world) == []
    world.text(BUDI, "MULAI")
    assert run(world, 6) == sorted([BUDI, MAIL])
    assert [act for (act,) in rows_of(world, consent.c.act)].count("reminders_on") == 2


def test_the_other_contacts_are_told_and_go_on(world: World) -> None:
    """Two phones and a mail address: one phone leaves, the others hear of it and are reminded."""
    load(world, row("A-1", phone=f"{BUDI};{SITI}", email=MAIL))
    assert "Kontak lain (2)" in world.text(BUDI, "BERHENTI")
    told = rows_of(world, outbound_message.c.recipient, outbound_message.c.subject_kind)
    assert sorted(to for to, kind in told if kind == "consent") == sorted([SITI, MAIL])
    assert run(world) == sorted([SITI, MAIL])


def test_a_mail_address_that_serves_others_goes_on(world: World) -> None:
    """A consultant's address stays for the other company when one company's phone leaves."""
    load(world, row("A-1", email=MAIL), row("B-1", phone=SITI, email=MAIL, holder=OTHER_NIB))
    world.text(BUDI, "BERHENTI")
    assert run(world) == sorted([SITI, MAIL, MAIL])


def test_mulai_makes_up_for_what_was_skipped_meanwhile(world: World) -> None:
    """Off and on again within the stage: the reminder still goes out, once."""
    load(world, row("A-1"))
    world.text(BUDI, "BERHENTI")
    assert run(world) == []
    world.text(BUDI, "MULAI")
    assert run(world) == [BUDI]
    assert run(world) == []


def test_mulai_forgets_no_reason_of_what_is_settled_meanwhile(world: World) -> None:
    """Left out, then extended, then reminders on again: why the old date was not told stands as it was."""
    load(world, row("A-1"))
    world.text(BUDI, "BERHENTI")
    assert run(world) == []
    load(world, row("A-1", days=60))
    world.text(BUDI, "MULAI")
    assert run(world) == [BUDI]
    kept = rows_of(world, reminder.c.due_on, reminder.c.state, reminder.c.reason)
    assert (TODAY + timedelta(days=7), "skipped", "opted out") in kept


def test_not_me_suspends_number_and_holder_and_opens_a_task(world: World) -> None:
    """Nothing more is revealed to the number, the holder waits for the agency, and a new import changes nothing."""
    load(world, row("A-1", phone=f"{BUDI};{SITI}"), row("A-2"), row("C-1", phone=STRANGER, holder=OTHER_NIB))
    assert run(world) == sorted([BUDI, BUDI, SITI, STRANGER])
    answer = world.text(BUDI, "Maaf salah nomor pak")
    assert "PT Maju" not in answer
    assert "A-1" not in answer
    assert "A-1" not in world.text(BUDI, "DOKUMEN")
    tasks = rows_of(world, agency_task.c.kind, agency_task.c.address, agency_task.c.state, agency_task.c.documents)
    assert tasks == [("not_me", BUDI, "open", "A-1; A-2")]
    load(world, row("A-1", phone=f"{BUDI};{SITI}"), row("A-3"))
    assert run(world, 6) == [STRANGER]
    reasons = {reason for (reason,) in rows_of(world, reminder.c.reason) if reason}
    assert any("suspended" in reason for reason in reasons)
    assert any("not the holder" in reason for reason in reasons)
    assert "A-3" not in world.text(BUDI, "DOKUMEN")


def test_not_me_means_nothing_without_a_reminder(world: World) -> None:
    """The same words from a number that was not reminded, or long ago, change nothing."""
    load(world, row("A-1"))
    world.text(BUDI, "bukan saya")
    run(world)
    world.now += timedelta(days=20)
    world.text(BUDI, "bukan saya")
    assert rows_of(world, agency_task.c.id) == []
    assert rows_of(world, address_state.c.not_me_at) == []


def test_mulai_from_a_wrong_number_reveals_nothing(world: World) -> None:
    """Whoever said "not me" cannot bring the holder's reminders back by himself."""
    load(world, row("A-1"))
    run(world)
    world.text(BUDI, "bukan saya")
    assert "diperiksa dinas" in world.text(BUDI, "MULAI")
    assert run(world, 6) == []


def test_extended_already_is_kept_and_shown(world: World) -> None:
    """What the holder says stands on the document that he names; reminders go on until the agency records it."""
    load(world, row("A-1"), row("A-2"))
    run(world)
    world.text(BUDI, "A-2 sudah diperpanjang kemarin")
    said = dict(rows_of(world, document.c.number, document.c.holder_said))
    assert said["A-1"] is None
    assert "sudah diperpanjang" in said["A-2"]
    assert rows_of(world, agency_task.c.kind, agency_task.c.documents) == [("extended", "A-2")]
    assert run(world, 6) == [BUDI, BUDI]


def test_an_import_overrides_neither_opt_out_nor_bounce(world: World) -> None:
    """The agency's file again, with the same and with new documents: who said no is left in peace."""
    load(world, row("A-1", email=MAIL))
    world.text(BUDI, "BERHENTI")
    load(world, row("A-1", email=MAIL), row("A-9", phone=BUDI))
    assert run(world) == []


def test_the_agency_closes_the_task_either_way(world: World) -> None:
    """Wrong and corrected: the holder is reminded at the new number alone. His after all: at this one again."""
    load(world, row("A-1"), row("C-1", phone=STRANGER, holder=OTHER_NIB))
    run(world)
    world.text(BUDI, "bukan saya")
    world.text(STRANGER, "salah sambung")
    first, second = (task["id"] for task in consents.tasks(world.db))
    load(world, row("A-1", phone=SITI))
    assert run(world, 6) == []
    close = {"today": TODAY + timedelta(days=6)}
    consents.close_task(world.db, first, consents.WAS_WRONG, STAFF, world.now, **close)
    consents.close_task(world.db, second, consents.IS_HOLDERS, STAFF, world.now, **close)
    assert run(world, 6) == sorted([SITI, STRANGER])
    assert consents.tasks(world.db) == []
    with pytest.raises(consents.ConsentError, match="closed already"):
        consents.close_task(world.db, first, consents.WAS_WRONG, STAFF, world.now, **close)


def test_a_letter_is_kept_as_proof(world: World) -> None:
    """Staff end reminders for who asked on paper, and that is kept with the wording."""
    load(world, row("A-1"))
    run(world)
    consents.set_reminders(world.db, BUDI, on=False, why="surat 12/2026", actor=STAFF, now=world.now, today=TODAY)
    assert run(world, 6) == []
    kept = consents.proofs(world.db, BUDI)
    assert [(proof["act"], proof["wording"]) for proof in kept] == [("reminders_off", f"{STAFF}: surat 12/2026")]


def test_info_tells_the_rest_about_a_kind_of_document(world: World) -> None:
    """A reminder names INFO and the kind; that answers with its name and how it is extended."""
    handlers = replace(world.settings.handlers, kinds=KINDS)
    world.settings = replace(world.settings, handlers=handlers)
    assert "siinas.kemenperin.go.id" in world.text(BUDI, "INFO SIINAS")
    load(world, row("A-1"), row("A-2"))
    run(world)
    texts = [text for text, _ in world.sent(BUDI)]
    assert any("INFO TDG" in text for text in texts)
