"""One simulated modem: a serial port, a SIM, memories, a radio; commands are in `commands`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from modem_drivers.simulated.commands import HANDLERS, NEEDS_SIM_CME, NEEDS_SIM_CMS, Pending
from modem_drivers.simulated.errors import AtError, ErrorKind, cme, cms
from modem_drivers.simulated.faults import FaultKind, Faults
from modem_drivers.simulated.line import PtyLine
from modem_drivers.simulated.memories import Memories
from modem_drivers.simulated.profiles import Profile, imei
from modem_drivers.simulated.receiving import Receiver
from modem_drivers.simulated.serial_port import SerialPort
from modem_drivers.simulated.settings import Settings
from modem_drivers.simulated.sim import Sim
from modem_drivers.simulated.syntax import Command, Form, parse_line

Submitted = Callable[[int | AtError], None]  # the message reference, or why not


class Carrier(Protocol):
    """What a modem needs of its network."""

    registration_delay: float
    acknowledge_within: float

    def submit(self, modem: Modem, tpdu: bytes, smsc: str, done: Submitted) -> None:
        """Hand a SUBMIT to the SMSC; `done` is called with the result, at once or later."""

    def ready_for_more(self, msisdn: str) -> None:
        """Say that this SIM can take messages again."""

    def ussd(self, modem: Modem, text: str) -> tuple[str, bool]:
        """Give the answer to a USSD string, and whether the network waits for more."""

    def end_ussd(self, modem: Modem) -> None:
        """Forget a USSD session in which the network waits."""

    def surprise(self, modem: Modem) -> None:
        """Let a message come in at the worst moment (a fault)."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A mobile operator: its name, its MCC and MNC, and the address of its SMSC."""

    name: str
    code: str
    smsc: str


