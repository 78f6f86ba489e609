"""What every driver promises, on the same simulated network: `at`, and `gammu` where python-gammu is installed."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from modem_drivers.at import AtRadio
from modem_drivers.radio import (
    EventKind,
    ModemSilentError,
    Outcome,
    PortUnavailableError,
    Radio,
    RadioSettings,
    SimError,
    WrongModemError,
)
from modem_drivers.simulated import FaultKind, SimulatedNetwork
from modem_drivers.sms import compose, decode_deliver, decode_status_report
from tests.modem_drivers.conftest import CITIZEN, GATEWAY, ShippedProfiles

BOOT = 0.4  # seconds that a simulated modem talks after it is switched on, which gammu does not expect
SECONDS = {"ask": 10.0, "submit": 10.0, "sim": 5.0, "short": 2.0}
Opener = Callable[..., Awaitable[Radio]]


@pytest.fixture(params=["at", "gammu"])
def driver(request: pytest.FixtureRequest) -> str:
    """The driver under test."""
    if request.param == "gammu" and importlib.util.find_spec("gammu") is None:
        pytest.skip("python-gammu is not installed")
    return str(request.param)


@pytest_asyncio.fixture
async def opened(driver: str, shipped_profiles: ShippedProfiles) -> AsyncIterator[Opener]:
    """Opens a radio of the driver on a port."""
    made: list[Radio] = []

    async def open_it(path: str, **changes: object) -> Radio:
        settings = RadioSettings(f"t{len(made)}", path, timeouts=SECONDS, **changes)  # type: ignore[arg-type]
        radio = _radio(driver, settings, shipped_profiles)
        made.append(radio)
        await asyncio.sleep(BOOT)
        await radio.open()
        return radio

    yield open_it
    for radio in made:
        await radio.close()


def _radio(driver: str, settings: RadioSettings, profiles: ShippedProfiles) -> Radio:
    if driver == "at":
        return AtRadio(settings, profiles)
    from modem_drivers.gammu import GammuRadio  # an extra: absent on many machines

    return GammuRadio(settings)


@pytest.mark.parametrize("text", ["Tagihan A 1234 BC [lunas]", "harga 日本 😀", "kata " * 60])
async def test_a_text_goes_out(text: str, opened: Opener, network: SimulatedNetwork) -> None:
    """In one part or several, in GSM 7-bit or UCS-2."""
    radio = await opened(network.add_modem("m", GATEWAY))
    network.phone(CITIZEN)
    for part in compose(CITIZEN, text, reference=5).pdus:
        assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
    assert (await network.phone(CITIZEN).receives(1, 5))[-1].text == text


async def test_texts_come_in_and_are_cleared(opened: Opener, network: SimulatedNetwork) -> None:
    """They are told, read as PDUs and gone after they were cleared."""
    radio = await opened(network.add_modem("m", GATEWAY))
    for number in range(3):
        network.send_from(f"+6281200000{number:03d}", f"STATUS {number}")
    assert (await asyncio.wait_for(radio.next_event(), 10)).kind is EventKind.STORED
    received = await radio.received()
    assert [decode_deliver(item.pdu).user_data.text for item in received] == ["STATUS 0", "STATUS 1", "STATUS 2"]
    cleared = await radio.clear([item.slot for item in received if item.slot is not None])
    assert cleared.stuck == ()
    assert await radio.received() == []
    assert network.stored("m") == []


async def test_what_was_there_before_is_read(opened: Opener, network: SimulatedNetwork) -> None:
    """A text that came while nobody listened lies on the SIM."""
    path = network.add_modem("m", GATEWAY)
    network.send_from(CITIZEN, "TAGIHAN")
    radio = await opened(path)
    [item] = await radio.received()
    assert decode_deliver(item.pdu).user_data.text == "TAGIHAN"


async def test_a_refusal_is_an_outcome(opened: Opener, network: SimulatedNetwork) -> None:
    """Congestion is no reason to lose the text, and nothing is said to have gone out."""
    radio = await opened(network.add_modem("m", GATEWAY))
    network.fault("m", FaultKind.SEND_ERROR, value="42")
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome not in (Outcome.ACCEPTED, Outcome.REFUSED_FOR_GOOD)
    assert network.history == []


async def test_a_silent_modem_costs_a_deadline(opened: Opener, network: SimulatedNetwork) -> None:
    """No exchange waits for ever."""
    radio = await opened(network.add_modem("m", GATEWAY))
    network.fault("m", FaultKind.SILENCE)
    with pytest.raises((ModemSilentError, PortUnavailableError)):
        await asyncio.wait_for(radio.probe(), 25)


async def test_health_is_told(opened: Opener, network: SimulatedNetwork) -> None:
    """Registration, signal and memory."""
    radio = await opened(network.add_modem("m", GATEWAY))
    health = await radio.probe()
    assert health.registration in (None, 1)  # gammu understands not every modem's +CREG
    assert health.signal_dbm is not None
    assert health.total


async def test_a_missing_port_is_said(opened: Opener) -> None:
    """One clear error."""
    with pytest.raises(PortUnavailableError):
        await opened("/dev/ttyNOTHERE")


async def test_a_wrong_pin_is_tried_once(opened: Opener, network: SimulatedNetwork, tmp_path: Path) -> None:
    """Whatever the modem tells of its counter."""
    path = network.add_modem("m", GATEWAY, pin="1234")
    for _ in range(2):
        with pytest.raises(SimError) as refused:
            await opened(path, pin="9999", state_folder=tmp_path)
        assert refused.value.code == "pin_refused"
        assert network.modem("m").sim.pin_tries == 2


async def test_the_right_pin_opens(opened: Opener, network: SimulatedNetwork) -> None:
    """A PIN from the config unlocks the SIM."""
    radio = await opened(network.add_modem("m", GATEWAY, pin="4321"), pin="4321")
    assert (await radio.probe()).registration in (None, 1)
    assert network.modem("m").unlocked


async def test_another_modem_is_not_used(opened: Opener, network: SimulatedNetwork) -> None:
    """Its SIM gets no PIN."""
    path = network.add_modem("m", GATEWAY, pin="1234")
    with pytest.raises(WrongModemError):
        await opened(path, pin="1234", imei="353944040999999")
    assert network.modem("m").sim.pin_tries == 3


async def test_a_modem_is_found_by_its_imei(opened: Opener, tmp_path: Path) -> None:
    """Among the ports that a pattern names."""
    with SimulatedNetwork.start(link_dir=tmp_path) as network:
        for number, name in enumerate(("a", "b")):
            network.add_modem(name, f"+62811100000{number}")
        await asyncio.sleep(BOOT)
        radio = await opened(f"auto:{tmp_path}/*", imei=network.modem("b").imei)
        assert radio.path == str(tmp_path / "b")  # type: ignore[attr-defined]
        await radio.close()


async def test_a_delivery_report_is_read(opened: Opener, network: SimulatedNetwork, driver: str) -> None:
    """Where the modem keeps it, or hands it over; gammu hears only of what is kept."""
    if driver == "gammu":
        pytest.skip("gammu sets reports to be handed over and keeps none: mgov asks for none by it")
    radio = await opened(network.add_modem("m", GATEWAY))
    network.phone(CITIZEN)
    part = compose(CITIZEN, "satu", report=True).pdus[0]
    reference = (await radio.submit(part.pdu, part.length)).reference
    event = await asyncio.wait_for(radio.next_event(), 5)
    received = event.received if event.received is not None else (await radio.received())[0]
    assert decode_status_report(received.pdu).reference == reference
