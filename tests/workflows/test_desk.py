"""The payments desk, on every server: no approval without a bank entry, four eyes, conflicts, undo."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mgov.store.database import Database
from mgov.store.schema.money import settlement
from mgov.workflows import desk, payments_view
from mgov.workflows.desk import DeskError
from tests.workflows.payment_world import CASHIER, NOW, SECOND, STRANGER, TOLD, PaymentWorld

BILL = "SKRD-2026-004512"
PROOF = "111222333444"


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    return PaymentWorld(database)


def _doubtful(world: PaymentWorld, amount: int = 250_000) -> int:
    """A claim whose proof nobody knows."""
    world.bill(BILL, amount)
    outcome = world.claim(BILL, proof="999888777666", amount=amount)
    world.match()
    return outcome.ids[0]


def test_an_approval_names_a_bank_entry(world: PaymentWorld) -> None:
    """Without one in the books it is refused; with one the bill is paid."""
    payment = _doubtful(world)
    with pytest.raises(DeskError, match="no such bank entry"):
        desk.approve(world.db, payment, "000000", actor=CASHIER, now=NOW, told=TOLD)
    world.entry("111222333444", 250_000)
    assert desk.approve(world.db, payment, "111222333444", actor=CASHIER, now=NOW, told=TOLD).kind == "settled"
    assert world.bill_status(BILL) == "paid"
    assert world.texts()[-1].startswith("LUNAS")


def test_an_entry_is_spent_once(world: PaymentWorld) -> None:
    """What paid one bill pays no other."""
    payment = _doubtful(world)
    world.entry("111222333444", 250_000)
    desk.approve(world.db, payment, "111222333444", actor=CASHIER, now=NOW, told=TOLD)
    world.bill("SKRD-2026-000001", 250_000)
    other = world.claim("SKRD-2026-000001", proof="5554443332", sender=STRANGER).ids[0]
    with pytest.raises(DeskError) as caught:
        desk.approve(world.db, other, "111222333444", actor=SECOND, now=NOW, told=TOLD)
    assert caught.value.code == "entry_used"


def test_two_cashiers_cannot_decide_the_same_case(world: PaymentWorld) -> None:
    """The second is told that it is decided."""
    payment = _doubtful(world)
    desk.reject(world.db, payment, reason="bukti tidak terbaca", actor=CASHIER, now=NOW, told=TOLD)
    with pytest.raises(DeskError) as caught:
        desk.reject(world.db, payment, reason="lain", actor=SECOND, now=NOW, told=TOLD)
    assert caught.value.code == "already_decided"
    assert world.statuses() == ["rejected"]


def test_large_manual_approvals_need_a_second_person(world: PaymentWorld) -> None:
    """The same person twice is still one person."""
    payment = _doubtful(world, 50_000_000)
    world.entry("111222333444", 50_000_000)
    for _ in range(2):
        assert desk.approve(world.db, payment, "111222333444", actor=CASHIER, now=NOW, told=TOLD).kind == "proposed"
        assert (world.statuses(), world.books()[1]) == (["review"], 0)
    assert desk.approve(world.db, payment, "111222333444", actor=SECOND, now=NOW, told=TOLD).kind == "settled"
    row = world.db.read(lambda tx: tx.execute(select(settlement)).one())
    assert (row.actor, row.second_actor, row.amount) == (str(CASHIER), str(SECOND), 50_000_000)


def test_parts_do_not_escape_the_second_person(world: PaymentWorld) -> None:
    """A large credit divided by the same person in parts below the limit needs a second one for the part beyond it."""
    world.bill(BILL, 15_000_000)
    world.entry(PROOF, 15_000_000)
    first = desk.split(world.db, PROOF, [(BILL, 8_000_000)], actor=CASHIER, now=NOW, reason="half")
    rest = [(BILL, 7_000_000)]
    again = [desk.split(world.db, PROOF, rest, actor=CASHIER, now=NOW).kind for _ in range(2)]
    assert (first.kind, again) == ("allocated", ["proposed", "proposed"])
    assert desk.split(world.db, PROOF, rest, actor=SECOND, now=NOW).kind == "allocated"
    rows = world.db.read(lambda tx: tx.execute(select(settlement).order_by(settlement.c.id)).all())
    assert [(row.reasons, row.actor, row.second_actor) for row in rows] == [
        ("half", str(CASHIER), None),
        (None, str(CASHIER), str(SECOND)),
    ]


def test_several_credits_do_not_escape_the_second_person(world: PaymentWorld) -> None:
    """A large bill approved by the same person credit by credit: the one that passes the limit needs a second."""
    world.bill(BILL, 15_000_000)
    kinds = []
    for place in (1, 2):
        payment = world.claim(BILL, proof=f"11112222333{place}", amount=7_500_000).ids[0]
        world.entry(f"9999888877{place}", 7_500_000)
        kinds.append(desk.approve(world.db, payment, f"9999888877{place}", actor=CASHIER, now=NOW).kind)
    assert kinds == ["settled", "proposed"]


def test_what_is_undone_waits_for_a_person(world: PaymentWorld) -> None:
    """The ledger gets a negative row, and the machine does not settle it again by itself."""
    world.bill(BILL, 250_000)
    payment = world.claim(BILL, proof="111222333444").ids[0]
    world.entry("111222333444", 250_000)
    world.match()
    desk.undo(world.db, payment, reason="salah orang", actor=CASHIER, now=NOW)
    world.match()
    assert world.statuses() == ["review"]
    assert world.books() == (250_000, 0, 0)


def test_a_credit_is_split_and_never_beyond_itself(world: PaymentWorld) -> None:
    """Named parts go to named bills; more than came in is refused whole, by the desk and not first by the ledger."""
    world.bill(BILL, 250_000)
    world.bill("SKRD-2026-000001", 100_000)
    world.entry("111222333444", 300_000)
    wrong = {60_000: "not_enough_money", 50_001: "not_enough_money", -50_000: "no_amount", 0: "no_amount"}
    for part, code in wrong.items():  # beyond it, and a part that would take from a bill
        with pytest.raises(DeskError) as caught:
            desk.split(world.db, "111222333444", [(BILL, 250_000), ("SKRD-2026-000001", part)], actor=CASHIER, now=NOW)
        assert (caught.value.code, caught.value.__cause__) == (code, None)
    with pytest.raises(DeskError, match=r"Rp300.001 diminta, Rp300.000 tersedia"):
        desk.split(world.db, "111222333444", [(BILL, 300_001)], actor=CASHIER, now=NOW)
    assert world.books()[1] == 0
    desk.split(world.db, "111222333444", [(BILL, 250_000), ("SKRD-2026-000001", 50_000)], actor=CASHIER, now=NOW)
    assert (world.bill_status(BILL), world.bill_status("SKRD-2026-000001")) == ("paid", "partly_paid")


def test_other_income_is_left_alone_by_the_machine(world: PaymentWorld) -> None:
    """A credit that a person set aside settles no claim."""
    world.entry("111222333444", 250_000)
    desk.other_income(world.db, "111222333444", reason="bunga bank", actor=CASHIER, now=NOW)
    world.bill(BILL, 250_000)
    world.claim(BILL, proof="111222333444")
    world.match()
    assert world.statuses() == ["awaiting_funds"]


def test_the_desk_is_told_what_is_too_much_and_what_stays_free(world: PaymentWorld) -> None:
    """A cashier who picks the wrong bill sees it at once, and the refund list tells whose money it is."""
    payment = _doubtful(world, 250_000)
    entry = world.entry("111222333444", 262_345)
    done = desk.approve(world.db, payment, "111222333444", actor=CASHIER, now=NOW, told=TOLD)
    assert done.detail.endswith(f"; #{entry}: Rp12.345 belum dipakai / not used yet")
    done = desk.assign(world.db, f"#{entry}", [BILL], actor=CASHIER, now=NOW)
    assert done.detail == f"{BILL} Rp12.345 (lebih / too much Rp12.345)"
    world.entry("111222333445", 50_000)
    desk.refund(world.db, "111222333445", reason="salah kirim", actor=CASHIER, now=NOW)
    world.match()
    listed = payments_view.refunds_due(world.db, CASHIER, NOW)
    assert [(row["bill"], row["reference"], row["amount"]) for row in listed] == [
        (None, "111222333445", 50_000),
        (BILL, None, 12_345),
    ]
