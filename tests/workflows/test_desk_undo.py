"""Taking back at the desk, on every server: who was told hears it, and what a person did can be undone."""

from __future__ import annotations

import pytest

from mgov.store.database import Database
from mgov.workflows import desk
from mgov.workflows.desk import DeskError
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, STRANGER, TOLD, PaymentWorld

BILL = "SKRD-2026-004512"
PROOF = "111222333444"
OWNER = "+6281200000099"


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    return PaymentWorld(database)


def settled(world: PaymentWorld) -> list[int]:
    """A bill that two phones confirmed, and whose owner has another one."""
    world.bill(BILL, 250_000, payer_phone=OWNER)
    world.entry(PROOF, 250_000)
    first = world.claim(BILL, proof=PROOF).ids
    world.match()
    again = world.claim(BILL, proof=PROOF, sender=STRANGER).ids
    world.match()
    assert world.statuses() == ["settled", "settled"]
    return [*first, *again]


def test_all_who_heard_paid_hear_the_undoing(world: PaymentWorld) -> None:
    """The sender, who confirmed it again, and the bill's phone; none of it settles again by itself."""
    first, _ = settled(world)
    desk.undo(world.db, first, reason="salah orang", actor=CASHIER, now=NOW, told=TOLD)
    for phone in (CITIZEN, STRANGER, OWNER):
        told = world.texts(phone)[-1]
        assert told.startswith(f"RALAT: pencatatan Rp250.000 untuk tagihan {BILL} dibatalkan"), phone
        assert "paling lambat 27/11/2026" in told
    world.match()
    assert (world.statuses(), world.bill_status(BILL)) == (["review", "review"], "open")


def test_what_was_undone_is_settled_by_no_later_text(world: PaymentWorld) -> None:
    """Nor by the bank's own words: a person decided, and the machine does not decide otherwise."""
    first, _ = settled(world)
    desk.undo(world.db, first, reason="salah orang", actor=CASHIER, now=NOW, told=TOLD)
    world.claim(BILL, proof=PROOF, sender="+6281200000077")
    world.match()
    assert (world.statuses(), world.bill_status(BILL)) == (["review"] * 3, "open")


def test_money_that_names_its_bill_is_not_given_again_after_an_undoing(world: PaymentWorld) -> None:
    """The bank's words alone would settle it; after a person's decision the next matching leaves it."""
    world.bill(BILL, 250_000)
    paid = world.claim(BILL, proof=PROOF).ids[0]
    world.entry(PROOF, 250_000, text=f"SETORAN {BILL}")
    world.match()
    assert world.bill_status(BILL) == "paid"
    desk.undo(world.db, paid, reason="salah orang", actor=CASHIER, now=NOW, told=TOLD)
    world.match()
    assert world.bill_status(BILL) == "open"


def test_a_reversal_is_told_with_its_sum_and_the_payer_once(world: PaymentWorld) -> None:
    """Also who confirmed what somebody else had confirmed hears how much the bank took back."""
    first, again = settled(world)
    world.entry(PROOF, 250_000, type_="DB", text=f"REVERSAL {PROOF}")
    world.match()
    desk.confirm_reversal(world.db, first, actor=CASHIER, now=NOW, told=TOLD)
    desk.confirm_reversal(world.db, again, actor=CASHIER, now=NOW, told=TOLD)
    for phone in (CITIZEN, STRANGER):
        assert world.texts(phone)[-1].startswith(f"RALAT: dana Rp250.000 untuk tagihan {BILL} ditarik kembali")
    assert sum(text.startswith("RALAT") for text in world.texts(OWNER)) == 1


def test_a_wrong_division_is_undone_by_its_entry(world: PaymentWorld) -> None:
    """The ledger gets negative rows, the money is free again and can go to the right bill."""
    world.bill(BILL, 250_000)
    world.bill("SKRD-2026-000001", 250_000)
    world.entry(PROOF, 250_000)
    desk.assign(world.db, PROOF, ["SKRD-2026-000001"], actor=CASHIER, now=NOW)
    done = desk.undo_entry(world.db, PROOF, reason="salah tagihan", actor=CASHIER, now=NOW)
    assert (done.kind, world.books(), world.bill_status("SKRD-2026-000001")) == ("undone", (250_000, 0, 0), "open")
    desk.assign(world.db, PROOF, [BILL], actor=CASHIER, now=NOW)
    assert world.bill_status(BILL) == "paid"


@pytest.mark.parametrize("decide", [desk.other_income, desk.refund])
def test_money_set_aside_by_mistake_comes_back(world: PaymentWorld, decide: object) -> None:
    """What was called other income, or put on the refund list, settles its bill after all."""
    assert callable(decide)
    world.bill(BILL, 250_000)
    world.entry(PROOF, 250_000)
    decide(world.db, PROOF, reason="keliru", actor=CASHIER, now=NOW)
    world.claim(BILL, proof=PROOF)
    world.match()
    assert world.statuses() == ["awaiting_funds"]
    desk.undo_entry(world.db, PROOF, reason="ternyata untuk tagihan", actor=CASHIER, now=NOW)
    world.match()
    assert world.statuses() == ["settled"]


def test_an_entry_that_nobody_decided_on_is_not_undone(world: PaymentWorld) -> None:
    """What the machine settled is undone by its payment, not by its entry."""
    settled(world)
    with pytest.raises(DeskError) as caught:
        desk.undo_entry(world.db, PROOF, reason="x", actor=CASHIER, now=NOW)
    assert caught.value.code == "nothing_to_undo"
