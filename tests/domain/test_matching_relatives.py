"""Who pays for another, writes the bank before the number, or claims what the bank gives to somebody else."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from mgov.domain.matching import Bill, Claim, Credit, Decision, DecisionKind, Reason, match
from mgov.domain.matching.name_index import NameIndex
from mgov.domain.matching.names import words_of

WIB = timezone(timedelta(hours=7))
PAID_AT = datetime(2026, 10, 13, 8, 35, tzinfo=WIB)
PROOF = "800000000001"
WIFE, HUSBAND = "+6281200000001", "+6281200000002"


def bill(number: str, amount: int, name: str, phone: str = "", paid: int = 0) -> Bill:
    return Bill(number, ((amount, None),), payer_name=name, payer_phone=phone, paid=paid)


HERS = bill("PKB-2026-300001", 501_100, "SITI AMINAH RAHAYU", WIFE)


def claim(proof: str = PROOF, of: Bill = HERS, number: int = 1, sender: str = WIFE) -> Claim:
    amount = of.amounts[0][0]
    return Claim(number, sender, (of.number,), proof, PAID_AT, amount, PAID_AT, PAID_AT.date(), "BRI")


def credit(text: str, amount: int = 501_100, reference: str = PROOF) -> Credit:
    return Credit(1, reference, text, amount, PAID_AT.date(), PAID_AT.date(), amount, PAID_AT)


def decided(text: str, *bills: Bill, proof: str = PROOF) -> Decision:
    return match([claim(proof)], [credit(text)], [HERS, *bills])[0]


@pytest.mark.parametrize("paid", [0, 777_000])
def test_a_relative_with_another_bill_pays_for_the_payer(paid: int) -> None:
    """His own bill is of another sum, or paid: this money, with proof, sum and time, is for hers."""
    his = bill("PKB-2026-300002", 777_000, "HENDRA WIJAYA KUSUMA", HUSBAND, paid)
    assert decided("BI-FAST CR BRI HENDRA WIJAYA KUSUMA", his).kind is DecisionKind.MATCHED


@pytest.mark.parametrize(
    ("amounts", "paid"),
    [((501_100,), 0), ((501_100,), 501_100), ((503_600,), 0), ((500_500,), 0), ((300_000, 201_100), 0)],
)
def test_money_that_may_have_paid_what_its_named_payer_owes_goes_to_a_person(
    amounts: tuple[int, ...], paid: int
) -> None:
    """The sum of his bill, paid or not, less a fee, with unique rupiah, or of his bills together."""
    his = [
        bill(f"PKB-2026-31000{n}", amount, "HENDRA WIJAYA KUSUMA", HUSBAND, paid) for n, amount in enumerate(amounts)
    ]
    found = decided("BI-FAST CR BRI HENDRA WIJAYA KUSUMA", *his)
    assert (found.kind, found.reasons[0]) == (DecisionKind.AMBIGUOUS, Reason.NAMES_OTHER_PAYER)


def test_without_the_whole_proof_a_named_stranger_is_a_doubt() -> None:
    """One digit off: whoever is named is asked about."""
    his = bill("PKB-2026-300002", 777_000, "HENDRA WIJAYA KUSUMA", HUSBAND)
    found = decided("BI-FAST CR BRI HENDRA WIJAYA KUSUMA", his, proof="800000000010")
    assert found.kind is not DecisionKind.MATCHED


def test_a_longer_name_is_not_another_that_was_cut_off() -> None:
    """Two words agree, the third is somebody else's; at the end of the text, or before the bank's words, it was cut."""
    index = NameIndex(["MUHAMMAD ABDURRAHMAN SIDIK"])
    meant = {words_of("MUHAMMAD ABDURRAHMAN SIDIK")}
    assert index.find("BI-FAST CR BRI MUHAMMAD ABDURRAHMAN FAUZI") == set()
    for text in ("CR MUHAMMAD ABDURRAHMAN", "CR MUHAMMAD ABDURRAHMAN SI", "CR MUHAMMAD ABDURRAHMAN PAJAK DAERAH"):
        assert index.find(text) == meant


def test_a_name_cut_inside_its_second_word_is_seen_at_the_end_of_the_text() -> None:
    """Long first words leave little room; twelve letters or more must agree."""
    index = NameIndex(["KURNIASIH OKTAVIAN GOZALI", "KURNIASIH OKTAVIANI", "SITI NURAENI PUTRI"])
    assert len(index.find("TRF ONLINE MANDIRI ATM S1A442 KURNIASIH OKTAVI")) == 2
    assert index.find("TRF KURNIASIH OKTAVI PUTRA") == set()
    assert index.find("TRF SITI NUR") == set()


@pytest.mark.parametrize("told", ["BRI800000000001", "BRI-800000000001", "TRX800000000001", "Mandiri 800000000001"])
def test_the_bank_before_the_number_is_no_part_of_the_proof(told: str) -> None:
    """On either side."""
    assert decided("BI-FAST CR", proof=told).kind is DecisionKind.MATCHED
    assert match([claim()], [credit("BI-FAST CR", reference=told)], [HERS])[0].kind is DecisionKind.MATCHED
    assert match([claim()], [credit(f"CR {told}", reference="77")], [HERS])[0].kind is DecisionKind.MATCHED


@pytest.mark.parametrize("proof", ["FT262991W53S", "BB261026901409", "BRIVA"])
def test_letters_that_belong_to_a_reference_stay(proof: str) -> None:
    """They are what the bank writes."""
    assert decided("BI-FAST CR", proof=proof[2:]).kind is not DecisionKind.MATCHED


def test_a_claim_of_another_does_not_keep_money_from_the_bill_that_it_names() -> None:
    """Somebody claims it for his bill: he goes to a person, and the named bill is paid all the same."""
    named = credit(f"BI-FAST CR BRI {HERS.number}")
    other = bill("PKB-2026-471208", 501_100, "JOKO SUSILO BUDIMAN", HUSBAND)
    first, second = match([claim(of=other, sender=HUSBAND)], [named], [HERS, other])
    assert (first.kind, first.reasons[0]) == (DecisionKind.AMBIGUOUS, Reason.CREDIT_CONSUMED)
    assert [allocation.bill for allocation in second.allocations] == [HERS.number]
