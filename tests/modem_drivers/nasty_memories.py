"""Sticks that are hard to empty: what lies on them, and how they tell of it and hand it over."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import ClassVar

from tests.modem_drivers.air import deliver, packed, semi_octets
from tests.modem_drivers.foreign import ForeignModem


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
class ComesWhileListed(ForeignModem):
    """A new text is told in the middle of each list, between a head and its PDU, and the list does not have it."""

    def _list(self, value: str) -> None:
        stored = sorted(self.slots.items()) if value in ("4", "0") else []
        said = "".join(
            f'\r\n+CMGL: {i},0,,{(len(pdu) - 16) // 2}\r\n\r\n+CMTI: "SM",{i + 1}\r\n\r\n{pdu}\r\n' for i, pdu in stored
        )
        self._say(said)
        self._result("OK", "0")