class Modem:
    """Lives on the loop of its network; nothing here may be called from another thread."""

    def __init__(
        self, name: str, sim: Sim, profile: Profile, carrier: Carrier, operator: Operator, serial: int
    ) -> None:
        self.name, self.sim, self.profile, self.carrier, self.operator = name, sim, profile, carrier, operator
        self.imei = imei(profile.tac, serial)
        self.memories = Memories(sim, profile)
        self.faults = Faults()
        self.settings = Settings()
        self.port = SerialPort(self.settings, self._write, self.run_line)
        self.port.count_prompt_input = self._prompt_goes_on
        self.port.loses_end = lambda: self.faults.take(FaultKind.LOST_END) is not None
        self.port.leaves_unended = lambda: self.faults.take(FaultKind.UNENDED) is not None
        self.receiver = Receiver(self)
        self.signal = 21  # of 31, as +CSQ counts
        self.has_sim = True
        self.radio_on = True
        self.unlocked = False
        self.registered = False
        self.powered = False
        self.silent = False
        self.session = 0  # counts restarts: what was begun in an earlier one is never answered
        self.moves = 0  # how often the port came back under another name
        self.heard: Counter[str] = Counter()  # commands by name, set commands with `=` (`+CNMI=`): who watches a driver
        self.network_present = True
        self.line: PtyLine | None = None
        self.link: Path | None = None
        self._left: list[Command] = []
        self._loop = asyncio.get_running_loop()

    # -- power ------------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """Where a driver finds the port; empty while it is away."""
        return self.line.path if self.line else ""

    def switch_on(self) -> None:
        """Start; the port appears when it was away."""
        if self.line is None:
            self.line = PtyLine(self._typed, self._current_link())
        self.settings = Settings()
        self.port.restart(self.settings)
        self.memories.reset()
        self.powered, self.silent, self.radio_on = True, False, True
        self.unlocked = self.has_sim and self.sim.pin is None
        for text in self.profile.boot_lines:
            self.port.indicate(text.format(state=self.pin_state()))
        self.register_soon()

    def switch_off(self, *, drop_port: bool) -> None:
        """Stop; what was going on is lost."""
        self.powered, self.registered = False, False
        self.session += 1
        self._left = []
        self.receiver.forget()
        if drop_port and self.line is not None:
            self.line.close()
            self.line = None

    def insert(self, sim: Sim, own_imei: str) -> None:
        """Be another stick with another SIM; only while it is off."""
        self.sim, self.imei = sim, own_imei
        self.memories = Memories(sim, self.profile)

    def restart(self, *, drop_port: bool, after: float | None = None) -> None:
        """Switch off, and on again after the profile's boot time."""
        self.switch_off(drop_port=drop_port)
        self._loop.call_later(self.profile.boot_seconds if after is None else after, self.switch_on)

    def fall_silent(self, seconds: float) -> None:
        """Neither hear nor say anything; 0 seconds: until it is switched off and on."""
        self.silent = True
        if seconds:
            self._loop.call_later(seconds, self._wake)

    def _wake(self) -> None:
        self.silent = False
        self.session += 1
        self.port.restart(self.settings)
        self._left = []
        self.carrier.ready_for_more(self.sim.msisdn)

    def _current_link(self) -> Path | None:
        if self.link is None or not self.moves:
            return self.link
        return self.link.with_name(f"{self.link.name}-{self.moves}")

    # -- SIM and network --------------------------------------------------------------------------------------

    def pin_state(self) -> str:
        """What +CPIN? tells."""
        if not self.has_sim:
            raise cme(10)
        if self.unlocked:
            return "READY"
        return "SIM PIN" if self.sim.pin_tries else "SIM PUK"

    def unlock(self) -> None:
        """Go on after the right PIN."""
        self.unlocked = True
        self.register_soon()

    def register_soon(self) -> None:
        """Look for the network, which takes the network's time."""
        if self.carrier.registration_delay:
            self._loop.call_later(self.carrier.registration_delay, self.look_for_network)
        else:
            self.look_for_network()

    def look_for_network(self) -> None:
        """Register when everything for it is there, else lose the registration; tell those who asked to know."""
        before = self.registered
        self.registered = self.powered and self.unlocked and self.radio_on and self.network_present
        if self.registered == before:
            return
        for name, mode in self.settings.registration.items():
            if mode and name not in self.profile.refused:
                self.port.indicate(f"{name}: {self.registration_state()}")
        if self.registered:
            self.carrier.ready_for_more(self.sim.msisdn)

    def registration_state(self) -> int:
        """Give <stat> of +CREG: 1 home, 2 searching, 0 not searching."""
        if self.registered:
            return 1
        return 2 if self.powered and self.unlocked and self.radio_on else 0

    def check_service(self) -> None:
        """Refuse a submission that the radio could not make."""
        if not self.radio_on or not self.registered:
            raise cms(331)

    # -- commands ---------------------------------------------------------------------------------------------

    def _typed(self, data: bytes) -> None:
        if self.powered and not self.silent:
            self.port.receive(data)

    def _write(self, data: bytes) -> None:
        if self.powered and not self.silent and self.line is not None:
            self.line.write(data)

    def _prompt_goes_on(self, typed: int) -> bool:
        fault = self.faults.active(FaultKind.HANG_IN_PDU)
        if fault is None or typed < int(fault.value or 20):
            return True
        self.faults.take(FaultKind.HANG_IN_PDU)
        self.fall_silent(fault.seconds)
        return False

    def run_line(self, body: str) -> None:
        """Run the commands of one line in order; the first that fails ends it (V.250 clause 5.6.3)."""
        self.port.busy = True
        if self.faults.take(FaultKind.GARBAGE):
            self._write(b"\x00\xff\xfe~}#\x11\r\n\x8a\x02")
        if self.faults.active(FaultKind.UNSOLICITED_INSIDE):
            fault = self.faults.take(FaultKind.UNSOLICITED_INSIDE)
            self.port.inside_answer = (fault.value if fault else "") or "^RSSI:12"
        try:
            self._left = parse_line(body)
        except AtError as error:
            self._fail(error)
            return
        self._next()

    def _next(self) -> None:
        while self._left:
            command = self._left.pop(0)
            try:
                lines = self._execute(command)
            except AtError as error:
                self._fail(error)
                return
            if isinstance(lines, Pending):
                return
            self._inform(lines)
        self.port.result("OK")

    def _inform(self, lines: list[str]) -> None:
        if len(lines) > 1 and not self.port.inside_answer and self.profile.indications_in_command == "between":
            self.port.inside_answer = self.port.take_waiting()
        self.port.information(lines)

    def _execute(self, command: Command) -> list[str] | Pending:
        handler = HANDLERS.get(command.name)
        self.heard[f"{command.name}=" if command.form is Form.SET else command.name] += 1
        if command.name in self.profile.refused:
            raise AtError
        if handler is None:
            return self._makers_command(command)
        if command.name in NEEDS_SIM_CMS:
            self.check_sim(cms(310), cms(311), cms(316))
        elif command.name in NEEDS_SIM_CME:
            self.check_sim(cme(10), cme(11), cme(12))
        return handler(self, command)

    def _makers_command(self, command: Command) -> list[str]:
        known = {self.profile.iccid[0]: self.profile.iccid[1], self.profile.pin_tries[0]: self.profile.pin_tries[1]}
        known |= self.profile.extra
        if command.name not in known:
            raise AtError
        state = "NONE" if not self.has_sim else self.pin_state()
        answer = known[command.name].format(iccid=self.sim.iccid, pin=self.sim.pin_tries, state=state)
        return [answer] if answer else []

    def check_sim(self, absent: AtError, locked: AtError, blocked: AtError) -> None:
        """Refuse what needs an open SIM."""
        if not self.has_sim:
            raise absent
        if self.faults.active(FaultKind.SIM_BUSY):
            raise cms(314) if absent.kind is ErrorKind.CMS else cme(14)
        if not self.unlocked:
            raise locked if self.sim.pin_tries else blocked

    def _fail(self, error: AtError) -> None:
        self._left = []
        self.port.failure(error, cms_needs_cmee=self.profile.cms_needs_cmee)

    def complete(self, lines: list[str]) -> None:
        """End a pending command well and go on with the line."""
        if self.port.busy:
            self.port.information(lines)
            self._next()

    def fail(self, error: AtError) -> None:
        """End a pending command with an error."""
        if self.port.busy:
            self._fail(error)

    def cancel(self) -> None:
        """End a pending command because ESC was typed."""
        self._left = []
        self.port.result(self.profile.escape_result)

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Do something in a moment, unless it restarts before."""
        session = self.session
        self._loop.call_later(seconds, lambda: work() if session == self.session else None)

    def indicate_later(self, text: str, seconds: float) -> None:
        """Say something unasked in a moment."""
        self._loop.call_later(seconds, self.port.indicate, text)
