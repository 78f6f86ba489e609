"""SMS-DELIVER, SMS-SUBMIT and SMS-STATUS-REPORT as modems give and take them (3GPP TS 23.040, clause 9.2.2).

A PDU travels as hexadecimal digits, usually with the SMSC address in front. Every `decode_…` raises `PduError` and
nothing else, whatever it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from modem_drivers.sms.address import Address, read_address, read_smsc, write_address, write_smsc
from modem_drivers.sms.errors import PduError
from modem_drivers.sms.octets import OctetReader, octets_of_hex
from modem_drivers.sms.timestamp import (
    TIMESTAMP_OCTETS,
    minutes_of_validity,
    read_timestamp,
    relative_validity,
    write_timestamp,
)
from modem_drivers.sms.user_data import UserData, read_user_data, write_user_data

# First octet: TP-MTI in two bits, the others by type of message.
MTI_DELIVER, MTI_SUBMIT, MTI_STATUS_REPORT = 0, 1, 2
NO_MORE_MESSAGES = 0x04  # TP-MMS of a DELIVER or STATUS-REPORT: set when nothing more waits
RELATIVE_VALIDITY = 0x10  # TP-VPF of a SUBMIT, two bits
STATUS_REPORT_WANTED = 0x20  # TP-SRR of a SUBMIT
HAS_HEADER = 0x40  # TP-UDHI

# TP-PI of a STATUS-REPORT: which optional fields follow.
_HAS_PID, _HAS_DCS, _HAS_USER_DATA, _EXTENDED = 0x01, 0x02, 0x04, 0x80


class Direction(Enum):
    """Which kind of message a PDU is meant to be; the type bits alone do not tell."""

    DELIVER = "deliver"
    SUBMIT = "submit"
    STATUS_REPORT = "status-report"


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message from the network to a phone."""

    sender: Address | None
    scts: datetime
    user_data: UserData
    pid: int = 0
    smsc: Address | None = None
    more_messages: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """A message from a phone to the network; `validity_minutes` is a relative TP-VP, None for the network's own."""

    recipient: Address | None
    user_data: UserData
    reference: int = 0
    pid: int = 0
    report_wanted: bool = False
    validity_minutes: int | None = None
    smsc: Address | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of a SUBMIT: `reference` is its TP-MR, `status` TP-ST; the last three are optional on the air."""

    recipient: Address | None
    reference: int
    scts: datetime
    discharge: datetime
    status: int
    smsc: Address | None = None
    pid: int | None = None
    dcs: int | None = None
    user_data: UserData | None = None

    @property
    def delivered(self) -> bool:
        """Whether the recipient's phone has it (9.2.3.15: 0x00 to 0x02; the rest of 0x00..0x1F is as good)."""
        return self.status < 0x20

    @property
    def final(self) -> bool:
        """Whether the SMSC has given up or succeeded; 0x20..0x3F means that it still tries."""
        return not 0x20 <= self.status < 0x40


def decode(pdu: str, direction: Direction, smsc_in_front: bool = True) -> Deliver | Submit | StatusReport:
    """Read a PDU of a given kind."""
    return _DECODERS[direction](pdu, smsc_in_front)


def decode_deliver(pdu: str, smsc_in_front: bool = True) -> Deliver:
    """Read a DELIVER; raises `PduError`."""
    reader, smsc, first = _start(pdu, smsc_in_front, MTI_DELIVER)
    sender = read_address(reader, "the sender")
    pid, dcs = reader.octet("the protocol identifier"), reader.octet("the data coding scheme")
    scts = read_timestamp(reader.take(TIMESTAMP_OCTETS, "the time stamp"), "the time stamp")
    user_data = read_user_data(reader, dcs, bool(first & HAS_HEADER))
    return Deliver(sender, scts, user_data, pid, smsc, not first & NO_MORE_MESSAGES)


def decode_submit(pdu: str, smsc_in_front: bool = True) -> Submit:
    """Read a SUBMIT; raises `PduError`."""
    reader, smsc, first = _start(pdu, smsc_in_front, MTI_SUBMIT)
    reference = reader.octet("the message reference")
    recipient = read_address(reader, "the recipient")
    pid, dcs = reader.octet("the protocol identifier"), reader.octet("the data coding scheme")
    validity = _read_validity(reader, first)
    user_data = read_user_data(reader, dcs, bool(first & HAS_HEADER))
    return Submit(recipient, user_data, reference, pid, bool(first & STATUS_REPORT_WANTED), validity, smsc)


def decode_status_report(pdu: str, smsc_in_front: bool = True) -> StatusReport:
    """Read a STATUS-REPORT, with or without its optional fields; raises `PduError`."""
    reader, smsc, first = _start(pdu, smsc_in_front, MTI_STATUS_REPORT)
    reference = reader.octet("the message reference")
    recipient = read_address(reader, "the recipient")
    scts = read_timestamp(reader.take(TIMESTAMP_OCTETS, "the time stamp"), "the time stamp")
    discharge = read_timestamp(reader.take(TIMESTAMP_OCTETS, "the discharge time"), "the discharge time")
    status = reader.octet("the status")
    pid, dcs, user_data = _read_optional(reader, bool(first & HAS_HEADER))
    return StatusReport(recipient, reference, scts, discharge, status, smsc, pid, dcs, user_data)


