"""Whether a description may speak of a bill in a way that no exact reading finds: a cashier would see it.

Banks and people join words, leave out the middle name, abbreviate it, or give a bill's serial number alone. That is no
proof of anything; but where the money is just what such a bill owes, and nothing speaks for the bill that is claimed,
a machine must not give it away.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mgov.domain.matching import proofs
from mgov.domain.matching.names import NO_NAMES, Words, words_of
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Bill

#: So many bills of one sum and a single word, or a word with a slip, says nothing: somebody always has it.
FEW = 20
_JOINED = 8  #: letters of joined words that are no chance
_ENOUGH = 12  #: letters of a whole name that are compared, as banks cut
_SINGLE = 6  #: letters of a single word that say something
_SLIPPED = 5
_MARK = 6  #: characters of a plate, telephone or identity
_SERIAL = 5
_WORD = re.compile(r"[A-Z]+")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"((?:19|20)\d\d)\D?(\d{4,8})$")


@dataclass(frozen=True, slots=True)
class Heard:
    """A description taken apart: its words, all its letters, all its letters and digits, its runs of digits."""

    words: Words
    known: frozenset[str]
    letters: str
    signs: str
    runs: frozenset[str]


@lru_cache(maxsize=proofs.REMEMBERED)
def hear(description: str) -> Heard:
    """Take a description apart."""
    upper = description.upper()
    words = tuple(_WORD.findall(upper))
    return Heard(
        words,
        frozenset(words),
        "".join(words),
        "".join(c for c in upper if c.isalnum()),
        frozenset(_DIGITS.findall(upper)),
    )


def resembles(number: str, payer: str, marks: Iterable[str], heard: Heard, *, few: bool) -> Reason | None:
    """What of a bill a description may name: its number, its payer (NAMES_OTHER_…), or nothing.

    `marks` are its plate, its payer's identity and telephone; `few`: no more than `FEW` bills owe this sum.
    """
    if _has_serial(number, heard):
        return Reason.NAMES_OTHER_BILL
    if any(len(mark) >= _MARK and mark in heard.signs for mark in map(_bare, marks)):
        return Reason.NAMES_OTHER_PAYER
    return Reason.NAMES_OTHER_PAYER if _has_name(words_of(payer), heard, few=few) else None


def of_bill(bill: Bill, heard: Heard, *, few: bool) -> Reason | None:
    """The same for a bill."""
    return resembles(bill.number, bill.payer_name, (*bill.marks, bill.payer_phone), heard, few=few)


def sums_of(free: int, fees: Iterable[int]) -> set[int]:
    """What bills owe that a credit may pay in full: what is free of it, or that and a bank's fee."""
    return {free, *(free + fee for fee in fees)}


def _bare(mark: str) -> str:
    """A plate, identity or telephone without separators; a telephone without the country or the zero before it."""
    signs = "".join(c for c in mark.upper() if c.isalnum())
    return signs.removeprefix("62") if mark.startswith("+62") else signs


def _has_serial(number: str, heard: Heard) -> bool:
    found = _NUMBER.search(number)
    if found is None:
        return False
    year, serial = found.groups()
    short = serial.lstrip("0")
    spelt = {year + serial, serial if len(serial) >= _SERIAL else "", short if len(short) >= _SERIAL else ""}
    return not heard.runs.isdisjoint(spelt - {""})


def _has_name(payer: Words, heard: Heard, *, few: bool) -> bool:
    name = tuple(word for word in payer if word not in NO_NAMES)
    shared = [word for word in name if len(word) > 2 and word in heard.known]
    if len(shared) > 1 or _is_joined(name, heard) or any(_is_abbreviated(word, name, heard) for word in shared):
        return True
    if not few:
        return False
    return any(len(word) >= _SINGLE for word in shared) or _has_slipped(name, heard)


def _is_joined(name: Words, heard: Heard) -> bool:
    """Whether words of a name stand in the description without the blanks between them."""
    whole = "".join(name)
    if len(whole) >= _JOINED and len(name) > 1 and whole[:_ENOUGH] in heard.letters:
        return True
    pairs = (left + right for left, right in itertools.pairwise(name))
    return any(len(pair) >= _JOINED and pair in heard.letters for pair in pairs)


def _is_abbreviated(word: str, name: Words, heard: Heard) -> bool:
    """Whether beside a word of a name stands the first letter of another: T MANGKUNEGARA."""
    others = {other[0] for other in name if other != word}
    places = [place for place, heard_word in enumerate(heard.words) if heard_word == word]
    beside = {heard.words[near] for place in places for near in (place - 1, place + 1) if 0 <= near < len(heard.words)}
    return len(word) > 3 and not others.isdisjoint(beside)


def _has_slipped(name: Words, heard: Heard) -> bool:
    """Whether two words of a name are there, each with a slip at most."""
    long = [word for word in name if len(word) >= _SLIPPED]
    said = [word for word in heard.known if len(word) >= _SLIPPED - 1 and word not in NO_NAMES]
    return sum(1 for word in long if any(proofs.one_slip(word, other) for other in said)) > 1
