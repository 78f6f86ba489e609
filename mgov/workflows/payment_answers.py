"""What citizens are told of payments: the site's texts, in the language in which they confirmed.

No answer tells whether somebody else's proof exists: see `OF_OTHERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from mgov.domain.matching import Reason
from mgov.replies import Replies
from scheduler.calendar import Calendar

#: Doubts that come from somebody else's money or bill: whoever is told at once that staff examine his invented proof
#: knows that it is somebody's. Such a claim hears what one without money hears, and when; so does one for a bill that
#: nobody knows, which costs nothing to try proofs with.
OF_OTHERS = frozenset(
    {
        Reason.BILL_UNKNOWN,
        Reason.OWN_TRANSFER,
        Reason.OTHER_INCOME,
        Reason.CREDIT_CONSUMED,
        Reason.PROOF_CLAIMED_TWICE,
        Reason.NAMES_OTHER_BILL,
        Reason.NAMES_OTHER_PAYER,
        Reason.SENDER_HAS_OTHER_BILL,
        Reason.LOOKALIKE_BILL,
    }
)


@dataclass(frozen=True, slots=True)
class Answers:
    """Renders the texts, and makes of them what the outbox takes. `review_days` are working days for a person."""

    replies: Replies
    calendar: Calendar
    zone: ZoneInfo
    review_days: int = 3

    def text(self, name: str, values: Mapping[str, object], language: str | None = None) -> str:
        """The text `pay_NAME`."""
        return self.replies.render(f"pay_{name}", values, language)

    def until(self, now: datetime) -> date:
        """The day until which a person decides what is put before him now."""
        return self.calendar.banking_days_after(now.astimezone(self.zone).date(), self.review_days)

    def to_sender(self, row: Row[Any], name: str, values: Mapping[str, object], now: datetime) -> list[dict[str, Any]]:
        """A text for the sender of a confirmation, as rows to queue: none for a machine."""
        text = self.text(name, values, row.language)
        shared = {"in_reply_to": row.message_id}
        return _queued(row, row.channel, row.sender, text, f"{name}:{now.isoformat()}", values, shared)

    def to_payer(
        self, row: Row[Any], phone: str | None, name: str, values: Mapping[str, object], now: datetime
    ) -> list[dict[str, Any]]:
        """A text for a bill's recorded phone, unless the sender is himself its owner."""
        if not phone or phone == row.sender:
            return []
        text = self.text(name, values)
        key = f"payer:{values['bills']}:{name}:{now.isoformat()}"
        return _queued(row, "sms", phone, text, key, values, {"in_reply_to": None})


def _queued(
    row: Row[Any], channel: str, to: str, text: str, key: str, values: Mapping[str, object], shared: dict[str, Any]
) -> list[dict[str, Any]]:
    if not may_answer(channel, to):
        return []
    subject = f"Pembayaran {values['bills']}"[:191] if channel == "email" else None
    about = {"subject_id": row.id, "dedupe_key": f"payment:{row.id}:{key}"[:191], "subject": subject}
    return [{"channel": channel, "recipient": to, "text": text, **about, **shared}]


def may_answer(channel: str, sender: str) -> bool:
    """Short codes and alphanumeric senders are never answered."""
    return channel != "sms" or (sender.startswith("+") and sender[1:].isdigit() and len(sender) >= 8)


def is_told_at_once(reason: str | None) -> bool:
    """Whether a sender may be told at once that a person examines his confirmation."""
    return reason not in OF_OTHERS
