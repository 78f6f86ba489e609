"""Addresses: whom a message is from or to, and by which SMSC (3GPP TS 23.040, clause 9.1.2.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modem_drivers.sms import gsm7
from modem_drivers.sms.errors import PduError
from modem_drivers.sms.octets import OctetReader

INTERNATIONAL = 0x91  # type of number 1, ISDN numbering plan
UNKNOWN = 0x81
ALPHANUMERIC = 0xD0

MOST_DIGITS = 20  # an address value has at most ten octets

_NUMBER = re.compile(r"\+?[0-9]{1,20}", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """A number or name as on the air.

    `text` has `+` in front when it is international, else bare digits, or the letters of an alphanumeric sender.
    `kind` is the type-of-address octet.
    """

    text: str
    kind: int

    @classmethod
    def of(cls, number: str) -> Address:
        """The address of a number in digits with or without `+`; raises `PduError("number")` for anything else."""
        if not _NUMBER.fullmatch(number):
            raise PduError("number", "a number is 1 to 20 digits, with + in front when it is international")
        return cls(number, INTERNATIONAL if number.startswith("+") else UNKNOWN)

    @classmethod
    def named(cls, name: str) -> Address:
        """The address of an alphanumeric sender of 1 to 11 letters of the default alphabet."""
        septets = gsm7.septets_of_text(name)
        if not septets or len(septets) > 11:
            raise PduError("number", "a sender's name is 1 to 11 letters of the GSM alphabet")
        return cls(name, ALPHANUMERIC)

    @property
    def alphanumeric(self) -> bool:
        """Whether this is a name, which cannot be answered."""
        return _is_alphanumeric(self.kind)


def _is_alphanumeric(kind: int) -> bool:
    return kind & 0x70 == 0x50


def read_address(reader: OctetReader, what: str) -> Address | None:
    """TP-OA, TP-DA or TP-RA: a length in semi-octets, a type, the value; None when it is empty."""
    length = reader.octet(f"the length of {what}")
    kind = reader.octet(f"the type of {what}")
    if length > MOST_DIGITS:
        raise PduError("address", f"{what} claims {length} digits, an address has at most {MOST_DIGITS}")
    value = reader.take((length + 1) // 2, what)
    if length == 0:
        return None
    if _is_alphanumeric(kind):
        return Address(_name(value, length), kind)
    return Address(_number(value, length, kind, what), kind)


def read_smsc(reader: OctetReader) -> Address | None:
    """The SMSC address that modems put in front: its length counts octets, the type among them."""
    length = reader.octet("the length of the SMSC address")
    if length == 0:
        return None
    kind = reader.octet("the type of the SMSC address")
    value = reader.take(length - 1, "the SMSC address")
    if not value:
        return None
    count = len(value) * 2 - (value[-1] >> 4 == 0xF)
    return Address(_number(value, count, kind, "the SMSC address"), kind)


def _name(value: bytes, length: int) -> str:
    # Seven letters fill 49 of 56 bits: a network that counts octets says 14 semi-octets, and the spare bits would
    # read as an eighth letter, `@`.
    septets = gsm7.unpack(value, length * 4 // 7)
    if len(septets) % 8 == 0 and septets.endswith(b"\0"):
        septets = septets[:-1]
    return gsm7.text_of_septets(septets)


def _number(value: bytes, length: int, kind: int, what: str) -> str:
    digits = semi_octets(value)[:length]
    if not _DIGITS.fullmatch(digits):
        raise PduError("digit", f"{what} has a semi-octet that is no digit")
    return f"+{digits}" if kind & 0x70 == 0x10 else digits


_SWAPPED = tuple(f"{low:x}{high:x}" for high in range(16) for low in range(16))


def semi_octets(value: bytes) -> str:
    """The hexadecimal digits of octets, the low half of each first."""
    return "".join([_SWAPPED[octet] for octet in value])


def octets_of_digits(digits: str) -> bytes:
    """Decimal digits as semi-octets, filled with F when their count is odd."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes(int(padded[place + 1] + padded[place], 16) for place in range(0, len(padded), 2))


def write_address(address: Address | None) -> bytes:
    """TP-OA, TP-DA or TP-RA of an address; an empty one for None."""
    if address is None:
        return bytes((0, UNKNOWN))
    if address.alphanumeric:
        septets = gsm7.septets_of_text(address.text) or b""
        # 7 bits a letter in semi-octets of 4 bits, rounded up
        return bytes(((len(septets) * 7 + 3) // 4, address.kind)) + gsm7.pack(septets)
    digits = address.text.removeprefix("+")
    return bytes((len(digits), address.kind)) + octets_of_digits(digits)


def write_smsc(address: Address | None) -> bytes:
    """The SMSC address in front of a PDU; `00` lets the modem use its own."""
    if address is None:
        return b"\0"
    value = octets_of_digits(address.text.removeprefix("+"))
    return bytes((len(value) + 1, address.kind)) + value
