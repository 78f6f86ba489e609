"""Which payers a bank's description names, in full, in another order, or cut off as banks do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

_WORD = re.compile(r"[A-Z']+")
_TITLES = frozenset({"H", "HJ", "IR", "DRS", "DRA", "DR", "BPK", "IBU", "SDR", "SDRI", "TN", "NY", "SH", "SE", "MM"})

#: Letters of a cut name that must agree; banks cut at 16 to 20.
CUT_LETTERS = 12
CUT_AT_WORD_LETTERS = 15


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name or description, in capitals, without titles."""
    return tuple(word for word in _WORD.findall(text.upper()) if word not in _TITLES)


class NameIndex:
    """All payers' names, found by their words."""

    def __init__(self, names: Iterable[str]) -> None:
        self._whole: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        self._starts: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        self._lengths: set[int] = set()
        for name in names:
            self._add(words_of(name))

    def find(self, description: str) -> set[tuple[str, ...]]:
        """The names (as words) that `description` names."""
        words = words_of(description)
        found: set[tuple[str, ...]] = set()
        for size in self._lengths:
            for start in range(len(words) - size + 1):
                found |= self._whole.get(tuple(sorted(words[start : start + size])), frozenset())
        for start in range(len(words) - 1):
            for name in self._starts.get(words[start : start + 2], ()):
                if _is_cut(name, words[start:]):
                    found.add(name)
        return found

    def _add(self, name: tuple[str, ...]) -> None:
        if len(name) < 2:  # one word names too many people
            return
        self._whole[tuple(sorted(name))].add(name)
        self._lengths.add(len(name))
        if len(name) > 2:
            self._starts[name[:2]].add(name)


def _is_cut(name: tuple[str, ...], words: tuple[str, ...]) -> bool:
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
