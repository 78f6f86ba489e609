"""The text on which readers mark what they have understood: a span has one role, once taken nobody else reads it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from parsers.lexicon import hears

TAKEN = "\x01"


def _plain_letter(char: str) -> str:
    """One letter in lower case without its accent, so that ``pangéling`` is read as ``pangeling``."""
    if char.isascii():
        return char.lower()
    base = unicodedata.normalize("NFD", char)[:1].lower()
    return base if len(base) == 1 else char


class Board:
    """A normalised text and the part of it that nobody has taken yet.

    ``text`` keeps the writer's case, ``low`` is the same in lower case, ``rest`` is ``low`` with every taken character
    replaced by TAKEN; all three have the same length, so that positions are shared.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.low = text.lower() if text.isascii() else "".join(map(_plain_letter, text))
        self.rest = self.low
        self.how: list[str] = []
        self._void: list[tuple[int, int, bool]] = []

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match of ``pattern`` in what is left, as it was when the search began."""
        return pattern.finditer(self.rest)

    def hints(self, *pieces: str) -> bool:
        """Whether any of these pieces occurs at all: asked before a costly pattern, which then decides."""
        low = self.low
        for piece in pieces:  # noqa: SIM110 - a plain loop is twice as fast, and this is asked dozens of times a text
            if piece in low:
                return True
        return False

    def says(self, words: frozenset[str]) -> bool:
        """Whether one of these words is said, digits glued to it or not."""
        return hears(self.low, words)

    def take(self, start: int, end: int, rule: str) -> None:
        """Give the span its role; ``rule`` says which, for people."""
        self.rest = self.rest[:start] + TAKEN * (end - start) + self.rest[end:]
        self.how.append(f"{rule}: {self.text[start:end].strip()}")

    def free(self, start: int, end: int) -> bool:
        """Whether nobody has taken any of the span."""
        return TAKEN not in self.rest[start:end]

    def before(self, start: int, length: int = 30) -> str:
        """What stands before a position, whoever took it."""
        return self.low[max(0, start - length) : start]

    def after(self, end: int, length: int = 30) -> str:
        """What stands behind a position, whoever took it."""
        return self.low[end : end + length]

    def void(self, start: int, end: int, rule: str, *, same_way: bool = False) -> None:
        """Leave a span aside altogether: no field is read from it, whoever looks.

        ``same_way`` says that bank and medium may be those of the payment too, when it names none itself.
        """
        self._void.append((start, end, same_way))
        self.take(start, end, rule)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the text is left aside."""
        return not self._void

    def told(self, *, same_way: bool = False) -> str:
        """The text in lower case without what is left aside, but for what was paid in the ``same_way``."""
        told = self.low
        for start, end, also in self._void:
            if not (also and same_way):
                told = told[:start] + TAKEN * (end - start) + told[end:]
        return told

    def without(self, pattern: re.Pattern[str], rule: str) -> None:
        """Take every match of ``pattern`` for a role that no field has."""
        for match in self.find(pattern):
            if match.end() > match.start():
                self.take(match.start(), match.end(), rule)
