"""Why a text is no confirmation although it speaks of paying."""

from __future__ import annotations

from parsers import unpaid
from parsers import vocabulary as v
from parsers.attempts import without_undone
from parsers.lexicon import hears as _hears
from parsers.marks import Marks


def _corrected(low: str) -> str:
    return unpaid.CORRECTED.sub(" ", low) if _hears(low, unpaid.CORRECTIONS) else low


def _could_not(low: str) -> bool:
    return _hears(low, unpaid.NEGATIONS) and unpaid.CANNOT.search(low) is not None


def only_plans(low: str) -> bool:
    """Whether a text only says that its writer will pay or could not, and asks nothing of the bill."""
    low = _corrected(low)
    told = (
        unpaid.PROMISES.search(low)
        or (_hears(low, unpaid.LATER_FIRST) and unpaid.PAYS_LATER.search(low))
        or unpaid.TRIED.search(low)
        or unpaid.CANNOT.search(low)
        or unpaid.DOES_NOT.search(low)
        or unpaid.NOT_YET.search(low)
        or unpaid.ASKS_FOR_TIME.search(low)
        or unpaid.DEMANDS.search(low)
        or (_hears(low, unpaid.IFS) and unpaid.UNREAL.search(low))
        or unpaid.ON_THE_WAY.search(low)
        or unpaid.REFUND.said(low)
        or unpaid.IF_MAY.search(low)
    )
    if unpaid.NEVER.search(low) or unpaid.REFUND.said(low) or unpaid.IF_MAY.search(low):
        return not unpaid.ASKS_SUM.said(low)
    if unpaid.FAILED.said(low):
        return not unpaid.ASKS_OF_BILL.said(low)
    return bool(told) and not (unpaid.ASKS_OF_BILL.said(low) or "?" in low)


def denies_payment(low: str, marks: Marks | None = None) -> str | None:
    """Say why a text is no confirmation although it speaks of paying; None when it may be one.

    Beside a proof that is named as such a question or a remainder does not make a payment undone.
    """
    low = without_undone(_corrected(low))
    reason = "the payment failed" if unpaid.FAILED.said(low) else _not_done(low)
    if reason is None or reason == "the payment failed" or marks is None or not marks.named_proof:
        return reason
    if (reason == "asks for time" or unpaid.GIVEN_BACK.search(low)) and not unpaid.FIRST_PERSON.search(low):
        return reason
    owed = unpaid.NOT_PAID.search(low) or _could_not(low)
    return "not paid yet" if owed and not unpaid.FIRST_PERSON.search(low) else None


def _not_done(low: str) -> str | None:
    if (
        ("?" in low or _hears(low, unpaid.WHETHER_WORDS))
        and unpaid.WHETHER.search(low)
        and not unpaid.FIRST_PERSON.search(low)
    ):
        return "asks whether it is paid"
    if (
        (_hears(low, unpaid.NOT_WORDS) and unpaid.NOT_YET.search(low))
        or _could_not(low)
        or (_hears(low, unpaid.NEGATIONS) and unpaid.DOES_NOT.search(low) and not unpaid.FIRST_PERSON.search(low))
    ):
        return "not paid yet"
    if _hears(low, unpaid.IFS) and (
        unpaid.UNREAL.search(low) or (unpaid.IF.search(low) and not unpaid.FIRST_PERSON.search(low))
    ):
        return "only supposes a payment"
    if _hears(low, unpaid.TIME_WORDS) and unpaid.ASKS_FOR_TIME.search(low):
        return "asks for time"
    if _hears(low, unpaid.WAY_WORDS) and unpaid.ON_THE_WAY.search(low) and not unpaid.HAS_PAID.search(low):
        return "will pay"
    if unpaid.REFUND.said(low):
        return "asks for money back"
    if v.LAPSED.said(low) and not unpaid.FIRST_PERSON.search(low):
        return "a code that lapsed"
    if _will_pay(low):
        return "will pay"
    if (
        _hears(low, unpaid.DEMAND_WORDS)
        and unpaid.DEMANDS.search(low)
        and not unpaid.HAS_PAID.search(unpaid.DEMANDS.sub(" ", low))
    ):
        return "reminds of paying"
    return "asks how much" if v.ASKS.said(low) else None


def _will_pay(low: str) -> bool:
    meant = _hears(low, unpaid.INTENTS) and unpaid.WILL.search(low)
    if not (meant or (_hears(low, unpaid.LATER_FIRST) and unpaid.PAYS_LATER.search(low))):
        return False
    return not (unpaid.HAS_PAID.search(low) and not unpaid.LATER_WORD.search(low))


def refuses_to_pay(low: str) -> bool:
    """Whether a text without a bill says that its writer cannot or will not pay, and asks nothing."""
    return "?" not in low and _could_not(low)
