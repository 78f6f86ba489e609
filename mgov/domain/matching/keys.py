"""What bills, credits and claims can be looked up by, as 64-bit numbers: the store indexes them, so that matching
loads only what belongs together. A key is a hint, never a proof: whoever looks up compares the texts themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from mgov.domain.matching import descriptions, proofs
from mgov.domain.matching.names import words_of


def digest(kind: str, text: str) -> int:
    """A signed 64-bit number of a text of one kind."""
    return int.from_bytes(hashlib.blake2b(f"{kind}:{text}".encode(), digest_size=8).digest(), "big", signed=True)


def proof_key(proof: str) -> int | None:
    """The key of a proof that was told, the same for O and 0; None when it is too short to prove anything."""
    said = proofs.normalise(proof)
    return digest("p", proofs.fold(said)) if len(said) >= proofs.MIN_EXACT else None


def bill_key(number: str) -> int:
    """The key of a bill's number, whatever its separators."""
    return digest("b", descriptions.bill_key(number))


def payer_key(name: str) -> int | None:
    """The key of a payer's name, whatever the order of its words."""
    words = words_of(name)
    return digest("w", " ".join(sorted(words))) if words else None


def credit_keys(reference: str, description: str, amount: int) -> set[int]:
    """Everything that a claim may find a credit by: its numbers, and with its amount their starts and ends."""
    numbers = _numbers(reference, description)
    found = _said_by(numbers, description)
    for number in numbers:
        if len(number) >= proofs.SUFFIX:
            found |= _near_keys(amount, proofs.booked_parts(number))
    return found


def said_by(reference: str, description: str) -> set[int]:
    """The keys of the proofs and bill numbers that a credit carries."""
    return _said_by(_numbers(reference, description), description)


def _numbers(reference: str, description: str) -> set[str]:
    return {proofs.normalise(reference), *descriptions.tokens(description)}


def _said_by(numbers: set[str], description: str) -> set[int]:
    found = {digest("p", proofs.fold(number)) for number in numbers if len(number) >= proofs.MIN_EXACT}
    found |= {digest("b", key) for key in descriptions.bill_keys(description)}
    return found


def near_keys(amounts: Iterable[int], proof: str) -> set[int]:
    """The keys of credits of one of `amounts` that share the start or the end of a proof."""
    said = proofs.normalise(proof)
    if len(said) < proofs.SUFFIX:
        return set()
    parts = proofs.said_parts(said)
    return {key for amount in amounts for key in _near_keys(amount, parts)}


def _near_keys(amount: int, parts: Iterable[str]) -> set[int]:
    return {digest(f"n{amount}", part) for part in parts}
