"""A modem written without looking at the driver or at the simulated network, with quirks drawn by a seed.

It shares no code with either: its own line reader, its own 7-bit packing, its own idea of what a stick answers. Every
quirk is one that manuals or bug reports tell of; a seed draws a set of them that no single stick may have.
"""

from __future__ import annotations

import os
import pty
import random
import select
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.modem_drivers.air import CTRL_Z, ESC, deliver, semi_octets, submitted
from tests.modem_drivers.quirks import Quirks


@dataclass(slots=True)
class ForeignModem:
    """A stick on a pseudo-terminal; `sent` is what it handed to the network, `slots` what lies on its SIM."""

    quirks: Quirks
    number: int = 0
    port: str = ""
    sent: list[tuple[str, str]] = field(default_factory=list)
    slots: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _master: int = -1
    _slave: int = -1
    _stop: bool = False
    _half_typed: bytes = b""  # at its prompt, by whoever used it before
    _echo: bool = True
    _pdu_mode: bool = False
    _verbose: bool = True
    _cnmi: tuple[int, int] = (0, 0)
    _reference: int = 41
    _born: float = 0.0
    _drafts: dict[int, str] = field(default_factory=dict)
    _late: list[tuple[float, bytes]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        """Its name in a configuration."""
        return f"f{self.number}"

    def start(self) -> None:
        """Open the pseudo-terminal and begin to listen."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._echo, self._verbose = self.quirks.echo, self.quirks.verbose
        self._pdu_mode, self._born = not self.quirks.text_first, time.monotonic()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it and close the terminal."""
        self._stop = True
        if self._thread is not None:
            self._thread.join(5)
        os.close(self._master)
        os.close(self._slave)

    def receive(self, sender: str, text: str, second: int) -> None:
        """A text for this SIM: stored and indicated, or handed over at once, as it was told to."""
        pdu = deliver(sender, text, second)
        length = (len(pdu) - 16) // 2
        with self._lock:
            if self.quirks.cnmi == "direct" and self._cnmi[1] == 2:
                self._late.append((time.monotonic(), f"\r\n+CMT:{self._gap()},{length}\r\n{pdu}\r\n".encode()))
                return
            index = next(i for i in range(1, 30) if i not in self.slots)
            self.slots[index] = pdu
            if self.quirks.cnmi != "none" and self._cnmi[1] == 1:
                self._late.append(
                    (time.monotonic(), f'\r\n+CMTI:{self._gap()}"{self.quirks.memories[0]}",{index}\r\n'.encode())
                )

    def _gap(self) -> str:
        return " " if self.quirks.spaced else ""

    def _live(self) -> None:
        buffer = bytearray(self._half_typed)
        draft: tuple[str, int] | None = ("send", 25) if self._half_typed else None
        while not self._stop:
            self._speak_up(quiet=draft is None and not buffer)
            ready, _, _ = select.select([self._master], [], [], 0.01)
            if not ready:
                continue
            for byte in os.read(self._master, 512):
                draft = self._typed(byte, buffer, draft)

    def _typed(self, byte: int, buffer: bytearray, draft: tuple[str, int] | None) -> tuple[str, int] | None:
        if draft is not None:
            if byte == CTRL_Z:
                text = buffer.decode("latin-1").strip()
                buffer.clear()
                self._submit(*draft, text)
                return None
            if byte == ESC:
                buffer.clear()
                if self.quirks.esc_answered:
                    self._result("OK", "0")
                return None
            if self.quirks.echo_pdu:
                os.write(self._master, bytes([byte]))
            buffer.append(byte)
            return draft
        if byte in (ESC, CTRL_Z, 0x0A):
            return None
        if self._echo:
            os.write(self._master, bytes([byte]) if byte != 0x0D else (b"\r\r\n" if self.quirks.double_cr else b"\r"))
        if byte != 0x0D:
            buffer.append(byte)
            return None
        line = buffer.decode("latin-1").strip()
        buffer.clear()
        return self._command(line) if line else None

    def _speak_up(self, quiet: bool) -> None:
        if not quiet:
            return
        with self._lock:
            due = [entry for entry in self._late if entry[0] <= time.monotonic()]
            self._late = [entry for entry in self._late if entry not in due]
        for _at, octets in due:
            self._write(octets)
        if self.quirks.chatter and random.random() < 0.002:
            self._write(random.choice([b"\r\n^RSSI:18\r\n", b"\r\n^BOOT:12345,0,0,0,6\r\n", b"\r\n+CREG: 1\r\n"]))

    def _write(self, octets: bytes) -> None:
        if self.quirks.delay:
            time.sleep(self.quirks.delay)
        if not self.quirks.pieces:
            os.write(self._master, octets)
            return
        for at in range(0, len(octets), 7):
            os.write(self._master, octets[at : at + 7])
            time.sleep(0.001)

    def _say(self, text: str) -> None:
        if self.quirks.chatter and random.random() < 0.05:
            self._write(b"\r\n^RSSI:17\r\n")
        self._write(text.encode("latin-1"))

    def _ok(self, *lines: str) -> None:
        said = "".join(f"\r\n{line if self.quirks.spaced else line.replace(': ', ':', 1)}\r\n" for line in lines)
        self._say(said)
        self._result("OK", "0")

    def _result(self, word: str, number: str) -> None:
        self._say(f"\r\n{word}\r\n" if self._verbose else f"{number}\r")

    def _refuse(self, code: int = 303) -> None:
        if self.quirks.errors == "plain":
            self._result("ERROR", "4")
        else:
            self._say(f"\r\n+CMS ERROR: {code}\r\n")

    def _command(self, line: str) -> tuple[str, int] | None:
        self.asked.append(line)
        if not line.upper().startswith("AT"):
            self.complaints.append(line)
            self._result("ERROR", "4")
            return None
        body = line[2:].upper()
        name, _, value = body.partition("=")
        if body.startswith("+CMGS="):
            return self._prompt("send", value)
        if body.startswith("+CMGW="):
            return self._prompt("store", value) if self.quirks.memory_sending else self._refuse()
        self._plain(body, name, value)
        return None

    def _prompt(self, what: str, value: str) -> tuple[str, int] | None:
        if not self._pdu_mode or not value.split(",")[0].isdigit():
            self._refuse(304)
            return None
        self._write(self.quirks.prompt)
        return what, int(value.split(",")[0])

    def _submit(self, what: str, length: int, pdu: str) -> None:
        smsc = 2 + 2 * int(pdu[:2] or "0", 16)
        if (len(pdu) - smsc) // 2 != length:
            self._refuse(304)
            return
        if what == "store":
            index = next(i for i in range(30, 60) if i not in self._drafts)
            self._drafts[index] = pdu
            self._ok(f"+CMGW: {index}")
            return
        self._hand_over(pdu, "+CMGS")

    def _hand_over(self, pdu: str, name: str) -> None:
        time.sleep(self.quirks.submit)
        self.sent.append(submitted(pdu))
        self._reference = (self._reference + 1) % 256
        self._ok(f"{name}: {self._reference}")
        if self.quirks.reports == "direct" and int(pdu[2 + 2 * int(pdu[:2], 16) :][:2], 16) & 0x20 and self._cnmi[0]:
            number = self.sent[-1][0]
            report = f"0006{self._reference:02X}{len(number):02X}91{semi_octets(number)}" + "62114290000082" * 2 + "00"
            with self._lock:
                self._late.append(
                    (time.monotonic() + 0.1, f"\r\n+CDS:{self._gap()}{len(report) // 2 - 1}\r\n{report}\r\n".encode())
                )

    def _plain(self, body: str, name: str, value: str) -> None:
        handler = {
            "": lambda: self._ok(),
            "E0": lambda: self._set_echo(False),
            "V1": self._speak_words,
            "Q0V1": self._speak_words,
            "Q0V1E0": lambda: (self._speak_words(answer=False), self._set_echo(False)),
            "+CPIN?": self._pin,
            "+CMGF": lambda: self._set_mode(value),
            "+CMGF?": lambda: self._ok(f"+CMGF: {int(not self._pdu_mode)}"),
            "+CSMS": lambda: self._service(value),
            "+CSMS?": lambda: self._ok("+CSMS: 0,1,1,1"),
            "+CPMS": lambda: self._memory(value),
            "+CPMS?": lambda: self._memory(""),
            "+CNMI": lambda: self._indications(value),
            "+CMGL": lambda: self._list(value),
            "+CMGR": lambda: self._read(value),
            "+CMGD": lambda: self._delete(value),
            "+CNMA": lambda: self._ok() if self.quirks.csms == "yes" else self._refuse(340),
            "+CMSS": lambda: self._send_stored(value),
            "+CGSN": lambda: self._identify("+CGSN", f"3569380356{self.number:05d}"),
            "+CIMI": lambda: self._identify("+CIMI", f"5101000000{self.number:05d}"),
            "+CREG?": lambda: self._registered(body),
            "+CGREG?": lambda: self._registered(body),
            "+CSQ": lambda: self._ok("+CSQ: 15, 99" if self.quirks.spaced else "+CSQ: 15,99"),
            "+COPS?": lambda: self._ok('+COPS: 0,0,"TELKOMSEL",2'),
        }.get(body if body.endswith("?") else name)
        if handler is not None:
            handler()
        elif self.quirks.optional and name in ("+CMEE", "+CSCS", "+CREG", "+CMMS", "Q0", "+CLIP", "+CRC", "&F", "Z"):
            self._ok()
        else:
            self._refuse()

    def _set_echo(self, on: bool) -> None:
        if not self.quirks.echo_off:
            self._refuse()
            return
        self._echo = on
        self._ok()

    def _speak_words(self, answer: bool = True) -> None:
        self._verbose = True
        if answer:
            self._ok()

    def _pin(self) -> None:
        if time.monotonic() - self._born < self.quirks.sim_wait:
            if self.quirks.errors == "cms":
                self._say("\r\n+CME ERROR: 14\r\n")
            else:
                self._result("ERROR", "4")
        else:
            self._ok("+CPIN: READY")

    def _set_mode(self, value: str) -> None:
        self._pdu_mode = value == "0"
        self._ok()

    def _service(self, value: str) -> None:
        if self.quirks.csms == "no" or (self.quirks.csms == "zero" and value != "0"):
            self._refuse()
        else:
            self._ok("+CSMS: 1,1,1")

    def _memory(self, value: str) -> None:
        names = [part.strip('" ') for part in value.split(",") if part]
        many = self.quirks.cpms == "one" and len(names) > 1
        if self.quirks.cpms == "no" or many or any(one not in self.quirks.memories for one in names):
            self._refuse(302)
            return
        used = f"{len(self.slots)},25"
        first = self.quirks.memories[0]
        self._ok("+CPMS: " + (",".join([used] * 3) if names else ",".join([f'"{first}",{used}'] * 3)))

    def _indications(self, value: str) -> None:
        fields = [int(part) if part.isdigit() else 0 for part in value.split(",")] + [0] * 5
        mode, mt, _bm, ds = fields[:4]
        lawful = {
            "indication": mode in (1, 2) and mt in (0, 1),
            "mode1": mode in (0, 1) and mt in (0, 1) and ds == 0,
            "direct": mode in (1, 2) and mt in (0, 2),
            "none": False,
        }[self.quirks.cnmi]
        if not lawful or (ds and self.quirks.reports == "none"):
            self._refuse()
            return
        self._cnmi = (ds, mt)
        self._ok()

    def _list(self, value: str) -> None:
        if value not in ("4", "0", "1", "2", "3"):
            self._refuse()
            return
        stored = sorted(self.slots.items()) if value in ("4", "0") else []
        rows = [f"+CMGL: {i},0{self.quirks.alpha}{(len(pdu) - 16) // 2}\r\n{pdu}" for i, pdu in stored]
        if value in ("4", "2"):
            rows += [f"+CMGL: {i},2,,{(len(pdu) - 2) // 2}\r\n{pdu}" for i, pdu in self._drafts.items()]
        self._say("".join(f"\r\n{row}" for row in rows) + "\r\n")
        self._result("OK", "0")

    def _read(self, value: str) -> None:
        pdu = self.slots.get(int(value or 0))
        if pdu is not None:
            self._ok(f"+CMGR: 0{self.quirks.alpha}{(len(pdu) - 16) // 2}\r\n{pdu}")
        elif self.quirks.empty_slot == "ok":
            self._ok()
        elif self.quirks.empty_slot == "error":
            self._result("ERROR", "4")
        else:
            self._refuse(321)

    def _delete(self, value: str) -> None:
        index, _, flag = value.partition(",")
        if flag not in ("", "0") or (flag and not self.quirks.delete_flag) or not index.isdigit():
            self.complaints.append(f"+CMGD={value}")
            self._refuse()
            return
        self.slots.pop(int(index), None)
        self._drafts.pop(int(index), None)
        self._ok()

    def _send_stored(self, value: str) -> None:
        index = value.split(",")[0]
        if not self.quirks.memory_sending or not index.isdigit() or int(index) not in self._drafts:
            self._refuse(321)
            return
        self._hand_over(self._drafts[int(index)], "+CMSS")

    def _identify(self, name: str, digits: str) -> None:
        if self.quirks.identity == "none":
            self._refuse()
        else:
            self._ok(digits if self.quirks.identity == "bare" else f'{name}: "{digits}"')

    def _registered(self, body: str) -> None:
        name = body.rstrip("?")
        if self.quirks.registration == "none" or (self.quirks.registration == "gprs" and name == "+CREG"):
            self._refuse()
        elif self.quirks.registration == "long":
            self._ok(f'{name}: 2,1,"00A1","0000BEEF",2')
        else:
            self._ok(f"{name}: 0,1")


@contextmanager
def foreign_modems(seeds: list[int]) -> Iterator[list[ForeignModem]]:
    """Modems with the quirks of these seeds, on pseudo-terminals until the block ends."""
    modems = [ForeignModem(Quirks.drawn(seed), seed) for seed in seeds]
    for modem in modems:
        modem.start()
    try:
        yield modems
    finally:
        for modem in modems:
            modem.stop()
