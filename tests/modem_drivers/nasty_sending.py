"""Sticks that are hard to send with: no network, no radio, a busy SIM, restarts, refusals."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.modem_drivers.air import semi_octets
from tests.modem_drivers.foreign import ForeignModem


@dataclass(slots=True)
class BusySim(ForeignModem):
    """Its SIM is busy for twenty seconds after power on."""

    def _plain(self, body: str, name: str, value: str) -> None:
        if time.monotonic() - self._born < 20 and (
            name in ("+CPMS", "+CNMI", "+CMGL", "+CIMI", "+CSCA?") or body in ("+CPMS?", "+CPIN?", "+CPMS=?")
        ):
            self._say("\r\n+CME ERROR: 14\r\n" if body in ("+CPIN?", "+CIMI") else "\r\n+CMS ERROR: 314\r\n")
        else:
            ForeignModem._plain(self, body, name, value)


@dataclass(slots=True)
class Searching(ForeignModem):
    """Finds its network after fifteen seconds, and sends nothing before."""

    def _lost(self) -> bool:
        return time.monotonic() - self._born < 15

    def _registered(self, body: str) -> None:
        if self._lost():
            self._ok(f"{body.rstrip('?')}: 0,2")
        else:
            ForeignModem._registered(self, body)

    def _hand_over(self, pdu: str, name: str) -> None:
        if self._lost():
            self._refuse(331)
        else:
            ForeignModem._hand_over(self, pdu, name)


@dataclass(slots=True)
class Restarts(ForeignModem):
    """Restarts behind every second submission: silent, then a banner, text mode, echo, no notices."""

    def _hand_over(self, pdu: str, name: str) -> None:
        ForeignModem._hand_over(self, pdu, name)
        if len(self.sent) % 2 == 0:
            time.sleep(1.5)
            self._pdu_mode, self._echo, self._cnmi = False, True, (0, 0)
            self._write(b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n\r\nSMS Ready\r\n")


@dataclass(slots=True)
class ReportFirst(ForeignModem):
    """The report of a text comes before the answer to its submission, and another's report with it."""

    def _hand_over(self, pdu: str, name: str) -> None:
        reference, number = (self._reference + 1) % 256, pdu[-60:]
        for ref in (reference, (reference + 100) % 256):
            number = "62813000111"
            report = f"0006{ref:02X}{len(number):02X}91{semi_octets(number)}" + "62114290000082" * 2 + "00"
            self._write(f"\r\n+CDS: {len(report) // 2 - 1}\r\n{report}\r\n".encode())
        ForeignModem._hand_over(self, pdu, name)


@dataclass(slots=True)
class Patient(ForeignModem):
    """Its network takes its time, and what is typed meanwhile is read afterwards."""

    def __post_init__(self) -> None:
        self.quirks.submit = 11.0


@dataclass(slots=True)
class RadioOff(ForeignModem):
    """Its radio was left off (+CFUN=4)."""

    _on: bool = False

    def _plain(self, body: str, name: str, value: str) -> None:
        if body == "+CFUN?":
            self._ok(f"+CFUN: {1 if self._on else 4}")
        elif name == "+CFUN":
            self._on = value.startswith("1")
            self._ok()
        else:
            ForeignModem._plain(self, body, name, value)

    def _registered(self, body: str) -> None:
        self._ok(f"{body.rstrip('?')}: 0,{1 if self._on else 0}")

    def _hand_over(self, pdu: str, name: str) -> None:
        if self._on:
            ForeignModem._hand_over(self, pdu, name)
        else:
            self._refuse(331)


@dataclass(slots=True)
class Deregistered(ForeignModem):
    """It was taken off its network by hand (+COPS=2)."""

    _on: bool = False

    def _plain(self, body: str, name: str, value: str) -> None:
        if body == "+COPS?":
            self._ok('+COPS: 0,0,"TELKOMSEL",2' if self._on else "+COPS: 2")
        elif name == "+COPS" and value == "0":
            time.sleep(2)
            self._on = True
            self._ok()
        else:
            ForeignModem._plain(self, body, name, value)

    def _registered(self, body: str) -> None:
        self._ok(f"{body.rstrip('?')}: 0,{1 if self._on else 0}")

    def _hand_over(self, pdu: str, name: str) -> None:
        if self._on:
            ForeignModem._hand_over(self, pdu, name)
        else:
            self._refuse(331)


@dataclass(slots=True)
class MemoryFull(ForeignModem):
    """Its memory takes two texts; then +CMGW is answered by CMS 322."""

    def _submit(self, what: str, length: int, pdu: str) -> None:
        if what == "store" and len(self.slots) + len(self._drafts) >= 2:
            self._refuse(322)
        else:
            ForeignModem._submit(self, what, length, pdu)


@dataclass(slots=True)
class RefusesTwice(ForeignModem):
    """Refuses each first submission before its prompt (CMS 302) and lets the second pass."""

    _count: int = 0

    def _prompt(self, what: str, value: str) -> tuple[str, int] | None:
        self._count += 1
        if self._count % 2:
            self._refuse(302)
            return None
        return ForeignModem._prompt(self, what, value)
