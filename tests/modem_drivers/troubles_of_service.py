"""Sticks that are away, or not themselves, for a while: each trouble is said with where it was read."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import ClassVar

from tests.modem_drivers.stick import Stick


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

    def _submit(self, pdu: str, name: str = "+CMGS") -> None:
        if self.vanished < len(self.AT_TEXTS) and len(self.sent) == self.AT_TEXTS[self.vanished]:
            self.vanished += 1
            self._at(0.05, lambda: self._vanish(pdu))
        else:
            super()._submit(pdu, name)

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


class ForgetsPduMode(Stick):
    """SIM800L: now and then it is in text mode again (stackoverflow.com/q/21522794); a PDU then goes out as a text.

    Here that is when neither a text nor its mode was of interest for a while: in a burst nobody could know it in time.
    """

    PAUSE: ClassVar[float] = 6.0
    IDLE: ClassVar[float] = 5.0

    def start(self) -> None:
        super().start()
        self._seen_at = time.monotonic()
        self._at(self.PAUSE, self._forget)

    def _forget(self) -> None:
        if time.monotonic() - self._seen_at >= self.IDLE:
            self._pdu_mode = False
        self._at(self.PAUSE, self._forget)

    def set_cmgf(self, value: str) -> None:
        self._seen_at = time.monotonic()
        super().set_cmgf(value)

    def read_cmgf(self, value: str) -> None:
        self._seen_at = time.monotonic()
        super().read_cmgf(value)

    def _open_prompt(self, what: str, value: str) -> None:
        if self._pdu_mode:
            self._seen_at = time.monotonic()
            super()._open_prompt(what, value)
            return
        self.complaints.append(f"a text to the number {value}")
        self._say("+CMS ERROR: 304")
