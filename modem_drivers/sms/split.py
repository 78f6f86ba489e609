"""A text becomes parts, each small enough for one message (3GPP TS 23.040, 9.2.3.24.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modem_drivers.sms import gsm7
from modem_drivers.sms.coding import Alphabet
from modem_drivers.sms.errors import PduError
from modem_drivers.sms.user_data import MOST_OCTETS

MOST_PARTS = 255
_HEADER_OCTETS = {8: 6, 16: 7}  # UDHL, identifier, length, reference, total, sequence


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its text, and its payload as `UserData` wants it."""

    text: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text in the smallest alphabet that holds it, in as many parts as it needs (at least one)."""

    alphabet: Alphabet
    parts: tuple[Part, ...]


def alphabet_for(text: str) -> Alphabet:
    """The default alphabet when it has every character of the text, else UCS-2."""
    return Alphabet.UCS2 if gsm7.septets_of_text(text) is None else Alphabet.GSM7


def split(text: str, reference_bits: int = 8) -> SplitText:
    """Cut a text between characters, so that every part can be read alone.

    `reference_bits` is 8 (153 letters or 67 UCS-2 units a part) or 16 (152 or 66). Raises `PduError`: "text" for a
    surrogate without its pair, "too_long" above 255 parts.
    """
    septets = gsm7.septets_of_text(text)
    header = _HEADER_OCTETS[reference_bits]
    if septets is not None:
        room = MOST_OCTETS * 8 // 7
        alone = Part(text, septets)
        return _parts(Alphabet.GSM7, alone, room, room - gsm7.septets_for_octets(header))
    alone = Part(text, _utf16(text))
    return _parts(Alphabet.UCS2, alone, MOST_OCTETS, (MOST_OCTETS - header) // 2 * 2)


def _utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError:
        raise PduError("text", "the text has half of a surrogate pair") from None


def _parts(alphabet: Alphabet, alone: Part, room: int, room_of_part: int) -> SplitText:
    if len(alone.payload) <= room:
        return SplitText(alphabet, (alone,))
    # Before the work: a text of megabytes is refused at once.
    if len(alone.payload) > MOST_PARTS * room_of_part:
        raise PduError("too_long", f"the text needs more than {MOST_PARTS} parts")
    parts = tuple(_cut(alphabet, alone.text, room_of_part))
    if len(parts) > MOST_PARTS:
        raise PduError("too_long", f"the text needs more than {MOST_PARTS} parts")
    return SplitText(alphabet, parts)


def _cut(alphabet: Alphabet, text: str, room: int) -> Iterator[Part]:
    start, payload = 0, bytearray()
    for position, character in enumerate(text):
        units = _units(alphabet, character)
        if len(payload) + len(units) > room:
            yield Part(text[start:position], bytes(payload))
            start = position
            payload.clear()
        payload += units
    yield Part(text[start:], bytes(payload))


def _units(alphabet: Alphabet, character: str) -> bytes:
    if alphabet is Alphabet.UCS2:
        return character.encode("utf-16-be")
    return gsm7.septets_of_character(character) or b""
