"""Sticks that are lawful by TS 27.005 and 27.007, or nearly, and hard to live with: one class for each bad habit.

Like `foreign` they share no code with the driver or the simulated network.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import ClassVar

from tests.modem_drivers.foreign import ForeignModem, Quirks, deliver, packed, semi_octets


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
class FromZero(ForeignModem):
    """Counts slots from 0, and says nothing but lower-case hexadecimal."""

    def receive(self, sender: str, text: str, second: int) -> None:
        with self._lock:
            index = next(i for i in range(30) if i not in self.slots)
            self.slots[index] = deliver(sender, text, second).lower()
            if self._cnmi[1] == 1:
                self._late.append((time.monotonic(), f'\r\n+CMTI: "SM",{index}\r\n'.encode()))


@dataclass(slots=True)
class Impatient(ForeignModem):
    """Hands texts over directly, each when the last is acknowledged; two seconds late, and it tells nothing more."""

    _unanswered: list[tuple[str, str, int]] = field(default_factory=list)
    _queue: list[tuple[str, str, int]] = field(default_factory=list)
    _told_at: float = 0.0
    turned_off: int = 0

    def receive(self, sender: str, text: str, second: int) -> None:
        with self._lock:
            self._queue.append((sender, text, second))

    def _speak_up(self, quiet: bool) -> None:
        with self._lock:
            if self._unanswered and time.monotonic() - self._told_at > 2:
                self.turned_off += 1
                self._cnmi = (0, 0)
                self._queue[:0], self._unanswered = self._unanswered, []
            if quiet and self._queue and not self._unanswered:
                sender, text, second = self._queue.pop(0)
                pdu = deliver(sender, text, second)
                if self._cnmi[1] == 2:
                    self._unanswered, self._told_at = [(sender, text, second)], time.monotonic()
                    self._write(f"\r\n+CMT: ,{(len(pdu) - 16) // 2}\r\n{pdu}\r\n".encode())
                else:
                    self.slots[next(i for i in range(1, 30) if i not in self.slots)] = pdu
        ForeignModem._speak_up(self, quiet)

    def _plain(self, body: str, name: str, value: str) -> None:
        if name == "+CNMA":
            with self._lock:
                fine, self._unanswered = bool(self._unanswered), []
            self._ok() if fine else self._refuse(340)
            return
        ForeignModem._plain(self, body, name, value)


@dataclass(slots=True)
class ReportsStored(ForeignModem):
    """Keeps status reports in a memory of their own (`SR` or `BM`) and tells by +CDSI."""

    kept: str = "SR"
    reports: dict[int, str] = field(default_factory=dict)
    _selected: str = "SM"

    def _indications(self, value: str) -> None:
        fields = [int(part) if part.isdigit() else 0 for part in value.split(",")] + [0] * 5
        if fields[1] not in (0, 1) or fields[3] not in (0, 2):
            self._refuse()
            return
        self._cnmi = (fields[3], fields[1])
        self._ok()

    def _memory(self, value: str) -> None:
        names = [part.strip('" ') for part in value.split(",") if part]
        if any(name not in ("SM", self.kept) for name in names) or self.kept in names[1:]:
            self._refuse(302)
            return
        self._selected = names[0] if names else self._selected
        uses = [f"{len(self.reports if name == self.kept else self.slots)},25" for name in (self._selected, "SM", "SM")]
        named = [f'"{name}",{use}' for name, use in zip((self._selected, "SM", "SM"), uses, strict=True)]
        self._ok("+CPMS: " + ",".join(uses if names else named))

    def _plain(self, body: str, name: str, value: str) -> None:
        if body == "+CPMS=?":
            self._ok(f'+CPMS: ("SM","{self.kept}"),("SM"),("SM")')
        elif body == "+CNMI=?":
            self._ok("+CNMI: (0-2),(0,1),(0,2),(0,2),(0,1)")
        else:
            ForeignModem._plain(self, body, name, value)

    def _hand_over(self, pdu: str, name: str) -> None:
        ForeignModem._hand_over(self, pdu, name)
        if not self._cnmi[0]:
            return
        number = self.sent[-1][0]
        with self._lock:
            index = next(i for i in range(1, 30) if i not in self.reports)
            self.reports[index] = (
                f"0006{self._reference:02X}{len(number):02X}91{semi_octets(number)}" + "62114290000082" * 2 + "00"
            )
            self._late.append((time.monotonic() + 0.1, f'\r\n+CDSI: "{self.kept}",{index}\r\n'.encode()))

    def _list(self, value: str) -> None:
        if self._selected != self.kept:
            ForeignModem._list(self, value)
            return
        rows = [f"+CMGL: {i},1,,{len(pdu) // 2 - 1}\r\n{pdu}" for i, pdu in sorted(self.reports.items())]
        self._say("".join(f"\r\n{row}" for row in rows) + "\r\n")
        self._result("OK", "0")

    def _read(self, value: str) -> None:
        if self._selected != self.kept:
            ForeignModem._read(self, value)
        elif (pdu := self.reports.get(int(value))) is not None:
            self._ok(f"+CMGR: 1,,{len(pdu) // 2 - 1}\r\n{pdu}")
        else:
            self._refuse(321)

    def _delete(self, value: str) -> None:
        if self._selected == self.kept:
            self.reports.pop(int(value.split(",")[0]), None)
            self._ok()
        else:
            ForeignModem._delete(self, value)


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
class Garbled(ForeignModem):
    """Its SIM holds records that are no messages, and its list tells wrong lengths."""

    BROKEN: ClassVar[dict[int, str]] = {
        11: "NOT HEX AT ALL",
        12: "07912618010000F0040D",
        13: "07912618010000F0040D91261800",
        14: "",
        15: "FF" * 30,
        16: "00",
        17: "07912618010000F0040D9126180000000000" + "FF" * 7 + "05E8329BFD06",
    }

    def _list(self, value: str) -> None:
        if value not in ("4", "0", "1", "2", "3"):
            self._refuse()
            return
        rows = [f"+CMGL: {i},0,,17\r\n{pdu}" for i, pdu in self.BROKEN.items()]
        rows += [f"+CMGL: {i},0,,5\r\n{pdu}" for i, pdu in sorted(self.slots.items())]
        self._say("".join(f"\r\n{row}" for row in rows) + "\r\n")
        self._result("OK", "0")


@dataclass(slots=True)
class DeletesLate(ForeignModem):
    """Says OK to the first two deletions of a slot and does nothing."""

    tries: dict[int, int] = field(default_factory=dict)

    def _delete(self, value: str) -> None:
        index = int(value.split(",")[0])
        self.tries[index] = self.tries.get(index, 0) + 1
        if self.tries[index] % 3:
            self._ok()
        else:
            ForeignModem._delete(self, value)


@dataclass(slots=True)
class DeletesNothing(ForeignModem):
    """Says OK to each deletion and keeps everything."""

    def _delete(self, value: str) -> None:
        self._ok()


@dataclass(slots=True)
class NoList(ForeignModem):
    """Has no +CMGL: slots are read one by one."""

    def _list(self, value: str) -> None:
        self._result("ERROR", "4")


@dataclass(slots=True)
class Stutters(ForeignModem):
    """The network delivers every text to it twice."""

    def receive(self, sender: str, text: str, second: int) -> None:
        for _ in range(2):
            ForeignModem.receive(self, sender, text, second)


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
class NamesOfSenders(ForeignModem):
    """Texts from names and short codes lie between those from people."""

    def receive(self, sender: str, text: str, second: int) -> None:
        stamp = "62114290300082"
        name = packed("TELKOMSEL")
        self.slots[20 + second % 7] = (
            f"07912618010000F004{len('TELKOMSEL') * 7 // 4 + 1:02X}D0{name}0000{stamp}06{packed('STATUS')}"
        )
        self.slots[28] = f"07912618010000F0040481{semi_octets('8899')}0000{stamp}06{packed('STATUS')}"
        ForeignModem.receive(self, sender, text, second)


@dataclass(slots=True)
class PartsBackwards(ForeignModem):
    """Long texts come last part first, with 16-bit references."""

    def receive(self, sender: str, text: str, second: int) -> None:
        stamp = "".join(f"{v:02d}"[::-1] for v in (26, 11, 24, 9, second // 60, second % 60)) + "82"
        words = text + " "
        for place, piece in ((2, words[6:].strip()), (1, words[:6])):
            header = f"060804{0x4142 + second:04X}02{place:02X}"
            # 7-octet header = 8 septets
            body = packed("@" * 8 + piece)
            octets = bytearray(bytes.fromhex(body))
            octets[:7] = bytes.fromhex(header)
            head = f"07912618010000F044{len(sender):02X}91{semi_octets(sender)}0000{stamp}"
            pdu = f"{head}{8 + len(piece):02X}{octets.hex().upper()}"
            with self._lock:
                index = next(i for i in range(1, 30) if i not in self.slots)
                self.slots[index] = pdu
                if self._cnmi[1] == 1:
                    self._late.append(
                        (time.monotonic() + (0.5 if place == 1 else 0), f'\r\n+CMTI: "SM",{index}\r\n'.encode())
                    )


@dataclass(slots=True)
class OnlyDirectEcho(Impatient):
    """Direct texts, echo that cannot be turned off, and short lines."""

    def __post_init__(self) -> None:
        self.quirks.echo_off = False


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
class DirectWithoutReceipt(ForeignModem):
    """Hands texts over directly and wants no acknowledgement; at the prompt and inside an answer, too."""

    def __post_init__(self) -> None:
        self.quirks.csms = "zero"

    def _prompt(self, what: str, value: str) -> tuple[str, int] | None:
        opened = ForeignModem._prompt(self, what, value)
        ForeignModem._speak_up(self, quiet=True)
        return opened

    def _say(self, text: str) -> None:
        ForeignModem._speak_up(self, quiet=True)
        ForeignModem._say(self, text)

    def receive(self, sender: str, text: str, second: int) -> None:
        if self._cnmi[1] == 2:
            ForeignModem.receive(self, sender, text, second)
        else:
            with self._lock:
                self.slots[next(i for i in range(1, 30) if i not in self.slots)] = deliver(sender, text, second)


@dataclass(slots=True)
class SlowPrompt(ForeignModem):
    """Takes six seconds for its prompt."""

    def _prompt(self, what: str, value: str) -> tuple[str, int] | None:
        time.sleep(6)
        return ForeignModem._prompt(self, what, value)


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
class MtOnly(ForeignModem):
    """Lets us look into MT only, and tells of new texts in ME."""

    def __post_init__(self) -> None:
        self.quirks.memories = ("MT",)

    def receive(self, sender: str, text: str, second: int) -> None:
        with self._lock:
            index = next(i for i in range(1, 30) if i not in self.slots)
            self.slots[index] = deliver(sender, text, second)
            if self._cnmi[1] == 1:
                self._late.append((time.monotonic(), f'\r\n+CMTI: "ME",{index}\r\n'.encode()))


@dataclass(slots=True)
class ForgetsOk(ForeignModem):
    """Owes the OK behind its lists."""

    def _list(self, value: str) -> None:
        stored = sorted(self.slots.items()) if value in ("4", "0") else []
        rows = [f"+CMGL: {i},0,,{(len(pdu) - 16) // 2}\r\n{pdu}" for i, pdu in stored]
        if rows:
            self._say("".join(f"\r\n{row}" for row in rows) + "\r\n")
        else:
            self._result("OK", "0")


@dataclass(slots=True)
class Drowsy(ForeignModem):
    """Falls asleep after a second without a command; what wakes it up is lost."""

    _heard_at: float = 0.0

    def _typed(self, byte: int, buffer: bytearray, draft: tuple[str, int] | None) -> tuple[str, int] | None:
        asleep = time.monotonic() - self._heard_at > 1.0
        self._heard_at = time.monotonic()
        return draft if asleep and draft is None else ForeignModem._typed(self, byte, buffer, draft)


@dataclass(slots=True)
class ComesWhileListed(ForeignModem):
    """A new text is told in the middle of each list, between a head and its PDU, and the list does not have it."""

    def _list(self, value: str) -> None:
        stored = sorted(self.slots.items()) if value in ("4", "0") else []
        said = "".join(
            f'\r\n+CMGL: {i},0,,{(len(pdu) - 16) // 2}\r\n\r\n+CMTI: "SM",{i + 1}\r\n\r\n{pdu}\r\n' for i, pdu in stored
        )
        self._say(said)
        self._result("OK", "0")


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


#: Manners that need another way of telling than +CMTI.
_DIRECT = (Impatient, DirectWithoutReceipt)


def nasty_modems() -> list[ForeignModem]:
    """One modem of each kind, and a second that keeps its reports in `BM`."""
    kinds = [kind for kind in globals().values() if isinstance(kind, type) and issubclass(kind, ForeignModem)]
    kinds = [kind for kind in kinds if kind is not ForeignModem]
    made = [
        kind(Quirks(submit=0.1, memory_sending=True, cnmi="direct" if issubclass(kind, _DIRECT) else "indication"), n)
        for n, kind in enumerate(kinds, 100)
    ]
    return [*made, ReportsStored(Quirks(submit=0.1, memory_sending=True), 100 + len(kinds), kept="BM")]
