"""A modem that speaks AT, as the one interface of all radios."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from modem_drivers.at import health, replies, setup
from modem_drivers.at.dialogue import Dialogue
from modem_drivers.at.discovery import KNOCK_SECONDS, check_imei, check_sim, find_port
from modem_drivers.at.memory import Memory
from modem_drivers.at.pin import unlock
from modem_drivers.at.sending import Sender
from modem_drivers.at.session import Session
from modem_drivers.at.unsolicited import says_memory_full, says_restarted
from modem_drivers.at.ussd import Ussd
from modem_drivers.outcomes import interrupted
from modem_drivers.pins import RefusedPins
from modem_drivers.profiles import GENERIC, Profile, profile_for
from modem_drivers.radio import (
    Cleared,
    Event,
    EventKind,
    Health,
    Identity,
    ModemSilentError,
    NotSupportedError,
    Outcome,
    PortUnavailableError,
    RadioError,
    RadioSettings,
    ReceivedPdu,
    SendResult,
    Slot,
    StoredSubmit,
    UssdText,
)

PDU_MODE_SECONDS = 3.0  # how long a modem is believed to be still in PDU mode


class AtRadio:
    """One modem on a tty. Give it nothing but a name and a port; it finds out the rest."""

    def __init__(self, settings: RadioSettings, profiles: Mapping[str, Profile] | None = None) -> None:
        self.settings = settings
        self.remarks: list[str] = []  #: what was refused at set-up without harm
        self.path = settings.port  #: where the modem was found
        self._profiles = dict(profiles or {})
        self._profile = self._profiles.get(settings.profile, GENERIC)
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._dialogue = Dialogue(self._hear, self._hear_direct, self._hear_loss)
        self._session = Session(self._dialogue, settings.timeouts)
        self._lock = asyncio.Lock()
        self._refusals = RefusedPins(settings.state_folder, settings.name, settings.refused_pins)
        self._restarted = False
        self._pdu_mode_at = 0.0  # when it was last seen to take PDUs
        self._ussd = Ussd(self._session, self._profile.ussd_packed)
        self._use(setup.Abilities())

    def _use(self, abilities: setup.Abilities) -> None:
        self._abilities = abilities
        self._memory = Memory(self._session, abilities)
        self._sender = Sender(self._session, abilities)

    @property
    def announces(self) -> bool:
        """Whether the modem tells of new messages; else somebody has to look."""
        return self._abilities.notices

    # Opening and closing

    async def open(self) -> Identity:
        """Open the port and set the modem up; raises `PortUnavailableError`, `SimError`, `ModemSilentError`."""
        async with self._lock:
            self._events = asyncio.Queue()
            self.path = await find_port(self.settings.port, self.settings.imei, self.settings.baudrate)
            await self._dialogue.open(self.path, self.settings.baudrate)
            try:
                return await self._set_up()
            except BaseException:
                self._dialogue.close()
                raise

    async def _set_up(self) -> Identity:
        await self._dialogue.resync(self._session.seconds("resync"))
        await setup.set_up_dialogue(self._session)
        self._profile = await self._chosen_profile()
        self._ussd = Ussd(self._session, self._profile.ussd_packed)
        await self._check_modem()
        await self._set_up_service()
        identity = await setup.identify(self._session)
        check_sim(identity, self.settings.sim)
        return identity

    async def _check_modem(self) -> None:
        """Another modem than the one named gets no PIN and no message."""
        if self.settings.imei is not None:
            check_imei(await setup.imei(self._session), self.settings.imei)

    async def _set_up_service(self) -> None:
        """Unlock the SIM and set up its messages; a SIM that stays busy is an error, not a SIM that cannot."""
        self._restarted = False
        self._session.patient_until = asyncio.get_running_loop().time() + self._session.seconds("sim_ready")
        await unlock(self._session, self._profile, self.settings.pin, self._refusals)
        await setup.turn_radio_on(self._session)
        await self._send_init(self._profile.init)
        self._use(await setup.set_up_messages(self._session, self._profile, self.settings.storage))
        await self._send_init(self.settings.init)
        self._pdu_mode_at = asyncio.get_running_loop().time()

    async def _restore_after_restart(self) -> None:
        """A modem that restarted by itself is in text mode, silent about messages, perhaps locked: set it up again."""
        if self._restarted or self._dialogue.lost_its_settings:
            await setup.set_up_dialogue(self._session)
            await self._set_up_service()

    async def _ensure_pdu_mode(self) -> None:
        """A modem may be in text mode again and tell nobody: a PDU would go out as a text, to a number of two digits.

        What is sent without a pause is not asked for each time: the modem has just shown that it takes PDUs.
        """
        now = asyncio.get_running_loop().time()
        if now - self._pdu_mode_at < PDU_MODE_SECONDS or self._session.is_slow:
            return
        self._pdu_mode_at = now
        if await setup.is_in_text_mode(self._session):
            self._restarted = True
            await self._restore_after_restart()

    async def _chosen_profile(self) -> Profile:
        if self.settings.profile != "generic" or not self._profiles:
            return self._profiles.get(self.settings.profile, GENERIC)
        return profile_for(await setup.describe(self._session), self._profiles)

    async def _send_init(self, commands: tuple[str, ...]) -> None:
        for command in commands:
            bare = command[2:] if command[:2].upper() == "AT" else command
            if await self._session.try_optional(bare, "sim") is None:
                self.remarks.append(f"AT{bare} was refused")

    async def close(self) -> None:
        """Give the port back; never raises."""
        self._dialogue.close()

    # What the modem says on its own

    async def next_event(self) -> Event:
        """Wait for the next thing the modem says on its own."""
        return await self._events.get()

    def _hear(self, line: str) -> None:
        if line.startswith(("+CMTI:", "+CDSI:")):
            slot = replies.parse_slot_notice(line)
            if slot is not None:
                self._memory.notice(slot.storage)
            self._events.put_nowait(Event(EventKind.STORED, slot=slot, detail=line))
        elif says_restarted(line):
            self._restarted = True
            self._events.put_nowait(Event(EventKind.STORED, detail=line))  # whatever came meanwhile was not told
        elif says_memory_full(line):
            self._events.put_nowait(Event(EventKind.MEMORY_FULL, detail=line))
        elif line.startswith("+CUSD:") and (reply := replies.parse_cusd(line)):
            self._ussd.hear(reply)

    def _hear_direct(self, kind: str, pdu: str) -> None:
        if kind in ("CMT", "CDS"):  # +CBM, a cell broadcast, is nobody's message
            self._events.put_nowait(Event(EventKind.RECEIVED, received=ReceivedPdu(pdu.upper(), None), detail=kind))

    def _hear_loss(self, reason: str) -> None:
        self._events.put_nowait(Event(EventKind.GONE, detail=reason))

    # Health and recovery

    async def probe(self) -> Health:
        """Ask the modem how it is; raises `ModemSilentError`."""
        async with self._lock:
            answer = await self._session.ask("")
            if not answer.ok:
                raise ModemSilentError("no_ok", f"AT is answered by {answer.final.name}")
            await self._restore_after_restart()
            await self._ensure_pdu_mode()
            await self._restore_notices()
            return await health.look(self._session, self._memory)

    async def _restore_notices(self) -> None:
        """A modem may lose +CNMI without a restart: texts then come untold, and reports not at all."""
        if self._abilities.cnmi and await setup.lost_notices(self._session, self._abilities):
            await self._session.try_optional(f"+CNMI={self._abilities.cnmi}")
            self._events.put_nowait(Event(EventKind.STORED, detail="+CNMI was lost"))

    async def resync(self) -> None:
        """Bring a confused modem back to its command prompt (ESC, AT); raises `ModemSilentError`."""
        async with self._lock:
            await self._dialogue.resync(self._session.seconds("resync"))
            await self._session.ask("")
            await self._restore_after_restart()

    async def reset(self) -> None:
        """Reset the radio as the profile allows, also on a port that is closed and a modem that does not answer.

        Raises `NotSupportedError` when the profile forbids every reset, `PortUnavailableError`.
        """
        async with self._lock:
            if not self._dialogue.is_open:
                await self._open_for_reset()
            if self._profile.reset == "none":
                raise NotSupportedError("no_reset", f"profile {self._profile.name} allows no reset by command")
            self._restarted = True  # settings may be lost: the next look at the modem brings them back
            if self._profile.reset == "cfun_reboot":
                await self._reboot()
                return
            await self._session.must("+CFUN=4", "sim")
            await asyncio.sleep(1.0)
            await self._session.must("+CFUN=1", "list")

    async def _open_for_reset(self) -> None:
        self.path = await find_port(self.settings.port, self.settings.imei, self.settings.baudrate)
        await self._dialogue.open(self.path, self.settings.baudrate)
        try:
            await self._dialogue.resync(KNOCK_SECONDS)
            self._profile = await self._chosen_profile()
        except ModemSilentError:
            return  # some that say nothing still hear

    async def _reboot(self) -> None:
        try:
            await self._session.ask("+CFUN=1,1", "short")
        except (ModemSilentError, PortUnavailableError):
            return  # it went before it could answer: that is what was asked for

    # Receiving

    async def received(self) -> list[ReceivedPdu]:
        """Everything that lies in the receiving memory, oldest slot first."""
        async with self._lock:
            await self._restore_after_restart()
            return await self._memory.received()

    async def read(self, slot: Slot) -> ReceivedPdu | None:
        """The PDU in one slot, None when the slot is empty or holds no received message."""
        async with self._lock:
            return await self._memory.read(slot)

    async def delete(self, slot: Slot) -> bool:
        """Delete one slot and look whether it is gone; False when it is still there."""
        async with self._lock:
            return await self._memory.delete(slot)

    async def clear(self, slots: Sequence[Slot]) -> Cleared:
        """Delete several slots and look once what is left."""
        async with self._lock:
            return await self._memory.clear(slots)

    async def acknowledge(self) -> None:
        """Tell the network that the last directly received PDU is safe (+CNMA), where phase 2+ wants it."""
        if not self._abilities.acknowledges:
            return
        async with self._lock:
            for command in ("+CNMA", "+CNMA=0"):
                if await self._session.try_optional(command) is not None:
                    return
            # Too late: the network sends it again, but the modem has stopped direct delivery (27.005, 3.4.4).
            await self._session.try_optional(f"+CNMI={self._abilities.cnmi}")

    # Sending

    async def submit(self, pdu: str, length: int, *, more: bool = False) -> SendResult:
        """Send one SUBMIT: `pdu` with its SMSC in front, `length` its TPDU octets; `more` keeps the link open."""
        async with self._lock:
            return await self._in_pdu_mode(lambda: self._sender.submit(pdu, length, more))

    async def _in_pdu_mode(self, submit: Callable[[], Awaitable[SendResult]]) -> SendResult:
        try:
            await self._ensure_pdu_mode()
        except RadioError as error:
            return interrupted(error.code, handed_over=False)
        result = await submit()
        if result.outcome is Outcome.ACCEPTED:
            self._pdu_mode_at = asyncio.get_running_loop().time()
        return result

    async def store(self, pdu: str, length: int) -> Slot:
        """Write one SUBMIT to the modem's memory without sending it (+CMGW); raises `NotSupportedError`."""
        async with self._lock:
            await self._ensure_pdu_mode()
            return await self._sender.store(pdu, length)

    async def submit_stored(self, slot: Slot) -> SendResult:
        """Send what `store` wrote (+CMSS)."""
        async with self._lock:
            return await self._sender.submit_stored(slot)

    async def stored(self) -> list[StoredSubmit]:
        """The SUBMITs in the modem's memory with their states."""
        async with self._lock:
            return await self._memory.submits()

    # USSD

    async def ussd(self, code: str) -> str:
        """Dial a USSD code, or answer the network's question; raises `RadioError` with what it refused."""
        return (await self.ussd_step(code)).text

    async def ussd_step(self, text: str) -> UssdText:
        """Dial a USSD code, or answer what the network asked; raises `RadioError` with what it refused."""
        async with self._lock:
            return await self._ussd.step(text)

    async def ussd_end(self) -> None:
        """Give up a USSD session in which the network waits for an answer; harmless when there is none."""
        async with self._lock:
            await self._ussd.end()

    async def set_smsc(self, number: str) -> None:
        """Set the number of the SMS centre on the SIM (+CSCA); raises `RadioError` when it is refused."""
        if not number.removeprefix("+").isdecimal():
            raise RadioError("smsc", "the number of an SMS centre is digits, with + in front when international")
        kind = 145 if number.startswith("+") else 129
        async with self._lock:
            await self._session.must(f'+CSCA="{number}",{kind}', "sim")
