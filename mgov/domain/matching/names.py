"""Which payers a bank's description names, in full, in another order, or cut off as banks do."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

Words = tuple[str, ...]

_WORD = re.compile(r"[A-Z']+")
_TITLES = frozenset({"H", "HJ", "IR", "DRS", "DRA", "DR", "BPK", "IBU", "SDR", "SDRI", "TN", "NY", "SH", "SE", "MM"})

#: Letters of a cut name that must agree; banks cut at 16 to 20.
CUT_LETTERS = 12
CUT_AT_WORD_LETTERS = 15
#: So many names that a cut one may mean are looked at, and no more.
CROWD = 200
_AFTER_ALL = "\uffff"


def words_of(text: str) -> Words:
    """The words of a name or description, in capitals, without titles."""
    return tuple(word for word in _WORD.findall(text.upper()) if word not in _TITLES)


def words_described(text: str) -> Words:
    """The words of a description: what looks like a title at its very end may be a name that was cut off."""
    words = _WORD.findall(text.upper())
    return (*(word for word in words[:-1] if word not in _TITLES), *words[-1:])


def is_named(name: Words, description: Words) -> bool:
    """Whether a description (as words) names this payer, in full or cut off."""
    if len(name) < 2:
        return False
    size, ordered = len(name), sorted(name)
    if any(sorted(description[start : start + size]) == ordered for start in range(len(description) - size + 1)):
        return True
    return any(
        len(name) > 2 and name[:2] == description[start : start + 2] and _is_cut(name, description[start:])
        for start in range(len(description) - 1)
    )


class NameIndex:
    """All payers' names, found by their words. Kept as plain sorted texts: a province has a million of them."""

    def __init__(self, names: Iterable[str]) -> None:
        words = {found for name in names if len(found := words_of(name)) > 1}  # one word names too many people
        self._lengths = sorted({len(name) for name in words})
        self._sorted = sorted(" ".join(name) for name in words)
        self._whole: dict[int, int] = {}
        self._more: dict[int, list[int]] = {}
        for place, name in enumerate(self._sorted):
            self._remember(hash(tuple(sorted(name.split(" ")))), place)

    def find(self, description: str) -> set[Words]:
        """The names (as words) that `description` names."""
        words = words_described(description)
        found: set[Words] = set()
        for size in self._lengths:
            for start in range(len(words) - size + 1):
                found |= self._in_any_order(sorted(words[start : start + size]))
        for start in range(len(words) - 1):
            found |= self._cut_off(words[start:])
        return found

    def _remember(self, key: int, place: int) -> None:
        if key in self._whole:
            self._more.setdefault(key, []).append(place)
        else:
            self._whole[key] = place

    def _in_any_order(self, words: list[str]) -> set[Words]:
        key = hash(tuple(words))
        first = self._whole.get(key)
        if first is None:
            return set()
        names = (tuple(self._sorted[place].split(" ")) for place in (first, *self._more.get(key, ())))
        return {name for name in names if sorted(name) == words}

    def _cut_off(self, words: Words) -> set[Words]:
        """The names of three words or more that begin as `words` do: as many whole words as any name shares."""
        text, size = f"{words[0]} {words[1]}", 2
        while size < len(words) and self._between(f"{text} {words[size]} "):
            text, size = f"{text} {words[size]}", size + 1
        inside = self._between(f"{text} {words[size]}") if size < len(words) else range(0)
        return self._only_cut(inside or self._between(text + " "), words)

    def _between(self, start: str) -> range:
        return range(bisect_left(self._sorted, start), bisect_left(self._sorted, start + _AFTER_ALL))

    def _only_cut(self, places: range, words: Words) -> set[Words]:
        names = (tuple(self._sorted[place].split(" ")) for place in places[:CROWD])
        return {name for name in names if len(name) > 2 and name[:2] == words[:2] and _is_cut(name, words)}


def _is_cut(name: Words, words: Words) -> bool:
    letters = 0
    for index, part in enumerate(name):
        word = words[index] if index < len(words) else ""
        if word == part:
            letters += len(part) + 1
            continue
        if word and part.startswith(word):
            return letters + len(word) >= CUT_LETTERS
        return letters - 1 >= CUT_AT_WORD_LETTERS
    return True
