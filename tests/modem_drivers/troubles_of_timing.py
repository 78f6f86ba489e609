"""Sticks with trouble in when they do and say things: each is said with where it was read, or with what it is like."""

from __future__ import annotations

import time
from typing import ClassVar

from tests.modem_drivers.air import CTRL_Z, ESC, semi_octets
from tests.modem_drivers.stick import STAMP, Stick


class DeafBehindPrompt(Stick):
    """Takes 60 ms from its prompt until it hears what is typed; the PDU then lacks its head (CMS 304).

    Programs for small boards wait a tenth of a second there, for this reason.
    """

    DEAF: ClassVar[float] = 0.06
    _hears_from = 0.0
    _is_beheaded = False

    def _open_prompt(self, what: str, value: str) -> None:
        super()._open_prompt(what, value)
        self._hears_from = time.monotonic() + self.DEAF

    def _hear_pdu(self, octet: int) -> None:
        ends = octet in (CTRL_Z, ESC)
        if time.monotonic() < self._hears_from and not ends:
            self._is_beheaded = True
            return
        super()._hear_pdu(octet)
        if ends and self._is_beheaded:
            self.complaints.clear()  # its own fault
            self._is_beheaded = False


class HearsWhileSending(Stick):
    """E1750: what is typed while it submits is answered, and the answer to the submission then never comes.

    github.com/gammu/gammu/issues/88. Its memory says STO SENT only when the network has the text.
    """

    MAKE, MODEL = "huawei", "E1750"
    BLOCKS = False
    SUBMITS = 5.0
    is_sending = False
    _disturbed = False

    def _obey(self, line: str) -> None:
        self._disturbed = self._disturbed or self.is_sending
        super()._obey(line)

    def set_cmss(self, value: str) -> None:
        entry = self.memories[self._selected[1]].get(int(value))
        if entry is None:
            self._say(self.EMPTY)
            return
        self._begin(entry[1], "+CMSS", int(value))

    def _submit(self, pdu: str, name: str = "+CMGS") -> None:
        self._begin(pdu, name, None)

    def _begin(self, pdu: str, name: str, index: int | None) -> None:
        self.is_sending, self._disturbed = True, False
        self._at(self.SUBMITS, lambda: self._end(pdu, name, index))

    def _end(self, pdu: str, name: str, index: int | None) -> None:
        reference = self._accept(pdu)
        memory = self.memories[self._selected[1]]
        if index is not None and index in memory:
            memory[index] = (3, pdu)
        if not self._disturbed:
            self._say(f"{name}: {reference}", "OK", after=0.0)
        self.is_sending = False


class StrayResults(Stick):
    """Says ERROR to noise in front of every ninth answer: each answer then comes one late."""

    _asked = 0

    def _obey(self, line: str) -> None:
        self._asked += 1
        if self._asked % 9 == 0:
            self._write(b"\r\nERROR\r\n")
            time.sleep(0.003)
        super()._obey(line)


class BusyBehindDelete(Stick):
    """Says OK to a deletion, does it 0.6 s later, and answers CMS 500 to whatever asks for its memory meanwhile."""

    LATER: ClassVar[float] = 0.6
    _busy_until_then = 0.0

    def set_cmgd(self, value: str) -> None:
        if self._is_busy:
            return
        self._busy_until_then = time.monotonic() + self.LATER
        memory = self.memories[self._selected[0]]
        doomed = memory.get(int(value))
        self._at(self.LATER, lambda: memory.pop(int(value), None) if memory.get(int(value)) == doomed else None)
        self._say("OK")

    @property
    def _is_busy(self) -> bool:
        if time.monotonic() >= self._busy_until_then:
            return False
        self._say("+CMS ERROR: 500")
        return True

    def set_cmgl(self, value: str) -> None:
        if not self._is_busy:
            super().set_cmgl(value)

    def set_cmgr(self, value: str) -> None:
        if not self._is_busy:
            super().set_cmgr(value)

    def set_cmgw(self, value: str) -> None:
        if not self._is_busy:
            super().set_cmgw(value)


class LateOk(Stick):
    """Its OK follows +CMGS: only when the radio has closed its link, three seconds later."""

    LATE: ClassVar[float] = 3.0

    def _say(self, *lines: str, after: float | None = None) -> None:
        if lines and lines[0].startswith(("+CMGS:", "+CMSS:")):
            super()._say(lines[0], after=after)
            self._busy_until = time.monotonic() + self.LATE
            self._later(self.LATE, b"\r\nOK\r\n")
            return
        super()._say(*lines, after=after)


