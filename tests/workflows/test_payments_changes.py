"""Things arrive in any order and change: raises, corrections, payments elsewhere, unique amounts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from mgov.domain.actor import Actor
from mgov.store.database import Database
from mgov.store.schema.money import bank_entry, bill, refund
from mgov.store.schema.staff import agency
from mgov.workflows import desk, payments_view
from mgov.workflows.bills import import_bills
from mgov.workflows.desk_age import Ages
from scheduler.calendar import Calendar
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, POLICY, STRANGER, TOLD, PaymentWorld

HEADER = "number,agency,payer_name,payer_phone,amount,due_date,status,pay_code\n"
BILL = "SKRD-2026-004512"
PROOF = "353107343110"
AGES = Ages(Calendar(), POLICY.zone, NOW)


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    return PaymentWorld(database)


def bring(
    world: PaymentWorld, amount: int, status: str = "", number: str = BILL, code: str = "", days: int = 0
) -> None:
    """The agency's file with one bill."""
    row = f"{number},BAPENDA,SITI NURAENI PUTRI,{CITIZEN},{amount},2026-12-01,{status},{code}\n"
    import_bills(world.db, (HEADER + row).encode(), Actor.system("test"), NOW + timedelta(days=days))


def of_bill(world: PaymentWorld, number: str = BILL) -> Any:  # noqa: ANN401 - a row
    return world.db.read(lambda tx: tx.execute(select(bill).where(bill.c.number == number)).one())


def refunds(world: PaymentWorld) -> list[tuple[int, str]]:
    query = select(refund.c.amount, refund.c.state).order_by(refund.c.id)
    return [(row[0], row[1]) for row in world.db.read(lambda tx: tx.execute(query).all())]


def paid(world: PaymentWorld, amount: int = 250_000) -> None:
    """A bill that is paid."""
    bring(world, amount)
    world.claim(BILL, proof=PROOF, amount=amount)
    world.entry(PROOF, amount)
    world.match()
    assert of_bill(world).status == "paid"


def test_the_raise_of_a_paid_bill_reopens_the_rest_and_tells_a_person(world: PaymentWorld) -> None:
    """The rest is open, a case says so, and a person closes it; a payment of the rest settles the bill again."""
    paid(world)
    bring(world, 300_000, days=1)
    assert (of_bill(world).status, of_bill(world).allocated) == ("partly_paid", 250_000)
    [case] = payments_view.other_cases(world.db, CASHIER, AGES)
    assert case["kind"] == "bill_raised"
    assert case["reasons"].startswith(f"tagihan {BILL} sudah lunas, lalu dinaikkan dari Rp250.000 ke Rp300.000 / ")
    desk.close_case(world.db, case["case"], reason="denda November", actor=CASHIER, now=NOW)
    assert payments_view.other_cases(world.db, CASHIER, AGES) == []
    later = NOW + timedelta(days=2)
    world.claim(BILL, proof="777666555444", amount=50_000, paid_at=later, now=later)
    world.entry("777666555444", 50_000, at=later)
    world.match(later)
    assert of_bill(world).status == "paid"


def test_a_correction_below_what_was_paid_goes_to_the_refund_list(world: PaymentWorld) -> None:
    """The surplus is listed once, and more of it when the bill is lowered again or cancelled."""
    paid(world)
    bring(world, 200_000, days=1)
    world.match()
    world.match()
    assert refunds(world) == [(50_000, "due")]
    bring(world, 200_000, "cancelled", days=2)
    world.match()
    assert refunds(world) == [(50_000, "due"), (200_000, "due")]


def test_a_bill_paid_elsewhere_takes_no_money(world: PaymentWorld) -> None:
    """A claim for it goes to a person with the reason, and so does money that names it."""
    bring(world, 250_000, "paid")
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    [row] = world.payments()
    assert (row["status"], row["reason"]) == ("review", "bill_paid_elsewhere")
    assert of_bill(world).allocated == 0


