"""TP-UD: the header and the payload of one message, and what they say (3GPP TS 23.040, 9.2.3.24)."""

from __future__ import annotations

from dataclasses import dataclass

from modem_drivers.sms import gsm7, national
from modem_drivers.sms.coding import Alphabet, coding_of
from modem_drivers.sms.errors import PduError
from modem_drivers.sms.header import (
    LOCKING_SHIFT,
    SINGLE_SHIFT,
    Concatenation,
    Header,
    Ports,
    concatenation_of,
    ports_of,
    read_header,
    shift_of,
    write_header,
)
from modem_drivers.sms.octets import OctetReader


@dataclass(frozen=True, slots=True)
class UserData:
    """What a message carries.

    `payload` has one septet a byte when the alphabet is GSM 7-bit, else the octets as they are.
    """

    dcs: int
    payload: bytes
    header: Header = ()

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet that `dcs` names."""
        return coding_of(self.dcs).alphabet

    @property
    def message_class(self) -> int | None:
        """0 to 3, None when `dcs` names none."""
        return coding_of(self.dcs).message_class

    @property
    def text(self) -> str | None:
        """The text, None for 8-bit data. Half of a surrogate pair shows as U+FFFD: join the parts to read it."""
        return text_of_payload(self.payload, self.alphabet, self.languages)

    @property
    def data(self) -> bytes | None:
        """The octets of 8-bit data, None for text."""
        return self.payload if self.alphabet is Alphabet.OCTETS else None

    @property
    def languages(self) -> tuple[int, int]:
        """The national languages of the locking and the single shift, 0 for the default tables."""
        if not self.header:
            return 0, 0
        return shift_of(self.header, LOCKING_SHIFT), shift_of(self.header, SINGLE_SHIFT)

    @property
    def concatenation(self) -> Concatenation | None:
        """Which part of a long message this is, None when it stands alone."""
        return concatenation_of(self.header) if self.header else None

    @property
    def ports(self) -> Ports | None:
        """The application ports, None when there are none."""
        return ports_of(self.header) if self.header else None


def text_of_payload(payload: bytes, alphabet: Alphabet, languages: tuple[int, int] = (0, 0)) -> str | None:
    """The text of a payload, or of the payloads of all parts put together; None for 8-bit data."""
    if alphabet is Alphabet.OCTETS:
        return None
    if alphabet is Alphabet.UCS2:
        return payload.decode("utf-16-be", errors="replace")
    if languages == (0, 0):
        return gsm7.text_of_septets(payload)
    locking, single = languages
    return gsm7.text_of_septets(payload, national.locking_table(locking), national.single_table(single))


def read_user_data(reader: OctetReader, dcs: int, has_header: bool) -> UserData:
    """TP-UDL and TP-UD; the length counts septets in the 7-bit alphabet, else octets."""
    alphabet = coding_of(dcs).alphabet
    length = reader.octet("the length of the user data")
    septets = alphabet is Alphabet.GSM7
    octets = reader.take(gsm7.octets_for(length) if septets else length, "the user data")
    header: Header = ()
    header_octets = 0
    if has_header:
        header, header_octets = _split_header(octets)
    if septets:
        return UserData(dcs, _septets(octets, length, header_octets), header)
    payload = octets[header_octets:]
    if alphabet is Alphabet.UCS2 and len(payload) % 2:
        raise PduError("ucs2_length", "UCS-2 text has an odd number of octets")
    return UserData(dcs, payload, header)


def _split_header(octets: bytes) -> tuple[Header, int]:
    if not octets:
        raise PduError("truncated", "a user data header is announced, but there is no user data")
    size = 1 + octets[0]
    if size > len(octets):
        raise PduError("truncated", "the user data header is longer than the user data")
    return read_header(octets[1:size]), size


def _septets(octets: bytes, length: int, header_octets: int) -> bytes:
    if not header_octets:
        return gsm7.unpack(octets, length)
    count = length - gsm7.septets_for_octets(header_octets)
    if count < 0:
        raise PduError("truncated", "the user data header is longer than the user data")
    return gsm7.unpack(octets[header_octets:], count, gsm7.fill_bits_after(header_octets))


def write_user_data(user_data: UserData) -> bytes:
    """TP-UDL and TP-UD; raises `PduError("too_long")` above 140 octets."""
    header = write_header(user_data.header)
    if user_data.alphabet is Alphabet.GSM7:
        length = gsm7.septets_for_octets(len(header)) + len(user_data.payload)
        body = header + gsm7.pack(user_data.payload, gsm7.fill_bits_after(len(header)))
    else:
        body = header + user_data.payload
        length = len(body)
    if len(body) > MOST_OCTETS:
        raise PduError("too_long", f"a message carries {MOST_OCTETS} octets, not {len(body)}")
    return bytes((length,)) + body


MOST_OCTETS = 140
