"""The short message service centre: takes SUBMITs, keeps and forwards DELIVERs and reports (TS 23.040)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from modem_drivers.simulated.faults import FaultKind
from modem_drivers.simulated.modem import Modem
from modem_drivers.simulated.phone import Phone
from modem_drivers.sms import (
    Address,
    Deliver,
    StatusReport,
    Submit,
    decode_deliver,
    encode_deliver,
    encode_status_report,
)

DELIVERED = 0x00  # TP-ST: received by the recipient's phone
EXPIRED = 0x46  # TP-ST: validity period over
NOT_OBTAINABLE = 0x43  # TP-ST: permanent error, no more tries


@dataclass(frozen=True, slots=True)
class Submission:
    """One SUBMIT that the network accepted."""

    modem: str
    sender: str  #: MSISDN of the SIM
    to: str  #: recipient in the network's normal form
    text: str | None  #: of this part; None for 8-bit data
    part: tuple[int, int, int] | None  #: reference, sequence, total of a long message
    reference: int  #: TP-MR
    report_wanted: bool
    accepted_at: datetime
    pdu: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits for delivery to one subscriber."""

    pdu: str
    report: bool
    message_class: int | None
    delivered: Callable[[], None]


class Mailbox:
    """What waits for one subscriber, handed over one at a time (TS 23.040 clause 3.2.1)."""

    def __init__(self, retry_after: Callable[[], float]) -> None:
        self.modem: Modem | None = None
        self.phone: Phone | None = None
        self._retry_after = retry_after
        self._queue: deque[Item] = deque()
        self._outstanding = False
        self._blocked = False
        self._pumping = False

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, item: Item) -> None:
        """Put something at the end and try to deliver."""
        self._queue.append(item)
        self.pump()

    def ready(self) -> None:
        """Try again: the subscriber is back, or has room."""
        self._blocked = False
        self.pump()

    def pump(self) -> None:
        """Deliver as long as the subscriber takes it."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._queue and not self._outstanding and not self._blocked and self._reachable():
                self._deliver(self._queue[0])
        finally:
            self._pumping = False

    def _reachable(self) -> bool:
        if self.modem is not None:
            return self.modem.receiver.reachable()
        return self.phone is not None and self.phone.on

    def _deliver(self, item: Item) -> None:
        self._outstanding = True
        if self.modem is not None:
            receiver = self.modem.receiver
            receiver.deliver(item.pdu, message_class=item.message_class, report=item.report, answer=self._answer)
        elif self.phone is not None:
            if not item.report:
                self.phone.take(decode_deliver(item.pdu), datetime.now().astimezone())
            self._answer(True)

    def _answer(self, taken: bool) -> None:
        self._outstanding = False
        if taken:
            self._queue.popleft().delivered()
        else:
            self._blocked = True
            asyncio.get_running_loop().call_later(self._retry_after(), self.ready)
        self.pump()


class Smsc:
    """Store and forward between all subscribers of the network; lives on the network's loop."""

    def __init__(self, clock: Callable[[], datetime], retry_after: Callable[[], float]) -> None:
        self._clock = clock
        self._retry_after = retry_after
        self._mailboxes: dict[str, Mailbox] = {}
        self.history: list[Submission] = []
        self.unknown: set[str] = set()  #: numbers that do not exist: reports say so

    def mailbox(self, number: str) -> Mailbox:
        """What waits for a number; made when it is first asked for."""
        if number not in self._mailboxes:
            self._mailboxes[number] = Mailbox(self._retry_after)
        return self._mailboxes[number]

    def accept(self, modem: Modem, message: Submit, to: str, pdu: str, reference: int) -> Submission:
        """Record an accepted SUBMIT."""
        place = message.user_data.concatenation
        part = (place.reference, place.sequence, place.total) if place else None
        submission = Submission(
            modem.name,
            modem.sim.msisdn,
            to,
            message.user_data.text,
            part,
            reference,
            message.report_wanted,
            self._clock(),
            pdu,
        )
        self.history.append(submission)
        return submission

    def forward(self, submission: Submission, message: Submit, smsc: str) -> None:
        """Deliver an accepted SUBMIT to its recipient, and the report to its sender when one was asked for."""
        if submission.to in self.unknown:
            self._report(submission, message, NOT_OBTAINABLE)
            return
        deliver = Deliver(
            Address.of(submission.sender),
            submission.accepted_at,
            message.user_data,
            message.pid,
            Address.of(smsc),
        )
        self.send(deliver, submission.to, lambda: self._report(submission, message, DELIVERED))

    def send(self, deliver: Deliver, to: str, delivered: Callable[[], None] = lambda: None) -> None:
        """Put a DELIVER into a subscriber's mailbox; faults on the way to a SIM strike here."""
        mailbox = self.mailbox(to)
        item = Item(encode_deliver(deliver), False, deliver.user_data.message_class, delivered)
        copies = 1
        if mailbox.modem is not None:
            faults = mailbox.modem.faults
            if deliver.user_data.concatenation is not None and faults.take(FaultKind.PART_LOST):
                copies = 0
            elif faults.take(FaultKind.DUPLICATE_DELIVERY):
                copies = 2
        for _ in range(copies):
            mailbox.add(item)

    def _report(self, submission: Submission, message: Submit, status: int) -> None:
        if not submission.report_wanted:
            return
        report = StatusReport(message.recipient, submission.reference, submission.accepted_at, self._clock(), status)
        self.mailbox(submission.sender).add(Item(encode_status_report(report), True, None, lambda: None))
