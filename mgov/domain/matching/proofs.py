"""Proof numbers: their normal form, and when two are nearly the same."""

from __future__ import annotations

import re
import string
from collections.abc import Collection
from functools import lru_cache

_NOT_ALNUM = re.compile(r"[^A-Z0-9]")
#: What may stand before a number of nine digits or more and is no part of it. FT, BB and the like are.
_BEFORE = re.compile(
    r"(?:BRI|BRIMO|BNI|BCA|BJB|BTN|BSI|MANDIRI|LIVIN|BANTEN|CIMB|DANAMON|PERMATA|MEGA|PANIN|MUAMALAT|DKI|SEABANK|JAGO"
    r"|TRX|TRXID|TX|TXN|TRF|REF|NOREF|REFNO|RRN|RESI|NORESI|BUKTI|NO|ID)(\d{9,})"
)
#: Letters that are read as digits.
AS_DIGITS = str.maketrans("OIL", "011")

#: Texts whose reading is remembered: a group of claims and credits looks at each of its texts several times.
REMEMBERED = 16_384

MIN_EXACT = 6  #: characters under which an equal reference proves nothing
MIN_EMBEDDED = 8  #: in a description, shorter numbers are terminals, branches and dates
MIN_PROVING = 9  #: in a description, a channel's code may have eight ("0001500F"); all of a proof stands there
MIN_NEAR = 8
SUFFIX = 6
_PART = 4
_LONG_PART = 6


@lru_cache(maxsize=REMEMBERED)
def normalise(proof: str) -> str:
    """Capitals and digits only, without a bank's name before a number."""
    key = _NOT_ALNUM.sub("", proof.upper())
    return bare(key) if key[:1].isalpha() else key


def bare(key: str) -> str:
    """A number without the bank or the word that people and banks put before it: BRI455922991272, TRX1012151446851."""
    found = _BEFORE.fullmatch(key)
    return found.group(1) if found else key


#: What banks write where there is no reference.
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "KOSONG", "NOREF", "NULL"})
_DATE = re.compile(r"(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d\d|20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))")
_ROW_OF_DIGITS = "01234567890123456789"


def is_guessable(said: str, own_numbers: Collection[str] = ()) -> bool:
    """Whether a number (in its normal form) can be known without having paid.

    A date in eight digits, one digit repeated, digits in a row, one of our accounts, in full or the end of it.
    """
    if len(set(said)) <= 1 or said in _NO_REFERENCE or said in _ROW_OF_DIGITS:
        return True
    return _DATE.fullmatch(said) is not None or is_account(said, own_numbers)


def is_account(said: str, own_numbers: Collection[str]) -> bool:
    """Whether a number is one of our accounts', with or without its zeros, or the end of one, six digits or more."""
    bare = said.lstrip("0")
    return len(said) >= SUFFIX and any(
        number.endswith(said) or (bare and bare == number.lstrip("0")) for number in map(normalise, own_numbers)
    )


def as_digits(key: str) -> str:
    """Letters that are read as digits become them."""
    return key.translate(AS_DIGITS)


def fold(key: str) -> str:
    """The same, and zeros at the head are dropped, as sheets do that save a statement.

    Not where too little would be left.
    """
    folded = as_digits(key)
    bare = folded.lstrip("0")
    return bare if len(bare) >= MIN_EXACT and bare.isdigit() else folded


def is_near(said: str, booked: str) -> bool:
    """Whether `said` is `booked` but for one slip, or only its end."""
    if is_suffix(said, booked):
        return True
    return min(len(said), len(booked)) >= MIN_NEAR and one_slip(fold(said), fold(booked))


def is_suffix(said: str, booked: str) -> bool:
    """Whether `said` is the end of `booked`, six characters or more."""
    return SUFFIX <= len(said) < len(booked) and booked.endswith(said)


def is_neighbour(said: str, booked: str) -> bool:
    """Whether only the last digit differs: rather the next customer's slip than a slip of the finger."""
    return len(said) == len(booked) and said[:-1] == booked[:-1] and said != booked


def one_slip(left: str, right: str) -> bool:
    """Whether one character was changed, left out, added, or two were swapped (or nothing at all)."""
    if left == right:
        return True
    if len(left) > len(right):
        left, right = right, left
    if len(right) - len(left) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if len(left) < len(right):
        return left[start:] == right[start + 1 :]
    swapped = left[start : start + 2] == right[start : start + 2][::-1] and left[start + 2 :] == right[start + 2 :]
    return swapped or left[start + 1 :] == right[start + 1 :]


def booked_parts(key: str) -> tuple[str, str]:
    """The start and the end of a bank's number: one slip leaves at least one of them whole."""
    folded = fold(key)
    return "<" + folded[: _LONG_PART if len(key) > 2 * _LONG_PART - 2 else _PART], ">" + folded[-_PART:]


def said_parts(key: str) -> tuple[str, str, str]:
    """What to look a told proof up by among `booked_parts`; its length may be one off."""
    folded = fold(key)
    return "<" + folded[:_PART], "<" + folded[:_LONG_PART], ">" + folded[-_PART:]


def slips(key: str) -> set[str]:
    """Every key that is one wrong, missing, additional or swapped digit away."""
    found: set[str] = set()
    for place in range(len(key) + 1):
        head, tail = key[:place], key[place:]
        found.update(head + digit + tail for digit in string.digits)
        if tail:
            found.add(head + tail[1:])
            found.update(head + digit + tail[1:] for digit in string.digits)
        if len(tail) > 1:
            found.add(head + tail[1] + tail[0] + tail[2:])
    return found - {key}
