"""Number plates: ``A 1234 BC`` in any spelling."""

from __future__ import annotations

import re

from parsers.board import Board

_PLATE = re.compile(r"(?<![\w])([a-z]{1,2})[ .\-]?(\d{1,4})[ .\-]?([a-z]{1,3})(?!\w)")
_AREAS = frozenset(
    "a b d e f g h k l m n p r s t w z aa ab ad ae ag ba bb bd be bg bh bk bl bm bn bp "
    "da db dc dd de dg dh dk dl dm dn dr ds dt ea eb ed kb kh kt ku pa pb".split()
)
_UNITS = frozenset("jt rb k m wib am pm jan feb mar apr mei jun jul agu agt sep okt oct nov nop des dec hr x kg mb gb st nd rd th "
                   "org thn bln tgl sd sdh udh dan di ke tf jam pkl ya yg ini dr per s d pg".split())  # fmt: skip


def take_plates(board: Board) -> list[str]:
    """Take every plate of the text and return them in normal form."""
    found: list[str] = []
    for match in board.find(_PLATE):
        area, number, letters = match.groups()
        if area not in _AREAS or letters in _UNITS or number.startswith("0"):
            continue
        found.append(f"{area} {number} {letters}".upper())
        board.take(match.start(), match.end(), "plate")
    return found
