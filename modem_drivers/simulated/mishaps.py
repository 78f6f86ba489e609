"""What befalls modems, now or when its time comes; on the loop of their network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from modem_drivers.simulated.faults import Fault, FaultKind
from modem_drivers.simulated.modem import Modem
from modem_drivers.simulated.profiles import imei
from modem_drivers.simulated.sim import Sim, Stat, StoredMessage
from modem_drivers.simulated.smsc import Smsc
from modem_drivers.sms import Address, Deliver, dcs_of, encode_deliver, split, user_data_of

STATES = (FaultKind.SLOW, FaultKind.WRONG_IMEI, FaultKind.SIM_BUSY)  # planned faults that end by themselves


class Mishaps:
    """The faults of one network's modems; `modems` counts them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, smsc: Smsc, modems: Callable[[], int]) -> None:
        self._loop = loop
        self._smsc = smsc
        self._modems = modems

    def clear(self, modem: Modem) -> None:
        """End every fault of a modem."""
        modem.faults.clear()
        if modem.silent:
            modem.fall_silent(0.001)
        modem.network_present = True
        modem.look_for_network()

    def plan(self, modem: Modem, fault: Fault) -> None:
        """Let a fault happen now, or when its time comes."""
        if fault.kind is FaultKind.SILENCE:
            modem.fall_silent(fault.seconds)
        elif fault.kind is FaultKind.REBOOT:
            modem.restart(drop_port=modem.profile.reset_drops_port, after=fault.seconds or None)
        elif fault.kind is FaultKind.REENUMERATE:
            modem.moves += fault.value != "same link"
            modem.restart(drop_port=True, after=fault.seconds or None)
        elif fault.kind is FaultKind.UNREGISTERED:
            self._lose_network(modem, fault.seconds)
        elif fault.kind is FaultKind.SIM_FULL:
            self._fill(modem, fault.seconds)
        elif fault.kind is FaultKind.NOTICES_OFF:
            modem.settings.cnmi = [0] * 5
        elif fault.kind is FaultKind.MEMORY_SWITCHED:
            modem.memories.switch(fault.value)
        elif fault.kind is FaultKind.OTHER_STICK:
            self._swap(modem, fault.seconds)
        else:
            modem.faults.plan(fault)
            if fault.seconds and fault.kind in STATES:
                self._loop.call_later(fault.seconds, modem.faults.clear, fault.kind)

    def _swap(self, modem: Modem, seconds: float) -> None:
        """Another stick with another SIM at the same place, and the right one back after a while."""
        own, own_imei, number = modem.sim, modem.imei, self._modems() + 50
        modem.switch_off(drop_port=True)
        other = Sim(f"+6281199{number:06d}", f"51010{number:010d}", f"896251010{number:011d}", own.smsc)
        modem.insert(other, imei(modem.profile.tac, number))
        self._smsc.mailbox(other.msisdn).modem = modem
        self._smsc.mailbox(own.msisdn).modem = None
        modem.switch_on()

        def back() -> None:
            modem.switch_off(drop_port=True)
            modem.insert(own, own_imei)
            self._smsc.mailbox(other.msisdn).modem = None
            self._smsc.mailbox(own.msisdn).modem = modem
            modem.switch_on()

        self._loop.call_later(seconds or 1.0, back)

    def _lose_network(self, modem: Modem, seconds: float) -> None:
        modem.network_present = False
        modem.look_for_network()
        if seconds:
            self._loop.call_later(seconds, self._find_network, modem)

    def _find_network(self, modem: Modem) -> None:
        modem.network_present = True
        modem.look_for_network()

    def _fill(self, modem: Modem, seconds: float) -> None:
        """Fill the receiving memory with what a previous owner of the SIM kept: drafts that are not ours to delete."""
        store = modem.memories.mem(3)
        pdu = _draft()
        slots = []
        while (index := store.store(StoredMessage(Stat.STO_UNSENT, pdu))) is not None:
            slots.append(index)

        def empty() -> None:
            for slot in slots:
                store.remove(slot)
            self._smsc.mailbox(modem.sim.msisdn).ready()

        if seconds:
            self._loop.call_later(seconds, empty)


def _draft() -> str:
    pieces = split("draft")
    part = next(iter(user_data_of(pieces, dcs_of(pieces.alphabet), 0)))
    return encode_deliver(Deliver(Address.of("+6281200000002"), datetime(2026, 1, 1, tzinfo=UTC), part))
