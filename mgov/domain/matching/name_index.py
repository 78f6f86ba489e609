"""All payers' names, found by their words in a bank's description."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import merge

from mgov.domain.matching.names import (
    CROWD,
    CUT_LETTERS,
    Words,
    is_cut,
    is_cut_in_second_word,
    words_described,
    words_of,
)
from mgov.domain.number_table import NumberTable

#: Names that are kept as one text: few enough to take apart at once, many enough that a million are a few thousand.
_BLOCK = 64
#: Names sorted together, before all is merged.
_RUN = 10_000


class NameIndex:
    """Names of two words or more, found whole in any order, or cut off.

    Sorted and kept as texts of `_BLOCK` names: a province has a million of them, and as objects they would take a
    hundred megabytes.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._blocks: list[str] = []
        self._firsts: list[str] = []
        self._whole = NumberTable()
        self._lengths: list[int] = []
        lengths: set[int] = set()
        block: list[str] = []
        for place, name in enumerate(_distinct(merge(*_runs(names)))):
            words = name.split(" ")
            lengths.add(len(words))
            self._whole.add(_key(sorted(words)), place + 1)
            block.append(name)
            if len(block) == _BLOCK:
                self._keep(block)
                block = []
        if block:
            self._keep(block)
        self._lengths = sorted(lengths)

    def find(self, description: str) -> set[Words]:
        """The names (as words) that `description` names."""
        words = words_described(description)
        found: set[Words] = set()
        for size in self._lengths:
            for start in range(len(words) - size + 1):
                found |= self._in_any_order(sorted(words[start : start + size]))
        for start in range(len(words) - 1):
            found |= self._cut_off(words[start:])
        return found | self._cut_in_second_word(words[-2:])

    def _keep(self, block: list[str]) -> None:
        self._firsts.append(block[0])
        self._blocks.append("\n".join(block))

    def _in_any_order(self, words: list[str]) -> set[Words]:
        key = _key(words)
        if not self._whole.get(key):
            return set()
        names = (tuple(self._name(place - 1).split(" ")) for place in self._whole.all(key))
        return {name for name in names if sorted(name) == words}

    def _name(self, place: int) -> str:
        return self._blocks[place // _BLOCK].split("\n")[place % _BLOCK]

    def _cut_off(self, words: Words) -> set[Words]:
        """The names of three words or more that begin as `words` do: as many whole words as any name shares."""
        text, size = f"{words[0]} {words[1]}", 2
        if not self._has(text):
            return set()
        while size < len(words) and self._has(f"{text} {words[size]} "):
            text, size = f"{text} {words[size]}", size + 1
        inside = self._beginning_with(f"{text} {words[size]}") if size < len(words) else []
        return _only_cut(inside or self._beginning_with(text + " "), words)

    def _cut_in_second_word(self, words: Words) -> set[Words]:
        """The names that begin as a description ends, where the bank cut the second word: KURNIASIH OKTAVI."""
        text = " ".join(words)
        if len(words) != 2 or len(text) < CUT_LETTERS or not self._has(text):
            return set()
        names = (tuple(name.split(" ")) for name in self._beginning_with(text))
        return {name for name in names if is_cut_in_second_word(name, words)}

    def _has(self, start: str) -> bool:
        number = bisect_left(self._firsts, start)
        if number < len(self._firsts) and self._firsts[number].startswith(start):
            return True
        return number > 0 and f"\n{start}" in self._blocks[number - 1]

    def _beginning_with(self, start: str) -> list[str]:
        """The first names with this beginning, at most `CROWD`."""
        found: list[str] = []
        for name in self._from(start):
            if not name.startswith(start) or len(found) == CROWD:
                break
            found.append(name)
        return found

    def _from(self, start: str) -> Iterator[str]:
        """The names from a text on, in their order."""
        for number in range(max(0, bisect_left(self._firsts, start) - 1), len(self._blocks)):
            block = self._blocks[number].split("\n")
            yield from block[bisect_left(block, start) :]


def _key(words: list[str]) -> int:
    return hash(tuple(words))


def _runs(names: Iterable[str]) -> list[Iterator[str]]:
    """The names as sorted runs, each one text, so that few of them are objects at a time."""
    runs: list[str] = []
    run: set[str] = set()
    for name in names:
        if len(words := words_of(name)) > 1:  # one word names too many people
            run.add(" ".join(words))
        if len(run) == _RUN:
            runs.append("\n".join(sorted(run)))
            run = set()
    runs.append("\n".join(sorted(run)))
    return [_lines(text) for text in runs if text]


def _lines(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _distinct(names: Iterable[str]) -> Iterator[str]:
    last = ""
    for name in names:
        if name != last:
            yield name
        last = name


def _only_cut(names: Iterable[str], words: Words) -> set[Words]:
    split = (tuple(name.split(" ")) for name in names)
    return {name for name in split if len(name) > 2 and name[:2] == words[:2] and is_cut(name, words)}
