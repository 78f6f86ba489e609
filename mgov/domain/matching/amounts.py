"""How the money of a credit fits what is due and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Policy


class Certainty(Enum):
    """How far an amount alone can be trusted beside an exact proof."""

    EXACT = 3  #: all of it and nothing more
    SAID = 2  #: not the bill's amount, but what the citizen said, or explained by a fee
    DOUBTFUL = 1  #: neither the bill's nor what was said; needs the bank's word
    IMPOSSIBLE = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """How an amount fits, and why."""

    certainty: Certainty
    reason: Reason


def fit(due: int, came: int, said: int | None, policy: Policy, unique_suffix: int = 0, gross: int = 0) -> Fit:
    """Compare what `came` (all that is free of a credit) with what is `due` and what was `said`, in rupiah.

    `gross` is what was paid before the bank took its fee, where it tells (0: it does not).
    """
    if due <= 0 or came <= 0:
        return Fit(Certainty.IMPOSSIBLE, Reason.AMOUNT_DIFFERS)
    if came == due:
        return Fit(Certainty.EXACT, Reason.AMOUNT_EQUAL)
    if unique_suffix and came == due + unique_suffix:
        return Fit(Certainty.EXACT, Reason.AMOUNT_UNIQUE)
    if came < due == gross and said in (None, due, came):
        return Fit(Certainty.SAID, Reason.AMOUNT_LESS_FEE)
    if came < due:
        return _short(due, came, said, policy)
    return _over(due, came, said, policy)


def _short(due: int, came: int, said: int | None, policy: Policy) -> Fit:
    if due - came in policy.fees and said in (None, due, came):
        return Fit(Certainty.SAID, Reason.AMOUNT_LESS_FEE)
    fees_of_part = said is not None and said - came in policy.fees and said < due
    if said == came or fees_of_part:
        return Fit(Certainty.SAID, Reason.AMOUNT_PARTIAL)
    return Fit(Certainty.DOUBTFUL, Reason.AMOUNT_PARTIAL)


def _over(due: int, came: int, said: int | None, policy: Policy) -> Fit:
    surplus = came - due
    if surplus <= policy.unique_limit and said in (None, came, due):
        return Fit(Certainty.SAID, Reason.AMOUNT_UNIQUE)
    if surplus > due:
        return Fit(Certainty.IMPOSSIBLE, Reason.AMOUNT_DIFFERS)
    if said == came or (said is not None and said - came in policy.fees):
        return Fit(Certainty.SAID, Reason.AMOUNT_OVER)
    return Fit(Certainty.DOUBTFUL, Reason.AMOUNT_OVER)
