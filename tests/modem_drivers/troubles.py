"""Sticks with the troubles that their owners write of: each is said with where it was read.

Like `makes` they share no code with the driver or the simulated network.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import ClassVar

from tests.modem_drivers.air import semi_octets
from tests.modem_drivers.stick import STAMP, Stick


class Restarting(Stick):
    """SIM800 on a weak supply: restarts by itself now and then, silent meanwhile, and asks for its PIN again."""

    PIN = "4711"
    COUNTER = "+SPIC: 3,10,3,10"  # "" for a make that does not tell
    EVERY: ClassVar[float] = 11.0
    AWAY: ClassVar[float] = 1.5
    FIRST: ClassVar[float] = 8.0
    TIMES: ClassVar[int] = 2  # then its owner has found it another power supply
    BANNER = b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: SIM PIN\r\n"
    FREE: ClassVar[frozenset[str]] = frozenset({"+CPIN", "+CGSN", "+CGMI", "+CGMM", "+CGMR", "+SPIC", "+CFUN"})

    def __post_init__(self) -> None:
        super().__post_init__()
        self._locked = bool(self.PIN)
        self._away_until = 0.0
        self.restarts = 0
        self.tries: list[str] = []

    @property
    def more_config(self) -> str:
        return f'pin = "{self.PIN}"\n'

    def start(self) -> None:
        super().start()
        self._at(self.FIRST, self._restart)

    def _restart(self) -> None:
        self.restarts += 1
        self._echo, self._pdu_mode, self._phase, self._prompted = True, False, 0, None
        self._indications = [0, 0, 0, 0, 0]
        self._selected = list(self.CURRENT)
        self._locked = bool(self.PIN)
        self._line.clear()
        self._typed.clear()
        self._away_until = time.monotonic() + self.AWAY
        self._later(self.AWAY + 0.05, self.BANNER)
        if self.restarts < self.TIMES:
            self._at(self.EVERY, self._restart)

    def _write(self, octets: bytes) -> None:
        if time.monotonic() >= self._away_until:
            super()._write(octets)

    def _hear(self, octet: int) -> None:
        if time.monotonic() >= self._away_until:
            super()._hear(octet)

    def _obey(self, line: str) -> None:
        name = re.sub("[=?].*", "", line[2:].upper())
        if self._locked and name.startswith(("+C", "+S")) and name not in (*self.FREE, "+CMEE", "+CSCS"):
            self.asked.append(line)
            self._say("+CMS ERROR: 311" if name.startswith(("+CM", "+CN", "+CP")) else "+CME ERROR: 11")
            return
        super()._obey(line)

    def read_cpin(self, _value: str) -> None:
        self._say("+CPIN: SIM PIN" if self._locked else "+CPIN: READY", "OK")

    def set_cpin(self, value: str) -> None:
        self.tries.append(value.strip('"'))
        self._locked = self._locked and self.tries[-1] != self.PIN
        self._say("+CME ERROR: 16" if self._locked else "OK")

    def do_spic(self, _value: str) -> None:
        self._say(self.COUNTER, "OK") if self.COUNTER else self._say("ERROR")


class UncountedPin(Restarting):
    """The same without a counter of PIN tries, without a banner, and with its echo saved off: nothing tells."""

    COUNTER = ""
    BANNER = b""
    AWAY = 0.6

    def _restart(self) -> None:
        super()._restart()
        self._echo = False


class ForgetsPduMode(Stick):
    """SIM800L: now and then it is in text mode again (stackoverflow.com/q/21522794); a PDU then goes out as a text."""

    PAUSE: ClassVar[float] = 6.0

    def start(self) -> None:
        super().start()
        self._at(self.PAUSE, self._forget)

    def _forget(self) -> None:
        self._pdu_mode = False
        self._at(self.PAUSE, self._forget)

    def _open_prompt(self, what: str, value: str) -> None:
        if self._pdu_mode:
            super()._open_prompt(what, value)
            return
        self.complaints.append(f"a text to the number {value}")
        self._say("+CMS ERROR: 304")


class HangsAtPrompt(Stick):
    """Fastrack Supreme: a text that comes at +CMGS takes the prompt's place; then a while of errors.

    forum.sierrawireless.com/t/modem-hangs-with-cme-error-515/3600
    """

    MAKE, MODEL = "WAVECOM MODEM", "FASTRACK SUPREME 10"
    WHILE: ClassVar[float] = 4.0
    _prompts = 0
    _hangs_until = 0.0

    def _open_prompt(self, what: str, value: str) -> None:
        self._prompts += 1
        if self._prompts % 3 == 2:
            self._hangs_until = time.monotonic() + self.WHILE
            return
        super()._open_prompt(what, value)

    def _obey(self, line: str) -> None:
        if time.monotonic() < self._hangs_until:
            self.asked.append(line)
            self._say("+CME ERROR: 515")
            return
        super()._obey(line)


class NeedsPauses(Stick):
    """Answers CME 515, please wait, to what is typed within 40 ms after its last answer (Wavecom; python-gsmmodem)."""

    MAKE, MODEL = "WAVECOM MODEM", "Q2406B"
    REST: ClassVar[float] = 0.04
    _answered_at = 0.0

    def _say(self, *lines: str, after: float | None = None) -> None:
        super()._say(*lines, after=after)
        self._answered_at = time.monotonic()

    def _obey(self, line: str) -> None:
        if line != "AT" and time.monotonic() < self._answered_at + self.REST:
            self.asked.append(line)
            super()._say("+CME ERROR: 515")
            return
        super()._obey(line)


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


class NoReference(Stick):
    """Sends, and says OK without +CMGS: to it; the report has the number."""

    def _say(self, *lines: str, after: float | None = None) -> None:
        super()._say(*(line for line in lines if not line.startswith("+CMGS:")), after=after)


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


class Flashing(Stick):
    """Hands over what is of class 0 though it was told to keep everything (TS 23.038, clause 4)."""

    def _take(self, pdu: str) -> None:
        if not self._indications[1]:
            super()._take(pdu)
            return
        at = 16 + 6 + int(pdu[18:20], 16) + int(pdu[18:20], 16) % 2
        flash = f"{pdu[: at + 2]}10{pdu[at + 4 :]}"
        self._hand(f"\r\n+CMT: ,{(len(flash) - 16) // 2}\r\n{flash}\r\n".encode())


class OneOctetAtATime(Stick):
    """At 9600 baud each octet comes alone, and lines end with CR only."""

    PIECES = 1
    LINE_END = b"\r"
    ECHO_END = b"\r"


class Freezing(Stick):
    """Q2406A: for some seconds it answers nothing, then everything at once.

    forum.sierrawireless.com/t/fatal-problem-with-q2406a/2583
    """

    EVERY: ClassVar[float] = 9.0
    FROZEN: ClassVar[float] = 5.0

    def start(self) -> None:
        super().start()
        self._at(self.EVERY, self._freeze)

    def _freeze(self) -> None:
        self._busy_until = time.monotonic() + self.FROZEN
        self._at(self.EVERY, self._freeze)


class NoCentre(Stick):
    """Its SIM has no number of an SMS centre: CMS 330 until it is set."""

    _centre = ""

    def read_csca(self, _value: str) -> None:
        self._say(f'+CSCA: "{self._centre}",{145 if self._centre else 129}', "OK")

    def set_csca(self, value: str) -> None:
        self._centre = value.split(",")[0].strip('"')
        self._say("OK")

    def _submit(self, pdu: str) -> None:
        if self._centre:
            super()._submit(pdu)
        else:
            self._say("+CMS ERROR: 330")


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


class CutOffUssd(Stick):
    """The network pushes advertisements, one of them cut off before its quotation mark (182 octets)."""

    CHATTER = (
        b'\r\n+CUSD: 0,"Promo: ketik *123#\r\n1. Ya\r\nOK\r\n",15\r\n',
        b'\r\n+CUSD: 1,"Nikmati paket 10GB hanya Rp25rb di *363#\r\n',
        b"\r\n+CUSD: 2\r\n",
    )
    CHATTER_EVERY = 3.1


class Unplugged(Stick):
    """Vanishes from USB in the middle of a submission, twice, and comes back under another name."""

    folder: ClassVar[Path | None] = None  # where its ports appear
    AWAY: ClassVar[float] = 3.0
    AT_TEXTS: ClassVar[tuple[int, ...]] = (1, 3)  # how many have gone out

    def __post_init__(self) -> None:
        super().__post_init__()
        self._plugs = 0
        self.vanished = 0

    @property
    def more_config(self) -> str:
        return f'imei = "3579380356{self.number:05d}"\n'

    def _open(self) -> str:
        tty_name = super()._open()
        if self.folder is None:
            return tty_name
        self._plugs += 1
        (self.folder / f"{self.name}-{self._plugs}").symlink_to(tty_name)
        return f"auto:{self.folder}/{self.name}-*"

    def _submit(self, pdu: str) -> None:
        if self.vanished < len(self.AT_TEXTS) and len(self.sent) == self.AT_TEXTS[self.vanished]:
            self.vanished += 1
            self._at(0.05, lambda: self._vanish(pdu))
        else:
            super()._submit(pdu)

    def _vanish(self, pdu: str) -> None:
        """The network has the text; nobody is told."""
        self._accept(pdu)
        if self.folder is not None:
            (self.folder / f"{self.name}-{self._plugs}").unlink()
        self._close()
        self._typed.clear()
        self._line.clear()
        self._echo, self._pdu_mode, self._phase, self._indications = True, False, 0, [0, 0, 0, 0, 0]
        self._at(self.AWAY, self._come_back)

    def _come_back(self) -> None:
        self._open()

    def _report(self, reference: int, number: str) -> None:
        if self._master < 0 or not self._indications[3]:
            self._at(0.5, lambda: self._report(reference, number))  # the network tries again
        else:
            super()._report(reference, number)

    def _take(self, pdu: str) -> None:
        if self._master < 0:
            self._at(0.5, lambda: self._take(pdu))
        else:
            super()._take(pdu)


def troubles(folder: Path) -> list[type[Stick]]:
    """Every trouble above; `folder` is where ports that come and go appear."""
    os.makedirs(folder, exist_ok=True)
    Unplugged.folder = folder
    kinds = [kind for kind in globals().values() if isinstance(kind, type) and issubclass(kind, Stick)]
    return [kind for kind in kinds if kind is not Stick]
