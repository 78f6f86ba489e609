"""Sticks with trouble in what they say of texts that are sent and reported."""

from __future__ import annotations

from typing import ClassVar

from tests.modem_drivers.air import semi_octets
from tests.modem_drivers.stick import STAMP, Stick


class NoReference(Stick):
    """Sends, and says OK without +CMGS: to it; the report has the number."""

    def _say(self, *lines: str, after: float | None = None) -> None:
        super()._say(*(line for line in lines if not line.startswith(("+CMGS:", "+CMSS:"))), after=after)


class NationalReports(Stick):
    """Names recipients in reports as people dial them, 0812…, and its references go round at 255."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._reference = 253

    def _report(self, reference: int, number: str) -> None:
        dialled = "0" + number.removeprefix("62")
        head = f"07912618010000F006{reference:02X}{len(dialled):02X}81{semi_octets(dialled)}"
        report = f"{head}{STAMP}{STAMP}00"
        self._hand(f"\r\n+CDS: {(len(report) - 16) // 2}\r\n{report}\r\n".encode())


class OneOctetAtATime(Stick):
    """At 9600 baud each octet comes alone, and lines end with CR only."""

    PIECES = 1
    LINE_END = b"\r"
    ECHO_END = b"\r"


class NoCentre(Stick):
    """Its SIM has no number of an SMS centre: CMS 330 until it is set."""

    _centre = ""

    def read_csca(self, _value: str) -> None:
        self._say(f'+CSCA: "{self._centre}",{145 if self._centre else 129}', "OK")

    def set_csca(self, value: str) -> None:
        self._centre = value.split(",")[0].strip('"')
        self._say("OK")

    def _submit(self, pdu: str, name: str = "+CMGS") -> None:
        if self._centre:
            super()._submit(pdu, name)
        else:
            self._say("+CMS ERROR: 330")


class CutOffUssd(Stick):
    """The network pushes advertisements, one of them cut off before its quotation mark (182 octets)."""

    CHATTER = (
        b'\r\n+CUSD: 0,"Promo: ketik *123#\r\n1. Ya\r\nOK\r\n",15\r\n',
        b'\r\n+CUSD: 1,"Nikmati paket 10GB hanya Rp25rb di *363#\r\n',
        b"\r\n+CUSD: 2\r\n",
    )
    CHATTER_EVERY = 3.1


class AnswersNotAll(Stick):
    """Ignores some questions without a word, and tells of its start when it is long begun (SIM7600)."""

    UNHEARD: ClassVar[tuple[str, ...]] = ("AT+COPS?", "AT+CNUM", "AT+CSCS", "AT+CMMS")
    CHATTER = (b"\r\n+CGEV: ME PDN ACT 1\r\n",)

    def _obey(self, line: str) -> None:
        if line.startswith(self.UNHEARD):
            self.asked.append(line)
        else:
            super()._obey(line)