_DECODERS: dict[Direction, Callable[[str, bool], Deliver | Submit | StatusReport]] = {
    Direction.DELIVER: decode_deliver,
    Direction.SUBMIT: decode_submit,
    Direction.STATUS_REPORT: decode_status_report,
}

_TYPE_NAMES = ("DELIVER", "SUBMIT", "STATUS-REPORT", "reserved")


def _start(pdu: str, smsc_in_front: bool, wanted: int) -> tuple[OctetReader, Address | None, int]:
    reader = OctetReader(octets_of_hex(pdu))
    smsc = read_smsc(reader) if smsc_in_front else None
    first = reader.octet("its first octet")
    if first & 0x03 != wanted:
        raise PduError("message_type", f"the type is {_TYPE_NAMES[first & 0x03]}, not {_TYPE_NAMES[wanted]}")
    return reader, smsc, first


def _read_validity(reader: OctetReader, first: int) -> int | None:
    validity_format = first >> 3 & 0x03
    if validity_format == 0x02:
        return minutes_of_validity(reader.octet("the validity period"))
    if validity_format:  # enhanced or absolute: seven octets that nothing here asks for
        octets = reader.take(TIMESTAMP_OCTETS, "the validity period")
        if validity_format == 0x03:
            read_timestamp(octets, "the validity period")
    return None


def _read_optional(reader: OctetReader, has_header: bool) -> tuple[int | None, int | None, UserData | None]:
    if reader.at_end:
        return None, None, None
    indicator = extension = reader.octet("the parameter indicator")
    while extension & _EXTENDED:
        extension = reader.octet("the parameter indicator")
    pid = reader.octet("the protocol identifier") if indicator & _HAS_PID else None
    dcs = reader.octet("the data coding scheme") if indicator & _HAS_DCS else None
    user_data = read_user_data(reader, dcs or 0, has_header) if indicator & _HAS_USER_DATA else None
    return pid, dcs, user_data


def encode_submit(message: Submit) -> str:
    """The hexadecimal digits of a SUBMIT with its SMSC address in front."""
    user_data = message.user_data
    validity = message.validity_minutes
    first = (
        MTI_SUBMIT
        | (0 if validity is None else RELATIVE_VALIDITY)
        | (STATUS_REPORT_WANTED if message.report_wanted else 0)
        | (HAS_HEADER if user_data.header else 0)
    )
    period = b"" if validity is None else bytes((relative_validity(validity),))
    tpdu = (
        bytes((first, message.reference))
        + write_address(message.recipient)
        + bytes((message.pid, user_data.dcs))
        + period
        + write_user_data(user_data)
    )
    return (write_smsc(message.smsc) + tpdu).hex().upper()


def encode_deliver(message: Deliver) -> str:
    """The hexadecimal digits of a DELIVER with its SMSC address in front: what a network sends."""
    user_data = message.user_data
    first = MTI_DELIVER | (0 if message.more_messages else NO_MORE_MESSAGES) | (HAS_HEADER if user_data.header else 0)
    tpdu = (
        bytes((first,))
        + write_address(message.sender)
        + bytes((message.pid, user_data.dcs))
        + write_timestamp(message.scts)
        + write_user_data(user_data)
    )
    return (write_smsc(message.smsc) + tpdu).hex().upper()


def encode_status_report(message: StatusReport) -> str:
    """The hexadecimal digits of a STATUS-REPORT with its SMSC address in front: what a network sends."""
    user_data = message.user_data
    first = MTI_STATUS_REPORT | NO_MORE_MESSAGES | (HAS_HEADER if user_data and user_data.header else 0)
    tpdu = (
        bytes((first, message.reference))
        + write_address(message.recipient)
        + write_timestamp(message.scts)
        + write_timestamp(message.discharge)
        + bytes((message.status,))
        + _write_optional(message)
    )
    return (write_smsc(message.smsc) + tpdu).hex().upper()


def _write_optional(message: StatusReport) -> bytes:
    dcs = message.dcs if message.user_data is None else message.user_data.dcs
    if message.pid is None and dcs is None:
        return b""
    indicator, fields = 0, b""
    if message.pid is not None:
        indicator, fields = _HAS_PID, bytes((message.pid,))
    if dcs is not None:
        indicator, fields = indicator | _HAS_DCS, fields + bytes((dcs,))
    if message.user_data is not None:
        indicator, fields = indicator | _HAS_USER_DATA, fields + write_user_data(message.user_data)
    return bytes((indicator,)) + fields


def tpdu_octets(pdu: str) -> int:
    """What AT+CMGS wants as length: the octets of a PDU without the SMSC address in front of it."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)
