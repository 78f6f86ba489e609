"""Taking back at the desk, on every server: who was told hears it, and what a person did can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mgov.store import takings
from mgov.store.database import Database
from mgov.workflows import desk, payments_view
from mgov.workflows.desk import DeskError
from mgov.workflows.desk_age import Ages
from scheduler.calendar import Calendar
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, POLICY, STRANGER, TOLD, PaymentWorld

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


def test_who_chooses_again_sees_the_money_and_the_reason(world: PaymentWorld) -> None:
    """The case that an undoing opens names what was taken back, what else was offered before, and why."""
    world.bill(BILL, 250_000)
    offered = [world.entry(PROOF, 240_000), world.entry("111222333445", 250_000)]
    claim = world.claim(BILL, proof=PROOF).ids[0]
    world.match()
    desk.approve(world.db, claim, "111222333445", actor=CASHIER, now=NOW, told=TOLD)
    desk.undo(world.db, claim, reason="dana orang lain", actor=CASHIER, now=NOW, told=TOLD)
    [case] = payments_view.reviewed(world.db, CASHIER, Ages(Calendar(), POLICY.zone, NOW))
    assert [one["entry"] for one in case["candidates"]] == [offered[1], offered[0]]
    assert case["candidates"][0]["reference"] == "111222333445"
    assert "dana orang lain" in case["reasons"]
    assert case["reasons"].startswith("petugas telah membatalkan dana ini")


def test_money_that_the_machine_booked_by_the_banks_words_is_undone_by_its_entry(world: PaymentWorld) -> None:
    """No confirmation has it, so its credit is named; the machine does not book it there again."""
    world.bill(BILL, 250_000)
    world.entry(PROOF, 250_000, text=f"SETORAN {BILL}")
    world.match()
    assert world.bill_status(BILL) == "paid"
    desk.undo_entry(world.db, PROOF, reason="salah tulis di bank", actor=CASHIER, now=NOW)
    world.match()
    assert (world.bill_status(BILL), world.books()) == ("open", (250_000, 0, 0))


@pytest.mark.parametrize("by", ["a person", "the machine"])
def test_who_confirmed_an_undone_payment_afterwards_hears_it(world: PaymentWorld, by: str) -> None:
    """His text came when the bill was paid already, and he heard LUNAS; it waits for a person now."""
    world.bill(BILL, 250_000)
    entry = world.entry(PROOF, 250_000, text="SETORAN" if by == "a person" else f"SETORAN {BILL}")
    if by == "a person":
        desk.assign(world.db, PROOF, [BILL], actor=CASHIER, now=NOW)
    world.match()
    world.claim(BILL, proof=PROOF)
    world.match()
    assert world.texts()[-1].startswith("LUNAS")
    desk.undo_entry(world.db, f"#{entry}", reason="salah tagihan", actor=CASHIER, now=NOW, told=TOLD)
    world.match()
    assert world.texts()[-1].startswith(f"RALAT: pencatatan Rp250.000 untuk tagihan {BILL} dibatalkan")
    assert (world.statuses(), world.bill_status(BILL)) == (["review"], "open")


def test_a_repetition_is_not_undone_while_its_bill_is_paid(world: PaymentWorld) -> None:
    """Its sender would hear that the bill is not paid, which is not true; the desk is told what to undo instead."""
    first, again = settled(world)
    with pytest.raises(DeskError, match=f"batalkan {first} ") as caught:
        desk.undo(world.db, again, reason="x", actor=CASHIER, now=NOW, told=TOLD)
    assert (caught.value.code, world.bill_status(BILL)) == ("repeats_another", "paid")


def test_money_set_aside_is_not_called_used(world: PaymentWorld) -> None:
    """Whoever wants it for a bill after all is told what to undo first."""
    world.bill(BILL, 250_000)
    world.entry(PROOF, 250_000)
    desk.refund(world.db, PROOF, reason="keliru", actor=CASHIER, now=NOW)
    with pytest.raises(DeskError) as caught:
        desk.assign(world.db, PROOF, [BILL], actor=CASHIER, now=NOW)
    assert caught.value.code == "set_aside"


@pytest.mark.parametrize(("taken", "due"), [(250_000, 0), (100_000, 150_000)])
def test_what_the_bank_took_back_is_not_refunded_as_well(world: PaymentWorld, taken: int, due: int) -> None:
    """A person put a credit on the refund list, then the bank undid it: it must not go back twice."""
    world.entry(PROOF, 250_000)
    desk.refund(world.db, PROOF, reason="salah kirim", actor=CASHIER, now=NOW)
    world.entry(PROOF, taken, type_="DB", text=f"REVERSAL {PROOF}")
    world.match()
    world.match()
    assert world.db.read(takings.refunds_due) == due


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_without_a_reason_is_none(world: PaymentWorld, reason: str) -> None:
    """A citizen must not read "tidak dapat diterima: ." nor an auditor nothing."""
    first, _ = settled(world)
    who = {"reason": reason, "actor": CASHIER, "now": NOW}
    acts = (
        lambda: desk.undo(world.db, first, **who),
        lambda: desk.reject(world.db, first, **who),
        lambda: desk.refund(world.db, PROOF, **who),
        lambda: desk.other_income(world.db, PROOF, **who),
        lambda: desk.undo_entry(world.db, PROOF, **who),
        lambda: desk.close_case(world.db, 1, **who),
    )
    for act in acts:
        with pytest.raises(DeskError) as caught:
            act()
        assert caught.value.code == "no_reason"


def test_a_refusal_by_mistake_is_taken_up_again(world: PaymentWorld) -> None:
    """Its sender hears that it is examined, the desk sees what it had before, and a person settles it."""
    world.bill(BILL, 250_000)
    world.entry(PROOF, 240_000)
    claim = world.claim(BILL, proof=PROOF).ids[0]
    world.match()
    desk.reject(world.db, claim, reason="bukan", actor=CASHIER, now=NOW, told=TOLD)
    later = NOW + timedelta(minutes=1)
    desk.undo(world.db, claim, reason="ternyata benar", actor=CASHIER, now=later, told=TOLD)
    world.match()
    assert world.texts()[-1].startswith(f"Konfirmasi bayar {BILL} sedang diperiksa petugas, paling lambat 27/11/2026")
    [case] = payments_view.reviewed(world.db, CASHIER, Ages(Calendar(), POLICY.zone, NOW))
    assert [one["reference"] for one in case["candidates"]] == [PROOF]
    desk.approve(world.db, claim, PROOF, actor=CASHIER, now=NOW, told=TOLD)
    assert (world.statuses(), world.books()) == (["settled"], (240_000, 240_000, 240_000))


def test_what_the_bank_took_back_is_not_taken_up_again(world: PaymentWorld) -> None:
    """Its sender was told the correction; there is no money to examine."""
    first, _ = settled(world)
    world.entry(PROOF, 250_000, type_="DB", text=f"REVERSAL {PROOF}")
    world.match()
    desk.confirm_reversal(world.db, first, actor=CASHIER, now=NOW, told=TOLD)
    with pytest.raises(DeskError) as caught:
        desk.undo(world.db, first, reason="x", actor=CASHIER, now=NOW, told=TOLD)
    assert caught.value.code == "not_settled"
