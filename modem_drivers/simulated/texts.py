"""Text mode and USSD: what a modem itself turns into characters and back."""

from __future__ import annotations

from datetime import datetime

from modem_drivers.simulated.errors import cms
from modem_drivers.sms import (
    Address,
    Alphabet,
    Deliver,
    Direction,
    PduError,
    StatusReport,
    Submit,
    UserData,
    dcs_of,
    decode,
    encode_submit,
    gsm7,
    split,
)


def text_mode_fields(pdu: str, charset: str) -> tuple[str, str]:
    """Word a stored PDU as text mode does: what follows <stat> in +CMGL and +CMGR, and the text."""
    message = _read(pdu)
    if isinstance(message, StatusReport):
        number = _quoted(message.recipient, charset)
        times = f'"{_timestamp(message.scts)}","{_timestamp(message.discharge)}"'
        return f"6,{message.reference},{number},145,{times},{message.status}", ""
    if isinstance(message, Submit):
        return f"{_quoted(message.recipient, charset)},", _in_charset(message.user_data, charset)
    fields = f'{_quoted(message.sender, charset)},,"{_timestamp(message.scts)}"'
    return fields, _in_charset(message.user_data, charset)


def _read(pdu: str) -> Deliver | Submit | StatusReport:
    first = int(pdu[2 * (1 + int(pdu[:2], 16)) :][:2], 16) & 0x03
    try:
        return decode(pdu, (Direction.DELIVER, Direction.SUBMIT, Direction.STATUS_REPORT)[first])
    except (PduError, IndexError):
        raise cms(305) from None


def _quoted(address: Address | None, charset: str) -> str:
    text = address.text if address else ""
    return f'"{text.encode("utf-16-be").hex().upper() if charset == "UCS2" else text}"'


def _timestamp(moment: datetime) -> str:
    offset = moment.utcoffset()
    quarters = int(offset.total_seconds() // 900) if offset else 0
    return f"{moment:%y/%m/%d,%H:%M:%S}{quarters:+03d}"


def _in_charset(user_data: UserData, charset: str) -> str:
    if user_data.text is None:
        return user_data.payload.hex().upper()
    if charset == "UCS2":
        return user_data.text.encode("utf-16-be", "replace").hex().upper()
    if charset == "HEX":
        return user_data.payload.hex().upper()
    if user_data.alphabet is Alphabet.UCS2:
        return user_data.payload.hex().upper()
    return user_data.payload.decode("latin-1") if charset == "GSM" else user_data.text


def submit_of_text(number: str, data: bytes, charset: str, header: tuple[int, int, int, int]) -> str:
    """Make the SUBMIT of a message typed in text mode; `header` is what +CSMP set."""
    first, _validity, protocol, _coding = header
    try:
        text = _typed_text(data.replace(b"\r", b"\n"), charset)
        recipient = _typed_text(number.encode("latin-1"), charset) if charset == "UCS2" else number
        pieces = split(text)
        if len(pieces.parts) > 1:
            raise cms(305)
        user_data = UserData(dcs_of(pieces.alphabet), pieces.parts[0].payload)
        return encode_submit(Submit(Address.of(recipient), user_data, 0, protocol, bool(first & 0x20)))
    except (PduError, ValueError):
        raise cms(305) from None


def _typed_text(data: bytes, charset: str) -> str:
    if charset == "UCS2":
        return bytes.fromhex(data.decode("latin-1")).decode("utf-16-be")
    if charset == "HEX":
        return gsm7.text_of_septets(bytes.fromhex(data.decode("latin-1")))
    if charset == "GSM":
        return gsm7.text_of_septets(bytes(octet & 0x7F for octet in data))
    return data.decode("latin-1")


def to_packed(text: str) -> str:
    """Write a USSD text as packed septets in hexadecimal digits, as Huawei sticks do."""
    return gsm7.pack(gsm7.septets_of_text(text) or b"").hex().upper()


def from_packed(text: str) -> str:
    """Read a USSD string of packed septets; raises `ValueError` when it is none."""
    octets = bytes.fromhex(text)
    return gsm7.text_of_septets(gsm7.unpack(octets, len(octets) * 8 // 7)).rstrip("\r@")


def typed_ussd(text: str, charset: str) -> str:
    """What a USSD string means that was typed as packed septets or in the character set of +CSCS."""
    if charset == "packed":
        return from_packed(text)
    return _typed_text(text.encode("latin-1"), charset) if charset in ("UCS2", "HEX") else text


def worded_ussd(text: str, charset: str) -> str:
    """A USSD text as the modem says it."""
    if charset == "packed":
        return to_packed(text)
    return text.encode("utf-16-be").hex().upper() if charset == "UCS2" else text
