"""The user data header: information elements, among them concatenation and ports (3GPP TS 23.040, 9.2.3.24)."""

from __future__ import annotations

from dataclasses import dataclass

from modem_drivers.sms.errors import PduError

CONCATENATION_8 = 0x00
PORTS_8 = 0x04
PORTS_16 = 0x05
CONCATENATION_16 = 0x08
SINGLE_SHIFT = 0x24
LOCKING_SHIFT = 0x25


@dataclass(frozen=True, slots=True)
class InformationElement:
    """One element, known or not: what is not understood is kept as it came."""

    identifier: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Which part of which long message this is: `sequence` of `total`, `bits` (8 or 16) the reference's width."""

    reference: int
    total: int
    sequence: int
    bits: int = 8

    def element(self) -> InformationElement:
        """The information element that says so."""
        tail = bytes((self.total, self.sequence))
        if self.bits == 16:
            return InformationElement(CONCATENATION_16, self.reference.to_bytes(2, "big") + tail)
        return InformationElement(CONCATENATION_8, bytes((self.reference,)) + tail)


@dataclass(frozen=True, slots=True)
class Ports:
    """The application ports of a message."""

    destination: int
    source: int


Header = tuple[InformationElement, ...]


def read_header(octets: bytes) -> Header:
    """The elements of a header (without its length octet); raises `PduError("header")` when one is cut off."""
    elements: list[InformationElement] = []
    position = 0
    while position < len(octets):
        start = position + 2
        if start > len(octets) or start + octets[position + 1] > len(octets):
            raise PduError("header", "an element of the user data header is cut off")
        position = start + octets[start - 1]
        elements.append(InformationElement(octets[start - 2], octets[start:position]))
    return tuple(elements)


def write_header(header: Header) -> bytes:
    """A header with its length octet in front, nothing at all when it has no elements."""
    if not header:
        return b""
    body = b"".join(bytes((element.identifier, len(element.data))) + element.data for element in header)
    return bytes((len(body),)) + body


def concatenation_of(header: Header) -> Concatenation | None:
    """The last element of concatenation that makes sense; part 0, or a part beyond the last, is no part."""
    for element in reversed(header):
        found = _concatenation(element)
        if found is not None and 1 <= found.sequence <= found.total:
            return found
    return None


def _concatenation(element: InformationElement) -> Concatenation | None:
    data = element.data
    if element.identifier == CONCATENATION_8 and len(data) == 3:
        return Concatenation(data[0], data[1], data[2], 8)
    if element.identifier == CONCATENATION_16 and len(data) == 4:
        return Concatenation(data[0] << 8 | data[1], data[2], data[3], 16)
    return None


def ports_of(header: Header) -> Ports | None:
    """The ports of the last element that names some."""
    for element in reversed(header):
        data = element.data
        if element.identifier == PORTS_8 and len(data) == 2:
            return Ports(data[0], data[1])
        if element.identifier == PORTS_16 and len(data) == 4:
            return Ports(data[0] << 8 | data[1], data[2] << 8 | data[3])
    return None


def shift_of(header: Header, identifier: int) -> int:
    """The national language of a single or locking shift, 0 (the default alphabet) when there is none."""
    for element in reversed(header):
        if element.identifier == identifier and len(element.data) == 1:
            return element.data[0]
    return 0
