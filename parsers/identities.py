"""NIK (16 digits) and NIB (13 digits) as people group them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONG = re.compile(r"(?<![\w])\d(?:[ .\-]{0,2}\d){12,15}(?![\w])")


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity number, digits only, and where it stands."""

    digits: str
    start: int
    end: int


def find(text: str) -> list[Identity]:
    """Every NIK or NIB of a text; numbers of other lengths are none."""
    found = [Identity(re.sub(r"\D", "", m[0]), m.start(), m.end()) for m in _LONG.finditer(text)]
    return [one for one in found if len(one.digits) in (13, 16)]
