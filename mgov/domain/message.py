"""Messages as plain records, their identities, and what becomes of a send."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One DELIVER as it came: `pdu` is kept raw, `text` is what it says alone (empty when unreadable).

    `concat` is (reference, bits, total, sequence) of a long message's part. `error` says why it could not be read.
    `content` is the payload in hexadecimal, which tells parts apart where the text does not.
    """

    pdu: str
    sender: str
    sent_at: datetime
    text: str
    concat: tuple[int, int, int, int] | None = None
    error: str | None = None
    content: str = ""

    def identity(self, sim: str) -> str:
        """The same part read twice, from whichever modem, has the same identity; another part has another."""
        if self.error:
            return digest(sim, "raw", self.pdu)
        concat = self.concat or ("", "", "", "")
        return digest(sim, self.sender, self.sent_at.isoformat(), *concat, self.content or self.text)


@dataclass(frozen=True, slots=True)
class Report:
    """A STATUS-REPORT: `status` is TP-ST, `reference` TP-MR of the send it speaks of.

    `accepted_at` is when the service centre took the message (TP-SCTS), `discharged_at` when it was done with it.
    """

    pdu: str
    reference: int
    recipient: str
    status: int
    discharged_at: datetime | None
    accepted_at: datetime | None = None

    def identity(self, sim: str) -> str:
        """The same report read twice has the same identity."""
        return digest(sim, "report", self.pdu)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part came in: the modem's name, its SIM (IMSI, else the modem's name) and our own number on it."""

    modem: str
    sim: str
    msisdn: str | None = None


#: Digits of a number that a person can have; E.164 allows fifteen.
SHORTEST_NUMBER, LONGEST_NUMBER = 7, 15


def digest(*values: object) -> str:
    """A short stable name for some content (SHA-256 over the values with a separator that none contains)."""
    return hashlib.sha256("\x1f".join(str(value) for value in values).encode("utf-8", "surrogatepass")).hexdigest()


def is_machine(sender: str, own_numbers: frozenset[str]) -> bool:
    """Whether a sender must never be answered: short code, alphanumeric name, no phone number (E.164), or our own."""
    digits = sender.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return True
    return not SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER or sender in own_numbers


def is_delivered(status: int) -> bool:
    """TP-ST 0x00 to 0x1F: the message was completed by the SMSC (TS 23.040, 9.2.3.15)."""
    return status < 0x20


def is_undeliverable(status: int) -> bool:
    """TP-ST 0x40 to 0x7F: a permanent error, or the SMSC gave up trying."""
    return 0x40 <= status < 0x80
