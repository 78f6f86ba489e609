"""The same payment confirmed once more: rephrased, with a slip in the proof or only its end, from another phone."""

from __future__ import annotations

from mgov.domain.matching import exact, proofs, times
from mgov.domain.matching.index import Index
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Bill, Claim, Credit


def find(index: Index, claim: Claim) -> Credit | None:
    """The one credit that paid all the bills of `claim` and that it speaks of without its exact proof, None: it is new.

    Nothing more is booked for it; but whoever paid a bill twice must not be told that it was one payment, so that the
    sum and the time must agree as well as the proof.
    """
    bills = [index.bills[number] for number in claim.bills if number in index.bills]
    if not bills or len(bills) < len(claim.bills) or _may_be_new(index, claim, bills):
        return None
    shared = set.intersection(*(index.ledger.credits_of(bill.number) for bill in bills))
    paid = [index.credit_by_id[number] for number in sorted(shared)]
    found = [credit for credit in paid if not credit.reversed and _speaks_of(index, claim, bills, credit)]
    return found[0] if len(found) == 1 else None


def _may_be_new(index: Index, claim: Claim, bills: list[Bill]) -> bool:
    """Whether its proof may be that of money which paid nothing yet."""
    said = proofs.normalise(claim.proof)
    if claim.paid_on is None or len(said) < proofs.SUFFIX or exact.is_guessed(index, claim, said):
        return True
    due = sum(bill.amount_on(claim.paid_on) for bill in bills)
    about = index.credits_about(claim.amount or due, claim.paid_on, said)
    return any(index.ledger.free(credit) > 0 and _is_near(index, said, credit) for credit in about)


def _speaks_of(index: Index, claim: Claim, bills: list[Bill], credit: Credit) -> bool:
    if not _sum_agrees(index, claim, bills, credit):
        return False
    if times.compare(claim, credit, index.policy) is not Reason.TIME_AGREES:
        return False
    known = {*credit.confirmed_by, *(bill.payer_phone for bill in bills)}
    if claim.sender not in known and not times.same_time(claim, credit, index.policy):
        return False
    if not credit.confirmed_by and _names(index, bills, credit):
        return True
    said = proofs.normalise(claim.proof)
    return _is_near(index, said, credit) and not any(proofs.is_neighbour(said, key) for key in index.keys_of(credit))


def _sum_agrees(index: Index, claim: Claim, bills: list[Bill], credit: Credit) -> bool:
    """Whether the sum that was told, if any, is what came, the bills' sum, or either with a bank's fee."""
    sums = {credit.amount, credit.gross, sum(bill.amount_on(credit.value_date) for bill in bills)}
    return claim.amount is None or any(claim.amount - one in {0, *index.policy.fees} for one in sums)


def _names(index: Index, bills: list[Bill], credit: Credit) -> bool:
    """Whether a credit that nobody confirmed says by itself that it is for just these bills, in full."""
    known, strange = index.numbers_in(credit)
    named = known == {bill.number for bill in bills} and not strange
    suffix = bills[0].unique_suffix if len(bills) == 1 else 0
    unique = suffix > 0 and credit.amount == bills[0].amount_on(credit.value_date) + suffix
    return named or unique


def _is_near(index: Index, said: str, credit: Credit) -> bool:
    return any(proofs.is_near(said, key) for key in index.keys_of(credit))
