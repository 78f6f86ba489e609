"""A modem on timers, busy or not, with memories, notices and a network behind it.

Written apart from the driver and the simulated network, from TS 27.005 and 27.007; `makes` says what each make does.
"""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import ClassVar

from tests.modem_drivers.air import CTRL_Z, ESC, deliver, packed, semi_octets, submitted
from tests.modem_drivers.timed_line import TimedLine

STAMP = "62114290000082"


def long_deliveries(sender: str, text: str, second: int) -> list[str]:
    """The two DELIVERs of a text that is longer than one, with an 8-bit reference."""
    half = len(text) // 2
    stamp = "".join(f"{v:02d}"[::-1] for v in (26, 11, 24, 9, second // 60, second % 60)) + "82"
    pdus = []
    for place, piece in ((1, text[:half]), (2, text[half:])):
        body = bytearray(bytes.fromhex(packed("@" * 7 + piece)))  # a header of six octets takes seven septets
        body[:6] = bytes.fromhex(f"050003{second:02X}02{place:02X}")
        head = f"07912618010000F044{len(sender):02X}91{semi_octets(sender)}0000{stamp}"
        pdus.append(f"{head}{7 + len(piece):02X}{body.hex().upper()}")
    return pdus


@dataclass
class Stick(TimedLine):
    """A modem on a pseudo-terminal. `memories`: by name and index, state and PDU; `sent`: what the network took."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    memories: dict[str, dict[int, tuple[int, str]]] = field(default_factory=dict)

    OFFERED: ClassVar[tuple[tuple[str, ...], ...]] = (("SM", "ME"), ("SM", "ME"), ("SM", "ME"))
    CURRENT: ClassVar[tuple[str, ...]] = ("SM", "SM", "SM")
    FIRST_INDEX: ClassVar[int] = 1
    ROOM: ClassVar[int] = 30
    CNMI: ClassVar[tuple[str, ...]] = ("0-2", "0-3", "0,2", "0-2", "0,1")
    REPORT_MEMORY: ClassVar[str] = "SM"  # where a report goes with ds=2
    PHASE: ClassVar[tuple[int, ...]] = (0, 1)  # of +CSMS
    MAKE: ClassVar[str] = "ACME"
    MODEL: ClassVar[str] = "A1"
    REFUSAL: ClassVar[str] = "+CME ERROR: 4"
    SMS_REFUSAL: ClassVar[str] = "+CMS ERROR: 303"
    EMPTY: ClassVar[str] = "+CMS ERROR: 321"  # for an empty slot
    NO_MEMORY: ClassVar[str] = "+CMS ERROR: 302"
    PLAIN_OK: ClassVar[frozenset[str]] = frozenset({"E0", "E1", "Z", "&F", "V1", "Q0V1", "+CMEE", "+CSCS", "+CMMS"})
    ALPHA: ClassVar[str] = ","
    PROMPT: ClassVar[bytes] = b"\r\n> "
    ECHO_END: ClassVar[bytes] = b"\r\r\n"
    SUBMITS: ClassVar[float] = 0.15
    DELETES: ClassVar[float] = 0.0
    tells_reports: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._line = bytearray()
        self._prompted: tuple[str, int] | None = None
        self._echo, self._pdu_mode, self._phase = True, False, 0
        self._indications = [0, 0, 0, 0, 0]
        self._selected = list(self.CURRENT)
        self._reference = 7 * self.number % 256
        self._owed: list[bytes] = []  # handed over directly, the first waits for its acknowledgement
        for name in dict.fromkeys((*itertools.chain(*self.OFFERED), self.REPORT_MEMORY)):
            self.memories.setdefault(name, {})

    # The outside

    @property
    def slots(self) -> dict[int, str]:
        """What lies on it."""
        return {index: pdu for memory in self.memories.values() for index, (_stat, pdu) in memory.items()}

    def receive(self, sender: str, text: str, second: int) -> None:
        """The network has a text for it."""
        self._take(deliver(sender, text, second))

    def receive_long(self, sender: str, text: str, second: int) -> None:
        """The network has a text of two parts for it; the second comes first."""
        for pdu in reversed(long_deliveries(sender, text, second)):
            self._take(pdu)

    # The network's side

    def _take(self, pdu: str) -> None:
        with self._lock:
            if self._indications[1] == 2:
                self._hand(f"\r\n+CMT: {self._alpha_of_direct()}{(len(pdu) - 16) // 2}\r\n{pdu}\r\n".encode())
                return
            memory = self._selected[2] if len(self._selected) > 2 else self._selected[0]
            index = self._store(memory, 0, pdu)
            if self._indications[1] == 1:
                self._tell_stored(memory, index)

    def _tell_stored(self, memory: str, index: int) -> None:
        self._later(0.01, f'\r\n+CMTI: "{memory}",{index}\r\n'.encode())

    def _alpha_of_direct(self) -> str:
        return ","

    def _hand(self, octets: bytes) -> None:
        """With phase 2+ one at a time, each when the last is acknowledged."""
        if self._phase == 0:
            self._later(0.01, octets)
            return
        self._owed.append(octets)
        if len(self._owed) == 1:
            self._later(0.01, octets)

    def _store(self, memory: str, stat: int, pdu: str) -> int:
        taken = self.memories[memory]
        index = next(i for i in itertools.count(self.FIRST_INDEX) if i not in taken)
        taken[index] = (stat, pdu)
        return index

    def _accept(self, pdu: str) -> int:
        self.sent.append(submitted(pdu))
        self._reference = (self._reference + 1) % 256
        at = 2 + 2 * int(pdu[:2], 16)
        if int(pdu[at : at + 2], 16) & 0x20 and self._indications[3]:
            self._at(0.3, lambda ref=self._reference, to=self.sent[-1][0]: self._report(ref, to))  # type: ignore[misc]
        return self._reference

    def _report(self, reference: int, number: str) -> None:
        report = f"07912618010000F006{reference:02X}{len(number):02X}91{semi_octets(number)}{STAMP}{STAMP}00"
        if self._indications[3] == 1:
            self._hand(f"\r\n+CDS: {(len(report) - 16) // 2}\r\n{report}\r\n".encode())
        elif self._indications[3] == 2:
            index = self._store(self.REPORT_MEMORY, 0, report)
            self._later(0.01, f'\r\n+CDSI: "{self.REPORT_MEMORY}",{index}\r\n'.encode())

    # The line

    def _hear(self, octet: int) -> None:
        if self._prompted is not None:
            self._hear_pdu(octet)
            return
        if octet in (ESC, CTRL_Z, 0x0A, 0x00):
            return
        if self._echo:
            self._write(bytes([octet]) if octet != 0x0D else self.ECHO_END)
        if octet != 0x0D:
            self._line.append(octet)
            return
        line = self._line.decode("latin-1").strip()
        self._line.clear()
        if line:
            self._obey(line)

    def _hear_pdu(self, octet: int) -> None:
        assert self._prompted is not None
        if octet not in (CTRL_Z, ESC):
            self._line.append(octet)
            return
        (what, length), self._prompted = self._prompted, None
        pdu = self._line.decode("latin-1").strip()
        self._line.clear()
        if octet == ESC:
            self._say("OK")
        elif not re.fullmatch("(?:[0-9A-F]{2})+", pdu) or (len(pdu) - 2 - 2 * int(pdu[:2], 16)) // 2 != length:
            self.complaints.append(pdu)
            self._say("+CMS ERROR: 304")
        elif what == "+CMGW":
            self._say(f"+CMGW: {self._store(self._selected[1], 2, pdu)}", "OK")
        else:
            self._submit(pdu)

    def _submit(self, pdu: str, name: str = "+CMGS") -> None:
        """Hand a SUBMIT to the network; `name` is of the command that did."""
        if self.BLOCKS:
            self._busy_until = time.monotonic() + self.SUBMITS
        self._at(self.SUBMITS, lambda: self._say(f"{name}: {self._accept(pdu)}", "OK", after=0.0))

    # Commands

    def _obey(self, line: str) -> None:
        self.asked.append(line)
        if not line.upper().startswith("AT"):
            self.complaints.append(line)
            self._say("ERROR")
            return
        body = line[2:].upper()
        found = re.match(r"(\+?[A-Z^&#$*]+)(=\?|\?|=)?(.*)$", body)
        name, form, value = found.groups() if found else ("", None, "")
        handler = getattr(self, self._handler(name, form), None)
        if not body:
            self._say("OK")
        elif handler is not None:
            handler(value)
        elif name in self.PLAIN_OK or body in self.PLAIN_OK:
            self._echo = self._echo and body != "E0"
            self._say("OK")
        else:
            self._say(self.SMS_REFUSAL if name.startswith(("+CM", "+CN", "+CP")) else self.REFUSAL)

    @staticmethod
    def _handler(name: str, form: str | None) -> str:
        suffix = {None: "do", "=": "set", "?": "read", "=?": "offer"}[form]
        return f"{suffix}_{name.strip('+^').lower()}"

    def read_cpin(self, _value: str) -> None:
        self._say("+CPIN: READY", "OK")

    def set_cmgf(self, value: str) -> None:
        self._pdu_mode = value == "0"
        self._say("OK")

    def read_cmgf(self, _value: str) -> None:
        self._say(f"+CMGF: {int(not self._pdu_mode)}", "OK")

    def set_csms(self, value: str) -> None:
        if not value.isdigit() or int(value) not in self.PHASE:
            self._say(self.SMS_REFUSAL)
            return
        self._phase = int(value)
        self._say("+CSMS: 1,1,1", "OK")

    def offer_cpms(self, _value: str) -> None:
        self._say("+CPMS: " + ",".join("(" + ",".join(f'"{n}"' for n in names) + ")" for names in self.OFFERED), "OK")

    def _use(self, name: str) -> str:
        return f"{len(self.memories[name])},{self.ROOM}"

    def read_cpms(self, _value: str) -> None:
        self._say("+CPMS: " + ",".join(f'"{name}",{self._use(name)}' for name in self._selected), "OK")

    def set_cpms(self, value: str) -> None:
        names = [name.strip('" ') for name in value.split(",")]
        lawful = len(names) <= len(self.OFFERED)
        if not lawful or any(name not in offered for name, offered in zip(names, self.OFFERED, strict=False)):
            self._say(self.NO_MEMORY)
            return
        self._selected[: len(names)] = names
        self._say("+CPMS: " + ",".join(self._use(name) for name in self._selected), "OK")

    def offer_cnmi(self, _value: str) -> None:
        self._say("+CNMI: " + ",".join(f"({values})" for values in self.CNMI), "OK")

    def read_cnmi(self, _value: str) -> None:
        self._say("+CNMI: " + ",".join(map(str, self._indications)), "OK")

    def set_cnmi(self, value: str) -> None:
        given = value.split(",")
        wishes = zip(given, self.CNMI, strict=False)
        if len(given) > len(self.CNMI) or any(
            not one.isdigit() or int(one) not in _numbers(fit) for one, fit in wishes
        ):
            self._say(self.SMS_REFUSAL)
            return
        self._indications[: len(given)] = map(int, given)
        self._say("OK")
        if self._owed:  # what nobody acknowledged is told again
            self._later(0.05, self._owed[0])

    def _rows(self, stats: tuple[int, ...]) -> list[str]:
        listed = sorted(self.memories[self._selected[0]].items())
        rows = [
            f"+CMGL: {index},{stat}{self.ALPHA}{_tpdu(pdu)}\r\n{pdu}" for index, (stat, pdu) in listed if stat in stats
        ]
        for index, (stat, pdu) in listed:
            if stat == 0:
                self.memories[self._selected[0]][index] = (1, pdu)
        return rows

    def set_cmgl(self, value: str) -> None:
        if not self._pdu_mode or not value.isdigit():
            self._say("+CMS ERROR: 305")
            return
        self._say(*self._rows((0, 1, 2, 3) if value == "4" else (int(value),)), "OK")

    def set_cmgr(self, value: str) -> None:
        entry = self.memories[self._selected[0]].get(int(value))
        if entry is None:
            self._say(self.EMPTY)
            return
        stat, pdu = entry
        self.memories[self._selected[0]][int(value)] = (1 if stat == 0 else stat, pdu)
        self._say(f"+CMGR: {stat}{self.ALPHA}{_tpdu(pdu)}\r\n{pdu}", "OK")

    def set_cmgd(self, value: str) -> None:
        if not value.isdigit():
            self.complaints.append(f"+CMGD={value}")
            self._say("+CMS ERROR: 305")
            return
        self.memories[self._selected[0]].pop(int(value), None)
        self._say("OK", after=self.DELETES or None)

    def _open_prompt(self, what: str, value: str) -> None:
        if not self._pdu_mode or not value.isdigit():
            self._say("+CMS ERROR: 304")
            return
        self._prompted = (what, int(value))
        self._write(self.PROMPT)

    def set_cmgs(self, value: str) -> None:
        self._open_prompt("+CMGS", value)

    def set_cmgw(self, value: str) -> None:
        self._open_prompt("+CMGW", value)

    def set_cmss(self, value: str) -> None:
        entry = self.memories[self._selected[1]].get(int(value))
        if entry is None:
            self._say(self.EMPTY)
            return
        self.memories[self._selected[1]][int(value)] = (3, entry[1])
        self._submit(entry[1], "+CMSS")

    def do_cnma(self, _value: str) -> None:
        if self._phase == 0 or not self._owed:
            self._say("+CMS ERROR: 340")
            return
        self._owed.pop(0)
        self._say("OK")
        if self._owed:
            self._later(0.02, self._owed[0])

    def do_cgmi(self, _value: str) -> None:
        self._say(self.MAKE, "OK")

    def do_cgmm(self, _value: str) -> None:
        self._say(self.MODEL, "OK")

    def do_cgsn(self, _value: str) -> None:
        self._say(f"3579380356{self.number:05d}", "OK")

    def do_cimi(self, _value: str) -> None:
        self._say(f"5101100000{self.number:05d}", "OK")

    def read_creg(self, _value: str) -> None:
        self._say("+CREG: 0,1", "OK")

    def do_csq(self, _value: str) -> None:
        self._say("+CSQ: 21,99", "OK")

    def read_csca(self, _value: str) -> None:
        self._say('+CSCA: "+6281100000",145', "OK")

    def read_cops(self, _value: str) -> None:
        self._say('+COPS: 0,0,"TELKOMSEL"', "OK")


def _tpdu(pdu: str) -> int:
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


def _numbers(text: str) -> set[int]:
    found: set[int] = set()
    for piece in text.split(","):
        low, _, high = piece.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found
