"""The SMS codec: pure functions between PDUs and what they say (3GPP TS 23.038, TS 23.040)."""

from modem_drivers.sms.address import Address
from modem_drivers.sms.coding import Alphabet, Coding, coding_of, dcs_of
from modem_drivers.sms.compose import Composition, EncodedPdu, compose, user_data_of
from modem_drivers.sms.errors import PduError
from modem_drivers.sms.header import Concatenation, InformationElement, Ports
from modem_drivers.sms.join import in_order, join, text_of_parts
from modem_drivers.sms.pdu import (
    Deliver,
    Direction,
    StatusReport,
    Submit,
    decode,
    decode_deliver,
    decode_status_report,
    decode_submit,
    encode_deliver,
    encode_status_report,
    encode_submit,
    tpdu_octets,
)
from modem_drivers.sms.split import MOST_PARTS, Part, SplitText, alphabet_for, split
from modem_drivers.sms.user_data import UserData

__all__ = [
    "MOST_PARTS",
    "Address",
    "Alphabet",
    "Coding",
    "Composition",
    "Concatenation",
    "Deliver",
    "Direction",
    "EncodedPdu",
    "InformationElement",
    "Part",
    "PduError",
    "Ports",
    "SplitText",
    "StatusReport",
    "Submit",
    "UserData",
    "alphabet_for",
    "coding_of",
    "compose",
    "dcs_of",
    "decode",
    "decode_deliver",
    "decode_status_report",
    "decode_submit",
    "encode_deliver",
    "encode_status_report",
    "encode_submit",
    "in_order",
    "join",
    "split",
    "text_of_parts",
    "tpdu_octets",
    "user_data_of",
]
