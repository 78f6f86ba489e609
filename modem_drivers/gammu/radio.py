"""A phone that gammu drives, as the one interface of all radios."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from modem_drivers.at.discovery import check_imei, check_sim, find_port
from modem_drivers.gammu.messages import REPORT, message_of, pdu_of
from modem_drivers.gammu.process import GammuProcess
from modem_drivers.pins import RefusedPins
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
    SimError,
    Slot,
    StoredSubmit,
    UssdText,
)
from modem_drivers.sms import PduError, decode_submit

DEFAULT_SECONDS = {"open": 25.0, "ask": 15.0, "list": 60.0, "submit": 60.0, "ussd": 30.0}
WATCH_SECONDS = 2.0  # gammu tells of new messages only to who blocks on the port: the count is asked for instead

_REGISTERED = {"HomeNetwork": 1, "RoamingNetwork": 5, "RequestingNetwork": 2, "RegistrationDenied": 3, "NoNetwork": 0}
_REFUSALS = {
    "ERR_SECURITYERROR": Outcome.SIM_FAULT,
    "ERR_INSIDEPHONEMENU": Outcome.MODEM_FAULT,
    "ERR_NOSIM": Outcome.SIM_FAULT,
    "ERR_BUSY": Outcome.REFUSED_FOR_NOW,
    "ERR_NETWORK_ERROR": Outcome.REFUSED_FOR_NOW,
    "ERR_EMPTYSMSC": Outcome.SIM_FAULT,
    "ERR_BUG": Outcome.MODEM_FAULT,
}
_RECEIVED_STATES = ("UnRead", "Read")


class GammuRadio:
    """One phone behind python-gammu."""

    def __init__(self, settings: RadioSettings) -> None:
        self.settings = settings
        self._seconds = DEFAULT_SECONDS | dict(settings.timeouts)
        self.path = settings.port  #: where the phone was found
        self._process = GammuProcess()
        self._refusals = RefusedPins(settings.state_folder, settings.name, settings.refused_pins)
        self._lock = asyncio.Lock()
        self._known = 0

    @property
    def announces(self) -> bool:
        """The memories are watched here."""
        return True

    async def open(self) -> Identity:
        """Start gammu, connect, unlock; raises `PortUnavailableError`, `SimError`, `ModemSilentError`."""
        async with self._lock:
            await self._process.kill()
            await self._process.start()
            try:
                return await self._connect()
            except BaseException:
                await self._process.kill()
                raise

    async def _connect(self) -> Identity:
        settings = self.settings
        self.path = await find_port(settings.port, settings.imei, settings.baudrate)
        told = await self._ask("open", self.path, f"at{settings.baudrate}", kind="open", sim=True)
        if settings.imei is not None:
            check_imei(told["imei"], settings.imei)
        if told["locked"] is not None:
            await self._unlock(told["locked"], told["imei"])
        identity = Identity(**await self._ask("identify", kind="open", sim=True))
        check_sim(identity, settings.sim)
        return identity

    async def _unlock(self, asked: str, imei: str | None) -> None:
        """Gammu tells neither how many tries are left nor, before the PIN, which SIM it is.

        A PIN is tried once in a phone, until the configuration has another.
        """
        pin = self.settings.pin
        if asked != "PIN":
            raise SimError("sim_locked", f"the SIM asks for {asked}: a person has to unlock it")
        if pin is None:
            raise SimError("pin_missing", "the SIM asks for its PIN and the config has none")
        if self._refusals.knows(imei, pin):
            detail = "the SIM refused this PIN before: it is not tried again until the config has another"
            raise SimError("pin_refused", detail)
        try:
            self._refusals.expect(imei, pin)
        except OSError as error:
            detail = f"no PIN is tried while it cannot be remembered on disk that it was: {error.strerror}"
            raise SimError("pin_unsafe", detail) from error
        await self._ask("unlock", pin, kind="open", sim=True)
        self._refusals.forget(imei, pin)

    async def _ask(self, request: str, *arguments: object, kind: str = "ask", sim: bool = False) -> Any:  # noqa: ANN401
        try:
            return await self._process.ask(request, *arguments, seconds=self._seconds[kind])
        except RadioError as error:
            if sim and error.code in ("ERR_SECURITYERROR", "ERR_NOSIM"):
                raise SimError("pin_refused" if error.code == "ERR_SECURITYERROR" else "no_sim", str(error)) from None
            raise

    async def close(self) -> None:
        """End the child; never raises."""
        await self._process.kill()

    async def next_event(self) -> Event:
        """Wait until the number of messages in the memories has grown, or the child is gone."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                async with self._lock:
                    waiting = int(await self._ask("waiting"))
            except PortUnavailableError as error:
                return Event(EventKind.GONE, detail=str(error))
            except ModemSilentError as error:
                return Event(EventKind.GONE, detail=str(error))
            except RadioError:
                continue
            grown, self._known = waiting > self._known, waiting
            if grown:
                return Event(EventKind.STORED, detail=f"{waiting} messages")

    async def probe(self) -> Health:
        """Ask the phone how it is; raises `ModemSilentError`."""
        async with self._lock:
            told = await self._ask("probe")
        told["registration"] = _REGISTERED.get(told.pop("state"))
        return Health(**told)

    async def resync(self) -> None:
        """Gammu has no re-synchronisation: the phone is asked something; raises `ModemSilentError`."""
        async with self._lock:
            await self._ask("waiting")

    async def reset(self) -> None:
        """Soft reset of the phone."""
        async with self._lock:
            await self._ask("reset")

    async def received(self) -> list[ReceivedPdu]:
        """Everything received that lies in the memories, oldest place first."""
        async with self._lock:
            messages = await self._ask("messages", kind="list")
            self._known = len(messages)
        found = [received for message in messages if (received := _received(message)) is not None]
        return sorted(found, key=lambda received: received.slot.index if received.slot else 0)

    async def read(self, slot: Slot) -> ReceivedPdu | None:
        """The PDU in one slot, None when the slot is empty or holds no received message."""
        async with self._lock:
            messages = await self._ask("message", slot.index)
        return _received(messages[0]) if messages else None

    async def delete(self, slot: Slot) -> bool:
        """Delete one slot and look whether it is gone."""
        async with self._lock:
            gone = bool(await self._ask("delete", slot.index))
            self._known = max(0, self._known - gone)
        return gone

    async def clear(self, slots: Sequence[Slot]) -> Cleared:
        """Delete slots one by one, each looked at."""
        return Cleared(tuple([slot for slot in slots if not await self.delete(slot)]))

    async def acknowledge(self) -> None:
        """Nothing to do: with gammu every message lies in a memory."""

    async def submit(self, pdu: str, length: int, *, more: bool = False) -> SendResult:
        """Send one SUBMIT; whatever gammu does not name as a refusal is uncertain."""
        try:
            message = message_of(decode_submit(pdu))
        except PduError as error:
            return SendResult(Outcome.REFUSED_FOR_GOOD, code=error.code, detail=error.detail)
        async with self._lock:
            if not self._process.alive:
                return SendResult(Outcome.MODEM_FAULT, code="port_lost", detail="the gammu process is gone")
            try:
                reference = await self._ask("send", message, kind="submit")
            except RadioError as error:
                return SendResult(_REFUSALS.get(error.code, Outcome.UNCERTAIN), code=error.code, detail=str(error))
        return SendResult(Outcome.ACCEPTED, reference)

    async def store(self, pdu: str, length: int) -> Slot:
        """Not offered: gammu rewrites what it stores."""
        raise NotSupportedError("no_cmgw", "the gammu driver does not store messages before sending")

    async def submit_stored(self, slot: Slot) -> SendResult:
        """Not offered."""
        raise NotSupportedError("no_cmss", "the gammu driver does not send from memory")

    async def stored(self) -> list[StoredSubmit]:
        """None, as nothing is stored."""
        return []

    async def ussd(self, code: str) -> str:
        """Dial a USSD code and give the network's text."""
        return (await self.ussd_step(code)).text

    async def ussd_step(self, text: str) -> UssdText:
        """Dial a USSD code, or answer what the network asked; raises `RadioError` with what it refused."""
        async with self._lock:
            told = await self._ask("ussd", text, kind="ussd")
        if not told["text"]:
            raise RadioError("ussd_refused", f"the network gave no text ({told['status']})")
        return UssdText(str(told["text"]), open=told["status"] == "ActionNeeded")

    async def ussd_end(self) -> None:
        """Nothing to do: gammu cannot end a session, the network does after a while."""

    async def set_smsc(self, number: str) -> None:
        """Set the number of the SMS centre on the SIM; raises `RadioError` when it is refused."""
        async with self._lock:
            await self._ask("set_smsc", number)


def _received(message: dict[str, Any]) -> ReceivedPdu | None:
    if message["state"] not in _RECEIVED_STATES and message["type"] != REPORT:
        return None
    try:
        return ReceivedPdu(pdu_of(message), Slot(message["memory"], message["location"]))
    except PduError:
        return None  # gammu could not read it; it stays in the memory
