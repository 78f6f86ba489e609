"""Somebody claims another's money first: whatever a cashier would read in the bank's words keeps it from him."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from mgov.domain.matching import Bill, Claim, Credit, Decision, DecisionKind, match

WIB = timezone(timedelta(hours=7))
PAID_AT = datetime(2026, 10, 13, 8, 35, tzinfo=WIB)
PROOF = "800000000001"
THIEF, PAYER = "+6281200000001", "+6281962260529"
AMOUNT = 1_500_000

CLAIMED = Bill("SKPD-2026-037336", ((AMOUNT, None),), payer_name="PT SUMBER REJEKI WIRAKUSUMAH", payer_phone=THIEF)
TRUE = Bill(
    "PKB-2026-063719",
    ((AMOUNT, None),),
    payer_name="CICIH EFENDI YUDHISTIRA",
    payer_phone=PAYER,
    marks=("A 5654 GB", "3604124507830003", "LOKASI SERANG 98"),
)

#: What the bank writes of the money that paid `TRUE`.
SPELT = {
    "joined words": "SETOR TUNAI TELLER 4982 SERANG CICIHEFENDI YUDHISTIRA",
    "all joined and cut": "SETOR TUNAI TELLER 4982 CICIHEFENDIYUD",
    "first and last name": "BI-FAST CR BSI CICIH YUDHISTIRA",
    "last and first name": "BI-FAST CR BSI YUDHISTIRA CICIH",
    "abbreviated": "BI-FAST CR BSI C E YUDHISTIRA",
    "the old spelling": "BI-FAST CR BSI TJITJIH YUDISTIRA",
    "serial number": "TRF ONLINE BNI ATM S1B404 063719",
    "serial number without its zero": "TRF ONLINE BNI ATM S1B404 63719",
    "kind and serial number": "BI-FAST CR BJB PKB 063719",
    "year and serial number": "BI-FAST CR BJB 2026/063719",
    "plate": "SETOR TUNAI TELLER 6856 PANDEGLANG A5654GB",
    "telephone": "TRF ONLINE BNI ATM S1B273 081962260529",
    "place": "SETOR TUNAI TELLER 6856 LOKASI-SERANG-98",
    "identity": "SETOR TUNAI NIK 3604124507830003",
}


def decided(text: str, *bills: Bill, claimed: Bill = CLAIMED) -> Decision:
    claim = Claim(1, THIEF, (claimed.number,), PROOF, PAID_AT, AMOUNT, PAID_AT, PAID_AT.date(), "BNI")
    credit = Credit(1, PROOF, text, AMOUNT, PAID_AT.date(), PAID_AT.date(), AMOUNT, PAID_AT)
    return match([claim], [credit], [claimed, *bills])[0]


@pytest.mark.parametrize("how", SPELT)
def test_money_whose_words_mean_another_bill_of_its_sum_goes_to_a_person(how: str) -> None:
    """Proof, sum and minute are right, and somebody else's: a bill of just this sum is meant."""
    assert decided(SPELT[how], TRUE).kind is DecisionKind.AMBIGUOUS


@pytest.mark.parametrize("how", SPELT)
@pytest.mark.parametrize(
    "bill", [replace(TRUE, amounts=((777_000, None),)), replace(TRUE, paid=AMOUNT), replace(TRUE, state="cancelled")]
)
def test_a_bill_that_this_money_cannot_pay_is_no_reason(how: str, bill: Bill) -> None:
    """Another sum, paid or cancelled: whoever has the proof, the sum and the minute paid, a relative may be named."""
    assert decided(SPELT[how], bill).kind is DecisionKind.MATCHED


@pytest.mark.parametrize("text", ["BI-FAST CR BRI", "TRF ONLINE BNI ATM S1B404", "SETOR TUNAI TELLER 4982 SERANG"])
def test_words_that_mean_nobody_keep_nothing_back(text: str) -> None:
    """A terminal, a branch, a channel: the claim settles, whoever else owes this sum."""
    assert decided(text, TRUE).kind is DecisionKind.MATCHED


def test_words_that_mean_the_claimant_as_well_keep_nothing_back() -> None:
    """Both payers' names fit what the bank wrote: proof, sum and minute decide."""
    mine = replace(CLAIMED, payer_name="CICIH RAHAYU YUDHISTIRA")
    assert decided("BI-FAST CR BSI CICIH YUDHISTIRA", TRUE, claimed=mine).kind is DecisionKind.MATCHED


def test_a_number_with_letters_for_digits_names_its_bill() -> None:
    """As texts may have them, so may a teller's row: the thief's exact proof does not settle."""
    assert decided("BI-FAST CR BJB PKB-2O26-O63719", TRUE).kind is DecisionKind.AMBIGUOUS


def test_one_word_of_a_name_is_chance() -> None:
    """A relative may be called the same; two words, or a number, mean somebody."""
    assert decided("SETOR TUNAI YUDHISTIRA", TRUE).kind is DecisionKind.MATCHED
    assert decided("SETOR TUNAI CICIH WOWORUNTU", TRUE).kind is DecisionKind.MATCHED