@pytest.mark.parametrize(("status", "word"), [("paid", "sudah lunas"), ("cancelled", "dibatalkan")])
def test_a_claim_for_a_closed_bill_gets_one_answer(world: PaymentWorld, status: str, word: str) -> None:
    """The answer says that the bill is closed and that staff look; no second text follows at once."""
    bring(world, 250_000, status)
    outcome = world.claim(BILL, proof=PROOF, until=date(2026, 11, 27))
    assert (outcome.kind, word in outcome.text, "27/11/2026" in outcome.text) == ("closed", True, True)
    world.match()
    assert world.statuses() == ["review"]
    assert world.texts() == []


def test_whoever_confirmed_before_the_bill_was_closed_is_told_that_staff_look(world: PaymentWorld) -> None:
    """His answer could not say it yet."""
    bring(world, 250_000)
    world.claim(BILL, proof=PROOF)
    world.match()
    bring(world, 250_000, "cancelled")
    world.match()
    assert ["diperiksa petugas" in text for text in world.texts()] == [True]


@pytest.mark.parametrize("status", ["paid", "cancelled"])
def test_money_that_names_a_closed_bill_is_shown_to_a_person_once(world: PaymentWorld, status: str) -> None:
    """Nobody confirmed it: one case, which other income or a refund closes."""
    bring(world, 250_000, status)
    entry = world.entry(PROOF, 250_000, text=f"BI-FAST CR BRI {BILL}")
    world.match()
    world.match()
    [case] = payments_view.other_cases(world.db, CASHIER, AGES)
    assert (case["kind"], case["entry"]) == ("credit", entry)
    desk.refund(world.db, f"#{entry}", reason="dobel", actor=CASHIER, now=NOW)
    world.match()
    assert payments_view.other_cases(world.db, CASHIER, AGES) == []


def test_a_confirmation_by_pay_code_waits_for_its_bill(world: PaymentWorld) -> None:
    """The code is not known yet; when the bill with that code arrives, the claim is for it and settles."""
    world.claim("7041797433023017", proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000)
    world.match()
    assert world.payments()[0]["reason"] == "bill_unknown"
    bring(world, 250_000, code="7041797433023017")
    world.match()
    [row] = world.payments()
    assert (row["status"], row["bill"]) == ("settled", BILL)


def test_money_with_a_pay_code_settles_without_a_confirmation(world: PaymentWorld) -> None:
    """The bank's description carries the code of one bill and the amount agrees."""
    bring(world, 250_000, code="7041797433023017")
    world.entry("998877665544", 250_000, text="ATM BERSAMA 7041797433023017 KASDA")
    assert world.match().unconfirmed == 1
    assert of_bill(world).status == "paid"


def test_unique_amounts_are_given_where_the_agency_wants_them(world: PaymentWorld) -> None:
    """Off: none. On: 1 to 999 rupiah, no two sums alike, none of them another bill's plain amount."""
    bring(world, 250_000, number="SKRD-2026-000001")
    assert of_bill(world, "SKRD-2026-000001").unique_suffix == 0
    choose = update(agency).where(agency.c.code == "BAPENDA").values(unique_amounts=True)
    world.db.transact(lambda tx: tx.execute(choose))
    rows = [f"SKRD-2026-1{n:05d},BAPENDA,A B C,{CITIZEN},{250_000 + n % 3},2026-12-01,,\n" for n in range(500)]
    import_bills(world.db, (HEADER + "".join(rows)).encode(), Actor.system("test"), NOW)
    found = world.db.read(lambda tx: tx.execute(select(bill.c.amount, bill.c.unique_suffix)).all())
    sums = [row.amount + row.unique_suffix for row in found if row.unique_suffix]
    assert len(sums) == len(set(sums)) == 500
    assert all(1 <= row.unique_suffix <= 999 for row in found if row.unique_suffix)
    assert not set(sums) & {row.amount for row in found}


