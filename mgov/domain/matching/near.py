"""Claims whose proof is one slip off, or only the end of it: amount and time must agree with one credit only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mgov.domain.matching import evidence, exact, proofs, settle, times
from mgov.domain.matching.amounts import Certainty
from mgov.domain.matching.evidence import Evidence
from mgov.domain.matching.index import Index
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Bill, Claim, Credit, Decision, Policy, Rule

SCORE = 85


def decide_all(index: Index, claims: list[Claim], spoken_for: set[int]) -> list[Decision]:
    """Decide the claims that have a near credit; `spoken_for` are credits that a claim's exact proof names."""
    found = {claim.id: _near_credits(index, claim) for claim in claims}
    wanted: dict[int, int] = defaultdict(int)
    for credits_ in found.values():
        for credit in credits_:
            wanted[credit.id] += 1
    decisions = []
    for claim in claims:
        credits_ = found[claim.id]
        if credits_:
            contested = any(wanted[credit.id] > 1 or credit.id in spoken_for for credit in credits_)
            decisions.append(_decide(index, claim, credits_, contested))
    return decisions


def _near_credits(index: Index, claim: Claim) -> list[Credit]:
    bills, blocked = settle.bills_of(index, claim)
    said = proofs.normalise(claim.proof)
    if blocked is not None or claim.paid_on is None or len(said) < proofs.SUFFIX:
        return []
    if exact.is_guessed(index, claim, said):
        return []
    return [
        credit
        for credit in _of_amount(index, claim, bills)
        if any(proofs.is_near(said, key) for key in index.keys_of(credit))
    ]


def _of_amount(index: Index, claim: Claim, bills: list[Bill]) -> list[Credit]:
    assert claim.paid_on is not None  # noqa: S101 - the caller looked
    said = proofs.normalise(claim.proof)
    due = sum(index.ledger.due(bill, claim.paid_on) for bill in bills)
    sums = sums_wanted(claim, due, bills, index.policy)
    credits_ = [c for amount in sums for c in index.credits_about(amount, claim.paid_on, said)]
    return [c for c in credits_ if index.ledger.free(c) > 0]


def sums_wanted(claim: Claim, due: int, bills: Sequence[Bill], policy: Policy) -> set[int]:
    """The amounts of credits that a claim with a near proof may mean, when `due` is left to pay of its `bills`."""
    sums = {due, *(due - fee for fee in policy.fees), claim.amount or due}
    if len(bills) == 1 and bills[0].unique_suffix:
        sums.add(due + bills[0].unique_suffix)
    return sums


def _decide(index: Index, claim: Claim, credits_: list[Credit], contested: bool) -> Decision:
    candidates = tuple(credit.id for credit in credits_)
    if len(credits_) > 1 or contested:
        reason = Reason.SEVERAL_CREDITS if len(credits_) > 1 else Reason.PROOF_CLAIMED_TWICE
        return settle.ambiguous(claim, (reason, Reason.PROOF_NEAR), candidates)
    credit = credits_[0]
    bills, _ = settle.bills_of(index, claim)
    words = evidence.weigh(index, bills, credit, claim.sender)
    doubts = [*words.against, *_doubts(index, claim, bills, credit, words)]
    fit = settle.fit_of(index, claim, bills, credit)
    reasons = (Reason.PROOF_NEAR, fit.reason, times.compare(claim, credit, index.policy), *words.supports)
    if doubts:
        return settle.ambiguous(claim, tuple(dict.fromkeys((*doubts, *reasons))), candidates)
    score = SCORE + 5 * len(words.supports)
    return settle.matched(index, claim, bills, credit, Rule.NEAR_PROOF, score, reasons)


def _doubts(index: Index, claim: Claim, bills: list[Bill], credit: Credit, words: Evidence) -> list[Reason]:
    """Without the bank's word for it, only a slip inside the number, to the minute, for exactly the bill's amount."""
    fit = settle.fit_of(index, claim, bills, credit)
    said = proofs.normalise(claim.proof)
    doubts = []
    if words.supports:
        return [] if fit.certainty in (Certainty.EXACT, Certainty.SAID) else [Reason.AMOUNT_DIFFERS]
    if fit.certainty is not Certainty.EXACT:
        doubts.append(Reason.AMOUNT_DIFFERS)
    if not times.same_time(claim, credit, index.policy):
        doubts.append(Reason.TIME_DIFFERS)
    if any(proofs.is_neighbour(said, key) for key in index.keys_of(credit)):
        doubts.append(Reason.PROOF_NEAR)
    return doubts
