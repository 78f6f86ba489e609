"""Which credit a debit undoes: by the numbers that both carry, by the bank's words, by the amount.

A reversal rarely has the credit's own reference: it has a number of its own and quotes the first one in its text, or
repeats the words, or says nothing but the amount. What fits more than one credit is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mgov.domain.matching import descriptions, proofs, resemblance
from mgov.domain.matching.names import words_of

#: Words of a description that must agree where no number does.
FEWEST_WORDS = 3
_MASKED = re.compile(r"(\d{4,})[X*]{2,}(\d{3,})")
_SIGNS = re.compile(r"[^A-Z0-9]+")
#: Words of a payer's name that must agree for a debit to be looked at.
FEWEST_NAMES = 2
#: Characters of a longer number that are enough where a bank cuts it.
LONG = 10
#: What banks write in credits and debits alike, beside what stands around names anyway.
_NO_PAYERS = resemblance.PLAIN | frozenset(
    {
        *("FAST", "MOBILE", "TRX", "TRANSAKSI", "REKENING", "REK", "KELUAR", "MASUK", "BIAYA", "ADM", "DANA"),
        *("KAB", "KOTA", "CABANG", "SERANG", "CILEGON", "TANGERANG", "LEBAK", "PANDEGLANG"),
    }
)


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
    return frozenset(map(proofs.as_digits, (*told, *alone)))


def undone_by(debit: Movement, credits_: Sequence[Movement], own_numbers: Collection[str] = ()) -> Undoing:
    """What `debit`, which the bank marks or words as a reversal, undoes of `credits_` (those not yet undone)."""
    said = numbers_of(debit, own_numbers)
    shared = {credit.id: _shared(debit, said, numbers_of(credit, own_numbers)) for credit in credits_}
    most = max(shared.values(), default=0)
    named = [credit for credit in credits_ if most and shared[credit.id] == most]
    if named:
        return _of_named(debit, named)
    equal = [credit for credit in credits_ if credit.amount == debit.amount]
    repeated = [credit for credit in equal if _repeats(debit, credit)]
    speechless = not said - {proofs.as_digits(proofs.normalise(debit.reference))}
    return _one(repeated or (equal if speechless else []), Extent.WHOLE) or _unknown(equal)


def _shared(debit: Movement, said: frozenset[str], numbers: frozenset[str]) -> int:
    """How many numbers a debit shares with a credit; one that it only holds somehow counts where none is equal."""
    return len(said & numbers) or int(any(_quotes(debit, number) for number in numbers))


def quoted_by(debit: Movement, credits_: Sequence[Movement], own_numbers: Collection[str] = ()) -> Undoing:
    """What a debit undoes that no word gives away: the credit of its amount whose number or text it quotes."""
    equal = [credit for credit in credits_ if credit.amount == debit.amount]
    named = [credit for credit in equal if any(_quotes(debit, number) for number in numbers_of(credit, own_numbers))]
    named = named or [c for c in equal if len(_name_words(c)) >= FEWEST_NAMES and _repeats(debit, c)]
    return _one(named, Extent.WHOLE) or _unknown(named)


def suspected_by(debit: Movement, credits_: Sequence[Movement], words: Collection[str]) -> tuple[int, ...]:
    """Credits of its amount that a debit may undo: it has a word for it, or most of the words of the credit's payer."""
    equal = [credit for credit in credits_ if credit.amount == debit.amount]
    if descriptions.says_one_of(debit.description, words):
        return tuple(credit.id for credit in equal)
    said = _name_words(debit)
    return tuple(credit.id for credit in equal if len(said & _name_words(credit)) >= FEWEST_NAMES)


def equal_to(debit: Movement, credits_: Sequence[Movement]) -> tuple[int, ...]:
    """The credits of a debit's amount."""
    return tuple(credit.id for credit in credits_ if credit.amount == debit.amount)


def _quotes(debit: Movement, number: str) -> bool:
    """Whether a debit holds a number: however it is parted, without its zeros, cut off, or masked in the middle."""
    said = proofs.as_digits(f"{debit.reference} {debit.description}".upper())
    whole = (spelt for spelt in (number, number.lstrip("0")) if len(spelt) >= proofs.MIN_EMBEDDED)
    text = _SIGNS.sub("", said)
    cut = (word for word in _SIGNS.split(said) if len(word) >= LONG)
    return (
        any(spelt in text for spelt in whole)
        or any(number.startswith(word) for word in cut)
        or any(number.startswith(head) and number.endswith(tail) for head, tail in _MASKED.findall(said))
    )


def _name_words(movement: Movement) -> set[str]:
    return {word for word in words_of(movement.description) if len(word) > 2} - _NO_PAYERS


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
