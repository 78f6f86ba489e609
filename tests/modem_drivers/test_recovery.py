"""What keeps a modem in service without a person, and what must never be tried."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from modem_drivers.radio import EventKind, Outcome, Radio, SimError, WrongModemError
from modem_drivers.simulated import FaultKind, SimulatedNetwork
from modem_drivers.sms import compose, decode_status_report
from tests.modem_drivers.conftest import CITIZEN, GATEWAY, OpenRadio


async def test_a_modem_that_forgot_its_message_is_not_waited_for(
    network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """It hung in the middle of a PDU: as soon as it answers AT again, the outcome is told to be uncertain."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    radio._session._seconds |= {"submit": 60.0, "knock": 0.5}
    network.fault("m", FaultKind.HANG_IN_PDU, seconds=1.0)
    part = compose(CITIZEN, "satu").pdus[0]
    started = time.monotonic()
    result = await radio.submit(part.pdu, part.length)
    assert time.monotonic() - started < 15
    assert (result.outcome, result.code) == (Outcome.UNCERTAIN, "forgotten")
    await radio.resync()
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED


async def test_a_slow_network_is_waited_for(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A modem that submits answers no AT: being asked costs it nothing, and its answer is taken."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    radio._session._seconds |= {"submit": 60.0, "knock": 0.3}
    network.submit_latency = 3.5
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
    network.submit_latency = 0.0
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
    assert len(network.history) == 2


async def test_many_slots_are_cleared_with_one_look(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """What came into the freed slots meanwhile is handed over with that look."""
    radio = await open_radio(network.add_modem("m", GATEWAY, capacity=3))
    for number in range(4):
        network.send_from(f"+6281200000{number:03d}", f"STATUS {number}")
    received = await radio.received()
    assert len(received) == 3
    cleared = await radio.clear([item.slot for item in received if item.slot is not None])
    assert cleared.stuck == ()
    assert len(cleared.received) == 1
    assert cleared.received[0].pdu not in {item.pdu for item in received}


async def test_slots_that_do_not_delete_are_told(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A modem's OK is not believed."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    for number in range(3):
        network.send_from(f"+6281200000{number:03d}", f"STATUS {number}")
    slots = [item.slot for item in await radio.received() if item.slot is not None]
    network.fault("m", FaultKind.UNDELETABLE)
    cleared = await radio.clear(slots)
    assert cleared.stuck == (slots[-1],)  # the first that was deleted
    assert cleared.received == ()


async def test_a_refused_pin_is_not_tried_again_after_a_restart(
    network: SimulatedNetwork, open_radio: OpenRadio, tmp_path: Path
) -> None:
    """The mark outlives the process, is no readable PIN, and another PIN has none."""
    path = network.add_modem("m", GATEWAY, pin="1234")
    with pytest.raises(SimError):
        await open_radio(path, pin="9999", state_folder=tmp_path)
    network.run(
        lambda: setattr(network.modem("m").sim, "pin_tries", 3)
    )  # a modem that tells no counter, or a wrong one
    with pytest.raises(SimError) as again:
        await open_radio(path, pin="9999", state_folder=tmp_path)
    assert again.value.code == "pin_refused"
    assert network.modem("m").sim.pin_tries == 3
    _look_at_mark(tmp_path)
    radio = await open_radio(path, pin="1234", state_folder=tmp_path)
    assert (await radio.probe()).registered


def _look_at_mark(folder: Path) -> None:
    [mark] = folder.iterdir()
    assert "9999" not in mark.name + mark.read_text()
    assert mark.stat().st_mode & 0o077 == 0


async def test_a_refused_pin_is_remembered_without_a_folder(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """As long as the settings of the modem live, and for no other modem or process."""
    path = network.add_modem("m", GATEWAY, pin="1234")
    refused: set[str] = set()
    for _ in range(2):
        with pytest.raises(SimError) as again:
            await open_radio(path, pin="9999", refused_pins=refused)
        assert again.value.code == "pin_refused"
    assert network.modem("m").sim.pin_tries == 2
    assert not any("9999" in mark for mark in refused)


async def test_another_modem_gets_no_pin(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """At a path where the named IMEI is not, nothing is unlocked and nothing is sent."""
    path = network.add_modem("m", GATEWAY, pin="1234")
    with pytest.raises(WrongModemError) as wrong:
        await open_radio(path, pin="9999", imei="353944040999999")
    assert wrong.value.code == "wrong_imei"
    assert network.modem("m").sim.pin_tries == 3


async def test_another_sim_is_not_used(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A SIM is known by its IMSI, or by its ICCID with or without the check digit."""
    path = network.add_modem("m", GATEWAY)
    sim = network.modem("m").sim
    for named in (sim.imsi, sim.iccid, sim.iccid[:-1]):
        await (await open_radio(path, sim=named)).close()
    with pytest.raises(WrongModemError) as wrong:
        await open_radio(path, sim="510109999999999")
    assert wrong.value.code == "wrong_sim"


async def test_a_reset_works_on_a_closed_port(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """The ladder resets a modem whose opening failed."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    await radio.close()
    session = network.modem("m").session
    await radio.reset()
    await radio.close()
    assert network.modem("m").radio_on
    assert network.modem("m").session >= session


async def test_lost_notices_are_asked_for_again(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A modem may forget +CNMI without a restart: the next probe sets it again."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    before = list(network.modem("m").settings.cnmi)
    network.run(lambda: network.modem("m").settings.cnmi.__setitem__(1, 0))
    await radio.probe()
    assert list(network.modem("m").settings.cnmi) == before


async def test_reports_go_on_after_a_run_that_died_before_it_acknowledged_one(
    network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """The modem tells nothing more until then, and in the end drops what comes; it is asked to tell it again."""
    network.retry_after = 0.1
    network.phone(CITIZEN)
    radio = await open_radio(network.add_modem("m", GATEWAY))
    part = compose(CITIZEN, "satu", report=True).pdus[0]
    sent = [(await radio.submit(part.pdu, part.length)).reference for _ in range(3)]
    assert await _reported(radio) == sent[0]
    await radio.close()
    radio = await open_radio(network.path("m"))
    assert [await _reported(radio, acknowledge=True) for _ in sent] == sent
    assert network.dropped_reports("m") == []


async def _reported(radio: Radio, *, acknowledge: bool = False) -> int:
    """The TP-MR of the next report."""
    async with asyncio.timeout(3):
        while (event := await radio.next_event()).kind is not EventKind.RECEIVED:
            pass
    if acknowledge:
        await radio.acknowledge()
    assert event.received is not None
    return decode_status_report(event.received.pdu).reference
