"""Sticks with trouble in what they keep, list and hand over: each is said with where it was read."""

from __future__ import annotations

from tests.modem_drivers.air import semi_octets
from tests.modem_drivers.stick import STAMP, Stick


class ReportsElsewhere(Stick):
    """EC25: reports lie in SR, and are told as lying in SM (asterisk-chan-quectel, pull request 75)."""

    MAKE, MODEL = "Quectel", "EC25"
    OFFERED = (("ME", "SM", "SR"), ("ME", "SM"), ("ME", "SM"))
    CURRENT = ("ME", "ME", "ME")
    CNMI = ("0-2", "0-3", "0,2", "0,2", "0,1")
    FIRST_INDEX = 0
    EMPTY = "OK"
    REPORT_MEMORY = "SR"

    def _report(self, reference: int, number: str) -> None:
        self._store(
            "SR", 0, f"07912618010000F006{reference:02X}{len(number):02X}91{semi_octets(number)}{STAMP}{STAMP}00"
        )
        self._later(0.01, b'\r\n+CDSI: "SM",0\r\n')


class NoRoomForReports(Stick):
    """SIM7600: offers SR, which has no room; what is told to lie there is nowhere (python-gsmmodem, issue 106)."""

    MAKE, MODEL = "SIMCOM INCORPORATED", "SIMCOM_SIM7600G-H"
    OFFERED = (("SM", "ME", "SR"), ("SM", "ME"), ("SM", "ME"))
    PHASE = (0,)
    REPORT_MEMORY = "SR"
    PLAIN_OK = Stick.PLAIN_OK | {"+CSCLK"}

    def _use(self, name: str) -> str:
        return "0,0" if name == "SR" else super()._use(name)

    def _report(self, reference: int, number: str) -> None:
        super()._report(reference, number)
        self.memories["SR"].clear()


class FullAndShifting(Stick):
    """E1750: room for few, tells only that it is full, and moves the others up when one is deleted.

    wdoekes/asterisk-chan-dongle, issue 47
    """

    MAKE, MODEL = "huawei", "E1750"
    ROOM = 3
    REFUSAL = "COMMAND NOT SUPPORT"
    EMPTY = "ERROR"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._waiting: list[str] = []

    def _take(self, pdu: str) -> None:
        with self._lock:
            if self._is_full:
                self._waiting.append(pdu)
            else:
                super()._take(pdu)
            if self._is_full:
                self._later(0.02, b'\r\n^SMMEMFULL: "SM"\r\n')

    @property
    def _is_full(self) -> bool:
        return len(self.memories["SM"]) >= self.ROOM

    def _tell_stored(self, memory: str, index: int) -> None:
        if index == 1:
            super()._tell_stored(memory, index)

    def set_cmgw(self, value: str) -> None:
        if self._is_full:
            self._say("+CMS ERROR: 322")
        else:
            super().set_cmgw(value)

    def set_cmgd(self, value: str) -> None:
        super().set_cmgd(value)
        left = [entry for _, entry in sorted(self.memories["SM"].items())]
        self.memories["SM"] = dict(enumerate(left, 1))
        while self._waiting and not self._is_full:
            self._store("SM", 0, self._waiting.pop(0))


class RefusesLists(Stick):
    """No +CNMI at all, no list of everything, one memory told without quotation marks, nothing for an empty slot."""

    OFFERED = (("SM",),)
    CURRENT = ("SM",)
    PHASE = (0,)
    EMPTY = "OK"
    tells_reports = False

    def offer_cpms(self, _value: str) -> None:
        self._say('+CPMS: ("SM")', "OK")

    def read_cpms(self, _value: str) -> None:
        self._say(f"+CPMS: SM,{self._use('SM')}", "OK")

    def offer_cnmi(self, _value: str) -> None:
        self._say("ERROR")

    def set_cnmi(self, _value: str) -> None:
        self._say("+CMS ERROR: 303")

    def read_cnmi(self, _value: str) -> None:
        self._say("ERROR")

    def set_cmgw(self, _value: str) -> None:
        self._say("+CMS ERROR: 303")

    def set_cmgl(self, value: str) -> None:
        if value == "4":
            self._say("+CMS ERROR: 305")
        else:
            super().set_cmgl(value)


class ErrorsForNothing(Stick):
    """ERROR for an empty slot, CMS 321 for an empty list, slots from 0."""

    FIRST_INDEX = 0
    EMPTY = "ERROR"

    def set_cmgl(self, value: str) -> None:
        if not self._rows((0, 1, 2, 3)):
            self._say("+CMS ERROR: 321")
        else:
            super().set_cmgl(value)


class Flashing(Stick):
    """Hands over what is of class 0 though it was told to keep everything (TS 23.038, clause 4)."""

    def _take(self, pdu: str) -> None:
        if not self._indications[1]:
            super()._take(pdu)
            return
        at = 16 + 6 + int(pdu[18:20], 16) + int(pdu[18:20], 16) % 2
        flash = f"{pdu[: at + 2]}10{pdu[at + 4 :]}"
        self._hand(f"\r\n+CMT: ,{(len(flash) - 16) // 2}\r\n{flash}\r\n".encode())
