"""Claims whose proof the bank knows: as its reference, inside a description, or but for letters read as digits."""

from __future__ import annotations

from dataclasses import dataclass

from mgov.domain.matching import amounts, evidence, keys, proofs, settle, times
from mgov.domain.matching.amounts import Certainty
from mgov.domain.matching.index import Index
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Bill, Claim, Credit, Decision, Rule

#: The readings of a proof, strictest first.
RULES = (Rule.PROOF, Rule.EMBEDDED_PROOF, Rule.FOLDED_PROOF)

#: Banks begin their references anew after months; one that is used on more days than these is no reference.
MOST_DAYS = 2
#: Entries of one day that may have a number of a batch in their descriptions.
MOST_IN_BATCH = 4

_SCORES = {Rule.PROOF: 100, Rule.EMBEDDED_PROOF: 97, Rule.FOLDED_PROOF: 92}
_REASONS = {
    Rule.PROOF: Reason.PROOF_EQUAL,
    Rule.EMBEDDED_PROOF: Reason.PROOF_IN_DESCRIPTION,
    Rule.FOLDED_PROOF: Reason.PROOF_FOLDED,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """The credits that carry a claim's proof, and the rule that found them."""

    rule: Rule
    credits: tuple[Credit, ...]


def find(index: Index, claim: Claim) -> Hit | None:
    """The credits that carry the proof of `claim`; the strictest reading that finds any."""
    said = proofs.normalise(claim.proof)
    if len(said) < proofs.MIN_EXACT or is_guessed(index, claim, said):
        return None
    referred = index.by_reference.get(proofs.fold(said), [])
    embedded = index.by_token.get(proofs.fold(said), [])
    if len(referred) + len(embedded) > index.policy.most_hits or keys.proof_key(said) in index.around.common_proofs:
        return None  # a terminal, a day, a text of the bank: no proof
    exact = tuple(credit for credit in referred if proofs.normalise(credit.reference) == said)
    if exact:
        return Hit(Rule.PROOF, exact)
    inside = tuple(credit for credit in embedded if said in index.keys_of(credit))
    if inside:
        return Hit(Rule.EMBEDDED_PROOF, inside)
    folded = tuple(referred + embedded)
    return Hit(Rule.FOLDED_PROOF, folded) if folded else None


def is_guessed(index: Index, claim: Claim, said: str) -> bool:
    """Whether what is told as proof is what anybody may know: a day, our account, the sum, the sender's phone."""
    if proofs.is_guessable(said, index.policy.own_numbers) or said.lstrip("0") == str(claim.amount):
        return True
    return len(said) >= proofs.MIN_EMBEDDED and claim.sender.endswith(said.lstrip("0"))


def decide(index: Index, claim: Claim, hit: Hit) -> Decision:
    """Settle the claim, or say why a person must."""
    candidates = tuple(credit.id for credit in hit.credits)
    bills, blocked = settle.bills_of(index, claim)
    duplicate = _already_paid_by(index, claim, hit)
    if duplicate is not None:
        return settle.duplicate(claim, duplicate)
    if blocked is not None:
        return settle.ambiguous(claim, (blocked, _REASONS[hit.rule]), candidates)
    credit, doubt = _choose(index, claim, bills, hit)
    if credit is None:
        whose = () if doubt is Reason.CREDIT_CONSUMED else _whose(index, claim, bills, hit)
        return settle.ambiguous(claim, tuple(dict.fromkeys((*whose, doubt, _REASONS[hit.rule]))), candidates)
    return _weigh(index, claim, bills, hit, credit)


def _whose(index: Index, claim: Claim, bills: list[Bill], hit: Hit) -> tuple[Reason, ...]:
    """What the bank says against the claim, credit by credit."""
    found = (evidence.weigh(index, bills, credit, claim.sender).against for credit in hit.credits)
    return tuple(reason for against in found for reason in against)


def _already_paid_by(index: Index, claim: Claim, hit: Hit) -> Credit | None:
    wanted = set(claim.bills)
    for credit in hit.credits:
        if not credit.reversed and wanted and wanted <= index.ledger.bills_of(credit):
            return credit
    return None


def _choose(index: Index, claim: Claim, bills: list[Bill], hit: Hit) -> tuple[Credit | None, Reason]:
    """The one credit of a hit to look at: free, and the only one that fits unless they are equal in everything."""
    free = [c for c in hit.credits if index.ledger.free(c) > 0 and not c.reversed]
    if not free:
        undone = any(c.reversed for c in hit.credits)
        return None, Reason.CREDIT_REVERSED if undone else Reason.CREDIT_CONSUMED
    if _is_everywhere(hit):
        return None, Reason.SEVERAL_CREDITS
    best = [c for c in free if settle.fit_of(index, claim, bills, c).certainty is Certainty.EXACT] or free
    timely = [c for c in best if times.compare(claim, c, index.policy) is not Reason.TIME_DIFFERS] or best
    first = min(timely, key=lambda c: c.id)
    if any(not _twins(first, other) for other in timely):
        return None, Reason.SEVERAL_CREDITS
    return first, Reason.PROOF_EQUAL


def _is_everywhere(hit: Hit) -> bool:
    """Whether a number stands in credits of several days, or in too many of a day: a customer's or a channel's."""
    days = {credit.booked_on for credit in hit.credits}
    if hit.rule is Rule.PROOF:
        return len(days) > MOST_DAYS
    return len(days) > 1 or len({credit.reference for credit in hit.credits}) > MOST_IN_BATCH


def _twins(left: Credit, right: Credit) -> bool:
    """Two rows of one batch, which nothing tells apart."""
    return (left.reference, left.description, left.free, left.booked_on) == (
        right.reference,
        right.description,
        right.free,
        right.booked_on,
    )


def _weigh(index: Index, claim: Claim, bills: list[Bill], hit: Hit, credit: Credit) -> Decision:
    fit = settle.fit_of(index, claim, bills, credit)
    time = times.compare(claim, credit, index.policy)
    proven = fit.certainty is Certainty.EXACT and time is Reason.TIME_AGREES and hit.rule is not Rule.FOLDED_PROOF
    words = evidence.weigh(index, bills, credit, claim.sender, proven=proven)
    doubts = [*words.against, *_rivals(index, claim, bills, hit, credit, words)]  # whose money it is comes first
    doubts += [*_doubts_of_amount(fit, words), *_doubts_of_time(fit, time, words, hit)]
    reasons = (_REASONS[hit.rule], fit.reason, time, *words.supports)
    if doubts:
        return settle.ambiguous(claim, tuple(dict.fromkeys((*doubts, *reasons))), tuple(c.id for c in hit.credits))
    score = (
        _SCORES[hit.rule] - (0 if fit.certainty is Certainty.EXACT else 5) - (0 if time is Reason.TIME_AGREES else 5)
    )
    return settle.matched(index, claim, bills, credit, hit.rule, score, reasons)


def _doubts_of_amount(fit: amounts.Fit, words: evidence.Evidence) -> list[Reason]:
    if fit.certainty is Certainty.IMPOSSIBLE:
        return [Reason.AMOUNT_DIFFERS]
    if fit.certainty is Certainty.DOUBTFUL and not words.supports:
        return [Reason.AMOUNT_DIFFERS]
    return []


def _doubts_of_time(fit: amounts.Fit, time: Reason, words: evidence.Evidence, hit: Hit) -> list[Reason]:
    """A wrong day is forgiven where everything else agrees, or the bank's words do."""
    if time is Reason.TIME_AGREES or words.supports:
        return []
    if time is Reason.DATE_MISWRITTEN and fit.certainty is Certainty.EXACT and hit.rule is not Rule.FOLDED_PROOF:
        return []
    return [Reason.TIME_DIFFERS]


def _rivals(
    index: Index, claim: Claim, bills: list[Bill], hit: Hit, credit: Credit, words: evidence.Evidence
) -> list[Reason]:
    """Others who say that this very money paid another bill; the bank's words decide, or a person."""
    rivals = [
        other
        for other in index.claims_by_proof[proofs.fold(proofs.normalise(claim.proof))]
        if set(other.bills) != set(claim.bills) and not _is_corrected_by(index, other, claim, bills, credit)
    ]
    twins_paid = {number for c in hit.credits for number in index.ledger.bills_of(c)} - set(claim.bills)
    if words.supports and not any(_supported(index, other, credit) for other in rivals):
        return []
    if _one_payer(index, claim, bills, rivals, twins_paid) and _enough_for_all(index, claim, bills, rivals, hit):
        return []
    return [Reason.PROOF_CLAIMED_TWICE] if rivals or twins_paid else []


def _is_corrected_by(index: Index, other: Claim, claim: Claim, bills: list[Bill], credit: Credit) -> bool:
    """The same sender's earlier text, for a bill that is not known or that this money does not fit, as it fits now."""
    if other.sender != claim.sender or other.received_at > claim.received_at:
        return False
    if settle.fit_of(index, claim, bills, credit).certainty is not Certainty.EXACT:
        return False
    others, blocked = settle.bills_of(index, other)
    return blocked is not None or settle.fit_of(index, other, others, credit).certainty is not Certainty.EXACT


def _supported(index: Index, other: Claim, credit: Credit) -> bool:
    bills, _ = settle.bills_of(index, other)
    return bool(bills) and bool(evidence.weigh(index, bills, credit, other.sender).supports)


def _one_payer(index: Index, claim: Claim, bills: list[Bill], rivals: list[Claim], paid: set[str]) -> bool:
    """Whether all the bills that a batch's equal rows are claimed for, or paid, are one payer's."""
    numbers = {number for rival in rivals for number in rival.bills} | paid
    payers = {index.payer_of(index.bills[number]) for number in numbers if number in index.bills}
    known = all(number in index.bills for number in numbers)
    same_sender = all(rival.sender == claim.sender for rival in rivals)
    return known and (payers <= {index.payer_of(bill) for bill in bills}) and (same_sender or bool(payers))


def _enough_for_all(index: Index, claim: Claim, bills: list[Bill], rivals: list[Claim], hit: Hit) -> bool:
    free = [c for c in hit.credits if index.ledger.free(c) > 0 and not c.reversed]
    open_rivals = {r.bills for r in rivals if not all(settle.is_settled_by(index, r, c) for c in hit.credits)}
    waiting = {r for r in open_rivals if not any(set(r) <= index.ledger.bills_of(c) for c in hit.credits)}
    exact = all(settle.fit_of(index, claim, bills, c).certainty is Certainty.EXACT for c in free)
    return exact and len(free) >= len(waiting) + 1
