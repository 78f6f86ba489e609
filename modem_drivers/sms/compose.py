"""From a text and a number to the PDUs that a modem sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modem_drivers.sms.address import Address
from modem_drivers.sms.coding import Alphabet, dcs_of
from modem_drivers.sms.errors import PduError
from modem_drivers.sms.header import Concatenation, Header
from modem_drivers.sms.pdu import Submit, encode_submit, tpdu_octets
from modem_drivers.sms.split import SplitText, split
from modem_drivers.sms.user_data import UserData


@dataclass(frozen=True, slots=True)
class EncodedPdu:
    """One SUBMIT: hexadecimal digits with an empty SMSC in front, and the length that AT+CMGS wants."""

    pdu: str
    length: int


@dataclass(frozen=True, slots=True)
class Composition:
    """A text as it goes on the air; `parts` and `pdus` run side by side."""

    alphabet: Alphabet
    parts: tuple[str, ...]
    pdus: tuple[EncodedPdu, ...]


def compose(
    to: str,
    text: str,
    *,
    reference: int = 0,
    reference_bits: int = 8,
    message_class: int | None = None,
    report: bool = False,
    validity_minutes: int | None = None,
) -> Composition:
    """Encode a text, unchanged, in the smallest alphabet that fits, in as many parts as it needs.

    `reference` tells the parts of one long message from those of another to the same number. Raises `PduError`.
    """
    recipient = Address.of(to)
    _check_options(reference, reference_bits, message_class)
    pieces = split(text, reference_bits)
    dcs = dcs_of(pieces.alphabet, message_class)
    pdus = tuple(
        _encoded(Submit(recipient, user_data, report_wanted=report, validity_minutes=validity_minutes))
        for user_data in user_data_of(pieces, dcs, reference, reference_bits)
    )
    return Composition(pieces.alphabet, tuple(part.text for part in pieces.parts), pdus)


def user_data_of(pieces: SplitText, dcs: int, reference: int, reference_bits: int = 8) -> Iterator[UserData]:
    """The user data of each part, with a concatenation header when there are several."""
    total = len(pieces.parts)
    for sequence, part in enumerate(pieces.parts, start=1):
        yield UserData(dcs, part.payload, _header(total, sequence, reference, reference_bits))


def _header(total: int, sequence: int, reference: int, bits: int) -> Header:
    if total == 1:
        return ()
    return (Concatenation(reference, total, sequence, bits).element(),)


def _encoded(message: Submit) -> EncodedPdu:
    pdu = encode_submit(message)
    return EncodedPdu(pdu, tpdu_octets(pdu))


def _check_options(reference: int, reference_bits: int, message_class: int | None) -> None:
    if reference_bits not in (8, 16):
        raise PduError("reference", "a reference has 8 or 16 bits")
    if not 0 <= reference < 1 << reference_bits:
        raise PduError("reference", f"a reference of {reference_bits} bits is 0 to {(1 << reference_bits) - 1}")
    if message_class is not None and not 0 <= message_class <= 3:
        raise PduError("class", "a class is 0 to 3")
