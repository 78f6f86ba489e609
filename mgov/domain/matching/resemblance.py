"""Whether a description may speak of a bill in a way that no exact reading finds: a cashier would see it.

Banks and people join words, leave out the middle name, abbreviate or spell it in the old way, or give a bill's serial
number, a plate or a telephone alone. That is no proof of anything; but where the money is just what such a bill owes,
and nothing speaks for the bill that is claimed, a machine must not give it away. All is looked up by keys: the cost is
that of reading the descriptions and the bills, however many owe the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise

from mgov.domain.matching import proofs
from mgov.domain.matching.names import NO_NAMES, Words

Key = tuple[str, ...]

#: What banks write beside names.
PLAIN = NO_NAMES | frozenset(
    {
        *("TELLER", "TUNAI", "ONLINE", "BI", "FAST", "BIFAST", "CR", "DB", "KR", "INTERNET", "BANKING", "MOBILE", "IB"),
        *(
            "KLIRING",
            "SKN",
            "RTGS",
            "LLG",
            "OTOMATIS",
            "TANGGAL",
            "TGL",
            "MID",
            "TID",
            "QR",
            "DDR",
            "MDR",
            "AMT",
            "QRIS",
        ),
        *("PERMATA", "MUAMALAT", "DANAMON", "MEGA", "PANIN", "NIAGA", "PT", "CV", "UD", "NIK", "HP", "TRSF", "EDC"),
    }
)
_JOINED = 8  #: letters of joined words that are no chance
_ENOUGH = 12  #: letters of a whole name that are compared, as banks cut
_MARK = 6  #: characters of a plate, telephone or identity
_SERIAL = 5  #: digits of a bill's serial number
_TOGETHER = 3  #: tokens in which a plate is written: A 5654 GB
#: Descriptions that are remembered: each has dozens of keys, some kilobytes.
HEARD = 512
_TOKEN = re.compile(r"[A-Z0-9]+")
_LETTERS = re.compile(r"[A-Z]+")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"((?:19|20)\d\d)\D?(\d{4,8})$")
#: Spellings of one sound: OE and U, DJ and J, TJ and C, Y and I, a silent H, a doubled letter.
_SOUNDS = (("OE", "U"), ("DJ", "J"), ("TJ", "C"), ("Y", "I"), ("H", ""))
_DOUBLED = re.compile(r"([A-Z])\1")


@lru_cache(maxsize=proofs.REMEMBERED)
def sound(word: str) -> str:
    """A word as it sounds, however it is spelt."""
    for spelt, heard in _SOUNDS:
        word = word.replace(spelt, heard)
    return _DOUBLED.sub(r"\1", word)


def sums_of(free: int, fees: Iterable[int]) -> set[int]:
    """What bills owe that a credit may pay in full: what is free of it, or that and a bank's fee."""
    return {free, *(free + fee for fee in fees)}


class Ears:
    """The descriptions of some credits, by what a bill may be known by in them."""

    def __init__(self, credits_: Iterable[tuple[int, int, str]], fees: Iterable[int]) -> None:
        """Take credits as id, rupiah that are free, description."""
        listed = list(fees)
        self.sums: dict[int, set[int]] = {}
        self._letters: dict[int, str] = {}
        self._by_key: dict[Key, list[int]] = defaultdict(list)
        for number, free, description in credits_:
            keys, letters = heard(description)
            if keys:
                self.sums[number], self._letters[number] = sums_of(free, listed), letters
            for key in keys:
                self._by_key[key].append(number)

    def who_names(self, amounts: Iterable[int], number: str, payer: str, marks: Iterable[str]) -> set[int]:
        """The credits of one of some amounts that may name a bill; `marks` are plate, identity and telephone."""
        name = _name(payer)
        found: set[int] = set()
        for key in {*_of_number(number), *_of_marks(marks), *_of_name(name)}:
            for credit in self._by_key.get(key, ()):
                if not self.sums[credit].isdisjoint(amounts) and (key[0] != "g" or self._has_joined(credit, name)):
                    found.add(credit)
        return found

    def _has_joined(self, credit: int, name: Words) -> bool:
        letters, whole = self._letters[credit], "".join(name)
        pairs = (left + right for left, right in pairwise(name))
        return whole[:_ENOUGH] in letters or any(len(pair) >= _JOINED and pair in letters for pair in pairs)


@lru_cache(maxsize=HEARD)
def heard(description: str) -> tuple[frozenset[Key], str]:
    """The keys of a description, and all its letters that may be a name's."""
    tokens = _TOKEN.findall(description.upper())
    words = [token for token in tokens if token.isalpha()]
    sounds = sorted({sound(word) for word in words if len(word) > 2 and word not in PLAIN})
    letters = "".join(sound(part) for token in tokens if token not in PLAIN for part in _LETTERS.findall(token))
    keys: set[Key] = {("p", *pair) for pair in combinations(sounds, 2)}
    keys |= {("g", letters[start : start + _JOINED]) for start in range(len(letters) - _JOINED + 1)}
    keys |= {("a", *pair) for pair in _abbreviations(words)}
    keys |= {("d", run) for run in _DIGITS.findall(description) if len(run) >= _SERIAL}
    keys |= {("m", mark) for mark in _together(tokens) if len(mark) >= _MARK and any(map(str.isdigit, mark))}
    return frozenset(keys), letters


def names(number: str, payer: str, marks: Iterable[str], description: str) -> bool:
    """Whether a description may name this bill."""
    return bool(Ears([(0, 0, description)], ()).who_names({0}, number, payer, marks))


def _abbreviations(words: list[str]) -> Iterator[tuple[str, str]]:
    """A single letter and the word beside it."""
    for left, right in pairwise(words):
        for letter, word in ((left, right), (right, left)):
            if len(letter) == 1 and len(word) > 3 and word not in PLAIN:
                yield letter, sound(word)


def _together(tokens: list[str]) -> Iterator[str]:
    for size in range(1, _TOGETHER + 1):
        for start in range(len(tokens) - size + 1):
            yield "".join(tokens[start : start + size])


def _name(payer: str) -> Words:
    return tuple(sound(word) for word in _LETTERS.findall(payer.upper()) if word not in PLAIN)


def _of_name(name: Words) -> Iterator[Key]:
    known = sorted({word for word in name if len(word) > 2})
    yield from (("p", *pair) for pair in combinations(known, 2))
    for word in known:
        yield from (("a", other[0], word) for other in name if other and other != word)
    starts = {"".join(name), *(left + right for left, right in pairwise(name))}
    yield from (("g", start[:_JOINED]) for start in starts if len(start) >= _JOINED and len(name) > 1)


def _of_number(number: str) -> Iterator[Key]:
    found = _NUMBER.search(number)
    if found is not None:
        year, serial = found.groups()
        spelt = (year + serial, serial, serial.lstrip("0"))
        yield from (("d", text) for text in spelt if len(text) >= _SERIAL)


def _of_marks(marks: Iterable[str]) -> Iterator[Key]:
    for mark in marks:
        signs = "".join(_TOKEN.findall(mark.upper()))
        if len(signs) >= _MARK:
            yield "m", signs
        if mark.startswith("+62"):
            yield "m", "0" + signs[2:]
            yield "m", signs[2:]
