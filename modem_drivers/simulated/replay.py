"""Replays a published dialogue against the real driver: it starts, receives, deletes, sends, and is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from modem_drivers.at import AtRadio
from modem_drivers.profiles import Profile
from modem_drivers.radio import EventKind, NotSupportedError, RadioError, RadioSettings
from modem_drivers.simulated.line import PtyLine
from modem_drivers.simulated.published import PublishedDialogue
from modem_drivers.simulated.published_modem import PublishedModem, Stored
from modem_drivers.sms import Address, Deliver, EncodedPdu, compose, dcs_of, encode_deliver, split, user_data_of

TOLD_WITHIN = 3.0  # seconds from a message's arrival to the driver's word of it
TIMEOUTS = {"prompt": 3.0, "submit": 5.0, "sim_ready": 5.0}
RECIPIENT = "+628111999888"


async def replay(dialogue: PublishedDialogue, profiles: Mapping[str, Profile] | None = None) -> list[str]:
    """What the driver did wrong, in sentences; an empty list when it got on with this modem."""
    modem = PublishedModem(dialogue, lambda data: line.write(data))
    line = PtyLine(modem.receive)
    radio = AtRadio(RadioSettings(dialogue.name, line.path, timeouts=TIMEOUTS), profiles)
    try:
        faults = await Replay(dialogue, modem, radio).run()
    except RadioError as error:
        faults = [f"{type(error).__name__} {error.code}: {error} (after {modem.commands[-3:]})"]
    finally:
        await radio.close()
        line.close()
    return faults + [f"wrong: {wrong}" for wrong in modem.wrongs]


class Replay:
    """One modem and one driver, step by step."""

    def __init__(self, dialogue: PublishedDialogue, modem: PublishedModem, radio: AtRadio) -> None:
        self._dialogue = dialogue
        self._expected = dialogue.expected
        self._modem = modem
        self._radio = radio
        self._faults: list[str] = []

    async def run(self) -> list[str]:
        """Everything, in the order of a modem's day."""
        waiting = _deliver(1)
        if self._expected.receives:
            self._modem.store(self._expected.receiving, Stored(0, waiting))
        self._modem.boot()
        identity = await self._radio.open()
        self._check(identity.imei == self._expected.imei, f"IMEI read as {identity.imei}")
        if self._expected.receives:
            await self._receives(waiting)
        await self._sends()
        health = await self._radio.probe()
        self._check(health.registered, f"registration read as {health.registration}")
        return self._faults

    def _check(self, good: bool, fault: str) -> None:
        if not good:
            self._faults.append(fault)

    async def _receives(self, waiting: str) -> None:
        """What lay there, what is told, and a deletion that is one."""
        self._check(self._modem.selected[2] == self._expected.receiving, f"receives into {self._modem.selected[2]}")
        await self._takes(waiting)
        for number in range(2, 3 + self._dialogue.messages.unheard):
            told = _deliver(number)
            self._modem.deliver(told)
            if self._dialogue.messages.cnmi_sets:
                await self._is_told()
            await self._takes(told)

    async def _is_told(self) -> None:
        try:
            while (await asyncio.wait_for(self._radio.next_event(), TOLD_WITHIN)).kind is not EventKind.STORED:
                continue
        except TimeoutError:
            self._faults.append("a notice of a new message was not understood")

    async def _takes(self, pdu: str) -> None:
        found = [item for item in await self._radio.received() if item.pdu == pdu]
        self._check(len(found) == 1, f"a stored message was listed {len(found)} times")
        for item in found:
            self._check(item.slot is not None and await self._radio.delete(item.slot), "a deletion was not seen")
        self._check(not self._modem.holds(pdu), "a message was not deleted")

    async def _sends(self) -> None:
        """One is taken by the network, one is refused, one goes by the modem's memory."""
        encoded = _submit("Selamat pagi")
        result = await self._radio.submit(encoded.pdu, encoded.length)
        self._check(result.outcome.value in self._expected.submit, f"a submission is {result.outcome.value}")
        if "accepted" in self._expected.submit:
            self._check(self._modem.submitted[-1:] == [encoded.pdu], "what was sent is not what was to be sent")
            self._check(result.reference == self._dialogue.sending.first_reference, f"reference {result.reference}")
        await self._is_refused()
        if self._expected.writes:
            await self._sends_from_memory()
        else:
            await self._cannot_write()

    async def _is_refused(self) -> None:
        self._modem.refuses_next = True
        encoded = _submit("Selamat siang")
        before = len(self._modem.submitted)
        result = await self._radio.submit(encoded.pdu, encoded.length)
        self._check(result.outcome.value in self._expected.failed, f"a refusal is {result.outcome.value} {result.code}")
        self._check(len(self._modem.submitted) == before, "sent again by the driver itself")
        self._modem.refuses_next = False

    async def _sends_from_memory(self) -> None:
        encoded = _submit("Selamat malam")
        slot = await self._radio.store(encoded.pdu, encoded.length)
        result = await self._radio.submit_stored(slot)
        self._check(result.outcome.value in self._expected.submit, f"sent from memory: {result.outcome.value}")
        states = [each.state.name for each in await self._radio.stored() if each.slot == slot]
        self._check(states == ["SENT"], f"the memory says {states}")
        self._check(await self._radio.delete(slot), "a written message was not deleted")

    async def _cannot_write(self) -> None:
        encoded = _submit("Selamat malam")
        try:
            await self._radio.store(encoded.pdu, encoded.length)
        except NotSupportedError:
            return
        self._faults.append("wrote where nothing can be written")


def _deliver(number: int) -> str:
    pieces = split(f"BANTUAN {number}")
    part = next(iter(user_data_of(pieces, dcs_of(pieces.alphabet), 0)))
    smsc = Address.of("+62811000000")
    return encode_deliver(
        Deliver(Address.of(f"+62812000000{number:02d}"), datetime(2026, 1, 1, 8, tzinfo=UTC), part, smsc=smsc)
    )


def _submit(text: str) -> EncodedPdu:
    return compose(RECIPIENT, text).pdus[0]
