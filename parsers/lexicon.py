"""Word lists by meaning: what a text speaks of is asked of its words, not of one long pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_SHORTEST_PREFIX, _LONGEST_PREFIX = 3, 12
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?")


_THANKED_FOR = frozenset("infonya bantuannya informasinya penjelasannya keterangannya layanannya pelayanannya".split())
"""``makasih infonya``: what is thanked for is not asked for."""


@dataclass(frozen=True)
class Talk:
    """A lower-case text as words: in their order, as a set (also without ``-nya``), and as a line with single spaces."""

    tokens: tuple[str, ...]
    words: frozenset[str]
    line: str

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Everything that a word of the text begins with."""
        return frozenset(
            word[:length]
            for word in self.words
            for length in range(_SHORTEST_PREFIX, min(len(word), _LONGEST_PREFIX) + 1)
        )


@lru_cache(maxsize=32)
def talk(low: str) -> Talk:
    """The words of a lower-case text; digits and signs are none."""
    tokens = tuple(_TOKEN.findall(low))
    words = {one[:-3] for one in tokens if one.endswith("nya") and len(one) > 5 and one not in _THANKED_FOR}
    return Talk(tokens, frozenset(words.union(tokens)), f" {' '.join(tokens)} ")


def hears(low: str, words: frozenset[str]) -> bool:
    """Whether any of these words is said: asked before a costly pattern, which then decides."""
    return not words.isdisjoint(talk(low).words)


class Sense:
    """One meaning and the words that carry it.

    Written as words with spaces between them: ``bayar`` is the word itself, ``lunas*`` also every word that begins so,
    ``sampai_mana`` a phrase.
    """

    __slots__ = ("_begins", "_firsts", "_phrases", "_prefixes", "_words")

    def __init__(self, *lists: str) -> None:
        entries = " ".join(lists).split()
        self._prefixes = tuple(one[:-1] for one in entries if one.endswith("*"))
        if any(not _SHORTEST_PREFIX <= len(one) <= _LONGEST_PREFIX for one in self._prefixes):
            raise ValueError(f"a prefix has {_SHORTEST_PREFIX} to {_LONGEST_PREFIX} letters: {self._prefixes}")
        self._begins = frozenset(self._prefixes)
        self._phrases = tuple(f" {one.replace('_', ' ')} " for one in entries if "_" in one and not one.endswith("*"))
        self._firsts = frozenset(phrase.split()[0] for phrase in self._phrases)
        self._words = frozenset(one for one in entries if "_" not in one and not one.endswith("*"))

    def said(self, low: str) -> bool:
        """Whether a lower-case text holds one of the words or phrases."""
        heard = talk(low)
        if not self._words.isdisjoint(heard.words):
            return True
        if self._begins and not self._begins.isdisjoint(heard.beginnings):
            return True
        return not self._firsts.isdisjoint(heard.words) and any(phrase in heard.line for phrase in self._phrases)

    def has(self, word: str) -> bool:
        """Whether a single lower-case word belongs to the meaning."""
        return word in self._words or (bool(self._prefixes) and word.startswith(self._prefixes))


def alternatives(words: str) -> str:
    """The words as a group for a pattern, the longest first; ``_`` stands for a space."""
    return "|".join(re.escape(one.replace("_", " ")) for one in sorted(words.split(), key=len, reverse=True))