class TornLines(Stick):
    """Says what comes in the middle of a line, and NULs anywhere; no line of a PDU is torn."""

    def _write(self, octets: bytes) -> None:
        for word in (b"+CSQ: ", b"+CREG: 0", b"+CMGS"):
            octets = octets.replace(word, word + b"\0\0", 1)
        super()._write(octets.replace(b"\r\nOK", b"\r\0\n^RSSI:20\r\n\r\nOK", 1))


class WordyStates(Stick):
    """Tells states in words in PDU mode, too, and a freed slot is taken at once by what waits."""

    ROOM = 2
    WORDS: ClassVar[tuple[str, ...]] = ('"REC UNREAD"', '"REC READ"', '"STO UNSENT"', '"STO SENT"')

    def __post_init__(self) -> None:
        super().__post_init__()
        self._waiting: list[str] = []

    def _say(self, *lines: str, after: float | None = None) -> None:
        super()._say(*map(self._worded, lines), after=after)

    def _worded(self, line: str) -> str:
        head, comma, rest = line.partition(",")
        if head.startswith("+CMGL: ") and rest[:1].isdigit():
            return f"{head},{self.WORDS[int(rest[0])]}{rest[1:]}"
        if head.startswith("+CMGR: ") and head[7:8].isdigit():
            return f"+CMGR: {self.WORDS[int(head[7])]}{comma}{rest}"
        return line

    def _take(self, pdu: str) -> None:
        with self._lock:
            if len(self.memories["SM"]) >= self.ROOM:
                self._waiting.append(pdu)
            else:
                super()._take(pdu)

    def set_cmgw(self, value: str) -> None:
        if len(self.memories["SM"]) >= self.ROOM:
            self._say("+CMS ERROR: 322")
        else:
            super().set_cmgw(value)

    def set_cmgd(self, value: str) -> None:
        self.memories[self._selected[0]].pop(int(value), None)
        if self._waiting:
            self._store("SM", 0, self._waiting.pop(0))
        self._say("OK")


class ToldAsMt(Stick):
    """Tells of new texts as lying in MT, which is SM and ME together; what waits comes when one looks at it there."""

    OFFERED = (("SM", "ME", "MT"), ("SM", "ME"), ("SM", "ME"))
    ROOM = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        self._waiting: list[str] = []

    def _take(self, pdu: str) -> None:
        with self._lock:
            if len(self.memories["SM"]) >= self.ROOM:
                self._waiting.append(pdu)
            else:
                super()._take(pdu)

    def set_cpms(self, value: str) -> None:
        super().set_cpms(value)
        while self._waiting and len(self.memories["SM"]) < self.ROOM:
            self._take(self._waiting.pop(0))

    def _both(self) -> dict[int, tuple[str, int]]:
        """What MT holds: memory and index by index in MT."""
        places = [(name, index) for name in ("SM", "ME") for index in sorted(self.memories[name])]
        return dict(enumerate(places, 1))

    def _tell_stored(self, memory: str, index: int) -> None:
        number = next((n for n, place in self._both().items() if place == (memory, index)), 1)
        super()._tell_stored("MT", number)

    def _use(self, name: str) -> str:
        return f"{len(self._both())},60" if name == "MT" else super()._use(name)

    @property
    def slots(self) -> dict[int, str]:
        return {n: self.memories[name][index][1] for n, (name, index) in self._both().items()}

    def set_cmgl(self, value: str) -> None:
        if self._selected[0] == "MT":
            self.memories["MT"] = {n: self.memories[name][index] for n, (name, index) in self._both().items()}
        super().set_cmgl(value)

    def set_cmgr(self, value: str) -> None:
        if self._selected[0] == "MT":
            self.memories["MT"] = {n: self.memories[name][index] for n, (name, index) in self._both().items()}
        super().set_cmgr(value)

    def set_cmgd(self, value: str) -> None:
        if self._selected[0] == "MT" and int(value) in (both := self._both()):
            name, index = both[int(value)]
            self.memories[name].pop(index, None)
            self._say("OK")
            return
        super().set_cmgd(value)


class WrongLengths(Stick):
    """Its +CDS heads tell the length of the text before; so do those of its lists."""

    _last = 24

    def _report(self, reference: int, number: str) -> None:
        report = f"07912618010000F006{reference:02X}{len(number):02X}91{semi_octets(number)}{STAMP}{STAMP}00"
        told, self._last = self._last, (len(report) - 16) // 2 + reference % 3
        if self._indications[3] == 1:
            self._hand(f"\r\n+CDS: {told}\r\n{report}\r\n".encode())
