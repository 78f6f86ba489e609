"""The order of the rules, from certain to weak."""

from __future__ import annotations

from collections.abc import Sequence

from mgov.domain.matching import again, evidence, exact, near, settle, unclaimed
from mgov.domain.matching.index import Index
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Around, Bill, Claim, Credit, Decision, DecisionKind, Policy


def match(
    claims: Sequence[Claim],
    credits_: Sequence[Credit],
    bills: Sequence[Bill],
    policy: Policy | None = None,
    around: Around | None = None,
) -> list[Decision]:
    """Decide every claim that waits, and every credit that names its bill by itself.

    `claims` are those not yet settled (texts that name several bills are one claim), `credits_` all with free money and
    those whose proof a claim may name though their money is spent, `bills` all that may be meant; or of all three what
    belongs together, with what is `around`. One decision for each claim, then those for credits that nobody confirmed.
    The cost is linear in what is given.
    """
    index = Index(claims, credits_, bills, policy or Policy(), around or Around())
    ordered = sorted(claims, key=lambda claim: (claim.received_at, claim.id))
    decided, unconfirmed = _round(index, ordered)
    while True:
        left = [claim for claim in ordered if decided[claim.id].kind is not DecisionKind.MATCHED]
        index.only_rivals(left)
        again, more = _round(index, left)
        decided.update(again)
        unconfirmed += more
        if not more and all(d.kind is not DecisionKind.MATCHED for d in again.values()):
            return [decided[claim.id] for claim in ordered] + unconfirmed


def _round(index: Index, ordered: list[Claim]) -> tuple[dict[int, Decision], list[Decision]]:
    """Decide once; what is settled takes a rival away, so rounds go on until one settles nothing."""
    decided, spoken_for = _by_proof(index, ordered)
    for decision in near.decide_all(index, [c for c in ordered if c.id not in decided], spoken_for):
        assert decision.claim is not None  # noqa: S101 - near decisions are about claims
        decided[decision.claim] = decision
        spoken_for.update(decision.candidates)
    unconfirmed = []
    for decision in unclaimed.decide_all(index, [c for c in ordered if c.id not in decided], spoken_for):
        if decision.claim is None:
            unconfirmed.append(decision)
        else:
            decided[decision.claim] = decision
    for claim in ordered:
        if claim.id not in decided:
            decided[claim.id] = _without_money(index, claim)
    return decided, unconfirmed


def _by_proof(index: Index, ordered: list[Claim]) -> tuple[dict[int, Decision], set[int]]:
    """Decide by proof; the strictest readings first, so that no weaker one takes money that a stricter one names."""
    hits = [(claim, hit) for claim in ordered if (hit := exact.find(index, claim)) is not None]
    decided: dict[int, Decision] = {}
    for rule in exact.RULES:
        for claim, hit in hits:
            if hit.rule is rule:
                decided[claim.id] = exact.decide(index, claim, hit)
    claimed = (hit for claim, hit in hits if not _names_another(index, claim, hit, decided[claim.id]))
    return decided, {credit.id for hit in claimed for credit in hit.credits}


def _names_another(index: Index, claim: Claim, hit: exact.Hit, decision: Decision) -> bool:
    """Whether the bank's words give the money to another bill: such a claim does not keep it from that bill.

    They do not where they name the payer of what is claimed, or a bill that is one slip from it: the number may be
    mistyped, and a person decides.
    """
    if decision.kind is not DecisionKind.AMBIGUOUS or Reason.NAMES_OTHER_BILL not in decision.reasons:
        return False
    bills, _ = settle.bills_of(index, claim)
    return not any(evidence.may_be_mistyped(index, bill, credit) for bill in bills for credit in hit.credits)


def _without_money(index: Index, claim: Claim) -> Decision:
    """No free credit fits: said again, or it waits, unless its bill takes no money any more, which a person sees."""
    paid_by = again.find(index, claim)
    if paid_by is not None:
        return settle.duplicate(claim, paid_by)
    _, blocked = settle.bills_of(index, claim)
    if blocked is None or blocked is Reason.BILL_UNKNOWN:
        return settle.none(claim, blocked or Reason.NO_MONEY_YET)
    return Decision(DecisionKind.AMBIGUOUS, claim.id, reasons=(blocked,))
