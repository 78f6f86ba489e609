"""TP-DCS: which alphabet a message is in, and its class (3GPP TS 23.038, clause 4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from modem_drivers.sms.errors import PduError


class Alphabet(Enum):
    """How the octets of a message are read."""

    GSM7 = "gsm7"  #: septets of the default alphabet
    OCTETS = "8bit"  #: data for a program, not for people
    UCS2 = "ucs2"  #: UTF-16 big-endian; the specification says UCS-2, phones send surrogate pairs


@dataclass(frozen=True, slots=True)
class Coding:
    """What one data coding scheme says; `message_class` is 0 (flash) to 3, None when it names none."""

    alphabet: Alphabet
    message_class: int | None


_ALPHABETS = (Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2, Alphabet.GSM7)


@cache
def coding_of(dcs: int) -> Coding:
    """Read a TP-DCS octet; reserved codings count as the default alphabet, as clause 4 asks.

    Raises `PduError("compressed")`: no phone sends it and no network carries it.
    """
    group = dcs >> 4
    if group < 0x8:  # general data coding, and the same marked for automatic deletion
        if dcs & 0x20:
            raise PduError("compressed", "the message is compressed (TS 23.042), which is not supported")
        return Coding(_ALPHABETS[(dcs >> 2) & 0x3], dcs & 0x3 if dcs & 0x10 else None)
    if group == 0xE:  # message waiting, stored, in UCS-2
        return Coding(Alphabet.UCS2, None)
    if group == 0xF:
        return Coding(Alphabet.OCTETS if dcs & 0x4 else Alphabet.GSM7, dcs & 0x3)
    return Coding(Alphabet.GSM7, None)  # reserved groups, and message waiting (0xC, 0xD)


def dcs_of(alphabet: Alphabet, message_class: int | None = None) -> int:
    """The TP-DCS of the general group for an alphabet and a class."""
    bits = {Alphabet.GSM7: 0x00, Alphabet.OCTETS: 0x04, Alphabet.UCS2: 0x08}[alphabet]
    return bits if message_class is None else bits | 0x10 | message_class
