"""Brings what phones send into one plain form before anything is read from it."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 2000
"""Characters read of a text; twelve SMS parts are 1,836. What stands behind them is not read."""

_PLAIN = str.maketrans(
    {
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "`": "'", "“": '"', "”": '"',
        "•": " | ", "·": " | ", "→": " ke ", "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "О": "O", "Р": "P",
        "С": "C", "Т": "T", "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "Α": "A", "Β": "B", "Ο": "O",
    }
)  # fmt: skip
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_SPACE_WORD = re.compile(r"[<\[(]\s*spasi\s*[>\])]|(?<=[a-z])\s+spasi\s+(?=\S)", re.I)
_RUNS = re.compile(r"[^\S\n]+")


def normalise(text: str) -> str:
    """Return ``text`` in NFKC, with plain quotes, dashes and spaces, without invisible characters and emoji.

    Line ends stay; the typed word ``<spasi>`` becomes the space it stands for. At most LONGEST characters come back.
    """
    short = text[: LONGEST * 2].replace("\r\n", "\n").replace("\r", "\n")
    short = short.replace("_", "#")
    if not short.isascii():
        # NFKC may make one character eighteen: cut again, so that a hostile text cannot grow.
        short = unicodedata.normalize("NFKC", short[:LONGEST])[: LONGEST * 2].translate(_PLAIN)
    shown = "".join(map(_shown, short)) if not (short.isascii() and short.isprintable()) else short
    single = _spaces(shown)
    return (_RUNS.sub(" ", single) if "  " in single else single)[:LONGEST].strip()


def _spaces(shown: str) -> str:
    return _SPACE_WORD.sub(" ", shown) if "spasi" in shown.lower() else shown


def _shown(char: str) -> str:
    if char == "\n" or (" " <= char <= "~"):
        return char
    kind = unicodedata.category(char)
    if char == "\t" or kind[0] == "Z" or kind == "So":
        return " "
    if kind in _UNSEEN:
        return ""
    digit = unicodedata.digit(char, None) if kind == "Nd" else None
    return str(digit) if digit is not None else char
