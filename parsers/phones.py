"""Telephone numbers: one normal form for addresses, and the numbers inside a text that are telephones."""

from __future__ import annotations

import re

import phonenumbers

from parsers.board import Board

_LABEL = r"(?:no\.? ?)?(?:hp|handphone|telp?|tlp|telepon|telpon|wa|whatsapp|phone|hub(?:ungi)?|call|sms|cp|fax|ext)"
_GROUPED = r"(?:\+?62|0)[ \-]?8\d{1,2}[ \-.]?\d{3,4}[ \-.]?\d{3,5}(?!\d)"
_LABELLED = re.compile(
    rf"\b{_LABEL}(?: baru| lama)?(?: kantor| rumah| kami| toko)?(?: saya| sy| kami)?(?: ke| di| no)?[ .:]{{0,3}}(?:{_GROUPED}|\+?\(?\d(?:[\d\-()]|[ .](?=[\d(])){{2,17}}\d)"
)
_LABEL_HINTS = ("hp", "handphone", "tel", "tlp", "wa", "whats", "phone", "hub", "call", "sms", "cp", "fax", "ext")
_MOBILE = re.compile(r"(?<![\w.,/\-])(?:\+62|62|0)[ -]?8[1-9]\d[ -]?\d{3,4}[ -]?\d{3,5}(?!\w)")
_PLUS = re.compile(r"(?<![\w])\+\d{7,15}(?!\w)")
_KEPT = re.compile(r"\+\d{7,15}")


def normalise(number: str, region: str = "ID") -> str:
    """Return an address in E.164 when it is a number that ``region``'s plan can have, otherwise unchanged.

    Short codes and alphanumeric senders stay as they are, and so does any ``+`` with 7 to 15 digits: the plan names
    the network, it never refuses.
    """
    bare = re.sub(r"[\s().\-]", "", number.strip())
    if _KEPT.fullmatch(bare):
        return bare
    if not bare.isascii() or not bare.isdigit() or len(bare) < 8:
        return number.strip()
    try:
        parsed = phonenumbers.parse("+" + bare if bare.startswith("62") else bare, region)
    except phonenumbers.NumberParseException:
        return bare
    possible = phonenumbers.is_possible_number(parsed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if possible else bare


def take_labelled(board: Board) -> None:
    """Take the numbers that the text itself calls a telephone."""
    if board.hints(*_LABEL_HINTS):
        board.without(_LABELLED, "telephone, not a field")
    if "+" in board.low:
        board.without(_PLUS, "telephone, not a field")


def take_mobiles(board: Board) -> None:
    """Take what is left with the shape of a mobile number."""
    board.without(_MOBILE, "mobile number, not a field")
