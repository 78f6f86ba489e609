"""Credits that name a bill themselves, by its number, its pay code or its unique amount, whether confirmed or not."""

from __future__ import annotations

from collections import defaultdict

from mgov.domain.matching import evidence, settle, times
from mgov.domain.matching.amounts import Certainty
from mgov.domain.matching.index import Index
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Bill, Claim, Credit, Decision, Rule


def decide_all(index: Index, open_claims: list[Claim], spoken_for: set[int]) -> list[Decision]:
    """Settle what names its bill; `spoken_for` are credits that some claim's proof names, and that a person sees."""
    waiting: dict[str, list[Claim]] = defaultdict(list)
    for claim in open_claims:
        if len(claim.bills) == 1:
            waiting[claim.bills[0]].append(claim)
    decisions = []
    for credit in index.credits:
        if credit.reversed or credit.id in spoken_for or index.ledger.free(credit) < credit.amount:
            continue
        found = _bill_of(index, credit)
        if found is not None:
            decisions.append(_settle(index, credit, *found, waiting[found[0].number]))
    return decisions


def _bill_of(index: Index, credit: Credit) -> tuple[Bill, Rule] | None:
    known, strange = index.numbers_in(credit)
    if known or strange:
        if len(known) != 1 or strange:
            return None
        bill = index.bills[next(iter(known))]
        return (bill, Rule.BILL_NUMBER) if _fits(index, bill, credit) else None
    return _by_unique_amount(index, credit)


def _by_unique_amount(index: Index, credit: Credit) -> tuple[Bill, Rule] | None:
    """One open bill only has this amount with its unique rupiah, and no bill has it without."""
    bills = [bill for bill in index.bills_by_unique.get(credit.amount, []) if _fits(index, bill, credit)]
    if len(bills) != 1 or index.bills_by_amount.get(credit.amount):
        return None
    bill = bills[0]
    wanted = index.ledger.due(bill, credit.value_date) + bill.unique_suffix
    return (bill, Rule.UNIQUE_AMOUNT) if wanted == credit.amount else None


def _fits(index: Index, bill: Bill, credit: Credit) -> bool:
    if bill.state != "open" or evidence.weigh(index, [bill], credit, bill.payer_phone).against:
        return False
    due = index.ledger.due(bill, credit.value_date)
    if _is_anothers(index, credit, bill):
        return False
    return due > 0 and credit.amount in (due, due + bill.unique_suffix)


def _is_anothers(index: Index, credit: Credit, bill: Bill) -> bool:
    """Whether the bank names the payer of another bill of this sum, whose number was mistyped into this one's."""
    payers = index.names_in(credit) - {index.payer_of(bill)}
    return any(
        other.state == "open" and evidence.may_be_mistyped(index, other, credit)
        for payer in payers
        for other in index.bills_by_payer[payer]
    )


def _settle(index: Index, credit: Credit, bill: Bill, rule: Rule, waiting: list[Claim]) -> Decision:
    """Book the credit; the one claim that waits for this bill, amount and time is told so."""
    claims = [claim for claim in waiting if _speaks_of(index, claim, bill, credit)]
    claim = claims[0] if len(claims) == 1 else None
    if claim is not None:
        waiting.remove(claim)
    named = Reason.NAMES_BILL if rule is Rule.BILL_NUMBER else Reason.AMOUNT_UNIQUE
    return settle.matched(index, claim, [bill], credit, rule, 90, (named, Reason.AMOUNT_EQUAL))


def _speaks_of(index: Index, claim: Claim, bill: Bill, credit: Credit) -> bool:
    if claim.amount not in (None, credit.amount):
        return False
    exact = settle.fit_of(index, claim, [bill], credit).certainty is Certainty.EXACT
    return exact and times.compare(claim, credit, index.policy) is Reason.TIME_AGREES
