"""USSD codes out, texts in, in the codings that modems use for them (TS 27.007, 7.15; TS 23.038, clause 5)."""

from __future__ import annotations

import re

from modem_drivers.at.replies import UssdReply
from modem_drivers.sms import gsm7

DEFAULT_DCS = 15  # the default alphabet, language unspecified
LEAST_OCTETS = 4  # fewer are as likely to be a number as a text in hexadecimal
_LINE_ENDS = b"\r\n"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+$")


def spelled(code: str, packed: bool) -> str:
    """A code as the modem wants it."""
    septets = gsm7.septets_of_text(code) if packed else None
    if septets is None:
        return code
    # 23.038, 6.1.2.3: seven spare bits would read as `@`, so a CR fills them
    return gsm7.pack(septets + b"\r" if len(septets) % 8 == 7 else septets).hex().upper()


def text_of(reply: UssdReply, packed: bool) -> str:
    """The text that the network meant, whatever coding the modem says it is in."""
    text = reply.text or ""
    if not _HEX.match(text):
        return text
    octets = bytes.fromhex(text)
    dcs = DEFAULT_DCS if reply.dcs is None else reply.dcs
    if len(octets) % 2 == 0 and (_is_ucs2(dcs) or _looks_like_ucs2(octets)):
        return octets.decode("utf-16-be", errors="replace")
    unpacked = _unpacked(octets)
    if len(octets) >= 2 * LEAST_OCTETS and _is_readable(octets) and not (packed and _is_readable(unpacked.encode())):
        return octets.decode("ascii")  # each letter as two digits, under any coding
    return unpacked if packed or (len(octets) >= LEAST_OCTETS and re.search("[A-Fa-f]", text)) else text


def _unpacked(octets: bytes) -> str:
    septets = gsm7.unpack(octets, len(octets) * 8 // 7)
    return gsm7.text_of_septets(septets).removesuffix("\r").rstrip("@")


def _is_ucs2(dcs: int) -> bool:
    return dcs == 0x11 or (0x40 <= dcs < 0x80 and dcs & 0x0C == 0x08)


def _looks_like_ucs2(octets: bytes) -> bool:
    """+CSCS="UCS2" under a 7-bit coding: every other octet is 0."""
    return len(octets) >= 2 * LEAST_OCTETS and not any(octets[::2])


def _is_readable(octets: bytes) -> bool:
    """Nothing but letters, digits, signs, blanks and line ends; packed septets have octets above 127 among them."""
    return all(octet in _LINE_ENDS or 0x20 <= octet < 0x7F for octet in octets)
