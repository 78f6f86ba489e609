"""From a claim and a credit to a decision: which bills, how the amount fits, what is allocated."""

from __future__ import annotations

from mgov.domain.matching import amounts
from mgov.domain.matching.index import Index
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Allocation, Bill, Claim, Credit, Decision, DecisionKind, Rule


def bills_of(index: Index, claim: Claim) -> tuple[list[Bill], Reason | None]:
    """The bills a claim names, and what keeps a machine from paying them, if anything."""
    bills = [index.bills[number] for number in claim.bills if number in index.bills]
    if len(bills) < len(claim.bills) or not bills:
        return bills, Reason.BILL_UNKNOWN
    return bills, next((reason for bill in bills if (reason := _blocked(index, bill)) is not None), None)


def _blocked(index: Index, bill: Bill) -> Reason | None:
    if bill.state == "cancelled":
        return Reason.BILL_CANCELLED
    if bill.state == "paid_elsewhere":
        return Reason.BILL_PAID_ELSEWHERE
    return Reason.BILL_PAID if index.ledger.is_paid(bill) else None


def fit_of(index: Index, claim: Claim, bills: list[Bill], credit: Credit) -> amounts.Fit:
    """How what is free of a credit fits what is due of the bills on its value date."""
    dues = [index.ledger.due(bill, credit.value_date) for bill in bills]
    free = index.ledger.free(credit)
    suffix = bills[0].unique_suffix if len(bills) == 1 else 0
    gross = credit.gross if free == credit.amount else 0
    found = amounts.fit(sum(dues), free, claim.amount, index.policy, suffix, gross)
    explained = found.reason in (Reason.AMOUNT_EQUAL, Reason.AMOUNT_LESS_FEE)
    if len(bills) > 1 and (not all(dues) or not explained):
        return amounts.Fit(amounts.Certainty.IMPOSSIBLE, Reason.AMOUNT_DIFFERS)
    return found


def is_settled_by(index: Index, claim: Claim, credit: Credit) -> bool:
    """Whether a credit was already allocated to all the claim's bills."""
    return set(claim.bills) <= index.ledger.bills_of(credit)


def matched(
    index: Index,
    claim: Claim | None,
    bills: list[Bill],
    credit: Credit,
    rule: Rule,
    score: int,
    reasons: tuple[Reason, ...],
) -> Decision:
    """Book the whole of the credit on the bills (what is too much stays visible on the last), and say so."""
    allocations = _allocations(index, bills, credit)
    for allocation in allocations:
        index.ledger.add(allocation)
    return Decision(
        DecisionKind.MATCHED,
        claim.id if claim else None,
        rule,
        score,
        reasons,
        allocations,
        (credit.id,),
        entry=credit.id,
    )


def _allocations(index: Index, bills: list[Bill], credit: Credit) -> tuple[Allocation, ...]:
    left = index.ledger.free(credit)
    found = []
    for bill in bills[:-1]:
        part = min(left, index.ledger.due(bill, credit.value_date))
        found.append(Allocation(credit.id, bill.number, part))
        left -= part
    found.append(Allocation(credit.id, bills[-1].number, left))
    return tuple(allocation for allocation in found if allocation.amount > 0)


def duplicate(claim: Claim, credit: Credit) -> Decision:
    """The same payment confirmed again: nothing more is booked."""
    return Decision(
        DecisionKind.MATCHED,
        claim.id,
        Rule.DUPLICATE,
        100,
        (Reason.ALREADY_CONFIRMED,),
        candidates=(credit.id,),
        entry=credit.id,
    )


def ambiguous(claim: Claim, reasons: tuple[Reason, ...], candidates: tuple[int, ...]) -> Decision:
    """A person decides; the first reason is the one that matters."""
    return Decision(DecisionKind.AMBIGUOUS, claim.id, None, 0, reasons, candidates=candidates)


def none(claim: Claim, *reasons: Reason) -> Decision:
    """Nothing fits yet."""
    return Decision(DecisionKind.NONE, claim.id, reasons=reasons)
