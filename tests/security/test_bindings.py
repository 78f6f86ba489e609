"""Who knows a NIK must not become its owner, nor make us ring the owner's phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mgov.store.database import Database
from mgov.workflows.bills import import_bills
from mgov.workflows.handlers.registration import CODES_A_DAY
from tests.workflows.citizen import NOW, SITI, STAFF, World

NIK = "3604015505880007"
BILLS = (
    b"number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    b"PKB-2026-000001,BAPENDA,3604015505880007,SITI,081200000002,A 1234 BC,Pajak,500000,2026-12-20\n"
)
ATTACKER = "+6281300000666"


@pytest.fixture
def world(migrated_sqlite_url: str) -> World:
    """A site where SITI's phone is on an agency's record."""
    found = World(Database(migrated_sqlite_url))
    import_bills(found.db, BILLS, STAFF, NOW)
    return found


def _codes(world: World) -> list[str]:
    return [found[0] for text, _ in world.sent(SITI) for found in [re.search(r"\b\d{6}\b", text)] if found]


def test_asking_again_sends_no_other_code_and_gives_no_new_tries(world: World) -> None:
    """Ten DAFTAR and a hundred guesses: one code went out, its tries are used up, and even the right one is refused."""
    for _ in range(10):
        world.text(ATTACKER, f"DAFTAR {NIK}#SITI")
    assert len(_codes(world)) == 1
    code = _codes(world)[0]
    for guess in range(100_000, 100_100):
        world.now += timedelta(minutes=5)  # within the budget of answers
        if str(guess) != code:
            world.text(ATTACKER, str(guess))
        if guess % 20 == 0:
            world.text(ATTACKER, f"DAFTAR {NIK}#SITI")
    world.text(ATTACKER, code)
    assert "PKB-2026-000001" not in world.text(ATTACKER, "TAGIHAN")
    assert len(_codes(world)) == 1


def test_a_recorded_phone_is_rung_a_few_times_a_day_at_most(world: World) -> None:
    """Thirty phones claim one NIK: its owner gets a handful of texts; the rest wait for staff."""
    for number in range(30):
        world.text(f"+62813000{number:05d}", f"DAFTAR {NIK}#SITI")
    assert len(world.sent(SITI)) == CODES_A_DAY


def test_the_owner_still_adds_a_second_phone_with_the_code(world: World) -> None:
    """The limits do not stand in the way of who holds both phones."""
    world.text(ATTACKER, f"DAFTAR {NIK}#SITI")
    world.text(ATTACKER, _codes(world)[0])
    assert "PKB-2026-000001" in world.text(ATTACKER, "TAGIHAN")
