"""Confirmations, bills and funds in a database, on every server: what settles, what waits, what a person sees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mgov.store.database import Database
from tests.workflows.payment_world import CITIZEN, NOW, PAID_AT, STRANGER, PaymentWorld

BILL = "SKRD-2026-004512"
OTHER = "SKRD-2026-009999"
PROOF = "353107343110"


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    return PaymentWorld(database)


def test_money_and_confirmation_settle_the_bill_and_say_so(world: PaymentWorld) -> None:
    """The three agree: the bill is paid, the confirmation settled by that entry, LUNAS is queued once."""
    world.bill(BILL, 250_000, payer_phone=CITIZEN)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000)
    assert world.match().settled == 1
    [row] = world.payments()
    assert (row["status"], row["rule"], row["bank_entry"]["reference"]) == ("settled", "proof", PROOF)
    assert world.bill_status(BILL) == "paid"
    assert [text.startswith("LUNAS") for text in world.texts()] == [True]


def test_matching_again_without_news_changes_nothing(world: PaymentWorld) -> None:
    """A second run books nothing and tells nobody."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    before = (world.books(), world.texts())
    assert world.match().settled == 0
    assert (world.books(), world.texts()) == before


def test_a_claim_without_money_waits(world: PaymentWorld) -> None:
    """No statement, no settlement."""
    world.bill(BILL, 250_000)
    assert world.claim(BILL, proof=PROOF).kind == "received"
    world.match()
    assert world.statuses() == ["awaiting_funds"]


def test_a_claim_for_a_bill_not_yet_known_settles_when_the_bill_comes(world: PaymentWorld) -> None:
    """The order of arrival does not matter."""
    assert world.claim(BILL, proof=PROOF).kind == "unknown"
    world.match()
    world.entry(PROOF, 250_000)
    world.match()
    world.bill(BILL, 250_000)
    world.match()
    assert world.statuses() == ["settled"]


def test_the_same_text_again_is_folded_and_from_another_phone_is_its_own_row(world: PaymentWorld) -> None:
    """A confirmation twice is one; nobody's second text pays twice."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF)
    assert world.claim(BILL, proof="3531 0734 3110").kind == "repeated"
    world.claim(BILL, proof=PROOF, sender=STRANGER)
    world.entry(PROOF, 250_000)
    world.match()
    assert world.statuses() == ["settled", "settled"]
    assert world.books() == (250_000, 250_000, 250_000)
    assert world.claim(BILL, proof=PROOF).kind == "settled"


#: How a citizen tells the same payment again once it is settled: the proof, who sends it, how it is answered at first.
AGAIN = {
    "the same number from another phone": (PROOF, STRANGER, "received"),
    "its last six digits": ("343110", CITIZEN, "closed"),
    "two digits swapped": ("353107343101", CITIZEN, "closed"),
    "the end of it from another phone, to the minute": ("7343110", STRANGER, "closed"),
}


@pytest.mark.parametrize("how", AGAIN)
def test_a_settled_payment_confirmed_again_is_one_confirmation(world: PaymentWorld, how: str) -> None:
    """Rephrased or from another phone: it is known as confirmed, hears LUNAS, and nothing more is booked."""
    proof, sender, first = AGAIN[how]
    world.bill(BILL, 250_000, payer_phone=CITIZEN)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000, text="BI-FAST CR BRI")
    world.match()
    assert world.claim(BILL, proof=proof, sender=sender, amount=250_000).kind == first
    world.match()
    again = world.payments()[1]
    assert (again["status"], again["reason"], again["bank_entry"]["reference"]) == (
        "settled",
        "already_confirmed",
        PROOF,
    )
    assert world.texts(sender)[-1].startswith("LUNAS")
    assert world.books() == (250_000, 250_000, 250_000)


#: What may be a second payment of the same bill: a person sees it.
ANEW = {
    "the next number": {"proof": "353107343111"},
    "another number": {"proof": "888777666555"},
    "another sum": {"proof": "343110", "amount": 125_000},
    "another day": {"proof": "343110", "paid_at": PAID_AT - timedelta(days=40)},
    "another hour, from another phone": {
        "proof": "343110",
        "sender": STRANGER,
        "paid_at": PAID_AT + timedelta(hours=2),
    },
}


@pytest.mark.parametrize("how", ANEW)
def test_what_may_be_a_second_payment_of_a_paid_bill_is_not_taken_for_the_first(world: PaymentWorld, how: str) -> None:
    """A citizen who pays twice must not hear that it was once: the bill is paid, a person looks."""
    world.bill(BILL, 250_000, payer_phone=CITIZEN)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000, text="BI-FAST CR BRI")
    world.match()
    world.claim(BILL, **{"amount": 250_000, **ANEW[how]})  # type: ignore[arg-type]
    world.match()
    assert [(row["status"], row["reason"]) for row in world.payments()][1:] == [("review", "bill_paid")]


def test_the_rest_of_a_bill_is_not_awaited_from_a_confirmation_said_again(world: PaymentWorld) -> None:
    """The bill is partly paid; the same part told again with the end of its proof is no money still to come."""
    world.bill(BILL, 400_000, payer_phone=CITIZEN)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000, text="BI-FAST CR BRI")
    world.match()
    world.claim(BILL, proof="343110", amount=250_000)
    world.match()
    assert world.statuses() == ["settled", "settled"]
    assert "BELUM LUNAS, sisa Rp150.000" in world.texts()[-1]


def test_a_confirmation_after_money_that_named_its_bill_settles_as_one_before_it(world: PaymentWorld) -> None:
    """The bank names the bill and not the receipt's number: whichever comes first, the citizen hears LUNAS."""
    world.bill(BILL, 250_000, payer_phone=CITIZEN)
    world.entry("FT26327AAA11", 250_000, text=f"TRF {BILL}")
    world.match()
    world.claim(BILL, proof="880012345678", amount=250_000)
    world.match()
    assert world.statuses() == ["settled"]
    assert world.texts()[-1].startswith("LUNAS")
    world.claim(BILL, proof="991199119900", sender=STRANGER, paid_at=PAID_AT + timedelta(hours=5))
    world.match()
    assert world.statuses() == ["settled", "review"]


