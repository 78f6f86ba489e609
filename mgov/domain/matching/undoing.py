"""Which credit a debit undoes: by the numbers that both carry, by the bank's words, by the amount.

A reversal rarely has the credit's own reference: it has a number of its own and quotes the first one in its text, or
repeats the words, or says nothing but the amount. What fits more than one credit is left to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mgov.domain.matching import descriptions, proofs

#: Words of a description that must agree where no number does.
FEWEST_WORDS = 3


class Extent(StrEnum):
    """How much of a credit a debit undoes."""

    WHOLE = "whole"
    PART = "part"
    UNKNOWN = "unknown"  #: no credit, or more than one: a person looks


@dataclass(frozen=True, slots=True)
class Movement:
    """A debit or a credit of one account, in rupiah; `account` is that account's number."""

    id: int
    amount: int
    booked_on: date
    reference: str
    description: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What a debit undoes: equal credits of which any may be meant, or, when it is not known, the candidates."""

    extent: Extent
    credits: tuple[int, ...]


def numbers_of(movement: Movement, own_numbers: Collection[str]) -> frozenset[str]:
    """The numbers of a movement that belong to it alone: its reference, and those in its description."""
    own = frozenset(own_numbers) | {movement.account}
    told = descriptions.proofs_in(movement.description, movement.amount, (movement.booked_on,), own)
    reference = proofs.normalise(movement.reference)
    alone = () if proofs.is_guessable(reference, own) else (reference,)
    return frozenset(map(proofs.fold, (*told, *alone)))


def undone_by(debit: Movement, credits_: Sequence[Movement], own_numbers: Collection[str] = ()) -> Undoing:
    """What `debit`, which the bank marks or words as a reversal, undoes of `credits_` (those not yet undone)."""
    said = numbers_of(debit, own_numbers)
    shared = {credit.id: len(said & numbers_of(credit, own_numbers)) for credit in credits_}
    most = max(shared.values(), default=0)
    named = [credit for credit in credits_ if most and shared[credit.id] == most]
    if named:
        return _of_named(debit, named)
    equal = [credit for credit in credits_ if credit.amount == debit.amount]
    repeated = [credit for credit in equal if _repeats(debit, credit)]
    speechless = not said - {proofs.fold(proofs.normalise(debit.reference))}
    return _one(repeated or (equal if speechless else []), Extent.WHOLE) or _unknown(equal)


def quoted_by(debit: Movement, credits_: Sequence[Movement], own_numbers: Collection[str] = ()) -> Undoing:
    """What a debit undoes that no word of the bank gives away: the credit of its amount whose own number it quotes."""
    said = numbers_of(debit, own_numbers)
    equal = [credit for credit in credits_ if credit.amount == debit.amount and said & numbers_of(credit, own_numbers)]
    return _one(equal, Extent.WHOLE) or _unknown([])


def _of_named(debit: Movement, named: list[Movement]) -> Undoing:
    whole = [credit for credit in named if credit.amount == debit.amount]
    if whole:
        repeated = [credit for credit in whole if _repeats(debit, credit)]
        return _one(repeated or whole, Extent.WHOLE) or _unknown(whole)
    more = [credit for credit in named if credit.amount > debit.amount]
    return _one(more, Extent.PART) or _unknown(named)


def _one(found: list[Movement], extent: Extent) -> Undoing | None:
    """All of them, when nothing tells them apart."""
    looks = {(credit.amount, credit.reference, credit.description, credit.booked_on) for credit in found}
    return Undoing(extent, tuple(credit.id for credit in found)) if len(looks) == 1 else None


def _unknown(candidates: list[Movement]) -> Undoing:
    return Undoing(Extent.UNKNOWN, tuple(credit.id for credit in candidates))


def _repeats(debit: Movement, credit: Movement) -> bool:
    """Whether the debit's text repeats the credit's."""
    words = credit.description.upper().split()
    return len(words) >= FEWEST_WORDS and f" {' '.join(words)} " in f" {' '.join(debit.description.upper().split())} "
