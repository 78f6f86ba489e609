"""Sticks that are hard to understand: how they speak, and when."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import ClassVar

from tests.modem_drivers.air import deliver
from tests.modem_drivers.foreign import ForeignModem


@dataclass(slots=True)
class NoLineBefore(ForeignModem):
    """Answers without the line end in front of them."""

    def _result(self, word: str, number: str) -> None:
        self._say(f"{word}\r\n")

    def _ok(self, *lines: str) -> None:
        self._say("".join(f"{line}\r\n" for line in lines))
        self._result("OK", "0")


@dataclass(slots=True)
class BareNewlines(ForeignModem):
    """Ends lines by LF alone."""

    def _write(self, octets: bytes) -> None:
        os.write(self._master, octets.replace(b"\r\n", b"\n"))


@dataclass(slots=True)
class SlowWire(ForeignModem):
    """Speaks at 9600 baud, an octet at a time, and has fifty old texts on its SIM."""

    OLD_TEXTS: ClassVar[int] = 50
    OLD_SENDERS: ClassVar[str] = "62813900"

    def start(self) -> None:
        for place in range(self.OLD_TEXTS):
            self.slots[101 + place] = deliver(f"{self.OLD_SENDERS}{place:04d}", f"STATUS 9{place:04d}", 100 + place)
        ForeignModem.start(self)

    def _write(self, octets: bytes) -> None:
        for octet in octets:
            os.write(self._master, bytes([octet]))
            time.sleep(0.001)


@dataclass(slots=True)
class NoisyPrompt(ForeignModem):
    """Speaks between the prompt and the PDU, and between +CMGS: and its OK."""

    def _prompt(self, what: str, value: str) -> tuple[str, int] | None:
        opened = ForeignModem._prompt(self, what, value)
        if opened:
            self._write(b'\r\n+CMTI: "SM",9\r\n\r\n^RSSI:20\r\n')
        return opened

    def _ok(self, *lines: str) -> None:
        said = "".join(f'\r\n{line}\r\n\r\n+CREG: 1,"00A1","BEEF"\r\n\r\nRING\r\n' for line in lines)
        self._say(said)
        self._result("OK", "0")


@dataclass(slots=True)
class PromptOnALine(ForeignModem):
    """Ends the line of its prompt."""

    def __post_init__(self) -> None:
        self.quirks.prompt = b"\r\n> \r\n"


@dataclass(slots=True)
class HalfTyped(ForeignModem):
    """Whoever used it before was killed at the prompt, half a PDU typed."""

    def __post_init__(self) -> None:
        self._half_typed = b"07912618010000F011000D91"


@dataclass(slots=True)
class Flood(ForeignModem):
    """Speaks all the time, also between the lines of an answer and inside a listing."""

    def _speak_up(self, quiet: bool) -> None:
        ForeignModem._speak_up(self, quiet)
        if quiet:
            self._write(b"\r\n^RSSI:20\r\n\r\n^BOOT:42,0,0,0,6\r\n\r\n^MODE:5,4\r\n")

    def _say(self, text: str) -> None:
        self._write(
            text.replace("\r\n", '\r\n^HCSQ:"WCDMA",30,30\r\n', 1)
            .replace("\r\n+CMGL", "\r\n\r\n+CREG: 1\r\n\r\n+CMGL")
            .encode("latin-1")
        )


@dataclass(slots=True)
class WordyErrors(ForeignModem):
    """Tells errors in words only."""

    def _refuse(self, code: int = 303) -> None:
        words = {
            321: "invalid memory index",
            303: "operation not supported",
            302: "operation not allowed",
            304: "Invalid PDU mode parameter",
            322: "memory full",
        }
        self._say(f"\r\n+CMS ERROR: {words.get(code, 'unknown error')}\r\n")

    def _plain(self, body: str, name: str, value: str) -> None:
        if body == "+CMEE=1":
            self._say("\r\n+CME ERROR: operation not supported\r\n")
        else:
            ForeignModem._plain(self, body, name, value)


@dataclass(slots=True)
class EchoesAgain(ForeignModem):
    """Turns its echo on again behind each submission."""

    def _hand_over(self, pdu: str, name: str) -> None:
        ForeignModem._hand_over(self, pdu, name)
        self._echo = True


@dataclass(slots=True)
class UnknownNotices(ForeignModem):
    """Tells what no manual of ours knows, also in the middle of answers."""

    def _ok(self, *lines: str) -> None:
        said = "".join(f'\r\n_OSIGQ: 3,0\r\n\r\n{line}\r\n\r\n%CPI: 1,0\r\n\r\n+QSMSCODE: "x",1\r\n' for line in lines)
        self._say(f"\r\n*EPEV\r\n{said}\r\n+UUSIMSTAT: 0\r\n")
        self._result("OK", "0")


@dataclass(slots=True)
class LeftQuiet(ForeignModem):
    """The program before us left it without results (ATQ1), in words of numbers (ATV0)."""

    _quiet: bool = True

    def _result(self, word: str, number: str) -> None:
        if not self._quiet:
            ForeignModem._result(self, word, number)

    def _command(self, line: str) -> tuple[str, int] | None:
        if "Q0" in line.upper() or line.upper() in ("ATZ", "AT&F"):
            self._quiet = False
        return ForeignModem._command(self, line)


@dataclass(slots=True)
class Drowsy(ForeignModem):
    """Falls asleep after a second without a command; what wakes it up is lost."""

    _heard_at: float = 0.0

    def _typed(self, byte: int, buffer: bytearray, draft: tuple[str, int] | None) -> tuple[str, int] | None:
        asleep = time.monotonic() - self._heard_at > 1.0
        self._heard_at = time.monotonic()
        return draft if asleep and draft is None else ForeignModem._typed(self, byte, buffer, draft)


@dataclass(slots=True)
class SlowPrompt(ForeignModem):
    """Takes six seconds for its prompt."""

    def _prompt(self, what: str, value: str) -> tuple[str, int] | None:
        time.sleep(6)
        return ForeignModem._prompt(self, what, value)