def test_a_proof_spent_on_one_bill_never_pays_another(world: PaymentWorld) -> None:
    """The second claimant's case goes to a person."""
    world.bill(BILL, 250_000)
    world.bill(OTHER, 250_000, payer_name="JOKO LAIN SEKALI")
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    world.claim(OTHER, proof=PROOF, sender=STRANGER)
    world.match()
    assert world.statuses() == ["settled", "review"]
    assert world.bill_status(OTHER) == "open"


def test_a_reversal_reopens_the_bill_and_a_person_sees_it(world: PaymentWorld) -> None:
    """The bank takes the money back: a new row in the ledger, nothing deleted."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    world.entry(PROOF, 250_000, type_="DB", at=PAID_AT + timedelta(days=1), text="RETUR")
    assert world.match().reversed == 1
    world.match()
    assert world.statuses() == ["review"]
    assert world.bill_status(BILL) == "open"
    assert world.books() == (250_000, 0, 0)


def test_the_amount_valid_on_the_value_date_counts(world: PaymentWorld) -> None:
    """Paid in time, matched after the interest was added: the rest is open, not the payment wrong."""
    bill_id = world.bill(BILL, 250_000)
    world.reprice(bill_id, 252_500, NOW)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000)
    world.match()
    assert world.statuses() == ["settled"]
    assert world.bill_status(BILL) == "partly_paid"


def test_what_is_too_much_is_paid_visibly_and_listed_for_refund(world: PaymentWorld) -> None:
    """An overpaid bill is paid, and the surplus on the refund list once."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=300_000)
    world.entry(PROOF, 300_000)
    assert world.match().refunds == 1
    assert world.match().refunds == 0
    assert world.bill_status(BILL) == "paid"


def test_one_transfer_for_two_bills_settles_both(world: PaymentWorld) -> None:
    """A text that names two bills has two rows, settled together or not at all."""
    world.bill(BILL, 250_000)
    world.bill(OTHER, 100_000)
    world.claim(BILL, OTHER, proof=PROOF, amount=350_000)
    world.entry(PROOF, 350_000)
    world.match()
    assert world.statuses() == ["settled", "settled"]
    assert (world.bill_status(BILL), world.bill_status(OTHER)) == ("paid", "paid")


@pytest.mark.parametrize("state", ["cancelled", "paid_elsewhere"])
def test_a_closed_bill_takes_no_money(world: PaymentWorld, state: str) -> None:
    """Cancelled, or paid at the counter: a person sees the claim, nothing is allocated."""
    world.bill(BILL, 250_000, state=state)
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    assert world.statuses() == ["review"]
    assert world.books()[1] == 0


def test_not_found_is_said_only_when_statements_cover_the_days(world: PaymentWorld) -> None:
    """A late statement is not the citizen's fault; money that comes after all still settles."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF)
    world.match(NOW + timedelta(days=60))
    assert world.statuses() == ["awaiting_funds"]
    world.cover(date(2026, 11, 20), date(2026, 12, 5))
    assert world.match().expired == 1
    assert world.statuses() == ["expired"]
    world.entry(PROOF, 250_000, at=PAID_AT + timedelta(days=2))
    world.match()
    assert world.statuses() == ["settled"]


def test_the_payer_is_told_when_anothers_claim_settles_the_bill(world: PaymentWorld) -> None:
    """The recorded phone hears of it."""
    world.bill(BILL, 250_000, payer_phone=STRANGER)
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    world.match()
    assert len(world.texts(STRANGER)) == 1


def test_a_credit_that_names_its_bill_settles_without_a_confirmation(world: PaymentWorld) -> None:
    """Number and amount agree; a confirmation that comes later is told it is paid."""
    world.bill(BILL, 250_000)
    world.entry(PROOF, 250_000, text=f"BI-FAST CR BRI {BILL.replace('-', '')}")
    assert world.match().unconfirmed == 1
    world.claim(BILL, proof=PROOF)
    world.match()
    assert world.statuses() == ["settled"]
