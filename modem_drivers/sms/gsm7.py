"""The GSM 7-bit default alphabet with its extension table, and the packing of septets (3GPP TS 23.038, clause 6).

Septets travel between functions as `bytes` of values 0..127, one septet a byte.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

ESCAPE = 0x1B

#: TS 23.038 6.2.1, in the order of the codes 0x00..0x7F. Position 0x1B (escape) holds a no-break space, which is
#: what a receiver shows for an escape that leads nowhere.
BASIC_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\u00a0ÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

#: TS 23.038 6.2.1.1: the code after an escape and what it means.
BASIC_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_EXTENSION_CODES = {character: code for code, character in BASIC_EXTENSION.items()}
_ESCAPED = re.compile(rb"\x1b([\x00-\x7f])?", re.DOTALL)
# The escape's own place must not be encodable: a no-break space is no letter of this alphabet.
# (typeshed does not export what `charmap_build` gives; it is an opaque mapping.)
_ENCODING_MAP: Any = codecs.charmap_build(BASIC_ALPHABET.replace("\u00a0", "\ufffe"))


def text_of_septets(septets: bytes, alphabet: str = BASIC_ALPHABET, extension: dict[int, str] = BASIC_EXTENSION) -> str:
    """The text that septets stand for; never fails.

    A code missing from the extension table shows as in the basic table, an escape after an escape as a space
    (TS 23.038, 6.2.1.1, notes); an escape with nothing behind it shows nothing.
    """
    if ESCAPE not in septets:
        return codecs.charmap_decode(septets, "strict", alphabet)[0]
    pieces: list[str] = []
    position = 0
    for match in _ESCAPED.finditer(septets):
        pieces.append(codecs.charmap_decode(septets[position : match.start()], "strict", alphabet)[0])
        pieces.append(_escaped(match.group(1), alphabet, extension))
        position = match.end()
    pieces.append(codecs.charmap_decode(septets[position:], "strict", alphabet)[0])
    return "".join(pieces)


def _escaped(code: bytes | None, alphabet: str, extension: dict[int, str]) -> str:
    if code is None:
        return ""
    if code[0] == ESCAPE:
        return " "
    return extension.get(code[0], alphabet[code[0]])


def septets_of_text(text: str) -> bytes | None:
    """The septets of a text in the default alphabet, None when a character has no place in it."""
    try:
        return codecs.charmap_encode(text, "strict", _ENCODING_MAP)[0]
    except UnicodeEncodeError:
        return _septets_with_escapes(text)


def _septets_with_escapes(text: str) -> bytes | None:
    septets = bytearray()
    for character in text:
        units = septets_of_character(character)
        if units is None:
            return None
        septets += units
    return bytes(septets)


def septets_of_character(character: str) -> bytes | None:
    """One septet, an escape and a septet, or None."""
    return _SEPTETS.get(character)


_SEPTETS = {character: bytes((code,)) for code, character in enumerate(BASIC_ALPHABET) if code != ESCAPE} | {
    character: bytes((ESCAPE, code)) for character, code in _EXTENSION_CODES.items()
}


# Packing. Eight septets fill seven octets. The whole text is one long integer made of 64-bit lanes, each holding
# seven octets; three masked shifts part a lane into eight septets at once, which is ten times as fast as a loop.

_LANES = 40  # enough for 320 septets, twice what one message holds


def _mask(lane: int) -> int:
    return int.from_bytes(lane.to_bytes(8, "little") * _LANES, "little")


_LOW_28, _HIGH_28 = _mask(0x000000000FFFFFFF), _mask(0x00FFFFFFF0000000)
_LOW_14, _HIGH_14 = _mask(0x00003FFF00003FFF), _mask(0x0FFFC0000FFFC000)
_LOW_7, _HIGH_7 = _mask(0x007F007F007F007F), _mask(0x3F803F803F803F80)
_CHUNK = 7 * _LANES


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """`count` septets out of packed octets, after `fill_bits` (0..6) that align a header to a septet.

    The octets must suffice: `octets_for(count, fill_bits)`.
    """
    if fill_bits:
        shifted = int.from_bytes(octets, "little") >> fill_bits
        octets = shifted.to_bytes(len(octets), "little")
    if len(octets) <= _CHUNK:
        return _unpack_lanes(octets)[:count]
    chunks = (octets[start : start + _CHUNK] for start in range(0, len(octets), _CHUNK))
    return b"".join(map(_unpack_lanes, chunks))[:count]


def _unpack_lanes(octets: bytes) -> bytes:
    laned = b"\0".join([octets[start : start + 7] for start in range(0, len(octets), 7)])
    bits = int.from_bytes(laned, "little")
    bits = (bits & _LOW_28) | ((bits & _HIGH_28) << 4)
    bits = (bits & _LOW_14) | ((bits & _HIGH_14) << 2)
    bits = (bits & _LOW_7) | ((bits & _HIGH_7) << 1)
    return bits.to_bytes(len(laned) + 8, "little")


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Septets as octets, the first septet in the lowest bits, after `fill_bits` zero bits."""
    bits = 0
    for shift, septet in enumerate(septets):
        bits |= septet << (7 * shift)
    return (bits << fill_bits).to_bytes(octets_for(len(septets), fill_bits), "little")


def octets_for(count: int, fill_bits: int = 0) -> int:
    """How many octets `count` septets take after `fill_bits`."""
    return (count * 7 + fill_bits + 7) // 8


def fill_bits_after(header_octets: int) -> int:
    """How many zero bits follow a user data header of so many octets, to start at a septet."""
    return -header_octets * 8 % 7


def septets_for_octets(octets: int) -> int:
    """How many septets a user data header of so many octets takes, with the fill bits behind it."""
    return (octets * 8 + 6) // 7