def test_unique_amounts_run_out_and_never_meet(world: PaymentWorld) -> None:
    """A thousand bills of one sum in three files: 999 find a sum of their own, the last is told that none is left."""
    choose = update(agency).where(agency.c.code == "BAPENDA").values(unique_amounts=True)
    world.db.transact(lambda tx: tx.execute(choose))
    remarks: list[str] = []
    for start, end in ((0, 400), (400, 990), (990, 1000)):
        rows = [f"SKRD-2026-1{n:05d},BAPENDA,A B C,{CITIZEN},250000,2026-12-01,,\n" for n in range(start, end)]
        remarks += import_bills(world.db, (HEADER + "".join(rows)).encode(), Actor.system("test"), NOW).remarks
    suffixes = world.db.read(lambda tx: sorted(tx.scalars(select(bill.c.unique_suffix))))
    assert suffixes == list(range(1000))
    assert len(remarks) == 1


def test_a_unique_amount_settles_and_its_rupiah_are_booked(world: PaymentWorld) -> None:
    """Nobody confirms, the description says nothing: the sum names the bill, and the surplus is no refund."""
    choose = update(agency).where(agency.c.code == "BAPENDA").values(unique_amounts=True)
    world.db.transact(lambda tx: tx.execute(choose))
    bring(world, 250_000)
    suffix = of_bill(world).unique_suffix
    world.entry("998877665544", 250_000 + suffix, text="BI-FAST CR BRI")
    assert world.match().unconfirmed == 1
    row = of_bill(world)
    assert (row.status, row.overpaid) == ("paid", suffix)
    assert refunds(world) == [(suffix, "booked")]


def test_a_late_statement_settles_by_the_amount_of_its_value_date(world: PaymentWorld) -> None:
    """Interest was added after the payment: what was due then is paid, the interest stays open."""
    bring(world, 250_000)
    bring(world, 252_500, days=0)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000)
    world.match()
    assert of_bill(world).status == "partly_paid"
    assert "sisa Rp2.500" in world.texts()[-1]


def test_a_fee_taken_off_is_said(world: PaymentWorld) -> None:
    """The bank took 6,500: partly paid, with what is left and why."""
    bring(world, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 243_500)
    world.match()
    assert of_bill(world).status == "partly_paid"
    assert "sisa Rp6.500" in world.texts()[-1]
    assert "biaya" in world.texts()[-1]


@pytest.mark.parametrize(("language", "why"), [("id", "biaya QRIS/MDR"), ("en", "QRIS fee, MDR")])
def test_the_fee_of_a_qris_payment_is_called_by_its_name(world: PaymentWorld, language: str, why: str) -> None:
    """The merchant's fee that the statement tells of is no transfer fee."""
    bring(world, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000, language=language)
    entry = world.entry(PROOF, 248_250)
    world.db.transact(
        lambda tx: tx.execute(update(bank_entry).where(bank_entry.c.id == entry).values(gross=250_000, fee=1_750))
    )
    world.match()
    assert of_bill(world).status == "partly_paid"
    assert why in world.texts()[-1]
    assert "transfer" not in world.texts()[-1]


def test_the_answer_is_in_the_language_of_the_confirmation(world: PaymentWorld) -> None:
    """Who texts PAY is answered in English, at once and when it settles."""
    bring(world, 250_000)
    outcome = world.claim(BILL, proof=PROOF, language="en")
    assert outcome.text.startswith("Confirmation")
    world.entry(PROOF, 250_000)
    world.match()
    assert world.texts()[-1].startswith("PAID")
    assert world.claim(BILL, proof=PROOF, language="en").text.startswith("PAID")


def test_a_promised_day_that_passes_is_excused_once_a_day(world: PaymentWorld) -> None:
    """In review until a day; when it passes undecided, the sender hears of a later one, and not twice."""
    bring(world, 250_000)
    world.claim(BILL, proof=PROOF)
    world.entry("OTHER", 250_000)
    bring(world, 250_000, "paid")
    world.match()
    assert "27/11/2026" in world.texts()[-1]
    late = NOW + timedelta(days=4)
    world.match(late)
    world.match(late)
    assert len(world.texts()) == 2
    assert "03/12/2026" in world.texts()[-1] or "02/12/2026" in world.texts()[-1]


