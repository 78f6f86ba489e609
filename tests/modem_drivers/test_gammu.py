"""The gammu driver on the simulated network, through the same interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from modem_drivers.radio import EventKind, ModemSilentError, NotSupportedError, Outcome, RadioError, RadioSettings
from modem_drivers.simulated import FaultKind, SimulatedNetwork
from modem_drivers.sms import compose, decode_deliver
from tests.modem_drivers.conftest import CITIZEN, GATEWAY

pytest.importorskip("gammu")

from modem_drivers.gammu import GammuRadio


@pytest_asyncio.fixture
async def radio(network: SimulatedNetwork) -> AsyncIterator[GammuRadio]:
    path = network.add_modem("m", GATEWAY)
    await asyncio.sleep(0.4)
    made = GammuRadio(RadioSettings("m", path, timeouts={"ask": 10.0, "submit": 10.0}))
    await made.open()
    yield made
    await made.close()


@pytest.mark.parametrize("text", ["Tagihan A 1234 BC", "harga 日本 😀", "kata " * 60])
async def test_a_text_goes_out(text: str, radio: GammuRadio, network: SimulatedNetwork) -> None:
    """Short, in UCS-2, in several parts."""
    network.phone(CITIZEN)
    for part in compose(CITIZEN, text, reference=5).pdus:
        assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
    assert (await network.phone(CITIZEN).receives(1, 5))[-1].text == text


async def test_a_text_comes_in_and_is_deleted(radio: GammuRadio, network: SimulatedNetwork) -> None:
    """It is told, read as a PDU and gone after deletion."""
    network.send_from(CITIZEN, "STATUS 12345 [ok]")
    event = await asyncio.wait_for(radio.next_event(), 10)
    assert event.kind is EventKind.STORED
    [received] = await radio.received()
    message = decode_deliver(received.pdu)
    assert message.sender is not None
    assert (message.sender.text, message.user_data.text) == (CITIZEN, "STATUS 12345 [ok]")
    assert received.slot is not None
    assert await radio.delete(received.slot)
    assert await radio.received() == []


async def test_health(radio: GammuRadio) -> None:
    """The signal is told, the memory counted; nothing is stored before sending."""
    health = await radio.probe()
    assert health.signal_dbm is not None
    assert health.total
    with pytest.raises(NotSupportedError):
        await radio.store("00", 1)


async def test_a_dead_phone_is_killed_at_the_deadline(radio: GammuRadio, network: SimulatedNetwork) -> None:
    """A silent phone costs the deadline, not the 82 seconds of libgammu."""
    network.fault("m", FaultKind.SILENCE)
    radio._seconds["ask"] = 0.5
    with pytest.raises(ModemSilentError):
        await radio.probe()
    part = compose(CITIZEN, "x").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.MODEM_FAULT


async def test_a_missing_port_is_said() -> None:
    """One clear error."""
    gone = GammuRadio(RadioSettings("m", "/dev/ttyNOTHERE"))
    with pytest.raises(RadioError):
        await gone.open()
    await gone.close()


async def test_a_ussd_code_is_dialled(radio: GammuRadio) -> None:
    """The balance is told, and that a menu waits for an answer."""
    assert "Rp" in await radio.ussd("*888#")
    menu = await radio.ussd_step("*363#")
    assert menu.open
    assert "Rp" in (await radio.ussd_step("1")).text


async def test_the_sms_centre_is_set(radio: GammuRadio) -> None:
    """What was set is what the phone tells from then on."""
    await radio.set_smsc("+6281100000")
    await radio.close()
    assert (await radio.open()).smsc == "+6281100000"
