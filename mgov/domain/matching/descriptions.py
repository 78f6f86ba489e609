"""What a bank's description says: bill numbers, proofs."""

from __future__ import annotations

import re

from mgov.domain.matching.proofs import MIN_EMBEDDED, normalise

#: A bill number as people and banks write it: SKRD-2026-004512, SKRD2026004512, SKRD/2026/004512, SKRD 2026 004512.
_BILL = re.compile(r"(?<![A-Z0-9])([A-Z]{2,8})[-/. ]?((?:19|20)\d\d)[-/. ]?(\d{4,8})(?![A-Z0-9])")
#: The same where the bank cut the description off.
_CUT_BILL = re.compile(r"(?<![A-Z0-9])([A-Z]{2,8})[-/. ]?((?:19|20)\d\d)[-/. ]?(\d{0,7})[-/. ]?$")
_TOKEN = re.compile(r"[A-Z0-9]+")


def bill_key(number: str) -> str:
    """A bill number without its separators."""
    return normalise(number)


def prefix_of(number: str) -> str:
    """The letters of a bill number: the kind of levy."""
    return "".join(letter for letter in number.upper() if letter.isalpha())


def bill_keys(description: str) -> tuple[str, ...]:
    """Everything in `description` that has the shape of a bill number, as keys."""
    return tuple("".join(found) for found in _BILL.findall(description.upper()))


def cut_bill_key(description: str) -> str | None:
    """The start of a bill number with which `description` ends, as a key; it may be the whole number."""
    found = _CUT_BILL.search(description.upper().rstrip())
    return "".join(found.groups()) if found else None


def tokens(description: str) -> tuple[str, ...]:
    """The numbers in `description` that may be a proof or a pay code."""
    found = _TOKEN.findall(description.upper())
    return tuple(t for t in found if len(t) >= MIN_EMBEDDED and any(c.isdigit() for c in t))
