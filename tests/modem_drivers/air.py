"""PDUs as they go over the air, written apart from the driver's codec: what the tests' own modems send and take."""

from __future__ import annotations

ESC, CTRL_Z = 0x1B, 0x1A


def semi_octets(digits: str) -> str:
    """Digits swapped in pairs, filled with F."""
    padded = digits + "F" * (len(digits) % 2)
    return "".join(padded[i + 1] + padded[i] for i in range(0, len(padded), 2))


def packed(text: str) -> str:
    """ASCII letters, digits and spaces as 7-bit octets in hex (their GSM codes are the ASCII ones)."""
    bits = "".join(format(ord(letter), "07b")[::-1] for letter in text)
    bits += "0" * (-len(bits) % 8)
    return "".join(format(int(bits[i : i + 8][::-1], 2), "02X") for i in range(0, len(bits), 8))


def deliver(sender: str, text: str, second: int) -> str:
    """A DELIVER with its SMSC in front; `sender` is digits with a country code."""
    stamp = "".join(f"{v:02d}"[::-1] for v in (26, 11, 24, 9, second // 60, second % 60)) + "82"
    address = f"{len(sender):02X}91{semi_octets(sender)}"
    return f"07912618010000F004{address}0000{stamp}{len(text):02X}{packed(text)}"


def submitted(pdu: str) -> tuple[str, str]:
    """Recipient's digits and the text of a 7-bit SUBMIT in hex, one part; other alphabets come back as their hex."""
    at = 2 + 2 * int(pdu[:2], 16)
    first = int(pdu[at : at + 2], 16)
    count = int(pdu[at + 4 : at + 6], 16)
    width = count + count % 2
    swapped = pdu[at + 8 : at + 8 + width]
    number = "".join(swapped[i + 1] + swapped[i] for i in range(0, width, 2)).rstrip("F")
    at += 8 + width + 4 + {0: 0, 2: 2, 1: 14, 3: 14}[first >> 3 & 3]
    septets = int(pdu[at : at + 2], 16)
    bits = "".join(format(int(pdu[i : i + 2], 16), "08b")[::-1] for i in range(at + 2, len(pdu) - 1, 2))
    return number, "".join(chr(int(bits[7 * i : 7 * i + 7][::-1], 2)) for i in range(septets))
