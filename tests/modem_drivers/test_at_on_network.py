"""The AT driver on the simulated network: every make of modem, every fault."""

from __future__ import annotations

import asyncio
import time

import pytest

from modem_drivers.radio import EventKind, Outcome, PortUnavailableError, SimError, StoredState
from modem_drivers.simulated import FaultKind, SimulatedNetwork, profiles
from modem_drivers.sms import compose, decode_deliver, decode_status_report
from tests.modem_drivers.conftest import CITIZEN, GATEWAY, OpenRadio

MAKES = sorted(profiles())


async def told(radio, kind: EventKind, seconds: float = 3.0):  # noqa: ANN001, ANN201 - a radio, an event
    while True:
        event = await asyncio.wait_for(radio.next_event(), seconds)
        if event.kind is kind:
            return event


@pytest.mark.parametrize("make", MAKES)
async def test_every_make_sends_receives_and_reports(
    make: str, network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """With nothing but a port: a text goes out, its report comes, a text comes in and is deleted."""
    radio = await open_radio(network.add_modem("m", GATEWAY, profile=make))
    network.phone(CITIZEN)
    health = await radio.probe()
    assert health.registered
    assert health.total
    part = compose(CITIZEN, "Tagihan A 1234 BC", report=True).pdus[0]
    result = await radio.submit(part.pdu, part.length)
    assert result.outcome is Outcome.ACCEPTED
    assert (await network.phone(CITIZEN).receives(1, 3))[-1].text == "Tagihan A 1234 BC"
    report = await _next_report(radio)
    assert decode_status_report(report).reference == result.reference
    network.send_from(CITIZEN, "STATUS 12345")
    text = await _next_text(radio)
    assert text == "STATUS 12345"
    assert await radio.received() == []


async def _next_report(radio) -> str:  # noqa: ANN001 - a radio
    event = await asyncio.wait_for(radio.next_event(), 3)
    received = event.received or await radio.read(event.slot)
    if received.slot is None:
        await radio.acknowledge()
    else:
        assert await radio.delete(received.slot)
    return str(received.pdu)


async def _next_text(radio) -> str | None:  # noqa: ANN001 - a radio
    event = await asyncio.wait_for(radio.next_event(), 3)
    received = event.received or await radio.read(event.slot)
    if received.slot is None:
        await radio.acknowledge()
    else:
        assert await radio.delete(received.slot)
        assert await radio.read(received.slot) is None
    return decode_deliver(received.pdu).user_data.text


async def test_an_open_takes_less_than_three_seconds(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A restarted daemon has its modems ready within three seconds."""
    path = network.add_modem("m", GATEWAY)
    await asyncio.sleep(0.5)
    start = time.monotonic()
    await open_radio(path)
    assert time.monotonic() - start < 3.0


async def test_crash_safe_submission(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """What is written and sent from memory can be looked up there, then deleted."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    part = compose(CITIZEN, "halo").pdus[0]
    sent, unsent = await radio.store(part.pdu, part.length), await radio.store(part.pdu, part.length)
    assert (await radio.submit_stored(sent)).outcome is Outcome.ACCEPTED
    states = {entry.slot: entry.state for entry in await radio.stored()}
    assert states == {sent: StoredState.SENT, unsent: StoredState.UNSENT}
    assert await radio.delete(sent)
    assert [entry.slot for entry in await radio.stored()] == [unsent]


@pytest.mark.parametrize(
    ("fault", "value", "outcome"),
    [
        (FaultKind.SEND_ERROR, "38", Outcome.REFUSED_FOR_NOW),
        (FaultKind.SEND_ERROR, "1", Outcome.REFUSED_FOR_GOOD),
        (FaultKind.SEND_ERROR, "8", Outcome.SIM_FAULT),
        (FaultKind.ERROR_AFTER_SEND, "500", Outcome.UNCERTAIN),
        (FaultKind.LOST_ANSWER, "", Outcome.UNCERTAIN),
        (FaultKind.REBOOT_AFTER_SEND, "", Outcome.UNCERTAIN),
        (FaultKind.GARBAGE, "", Outcome.ACCEPTED),
        (FaultKind.UNSOLICITED_INSIDE, "", Outcome.ACCEPTED),
    ],
)
async def test_the_outcome_of_a_send_under_a_fault(
    fault: FaultKind, value: str, outcome: Outcome, network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """Whatever strikes, the outcome is the one that never sends twice, and the next send works."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    network.fault("m", fault, value=value)
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is outcome
    await asyncio.sleep(0.5)
    await radio.resync()
    if fault is FaultKind.REBOOT_AFTER_SEND:
        await radio.close()
        await radio.open()
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED


async def test_a_modem_that_hangs_in_the_middle_of_a_pdu_is_brought_back(
    network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """The send is uncertain; after the silence the modem works and nothing half was sent."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    network.fault("m", FaultKind.HANG_IN_PDU, seconds=3)
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.UNCERTAIN
    await asyncio.sleep(1.0)
    await radio.resync()
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED


async def test_an_undeletable_slot_is_said(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """OK to +CMGD is not believed."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    network.send_from(CITIZEN, "halo")
    event = await told(radio, EventKind.STORED)
    network.fault("m", FaultKind.UNDELETABLE)
    assert await radio.delete(event.slot) is False
    assert await radio.delete(event.slot) is True


async def test_a_message_that_comes_at_the_prompt_is_not_lost(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A notice between `> ` and the PDU: both get through."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    network.fault("m", FaultKind.CMT_AT_PROMPT)
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
    assert await _next_text(radio)


async def test_a_port_that_vanishes_is_told(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """GONE, and every later exchange says that the port is lost."""
    radio = await open_radio(network.add_modem("m", GATEWAY))
    network.switch_off("m", drop_port=True)
    await told(radio, EventKind.GONE)
    with pytest.raises(PortUnavailableError):
        await radio.probe()
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.MODEM_FAULT


async def test_a_port_has_one_owner(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """The second program is told that the first uses it."""
    path = network.add_modem("m", GATEWAY)
    await open_radio(path)
    with pytest.raises(PortUnavailableError, match="another program"):
        await open_radio(path)
    with pytest.raises(PortUnavailableError, match="no such device"):
        await open_radio("/dev/ttyNOTHERE")


async def test_a_locked_sim(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """Without a PIN it is said, a wrong PIN is tried once, and with fewer than three tries none is tried."""
    path = network.add_modem("m", GATEWAY, pin="1234")
    with pytest.raises(SimError) as missing:
        await open_radio(path)
    assert missing.value.code == "pin_missing"
    with pytest.raises(SimError) as wrong:
        await open_radio(path, pin="9999")
    assert wrong.value.code == "pin_refused"
    with pytest.raises(SimError) as unsafe:
        await open_radio(path, pin="1234")
    assert unsafe.value.code == "pin_unsafe"


async def test_the_right_pin_opens(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """A PIN from the config unlocks the SIM."""
    radio = await open_radio(network.add_modem("m", GATEWAY, pin="4321"), pin="4321")
    assert (await radio.probe()).registration is not None


async def test_a_modem_without_sim_is_said(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """One clear error."""
    with pytest.raises(SimError) as error:
        await open_radio(network.add_modem("m", GATEWAY, sim=False))
    assert error.value.code in ("no_sim", "sim_failure")


@pytest.mark.parametrize("make", ["generic", "huawei"])
async def test_ussd_tells_the_balance(make: str, network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """In plain text or in packed digits."""
    radio = await open_radio(network.add_modem("m", GATEWAY, profile=make))
    assert "Rp" in await radio.ussd("*888#")


@pytest.mark.parametrize("make", ["generic", "huawei"])
async def test_a_ussd_session_of_two_steps(make: str, network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """The radio says that the network waits, and takes the answer; a session given up is over."""
    radio = await open_radio(network.add_modem("m", GATEWAY, profile=make))
    menu = await radio.ussd_step("*363#")
    assert menu.open
    balance = await radio.ussd_step("1")
    assert "Rp" in balance.text
    assert not balance.open
    await radio.ussd_step("*363#")
    await radio.ussd_end()
    assert "salah" in (await radio.ussd_step("1")).text


async def test_the_sms_centre_is_set(network: SimulatedNetwork, open_radio: OpenRadio) -> None:
    """What was set is what the SIM tells from then on."""
    port = network.add_modem("m", GATEWAY)
    radio = await open_radio(port)
    await radio.set_smsc("+6281100000")
    await radio.close()
    assert (await radio.open()).smsc == "+6281100000"


@pytest.mark.parametrize("make", ["generic", "simcom", "quectel"])
async def test_a_modem_that_restarts_by_itself_is_set_up_again(
    make: str, network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """It is in text mode then: the PDU does not go out as a text, and after a re-sync everything works."""
    radio = await open_radio(network.add_modem("m", GATEWAY, profile=make))
    network.fault("m", FaultKind.REBOOT)
    await asyncio.sleep(2.5)
    before = len(network.history)
    part = compose(CITIZEN, "satu").pdus[0]
    first = await radio.submit(part.pdu, part.length)
    assert first.outcome in (Outcome.MODEM_FAULT, Outcome.ACCEPTED)
    await radio.resync()
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
    assert len(network.history) - before == 1 + (first.outcome is Outcome.ACCEPTED)
    network.send_from(CITIZEN, "halo")
    while not (event := await told(radio, EventKind.STORED)).slot:
        pass
    received = await radio.read(event.slot)
    assert received is not None
    assert decode_deliver(received.pdu).user_data.text == "halo"


@pytest.mark.parametrize("make", ["generic", "huawei"])
async def test_a_reset_by_the_profile_keeps_the_modem_usable(
    make: str, network: SimulatedNetwork, open_radio: OpenRadio
) -> None:
    """Radio off and on; afterwards it registers, receives and sends."""
    radio = await open_radio(network.add_modem("m", GATEWAY, profile=make))
    await radio.reset()
    await asyncio.sleep(1.0)
    assert (await radio.probe()).registered
    network.send_from(CITIZEN, "halo")
    assert (await told(radio, EventKind.STORED)).slot is not None
    part = compose(CITIZEN, "satu").pdus[0]
    assert (await radio.submit(part.pdu, part.length)).outcome is Outcome.ACCEPTED
