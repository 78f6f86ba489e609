"""Number plates: ``A 1234 BC`` in any spelling."""

from __future__ import annotations

import re

from parsers.board import Board

_AREAS = frozenset(
    "a b d e f g h k l m n p r s t w z aa ab ad ae ag ba bb bd be bg bh bk bl bm bn bp "
    "da db dc dd de dg dh dk dl dm dn dr ds dt ea eb ed kb kh kt ku pa pb".split()
)
_UNITS = frozenset("jt rb k m wib am pm jan feb mar apr mei jun jul agu agt sep okt oct nov nop des dec hr x kg mb gb st nd rd th "
                   "org thn bln tgl sd sdh udh dan di ke tf jam pkl ya yg ini dr per s d pg nih nich deh bro sis gan bos aja itu kok sih dong min kak mas pak bu bos aku gue lu kan lah loh lho pun org ada apa utk buat kg cm mm hp wa tv".split())  # fmt: skip
_SUMS = frozenset("jt rb k m wib am pm kg mb gb hr".split())
_ALIKE = re.compile(r"(?<![\w])([a-z]{1,2})[ .\-]?((?=[oil]{0,3}\d)[\doil]{1,4}|[oil]{4})[ .\-]?([a-z]{1,3})(?!\w)")
_LOOK = str.maketrans("oil", "011")
_CALLED = re.compile(
    r"\b(?:plat|plate|nopol|nomor polisi|no polisi|no pol|pajak\w*|paj[ea]g\w*|pajek\w*|tagihan|motor|mobil|angkot|truk|truck|bus|pick ?up|kendaraan|vario|beat|avanza|xenia|cek|tghn|bill|nomer|metro|samsat)\W{1,3}$"
)
"""Behind these words even letters that are words of their own end a plate."""

_OF_A_PROOF = re.compile(r"(?<!\w)ft\d\d[ .\-/]?\d{3}[a-z\d][ .\-/]$|(?<!\w)ft\d\d[ .\-/]$")
"""In front of a group of a bank's number: ``FT26 292T N6FM``, ``FT26.292N.B4GP``."""
_GROUP_AHEAD = re.compile(r"(?<![a-z\d])(?=\d*[a-z])(?=[a-z]*\d)[a-z\d]{3,4}[.\-/]$")
_GROUP_BEHIND = re.compile(r"[.\-/](?=\d*[a-z])(?=[a-z]*\d)[a-z\d]{3,4}(?![a-z\d])")
"""Beside a group of four, a sign between them: ``S1D8-B4GP``, ``B4GP.292N``."""


def take_plates(board: Board) -> list[str]:
    """Take every plate of the text and return them in normal form."""
    found: list[str] = []
    for match in board.find(_ALIKE):
        area, number, letters = match.groups()
        digits = number.translate(_LOOK)
        if _is_group(board, match):
            continue
        if area not in _AREAS or digits.startswith("0") or not _is_plate(board, match, number, letters):
            continue
        found.append(f"{area} {digits} {letters}".upper())
        board.take(match.start(), match.end(), "plate")
    return found


def _is_group(board: Board, match: re.Match[str]) -> bool:
    """Whether what looks like a plate is a group of a longer number; another plate or a bill beside it is none."""
    left = board.rest[max(0, match.start() - 12) : match.start()]
    if _OF_A_PROOF.search(left):
        return True
    if len(match[0]) > 4:
        return False
    return _GROUP_AHEAD.search(left) is not None or _GROUP_BEHIND.match(board.rest, match.end()) is not None


def _is_plate(board: Board, match: re.Match[str], number: str, letters: str) -> bool:
    if number.isdigit() and letters not in _UNITS:
        return True
    shown = board.text[match.start() : match.end()]
    alone = not re.search(r"\w", board.low[: match.start()] + board.low[match.end() :])
    called = alone or _CALLED.search(board.before(match.start(), 24)) is not None
    if letters in _UNITS and (letters in _SUMS or len(number) < 2):
        return called and shown == shown.upper() and len(number) == 4 and letters not in ("JT", "RB")
    return called or (shown == shown.upper() and not board.text.isupper() and letters not in _UNITS)
