"""NIK (16 digits) and NIB (13 digits) as people group them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONG = re.compile(r"(?<![\w])\d(?:[ .\-]{0,2}\d){12,15}(?![\w])")


_ALIKE = re.compile(r"(?:\b(?:da\w{2,5}r|reg\w*|nik|ktp)\b[ :.=#]{1,3})([\doOlI]{16})(?!\w)", re.I)
"""A NIK with letters that look like digits, behind a word that announces one."""
_LOOK = str.maketrans("oOlI", "0011")


def _digits(value: str) -> int:
    return sum(char.isdigit() for char in value)


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity number, digits only, and where it stands."""

    digits: str
    start: int
    end: int


def find(text: str) -> list[Identity]:
    """Every NIK or NIB of a text; numbers of other lengths are none."""
    found = [Identity(re.sub(r"\D", "", m[0]), m.start(), m.end()) for m in _LONG.finditer(text)]
    if not found:
        found = [
            Identity(m[1].translate(_LOOK), m.start(1), m.end(1)) for m in _ALIKE.finditer(text) if _digits(m[1]) >= 8
        ]
    return [one for one in found if len(one.digits) in (13, 16)]
