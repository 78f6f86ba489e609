"""The typing errors of one key: a letter dropped, doubled, exchanged with its neighbour, or another key hit."""

from __future__ import annotations

from collections.abc import Iterator


def mistyped(word: str) -> Iterator[str]:
    """Every word that one wrong key behind the first letter makes of ``word``."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
        yield word[:place] + word[place] + word[place:]
        yield word[:place] + ("x" if word[place] != "x" else "z") + word[place + 1 :]
        if place + 1 < len(word) and word[place] != word[place + 1]:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
