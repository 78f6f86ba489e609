"""Conversations: asked once, completed by the next text, and never two questions with one answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mgov.domain.actor import Actor
from mgov.store import conversations, parties, payments
from mgov.store.database import Database, temporary
from tests.workflows.citizen import NIK, SITI, STRANGER, World


@pytest.fixture
def world(migrated_sqlite_url: str) -> Iterator[World]:
    with temporary(migrated_sqlite_url) as database:
        yield World(database)


def _claims(world: World) -> list[dict[str, Any]]:
    return world.db.read(payments.listing)


_BOTH = "kode bayar atau nomor bukti"
_WHOLE = "lengkapi nomor bukti yang utuh, tanpa X atau *. Contoh"
_TABLE = [
    # asked for everything at once, and completed
    (["bayar", "SKRD-2026-004512 bukti 0093482711 tgl 24/11/2026"], ["lengkapi nomor tagihan, nomor", "diterima"]),
    (["BAYAR SKRD-2026-004512", "0093482711"], ["lengkapi nomor bukti, tanggal dan jam", "kapan dibayar"]),
    (["SKRD-2026-004512 sudah dibayar kemarin", "0093482711"], ["lengkapi nomor bukti", "diterima"]),
    (["SKRD-2026-004512 sudah dibayar, bukti 0093482711", "tadi jam 9 pagi"], ["kapan dibayar", "diterima"]),
    # of a number that is shown in part only, the whole is asked for
    (["BAYAR SKRD-2026-004512#FT26999XXX#24/11/2026#09:00", "FT26328ABC12"], [_WHOLE, "diterima"]),
    (["bayar SKRD-2026-004512 bukti ****7788 tgl 24/11/2026 jam 9", "0093482711"], [_WHOLE, "diterima"]),
    (["PAY SKRD-2026-004512#FT26***991#24/11/2026#09:00"], ["the whole proof number, without X or *. Example"]),
    # a number that fits two fields is asked about, and said in words
    (["bayar", "1260778100245519", "bukti 1260778100245519"], ["lengkapi", _BOTH, "lengkapi nomor tagihan"]),
    (["bayar", "1260778100245519", "KODE BAYAR 1260778100245519"], ["lengkapi", _BOTH, "lengkapi nomor bukti"]),
    # what is guessed is proposed, YA does it and TIDAK drops it
    (["jangan kirim sms pengingat lagi", "YA"], ["Maksud Anda BERHENTI", "DIHENTIKAN"]),
    (["jangan kirim sms pengingat lagi", "TIDAK"], ["Maksud Anda BERHENTI", "tidak ada yang kami lakukan"]),
    (["berhenit", "ok pak"], ["Maksud Anda BERHENTI", "DIHENTIKAN"]),
    # a guess that was completed still waits for YA
    (["batalkan permohonan saya dong", "IZN-2026-600123", "YA"], ["nomor permohonan", "Maksud Anda BATAL", ""]),
    # BATAL drops a question
    (["bayar", "BATAL", "0093482711"], ["lengkapi", "tidak ada yang kami lakukan", "belum kami mengerti"]),
    # another command leaves the question, and its answer comes too late
    (["bayar SKRD-2026-004512", "BANTUAN", "0093482711"], ["lengkapi", "", "belum kami mengerti"]),
    # a newer question takes the older one's place
    (["bayar SKRD-2026-004512", "DAFTAR", "3604014107900003 Siti Aminah"], ["lengkapi", "lengkapi NIK", "3604"]),
    # two bills wait for their proof: which of them a number is for is asked, and said by naming the bill
    (
        ["bayar SKRD-2026-004512", "bayar SKPD-2026-004513", "0093482711", "SKRD-2026-004512 0093482711"],
        ["lengkapi", "lengkapi", "bukti bayar SKRD-2026-004512 atau bukti bayar SKPD-2026-004513", "diterima"],
    ),
    (
        ["bayar SKRD-2026-004512", "bayar SKPD-2026-004513", "SKPD-2026-004513 0093482711"],
        ["lengkapi", "lengkapi", "diterima"],
    ),
    # YA without a question is nothing
    (["YA"], ["belum kami mengerti"]),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "answers"), _TABLE, ids=range(len(_TABLE)))
def test_a_conversation(world: World, texts: list[str], answers: list[str]) -> None:
    """Each text gets the answer that its conversation calls for."""
    for text, answer in zip(texts, answers, strict=True):
        assert answer in world.text(SITI, text)


_MISTYPED = "BAYRA SKRD-2026-004512#0093482711#24/11/2026#09:00"


@pytest.mark.parametrize("text", [_MISTYPED, "BAYARR SKRD-2026-004512#0093482711", "byaar SKRD-2026-004512 0093482711"])
def test_a_mistyped_payment_is_proposed_and_waits_for_ya(world: World, text: str) -> None:
    """Money is never decided by a fuzzy match alone: nothing is kept before YA, and YA keeps what was proposed."""
    proposal = world.text(SITI, text)
    assert "Maksud Anda BAYAR SKRD-2026-004512 0093482711" in proposal
    assert ("24/11/2026 09.00?" in proposal) == ("24/11/2026" in text)
    assert _claims(world) == []
    assert "diterima" in world.text(SITI, "YA")
    [claim] = _claims(world)
    assert (claim["bill"], claim["proof"]) == ("SKRD-2026-004512", "0093482711")


@pytest.mark.parametrize("no", ["BATAL", "TIDAK"])
def test_a_mistyped_payment_is_dropped(world: World, no: str) -> None:
    """BATAL drops what was proposed, and a later YA brings nothing of it back."""
    world.text(SITI, _MISTYPED)
    assert "tidak ada yang kami lakukan" in world.text(SITI, no)
    world.text(SITI, "YA")
    assert _claims(world) == []


@pytest.mark.parametrize(
    "text",
    [
        "BAYAR SKRD-2026-004512#0093482711#24/11/2026#09:00",
        "byr SKRD-2026-004512#0093482711#24/11/2026#09:00",
        "bayra SKRD-2026-004512 sudah saya transfer, bukti 0093482711",
        "SKRD-2026-004512#0093482711#24/11/2026#09:00",
    ],
)
def test_a_payment_that_does_not_rest_on_a_guess_is_kept_at_once(world: World, text: str) -> None:
    """The keyword, its abbreviation, words that say the same, or bill and proof without any keyword."""
    assert "diterima" in world.text(SITI, text)
    assert len(_claims(world)) == 1


def test_the_right_keyword_takes_the_place_of_a_proposal(world: World) -> None:
    """Who sends it again without the mistake needs no YA, and a late YA keeps nothing twice."""
    world.text(SITI, _MISTYPED)
    assert "diterima" in world.text(SITI, _MISTYPED.replace("BAYRA", "BAYAR"))
    world.text(SITI, "YA")
    assert len(_claims(world)) == 1


def test_a_claim_without_a_date_is_kept_at_once_and_completed(world: World) -> None:
    """One row from the first text on; the next text adds the moment of payment to it."""
    world.text(SITI, "sudah transfer utk SKRD-2026-004512 bukti 0093482711")
    [claim] = _claims(world)
    assert (claim["bill"], claim["proof"], claim["paid_at"]) == ("SKRD-2026-004512", "0093482711", None)
    world.text(SITI, "kemarin jam 14.30, 450rb")
    [claim] = _claims(world)
    assert claim["paid_at"].isoformat() == "2026-11-23T07:30:00+00:00"
    assert claim["amount"] == 450_000


def test_what_was_said_is_never_changed_by_a_later_text(world: World) -> None:
    """A second date for the same payment changes nothing."""
    world.text(SITI, "BAYAR SKRD-2026-004512#0093482711#23/11/2026#14:30")
    world.text(SITI, "BAYAR SKRD-2026-004512#0093482711#22/11/2026#09:00")
    [claim] = _claims(world)
    assert claim["paid_at"].isoformat() == "2026-11-23T07:30:00+00:00"


def test_an_answer_about_another_bill_is_its_own_text(world: World) -> None:
    """A proof that comes with another bill is never put to the bill that was asked about."""
    world.text(SITI, "BAYAR SKRD-2026-004512")
    world.text(SITI, "sudah transfer SKRD-2026-009999 bukti 0093482711 tgl 23/11/2026 jam 10.00")
    assert [(claim["bill"], claim["proof"]) for claim in _claims(world)] == [("SKRD-2026-009999", "0093482711")]


def test_a_question_ends_after_a_day(world: World) -> None:
    """What comes later is read on its own."""
    world.text(SITI, "bayar SKRD-2026-004512")
    world.now += timedelta(days=1, minutes=1)
    assert "belum kami mengerti" in world.text(SITI, "0093482711")


def test_each_phone_has_its_own_conversation(world: World) -> None:
    """Another phone's number completes nothing."""
    world.text(SITI, "bayar SKRD-2026-004512")
    assert "belum kami mengerti" in world.text(STRANGER, "0093482711")


