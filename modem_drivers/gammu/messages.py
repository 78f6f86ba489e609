"""Between gammu's messages and our PDUs: gammu hides the PDU, so it is written again from its parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from modem_drivers.sms import (
    Address,
    Alphabet,
    Deliver,
    PduError,
    StatusReport,
    Submit,
    UserData,
    dcs_of,
    encode_deliver,
    encode_status_report,
)
from modem_drivers.sms.gsm7 import septets_of_character, septets_of_text
from modem_drivers.sms.header import read_header, write_header

Record = dict[str, Any]

REPORT = "Status_Report"
_ALPHABETS = {"Unicode_No_Compression": Alphabet.UCS2, "8bit": Alphabet.OCTETS}
_CODINGS = {Alphabet.UCS2: "Unicode_No_Compression", Alphabet.OCTETS: "8bit", Alphabet.GSM7: "Default_No_Compression"}


def pdu_of(message: Record) -> str:
    """A received message as a DELIVER or STATUS-REPORT; raises `PduError` when gammu left out too much."""
    if message["type"] == REPORT:
        return encode_status_report(_report(message))
    return encode_deliver(
        Deliver(_address(message["number"]), _moment(message["scts"]), _user_data(message), 0, _smsc(message))
    )


def _report(message: Record) -> StatusReport:
    scts = _moment(message["scts"])
    discharge = _moment(message["discharge"]) if message["discharge"] else scts
    status = int(message["status"] or 0)
    return StatusReport(
        _address(message["number"]), int(message["reference"] or 0), scts, discharge, status, _smsc(message)
    )


def _address(number: str) -> Address | None:
    try:
        return Address.of(number) if number else None
    except PduError:
        return Address.named(number)


def _smsc(message: Record) -> Address | None:
    return Address.of(message["smsc"]) if message["smsc"] else None


def _moment(text: str | None) -> datetime:
    if text is None:
        raise PduError("timestamp", "gammu gave no time stamp")
    # gammu drops the offset of the SMSC's clock: the clock of this host is taken to be in the same zone
    return datetime.fromisoformat(text).astimezone()


def _user_data(message: Record) -> UserData:
    alphabet = _ALPHABETS.get(message["coding"], Alphabet.GSM7)
    header_octets = bytes.fromhex(message["header"])
    header = read_header(header_octets[1:]) if header_octets else ()
    message_class = message["class"] if message["class"] in (0, 1, 2, 3) else None
    if alphabet is Alphabet.OCTETS:
        return UserData(dcs_of(alphabet, message_class), bytes.fromhex(message["text"]), header)
    septets = _septets(message["text"]) if alphabet is Alphabet.GSM7 else None
    if septets is not None:
        return UserData(dcs_of(Alphabet.GSM7, message_class), septets, header)
    payload = message["text"].encode("utf-16-be", errors="surrogatepass")
    return UserData(dcs_of(Alphabet.UCS2, message_class), payload, header)


def _septets(text: str) -> bytes | None:
    """The septets of a 7-bit text; gammu counts them as characters and fills up with what lies behind in memory."""
    whole = septets_of_text(text)
    if whole is not None and len(whole) == len(text):
        return whole
    septets = b""
    for character in text:
        septets += septets_of_character(character) or b""
        if len(septets) >= len(text):
            return septets
    return None


def message_of(submit: Submit) -> Record:
    """A SUBMIT as gammu wants it."""
    if submit.recipient is None:
        raise PduError("number", "the message has no recipient")
    user_data = submit.user_data
    message: Record = {
        "Number": submit.recipient.text,
        "Text": user_data.text or "",
        "Coding": _CODINGS[user_data.alphabet],
        "Class": -1 if user_data.message_class is None else user_data.message_class,
        "header": write_header(user_data.header).hex(),
    }
    if submit.report_wanted:
        message["Type"] = REPORT
    return message
