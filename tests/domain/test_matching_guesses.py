"""What can be known without having paid is no proof; what the bank says of money that is no citizen's is heard."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from mgov.bootstrap import bank_words
from mgov.domain.matching import Bill, Claim, Credit, Decision, DecisionKind, Policy, Reason, match

WIB = timezone(timedelta(hours=7))
PAID_AT = datetime(2026, 10, 13, 8, 35, tzinfo=WIB)
AMOUNT = 2_001_100
OWN = "0061234567890"
POLICY = Policy(own_numbers=frozenset({OWN, "0101000111"}), income_words=bank_words()["income"])
BILL = Bill("PKB-2026-300001", ((AMOUNT, None),), payer_name="NAMA ORANGB", payer_phone="+6281200000001")


def claimed(proof: str) -> Claim:
    return Claim(1, "+6281200000009", (BILL.number,), proof, PAID_AT, AMOUNT, PAID_AT, PAID_AT.date(), "BRI")


def came(text: str, reference: str = "777000100001", number: int = 1, day: int = 13, amount: int = AMOUNT) -> Credit:
    at = PAID_AT.replace(day=day)
    return Credit(number, reference, text, amount, at.date(), at.date(), amount, at, account="0101000111")


def decided(proof: str, *credits_: Credit, bills: tuple[Bill, ...] = (BILL,)) -> Decision:
    return match([claimed(proof)], credits_, bills, POLICY)[0]


@pytest.mark.parametrize(
    ("proof", "text"),
    [
        ("13102026", "BI-FAST CR BRI 13102026 083500"),
        ("20261013", "BI-FAST CR 20261013 X"),
        ("131026083500", "BI-FAST CR 131026083500"),
        ("20261013083512", "BI-FAST CR 20261013083512"),
        ("0061234567890", "BI-FAST CR BRI KE REK 0061234567890"),
        ("61234567890", "BI-FAST CR BRI KE REK 0061234567890"),
        ("567890", "BI-FAST CR BRI KE REK 0061234567890"),
        ("0001500F", "NBMB ESB:NBMB:0001500F:151727003767"),
        ("885000000000", "KR OTOMATIS MID : 885000000000 TOKO QR"),
        ("001999000000", "QRISOnUs 1 261013 001999000000 TOKO CONTOH AMT:2.001.100"),
        ("3600123412341234", "BI-FAST NIK 3600123412341234"),
        ("0000000000", "BI-FAST CR 0000000000"),
        ("1234567890", "BI-FAST CR 1234567890"),
        ("200110000", "TRSF E-BANKING 200110000 BUDI"),
        ("81200000009", "BI-FAST CR 6281200000009"),
    ],
)
def test_what_anybody_may_know_proves_nothing(proof: str, text: str) -> None:
    """Dates, moments, our accounts, merchants, channels, sums, phones: another's credit to the minute stays his."""
    assert decided(proof, came(text)).kind is DecisionKind.NONE


@pytest.mark.parametrize("reference", ["13102026", "0000000000", OWN])
def test_neither_does_it_as_a_reference(reference: str) -> None:
    """A bank that writes a day or an account where a reference belongs has given none."""
    assert decided(reference, came("BI-FAST CR", reference)).kind is DecisionKind.NONE


@pytest.mark.parametrize("proof", ["151727003767", "FT262991W53S", "006097530"])
def test_a_proof_in_a_description_still_proves(proof: str) -> None:
    """What stands in one description only, and is long enough."""
    assert decided(proof, came(f"NBMB BUDI ESB:NBMB:0001500F:{proof}")).kind is DecisionKind.MATCHED


def test_a_number_that_stands_in_other_days_descriptions_goes_to_a_person() -> None:
    """A customer's number, or a terminal's: that one of them has the amount proves nothing."""
    found = decided("900800700600", came("TRF 900800700600"), came("TRF 900800700600", "777", 2, 15, 90_000))
    assert (found.kind, found.reasons[0]) == (DecisionKind.AMBIGUOUS, Reason.SEVERAL_CREDITS)


def test_a_reference_of_many_days_goes_to_a_person() -> None:
    """The branch, or the words that the bank always writes there."""
    others = [came("SETOR", "KANTORKAS01", n, n, 90_000 + n) for n in (10, 11, 12)]
    assert decided("KANTORKAS01", came("SETOR", "KANTORKAS01"), *others).kind is DecisionKind.AMBIGUOUS


@pytest.mark.parametrize(
    "text", ["PEMINDAHBUKUAN DARI REK 0061234567890 BJB1", "TRF DR 0061-2345-67890", "PB 61234567890"]
)
def test_money_from_an_account_of_ours_never_settles_by_itself(text: str) -> None:
    """Even with the bank's own reference as proof."""
    found = decided("BB261026901409", came(text, "BB261026901409"))
    assert (found.kind, found.reasons[0]) == (DecisionKind.AMBIGUOUS, Reason.OWN_TRANSFER)
    named = came(f"{text} {BILL.number}", "BB261026901409")
    assert match([], [named], [BILL], POLICY) == []


def test_the_account_that_the_money_came_to_is_no_sign_of_that() -> None:
    """Banks write whom it was sent to."""
    assert decided("822003841036", came("BI-FAST CR KE REK 0101000111", "822003841036")).kind is DecisionKind.MATCHED


@pytest.mark.parametrize("words", ["KLIRING SKN SETORAN LAIN-LAIN PAD SERANG", "JASA GIRO"])
def test_other_income_settles_nothing_by_itself(words: str) -> None:
    """Neither by its reference nor by one that is nearly it."""
    for proof in ("822003841036", "822003841136"):
        found = decided(proof, came(words, "822003841036"))
        assert (found.kind, found.reasons[0]) == (DecisionKind.AMBIGUOUS, Reason.OTHER_INCOME)


def test_days_of_a_moment_are_those_of_the_credit() -> None:
    """A number that looks like a moment of another month may be a transfer's."""
    assert decided("050326083512", came("TRF 050326083512")).kind is DecisionKind.MATCHED
    assert date(2026, 3, 5) < PAID_AT.date()
