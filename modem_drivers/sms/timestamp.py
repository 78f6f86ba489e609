"""Time stamps and validity periods (3GPP TS 23.040, clauses 9.2.3.11 and 9.2.3.12)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

from modem_drivers.sms.address import octets_of_digits, semi_octets
from modem_drivers.sms.errors import PduError

TIMESTAMP_OCTETS = 7
FIRST_CENTURY_YEAR = 90  # GSM began in 1991: two digits from 90 on are of the last century

LONGEST_VALIDITY_MINUTES = 63 * 7 * 24 * 60

_DAY = 24 * 60
_WEEK = 7 * _DAY


def read_timestamp(octets: bytes, what: str) -> datetime:
    """TP-SCTS, TP-DT or an absolute TP-VP: local time with its offset in quarters of an hour.

    Raises `PduError("digit")` for a semi-octet that is no digit and `PduError("timestamp")` for no such moment.
    """
    digits = semi_octets(octets[:6])
    if not digits.isdecimal():
        raise PduError("digit", f"{what} has a semi-octet that is no digit")
    zone = _zone(octets[6], what)
    year, month, day, hour, minute, second = (int(digits[place : place + 2]) for place in range(0, 12, 2))
    century = 1900 if year >= FIRST_CENTURY_YEAR else 2000
    try:
        return datetime(century + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise PduError("timestamp", f"{what} is no moment of any calendar") from None


@lru_cache(maxsize=256)
def _zone(octet: int, what: str) -> timezone:
    # Bit 3 is the sign, the tens of the quarters lie beside it in the low half.
    units = octet >> 4
    if units > 9:
        raise PduError("digit", f"the time zone of {what} has a semi-octet that is no digit")
    quarters = (octet & 0x7) * 10 + units
    return timezone(timedelta(minutes=15 * (-quarters if octet & 0x8 else quarters)))


def write_timestamp(moment: datetime) -> bytes:
    """An aware time as seven octets, the offset rounded to quarters of an hour."""
    offset = moment.utcoffset() or timedelta(0)
    quarters = round(offset / timedelta(minutes=15))
    sign = 0x8 if quarters < 0 else 0
    tens, units = divmod(abs(quarters), 10)
    return octets_of_digits(moment.strftime("%y%m%d%H%M%S")) + bytes((units << 4 | sign | tens,))


def relative_validity(minutes: int) -> int:
    """The TP-VP octet of the shortest period that lasts at least so many minutes; raises `PduError("validity")`."""
    if not 1 <= minutes <= LONGEST_VALIDITY_MINUTES:
        raise PduError("validity", f"a validity is 1 to {LONGEST_VALIDITY_MINUTES} minutes")
    if minutes <= 12 * 60:
        return -(-minutes // 5) - 1
    if minutes <= _DAY:
        return 143 + -(-(minutes - 12 * 60) // 30)
    if minutes <= 30 * _DAY:
        return 166 + -(-minutes // _DAY)
    return 192 + max(5, -(-minutes // _WEEK))


def minutes_of_validity(octet: int) -> int:
    """How many minutes a relative TP-VP octet stands for."""
    if octet <= 143:
        return (octet + 1) * 5
    if octet <= 167:
        return 12 * 60 + (octet - 143) * 30
    if octet <= 196:
        return (octet - 166) * _DAY
    return (octet - 192) * _WEEK
