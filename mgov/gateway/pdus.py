"""Between PDUs on the air and the plain records that the workflows know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mgov.domain.message import Part, Report
from modem_drivers.sms import (
    Composition,
    PduError,
    compose,
    decode_deliver,
    decode_status_report,
    join,
    split,
)
from parsers.phones import normalise

_MTI_STATUS_REPORT = 2
#: Minutes: what a relative TP-VP can say (TS 23.040, 9.2.3.12.1).
SHORTEST_VALIDITY, LONGEST_VALIDITY = 5, 63 * 7 * 24 * 60


def is_report(pdu: str) -> bool:
    """Whether a PDU with its SMSC in front is a STATUS-REPORT (TP-MTI, TS 23.040, 9.2.3.1)."""
    try:
        after_smsc = 2 + 2 * int(pdu[:2], 16)
        return int(pdu[after_smsc : after_smsc + 2], 16) & 3 == _MTI_STATUS_REPORT
    except ValueError:
        return False


def part_of(pdu: str, now: datetime) -> Part:
    """What a DELIVER says; one that cannot be read is kept with the reason."""
    try:
        deliver = decode_deliver(pdu)
    except PduError as error:
        return Part(pdu, "unreadable", now, "", error=str(error)[:180])
    place = deliver.user_data.concatenation
    return Part(
        pdu=pdu,
        sender=normalise(deliver.sender.text) if deliver.sender else "",
        sent_at=deliver.scts.astimezone(UTC),
        text=deliver.user_data.text or "",
        concat=(place.reference, place.bits, place.total, place.sequence) if place and place.total > 1 else None,
        content=deliver.user_data.payload.hex(),
    )


def report_of(pdu: str) -> Report | None:
    """What a STATUS-REPORT says, None when it cannot be read."""
    try:
        report = decode_status_report(pdu)
    except PduError:
        return None
    return Report(
        pdu=pdu,
        reference=report.reference,
        recipient=normalise(report.recipient.text) if report.recipient else "",
        status=report.status,
        discharged_at=report.discharge.astimezone(UTC),
        accepted_at=report.scts.astimezone(UTC),
    )


def join_texts(pdus: Sequence[str]) -> str:
    """The text of one long message from its raw parts."""
    return join(decode_deliver(pdu) for pdu in pdus)


def count_parts(text: str) -> int:
    """How many parts a text needs on the air."""
    return len(split(text).parts)


def on_the_air(to: str, text: str, reference: int, report: bool, minutes: int | None = None) -> Composition:
    """The PDUs of one text, which the network gives up after `minutes`; raises `PduError` when `to` is no number."""
    return compose(to, text, reference=reference, report=report, validity_minutes=minutes)


def minutes_until(send_by: datetime | None, now: datetime) -> int | None:
    """How long the network may try to deliver what is of no use after `send_by`: late is worse than never.

    None leaves it to the network: there is no such time, or it is further away than TP-VP can say (63 weeks).
    """
    if send_by is None:
        return None
    minutes = max(SHORTEST_VALIDITY, int((send_by - now).total_seconds() // 60))
    return minutes if minutes <= LONGEST_VALIDITY else None
