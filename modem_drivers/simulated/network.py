"""The simulated network: a loop in a thread of its own, modems on pseudo-terminals, phones, an SMSC."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from modem_drivers.simulated.errors import cms
from modem_drivers.simulated.faults import Fault, FaultKind
from modem_drivers.simulated.mishaps import Mishaps
from modem_drivers.simulated.modem import Modem, Operator, Submitted
from modem_drivers.simulated.numbering import normal_number
from modem_drivers.simulated.phone import Phone, SendOptions
from modem_drivers.simulated.profiles import profiles
from modem_drivers.simulated.sim import Sim, StoredMessage
from modem_drivers.simulated.smsc import Smsc, Submission
from modem_drivers.simulated.ussd import UssdService
from modem_drivers.sms import (
    Address,
    Deliver,
    PduError,
    Submit,
    dcs_of,
    decode_status_report,
    decode_submit,
    split,
    user_data_of,
)

T = TypeVar("T")
WESTERN_INDONESIA = timezone(timedelta(hours=7), "WIB")
OPERATORS = {
    "telkomsel": Operator("TELKOMSEL", "51010", "+62811000000"),
    "indosat": Operator("INDOSAT", "51001", "+62816124000"),
    "xl": Operator("XL", "51011", "+62818445009"),
    "tri": Operator("3", "51089", "+62896440000"),
    "smartfren": Operator("SMARTFREN", "51009", "+62881222000"),
}
UNKNOWN_OPERATOR = "99"  # last digits of MCC and MNC for operators with no entry


class SimulatedNetwork:
    """A GSM network that runs until `stop`; every public method may be called from any thread.

    `submit_latency` and `delivery_latency` are seconds a message takes to be accepted and to reach its recipient,
    `registration_delay` seconds from the right PIN to +CREG: 1, `acknowledge_within` seconds the network waits for
    +CNMA, `retry_after` seconds until a refused delivery is tried again, `clock_error` seconds by which the SMSC's
    clock is ahead. All may be changed while it runs.
    """

    def __init__(self, *, clock: Callable[[], datetime] | None = None, link_dir: Path | str | None = None) -> None:
        self._true_time = clock or (lambda: datetime.now(WESTERN_INDONESIA))
        self._link_dir = Path(link_dir) if link_dir else None
        self.submit_latency = 0.0
        self.delivery_latency = 0.0
        self.registration_delay = 0.0
        self.acknowledge_within = 15.0
        self.retry_after = 2.0
        self.clock_error = 0.0
        self.ussd_service = UssdService()
        self._smsc = Smsc(self._clock, lambda: self.retry_after)
        self._modems: dict[str, Modem] = {}
        self._phones: dict[str, Phone] = {}
        self._long_reference = 0
        self._loop = asyncio.new_event_loop()
        self._mishaps = Mishaps(self._loop, self._smsc, lambda: len(self._modems))
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated-network", daemon=True)

    def _clock(self) -> datetime:
        """What the SMSC takes for the time."""
        return self._true_time() + timedelta(seconds=self.clock_error)

    # -- life -------------------------------------------------------------------------------------------------

    @classmethod
    def start(cls, *, clock: Callable[[], datetime] | None = None, link_dir: Path | str | None = None) -> Self:
        """Make a network and start its loop; with `link_dir` each port gets a link of the modem's name there."""
        network = cls(clock=clock, link_dir=link_dir)
        network._thread.start()
        return network

    def stop(self) -> None:
        """Close every port and end the loop; doing it twice is harmless."""
        if self._loop.is_closed():
            return
        self.run(self._close_ports)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def run(self, work: Callable[[], T]) -> T:
        """Do something on the network's loop and give its result."""
        if threading.current_thread() is self._thread:
            return work()
        done: concurrent.futures.Future[T] = concurrent.futures.Future()

        def perform() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # handed to the caller, whatever it is
                done.set_exception(error)

        self._loop.call_soon_threadsafe(perform)
        return done.result()

    def _close_ports(self) -> None:
        for modem in self._modems.values():
            modem.switch_off(drop_port=True)

    # -- modems -----------------------------------------------------------------------------------------------

    def add_modem(
        self,
        name: str,
        msisdn: str,
        operator: str = "telkomsel",
        profile: str = "generic",
        *,
        pin: str | None = None,
        capacity: int = 20,
        sim: bool = True,
    ) -> str:
        """Plug in and switch on a modem; gives the path of its port.

        `capacity` is the number of slots on the SIM, `pin` locks it, `sim=False` leaves it out.
        """
        if name in self._modems:
            raise ValueError(f"a modem named {name} is there already")
        return self.run(lambda: self._plug_in(name, msisdn, operator, profile, pin, capacity, sim))

    def _plug_in(
        self, name: str, msisdn: str, operator: str, profile: str, pin: str | None, capacity: int, has_sim: bool
    ) -> str:
        serial = len(self._modems) + 1
        known = OPERATORS.get(operator.lower(), Operator(operator.upper(), f"510{UNKNOWN_OPERATOR}", "+62811000000"))
        number = normal_number(msisdn)
        sim = Sim(
            number, f"{known.code}{serial:010d}", f"8962{known.code}{serial:011d}", known.smsc, pin, capacity=capacity
        )
        modem = Modem(name, sim, profiles()[profile], self, known, serial)
        modem.has_sim = has_sim
        modem.link = self._link_dir / name if self._link_dir else None
        self._modems[name] = modem
        self._smsc.mailbox(number).modem = modem
        modem.switch_on()
        return modem.path

    def modem(self, name: str) -> Modem:
        """Give a modem to look into; change it only through `run`."""
        return self._modems[name]

    @property
    def modems(self) -> list[str]:
        """Names of all modems in the order they were plugged in."""
        return list(self._modems)

    def path(self, name: str) -> str:
        """Where a modem's port is now; empty while it is away."""
        return self._modems[name].path

    def stored(self, name: str, memory: str = "SM") -> list[tuple[int, StoredMessage]]:
        """What lies in one memory of a modem."""
        return self.run(lambda: self._modems[name].memories.named(memory).items())

    def dropped_reports(self, name: str) -> list[str]:
        """Recipients of the delivery reports that a modem dropped, as it was told to by its +CNMI."""
        pdus = self.run(lambda: list(self._modems[name].receiver.dropped))
        return [report.recipient.text for pdu in pdus if (report := decode_status_report(pdu)).recipient]

    def switch_off(self, name: str, *, drop_port: bool = False) -> None:
        """Take a modem's power away; the port stays unless it is told to go too."""
        self.run(lambda: self._modems[name].switch_off(drop_port=drop_port))

    def switch_on(self, name: str) -> str:
        """Give it back; gives the port's path."""
        self.run(self._modems[name].switch_on)
        return self.path(name)

    # -- phones -----------------------------------------------------------------------------------------------

    def phone(self, msisdn: str) -> Phone:
        """Give the phone of a number, made when it is first asked for."""
        return self.run(lambda: self._phone(normal_number(msisdn)))

    def _phone(self, number: str) -> Phone:
        phone = self._phones.get(number)
        if phone is None:
            phone = self._phones[number] = Phone(number, self)
            mailbox = self._smsc.mailbox(number)
            mailbox.phone = phone
            self._smsc.unknown.discard(number)
            mailbox.ready()
        return phone

    @property
    def phones(self) -> dict[str, Phone]:
        """All phones by number."""
        return dict(self._phones)

    @property
    def history(self) -> list[Submission]:
        """Every SUBMIT the network accepted, oldest first."""
        return self.run(lambda: list(self._smsc.history))

    def forget_history(self) -> None:
        """Start the record anew, for long runs."""
        self.run(self._smsc.history.clear)

    def unassign(self, msisdn: str) -> None:
        """Let a number be of nobody: a report about it says that it cannot be reached."""
        self.run(lambda: self._smsc.unknown.add(normal_number(msisdn)))

    def waiting_for(self, msisdn: str) -> int:
        """How many messages the SMSC keeps for a number."""
        return self.run(lambda: len(self._smsc.mailbox(normal_number(msisdn))))

    def send_from(self, number: str, text: str, to: str | None = None, options: SendOptions | None = None) -> None:
        """Send a text from any number, short code or name to a number; None is the first modem's."""
        self.run(lambda: self._send_from(number, text, to, options or SendOptions()))

    def _send_from(self, number: str, text: str, to: str | None, options: SendOptions) -> None:
        target = normal_number(to) if to else next(iter(self._modems.values())).sim.msisdn
        bits = options.reference_bits
        pieces = split(text, bits)
        self._long_reference = (self._long_reference + 1) % (1 << bits)
        parts = list(user_data_of(pieces, dcs_of(pieces.alphabet, options.message_class), self._long_reference, bits))
        sender = Address.of(number) if number.lstrip("+").isdigit() else Address.named(number)
        for part in reversed(parts) if options.backwards else parts:
            deliver = Deliver(sender, self._clock(), part, smsc=Address.of(OPERATORS["telkomsel"].smsc))
            self._later(self.delivery_latency, partial(self._smsc.send, deliver, target))

    def reachable_again(self, number: str) -> None:
        """Deliver what waited for a phone; called on the network's loop."""
        self._smsc.mailbox(number).ready()

    # -- what modems ask (on the loop) --------------------------------------------------------------------------

    def submit(self, modem: Modem, tpdu: bytes, smsc: str, done: Submitted) -> None:
        """Take a SUBMIT from a modem, after the network's time."""
        slow = modem.faults.active(FaultKind.SLOW)
        latency = float(slow.value or 3.0) if slow else self.submit_latency
        session = modem.session
        self._later(latency, lambda: self._accept(modem, session, tpdu, done))

    def _accept(self, modem: Modem, session: int, tpdu: bytes, done: Submitted) -> None:
        if session != modem.session or not modem.registered:
            done(cms(331))
            return
        pdu = "00" + tpdu.hex().upper()
        try:
            message = decode_submit(pdu)
        except PduError:
            done(cms(111))
            return
        if message.recipient is None:
            done(cms(193))
            return
        to = normal_number(message.recipient.text)
        submission = self._smsc.accept(modem, message, to, pdu, modem.sim.next_reference())
        done(submission.reference)
        self._later(self.delivery_latency, lambda: self._forward(submission, message, modem.operator.smsc))

    def _forward(self, submission: Submission, message: Submit, smsc: str) -> None:
        if submission.to not in self._smsc.unknown and self._smsc.mailbox(submission.to).modem is None:
            self._phone(submission.to)
        self._smsc.forward(submission, message, smsc)

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        if seconds > 0:
            self._loop.call_later(seconds, work)
        else:
            work()

    def ready_for_more(self, msisdn: str) -> None:
        """Deliver what waited for a SIM."""
        self._smsc.mailbox(msisdn).ready()

    def ussd(self, modem: Modem, text: str) -> tuple[str, bool]:
        """Answer a USSD string."""
        return self.ussd_service.answer(modem.operator.name, modem.sim.msisdn, text)

    def end_ussd(self, modem: Modem) -> None:
        """Forget a USSD session in which the network waits."""
        self.ussd_service.end(modem.sim.msisdn)

    def surprise(self, modem: Modem) -> None:
        """Let a text come in while a modem waits at its prompt."""
        self._send_from("+6281200000001", "BANTUAN", modem.sim.msisdn, SendOptions())

    # -- faults -----------------------------------------------------------------------------------------------

    def fault(self, name: str, kind: FaultKind | str, *, count: int = 1, value: str = "", seconds: float = 0.0) -> None:
        """Plan a fault of a modem, or let it happen now; `FaultKind` says what each means and takes."""
        fault = Fault(FaultKind(kind), count, value, seconds)
        self.run(lambda: self._mishaps.plan(self._modems[name], fault))

    def clear_faults(self, name: str) -> None:
        """End every fault of a modem."""
        self.run(lambda: self._mishaps.clear(self._modems[name]))
