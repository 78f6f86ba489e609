"""The kinds of fields that an agency's keyword can have, and the normal form of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from parsers import identities, plates
from parsers.board import Board


class FieldKind(StrEnum):
    """What a field holds; its normal form is what the query or call is given."""

    TEXT = "text"  #: as written, spaces collapsed
    WORD = "word"  #: upper case, letters and digits only
    DIGITS = "digits"  #: digits only, leading zeros kept
    NUMBER = "number"  #: a whole number without leading zeros
    PLATE = "plate"  #: `A 1234 BC`
    ID_NUMBER = "id_number"  #: NIK of 16 or NIB of 13 digits


def normal_form(kind: FieldKind, said: str) -> str | None:
    """The normal form of what was said; None when it cannot be one."""
    value = _FORMS[kind](said)
    return value if value and len(value) <= _LONGEST else None


_LONGEST = 160


def _text(said: str) -> str:
    return " ".join(said.split())


def _word(said: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", said.upper())


def _digits(said: str) -> str | None:
    plain = re.sub(r"[\s.\-/]", "", said)
    return plain if plain.isascii() and plain.isdigit() else None


def _number(said: str) -> str | None:
    digits = _digits(said)
    return str(int(digits)) if digits and len(digits) <= 18 else None


def _plate(said: str) -> str | None:
    found = plates.take_plates(Board(said))
    return found[0] if len(found) == 1 else None


def _id_number(said: str) -> str | None:
    found = identities.find(said)
    return found[0].digits if len(found) == 1 else None


_FORMS: Mapping[FieldKind, Callable[[str], str | None]] = {
    FieldKind.TEXT: _text,
    FieldKind.WORD: _word,
    FieldKind.DIGITS: _digits,
    FieldKind.NUMBER: _number,
    FieldKind.PLATE: _plate,
    FieldKind.ID_NUMBER: _id_number,
}