def test_a_number_that_may_be_a_proof_or_a_code_is_asked_about(world: World) -> None:
    """While a registration waits for its code, six digits are not taken for a proof, nor the other way round."""
    now, actor = world.now, Actor.system("test")

    def waiting(tx: Any) -> None:  # noqa: ANN401 - a transaction
        party = parties.create(tx, NIK, "Siti", now=now, actor=actor)
        contact = parties.bind(tx, party, "phone", SITI, now=now, actor=actor)
        parties.change_contact(tx, contact, code_digest="x", code_expires_at=now + timedelta(hours=1))

    world.db.transact(waiting)
    world.text(SITI, "bayar SKRD-2026-004512")
    asked = world.text(SITI, "482711")
    assert "nomor bukti atau kode verifikasi" in asked
    assert _claims(world) == []
    world.text(SITI, "BUKTI 482711")
    assert [claim["proof"] for claim in _claims(world)] == ["482711"]


def test_only_one_question_is_open(database_of_questions: Database) -> None:
    """A newer question takes the older one's place in the table itself."""
    world = World(database_of_questions)
    for text in ("bayar SKRD-2026-004512", "DAFTAR", "berhenit"):
        world.text(SITI, text)
    question = world.db.read(lambda tx: conversations.open_question(tx, SITI, world.now))
    assert question is not None
    assert (question.kind, question.command) == ("propose", "REMIND_OFF")


@pytest.fixture
def database_of_questions(migrated_url: str) -> Iterator[Database]:
    with temporary(migrated_url) as database:
        yield database
