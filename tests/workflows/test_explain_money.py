"""`explain` tells of bills and payments in one language, also of what never changed its state."""

from __future__ import annotations

import pytest

from mgov.domain.actor import Actor
from mgov.store.database import Database
from mgov.workflows import desk
from mgov.workflows.explain import story
from tests.workflows.payment_world import NOW, PaymentWorld

ASKING = Actor.system("test")
BILL = "SKRD-2026-004512"
PROOF = "111222333444"


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    """An agency, an account, a statement."""
    return PaymentWorld(database)


def _told(world: PaymentWorld, kind: str, name: int | str, lang: str) -> str:
    return "\n".join(line["sentence"] for line in story(world.db, kind, name, actor=ASKING, lang=lang, now=NOW))


def test_a_bill_is_told_by_its_number_from_its_import_to_its_money(world: PaymentWorld) -> None:
    """A bill that nothing happened to has a story too, under its number in any case, and under its id."""
    world.bill(BILL, 250_000)
    assert f"Bill {BILL}" in _told(world, "bill", BILL.lower(), "en")
    assert _told(world, "bill", 1, "id").startswith(f"Tagihan {BILL} dari ")
    payment = world.claim(BILL, proof=PROOF).ids[0]
    world.entry(PROOF, 250_000)
    world.match()
    desk.undo(world.db, payment, reason="salah orang", actor=Actor.staff("ani"), now=NOW)
    told = _told(world, "bill", BILL, "en")
    assert f"({PROOF}) were booked: exact proof" in told
    assert f"({PROOF}) were taken back: undone by staff" in told
    assert story(world.db, "bill", "SKRD-2026-999999", actor=ASKING, now=NOW) == []


def test_a_payment_is_told_in_the_language_asked_for(world: PaymentWorld) -> None:
    """No half of the other language, no JSON and no bare code of a state."""
    world.bill(BILL, 250_000)
    payment = world.claim(BILL, proof=PROOF).ids[0]
    world.entry(PROOF, 250_000)
    world.match()
    indonesian, english = (_told(world, "payment", payment, lang) for lang in ("id", "en"))
    assert "waits for funds → settled" in english
    assert "menunggu dana → lunas" in indonesian
    for text in (indonesian, english):
        assert not any(part in text for part in ("{", " / ", "awaiting_funds"))