def test_the_payer_is_told_when_somebody_else_pays(world: PaymentWorld) -> None:
    """A relative confirms: the relative hears LUNAS, the recorded phone hears that its bill is paid."""
    bring(world, 250_000)
    world.claim(BILL, proof=PROOF, sender=STRANGER)
    world.entry(PROOF, 250_000)
    world.match()
    assert world.texts(STRANGER)[-1].startswith("LUNAS")
    assert "dibayar Rp250.000" in world.texts(CITIZEN)[-1]


def test_a_correction_follows_a_reversal_once_a_person_confirmed_it(world: PaymentWorld) -> None:
    """The bank takes it back: nothing is said before the desk confirms; then sender and payer hear the correction."""
    bring(world, 250_000)
    world.claim(BILL, proof=PROOF, sender=STRANGER)
    world.entry(PROOF, 250_000)
    world.match()
    world.entry(PROOF, 250_000, type_="DB", text="RETUR")
    world.match()
    before = (len(world.texts(STRANGER)), len(world.texts(CITIZEN)))
    assert before == (1, 1)
    assert of_bill(world).status == "open"
    desk.confirm_reversal(world.db, 1, actor=CASHIER, now=NOW, told=TOLD)
    assert world.texts(STRANGER)[-1].startswith("RALAT")
    assert world.texts(CITIZEN)[-1].startswith("RALAT")
    assert world.payments()[0]["status"] == "rejected"
    assert world.claim(BILL, proof=PROOF, sender=STRANGER).text == world.texts(STRANGER)[-1]


def heard_of(world: PaymentWorld, *people: str) -> list[list[str]]:
    """What each was told in a month whose statements all came, without the numbers of their bills."""
    world.cover(date(2026, 11, 1), date(2026, 12, 15))
    for days in (1, 10, 20, 30):
        world.match(NOW + timedelta(days=days))
    return [[re.sub(r"SKRD-2026-0000\d\d", "N", text) for text in world.texts(sender)] for sender in people]


def test_no_answer_tells_whether_anothers_proof_exists(world: PaymentWorld) -> None:
    """A claim on another's money and one with an invented proof hear the same texts at the same times."""
    bring(world, 250_000)
    for number in ("SKRD-2026-000007", "SKRD-2026-000008"):
        bring(world, 250_000, number=number)
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    thief, liar = "+628111111111", "+628222222222"
    world.claim("SKRD-2026-000007", proof=PROOF, sender=thief)
    world.claim("SKRD-2026-000008", proof="998877665511", sender=liar)
    world.match()
    assert (world.texts(thief), world.texts(liar)) == ([], [])
    heard = heard_of(world, thief, liar)
    assert heard[0] == heard[1]
    assert len(heard[0]) == 1
    assert world.statuses()[1:] == ["review", "expired"]


def test_an_unknown_bill_is_no_way_to_try_proofs(world: PaymentWorld) -> None:
    """For a bill that nobody knows, a true proof and an invented one hear the same: that the bill is not known."""
    bring(world, 250_000)
    world.entry(PROOF, 250_000)
    thief, liar = "+628111111111", "+628222222222"
    world.claim("SKRD-2026-000097", proof=PROOF, sender=thief)
    world.claim("SKRD-2026-000098", proof="998877665511", sender=liar)
    world.match()
    assert (world.texts(thief), world.texts(liar)) == ([], [])
    assert world.statuses() == ["review", "awaiting_funds"]
    heard = heard_of(world, thief, liar)
    assert heard[0] == heard[1]
    assert heard[0][0].startswith("Tagihan N tidak ada di data kami")


def test_a_wrong_sum_is_no_way_to_try_anothers_proof(world: PaymentWorld) -> None:
    """While the payer waits too, a claim on his money for a bill of another sum hears nothing of staff."""
    bring(world, 250_000)
    for number, amount in (("SKRD-2026-000007", 400_000), ("SKRD-2026-000008", 400_000)):
        bring(world, amount, number=number)
    thief, liar = "+628111111111", "+628222222222"
    world.claim("SKRD-2026-000007", proof=PROOF, sender=thief)
    world.claim("SKRD-2026-000008", proof="998877665511", sender=liar)
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    assert (world.texts(thief), world.texts(liar)) == ([], [])
    heard = heard_of(world, thief, liar)
    assert heard[0] == heard[1]
