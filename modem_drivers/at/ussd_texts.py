"""USSD codes out, texts in, in the codings that modems use for them (TS 27.007, 7.15; TS 23.038, clause 5)."""

from __future__ import annotations

import re

from modem_drivers.at.replies import UssdReply
from modem_drivers.sms import gsm7

DEFAULT_DCS = 15  # the default alphabet, language unspecified
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+$")

#: <m> of +CUSD: further user action required.
WAITS_FOR_ANSWER = 1

#: <m> of +CUSD that are no answer.
REFUSALS = {
    2: ("ussd_ended", "the network ended the session"),
    3: ("ussd_busy", "another device of this SIM answered"),
    4: ("ussd_unsupported", "the network does not know this code"),
    5: ("ussd_timeout", "the network did not answer"),
}


def spelled(code: str, packed: bool) -> str:
    """A code as the modem wants it."""
    septets = gsm7.septets_of_text(code) if packed else None
    if septets is None:
        return code
    # 23.038, 6.1.2.3: seven spare bits would read as `@`, so a CR fills them
    return gsm7.pack(septets + b"\r" if len(septets) % 8 == 7 else septets).hex().upper()


def text_of(reply: UssdReply, packed: bool) -> str:
    """The text that the network meant."""
    text = reply.text or ""
    if not _HEX.match(text):
        return text
    octets = bytes.fromhex(text)
    dcs = DEFAULT_DCS if reply.dcs is None else reply.dcs
    if _is_ucs2(dcs) and len(octets) % 2 == 0:
        return octets.decode("utf-16-be", errors="replace")
    if len(octets) % 2 == 0 and len(octets) >= 8 and octets[::2].count(0) == len(octets) // 2:
        return octets.decode("utf-16-be", errors="replace")  # +CSCS="UCS2" under a 7-bit coding
    if packed or (len(octets) >= 4 and re.search("[A-Fa-f]", text)):
        septets = gsm7.unpack(octets, len(octets) * 8 // 7)
        return gsm7.text_of_septets(septets).removesuffix("\r").rstrip("@")
    return text


def _is_ucs2(dcs: int) -> bool:
    return dcs == 0x11 or (0x40 <= dcs < 0x80 and dcs & 0x0C == 0x08)
