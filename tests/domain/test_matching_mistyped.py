"""A number that a bank's clerk or a payer mistyped into that of somebody else's bill: a person decides."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from mgov.domain.matching import Bill, Claim, Credit, Decision, DecisionKind, Reason, match

WIB = timezone(timedelta(hours=7))
PAID_AT = datetime(2026, 10, 12, 8, 35, tzinfo=WIB)
AMOUNT = 2_337_000
PROOF = "2610127235941"
MINE = Bill("SKRD-2026-088088", ((AMOUNT, None),), payer_name="HERU BASUKI MUHTADI", payer_phone="+6281200000001")
NEAR = Bill("SKRD-2026-008088", ((AMOUNT, None),), payer_name="SITI ROHMAH", payer_phone="+6281200000002")
FAR = Bill("SKRD-2026-771234", ((AMOUNT, None),), payer_name="SITI ROHMAH", payer_phone="+6281200000002")


def claimed(bill: Bill) -> Claim:
    return Claim(1, bill.payer_phone, (bill.number,), PROOF, PAID_AT, AMOUNT, PAID_AT, PAID_AT.date(), "MANDIRI")


def came(text: str) -> Credit:
    return Credit(1, PROOF, text, AMOUNT, PAID_AT.date(), date(2026, 10, 12), AMOUNT, PAID_AT, account="0101000111")


def outcome(claims: list[Claim], text: str, *bills: Bill) -> list[Decision]:
    return match(claims, [came(text)], bills)


def paid(found: list[Decision]) -> list[str]:
    return [allocation.bill for decision in found for allocation in decision.allocations]


def test_a_claim_with_the_proof_keeps_money_that_names_its_payer_from_the_other_bill() -> None:
    """Number against name, proof and minute: both wait for a person, nothing is booked."""
    for other in (NEAR, FAR):
        [found] = outcome([claimed(MINE)], f"TRF ONLINE HERU BASUKI MUHTADI {other.number}", MINE, other)
        assert (found.kind, found.reasons[0]) == (DecisionKind.AMBIGUOUS, Reason.NAMES_OTHER_BILL)


def test_a_number_one_slip_away_is_doubted_without_a_name_too() -> None:
    """Equal sums and nearly equal numbers: who of the two mistyped is not for a machine to say."""
    [found] = outcome([claimed(MINE)], f"TRF ONLINE {NEAR.number}", MINE, NEAR)
    assert found.kind is DecisionKind.AMBIGUOUS


def test_nobody_needs_to_have_claimed() -> None:
    """The payer that the bank names owes just this sum for a bill one slip away, and the numbered one is not his."""
    assert outcome([], f"TRF ONLINE HERU BASUKI MUHTADI {NEAR.number}", MINE, NEAR) == []


def test_who_only_claims_money_that_names_another_bill_does_not_keep_it_from_that() -> None:
    """Neither name nor number speak for the claim: the bill that is named is paid."""
    found = outcome([claimed(MINE)], f"TRF ONLINE SITI ROHMAH {FAR.number}", MINE, FAR)
    assert paid(found) == [FAR.number]


def test_a_slip_in_the_text_whose_bill_owes_another_sum_does_not_either() -> None:
    """A citizen mistypes his number: the bank's own words pay the right bill."""
    dear = Bill("SKRD-2026-008081", ((990_000, None),), payer_name="AGUS SETIADI")
    found = outcome([claimed(dear)], f"TRF ONLINE {NEAR.number}", dear, NEAR)
    assert paid(found) == [NEAR.number]


def test_a_relatives_payment_that_names_the_bill_is_booked() -> None:
    """A name beside the number that owes nothing like it is that of whoever paid for another."""
    father = Bill("PKB-2026-300001", ((150_000, None),), payer_name="HERU BASUKI MUHTADI")
    found = outcome([], f"TRF ONLINE HERU BASUKI MUHTADI {FAR.number}", father, FAR)
    assert paid(found) == [FAR.number]


def test_a_reference_that_a_sheet_robbed_of_its_zeros_is_still_the_proof() -> None:
    """A statement that was opened and saved again: 737370 is 000737370, where sum and minute agree."""
    claim = Claim(1, MINE.payer_phone, (MINE.number,), "000737370", PAID_AT, AMOUNT, PAID_AT, PAID_AT.date(), "MANDIRI")
    credit = Credit(
        1, "737370", "TRF ONLINE", AMOUNT, PAID_AT.date(), date(2026, 10, 12), AMOUNT, PAID_AT, account="0101000111"
    )
    assert paid(match([claim], [credit], [MINE])) == [MINE.number]
