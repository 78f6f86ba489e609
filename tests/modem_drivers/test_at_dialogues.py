"""The AT driver against the nasty things that real modems say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio

from modem_drivers.at import AtRadio
from modem_drivers.radio import (
    EventKind,
    ModemSilentError,
    NotSupportedError,
    Outcome,
    RadioError,
    RadioSettings,
    SimError,
    Slot,
)
from tests.modem_drivers.scripted import Reply, ScriptedModem

DELIVER = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"
OTHER = "07917283010010F5040BC87238880900F1000099309251619580046F76581D"
SUBMIT = "0001000B916407281553F800000AE8329BFD4697D9EC37"
QUICK = {
    "short": 0.6,
    "sim": 4.0,
    "list": 6.0,
    "prompt": 0.6,
    "submit": 0.6,
    "ussd": 1.0,
    "resync": 2.5,
    "sim_ready": 1.0,
}

Made = tuple[ScriptedModem, AtRadio]
Make = Callable[..., Made]


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    made: list[Made] = []

    def make_one(script: dict[str, Reply] | None = None, echo: bool = False, pin: str | None = None) -> Made:
        modem = ScriptedModem(script or {}, echo)
        radio = AtRadio(RadioSettings("test", modem.path, pin=pin, timeouts=QUICK))
        made.append((modem, radio))
        return modem, radio

    yield make_one
    for modem, radio in made:
        await radio.close()
        modem.close()


SENDS = {r"PDU": "\r\n+CMGS: 77\r\n\r\nOK\r\n"}


@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("prompt", ["\r\n> ", "\r\n>", "> ", "\r\n> \r\n>"])
async def test_prompts_of_every_kind(make: Make, echo: bool, prompt: str) -> None:
    """With echo or without, with a blank or without: the PDU goes out once and the reference comes back."""
    modem, radio = make(SENDS | {r"AT\+CMGS=\d+": prompt}, echo)
    await radio.open()
    result = await radio.submit(SUBMIT, 22)
    assert (result.outcome, result.reference) == (Outcome.ACCEPTED, 77)
    assert modem.pdus == [SUBMIT]


async def test_a_modem_that_knows_almost_nothing_still_works(make: Make) -> None:
    """Everything optional is refused: opening, probing and sending work."""
    _, radio = make(SENDS)
    identity = await radio.open()
    assert identity.imei is None
    assert not (await radio.probe()).registered
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.ACCEPTED


async def test_a_modem_found_at_its_prompt_is_brought_back_without_sending(make: Make) -> None:
    """ESC comes first, Ctrl-Z never."""
    modem, radio = make(SENDS)
    modem.at_prompt = True
    modem._typed = "0011000B"
    await radio.open()
    assert modem.pdus == []
    assert modem.escapes >= 1


async def test_no_pdu_mode_is_said(make: Make) -> None:
    """A modem without PDU mode cannot be used."""
    _, radio = make({r"AT\+CMGF=0": "\r\nERROR\r\n"})
    with pytest.raises(NotSupportedError):
        await radio.open()


async def test_unsolicited_lines_in_the_middle_of_a_listing(make: Make) -> None:
    """Notices between head and PDU, and a direct message there, are told; the listing is whole."""
    listing = (
        f'\r\n+CMGL: 1,1,,{len(DELIVER) // 2 - 8}\r\n+CMTI: "SM",9\r\n^RSSI:17\r\n{DELIVER}\r\n'
        f"+CMGL: 2,0,,{len(DELIVER) // 2 - 8}\r\n+CMT: ,{len(OTHER) // 2 - 8}\r\n{OTHER}\r\n{DELIVER}\r\n"
        f"RING\r\n\r\n+CREG: 1\r\n+CMGL: 7,3,,22\r\n{SUBMIT}\r\n\r\nOK\r\n"
    )
    _, radio = make({r"AT\+CMGL=4": listing})
    await radio.open()
    received = await radio.received()
    assert [(entry.slot, entry.pdu) for entry in received] == [(Slot("SM", 1), DELIVER), (Slot("SM", 2), DELIVER)]
    stored, direct = await radio.next_event(), await radio.next_event()
    assert stored.slot == Slot("SM", 9)
    assert direct.kind is EventKind.RECEIVED
    assert direct.received is not None
    assert direct.received.pdu == OTHER


async def test_a_listing_without_ok_is_complete_after_a_silence(make: Make) -> None:
    """Some sticks forget the OK behind +CMGL."""
    _, radio = make({r"AT\+CMGL=4": f'\r\n+CMGL: 3, 1, "", 28\r{DELIVER}\r\n'})
    await radio.open()
    assert [entry.pdu for entry in await radio.received()] == [DELIVER]
    assert (await radio.probe()).registration is None


async def test_a_direct_message_at_the_prompt(make: Make) -> None:
    """+CMT comes where the PDU is awaited: both are handled."""
    _, radio = make(SENDS | {r"AT\+CMGS=\d+": f"\r\n+CMT: ,28\r\n{DELIVER}\r\n\r\n> "})
    await radio.open()
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.ACCEPTED
    event = await radio.next_event()
    assert event.received is not None
    assert event.received.pdu == DELIVER


@pytest.mark.parametrize(
    ("said", "outcome", "code"),
    [
        ('\r\n+CMGS: 12,"26/11/24,06:00:00+28"\r\n\r\nOK\r\n', Outcome.ACCEPTED, None),
        ("\r\n+CMGS:12\r\nOK\r\n", Outcome.ACCEPTED, None),
        ("\r\nOK\r\n", Outcome.UNCERTAIN, "no_reference"),
        ("\r\n+CMS ERROR: 38\r\n", Outcome.REFUSED_FOR_NOW, "CMS 38"),
        ("\r\n+CMS ERROR: No network service\r\n", Outcome.REFUSED_FOR_NOW, "CMS no network service"),
        ("\r\n+CMS ERROR: 1\r\n", Outcome.REFUSED_FOR_GOOD, "CMS 1"),
        ("\r\n+CME ERROR: 10\r\n", Outcome.SIM_FAULT, "CME 10"),
        ("\r\n+CMS ERROR: 512\r\n", Outcome.UNCERTAIN, "CMS 512"),
        ("\r\nERROR\r\n", Outcome.UNCERTAIN, "ERROR"),
        ("", Outcome.UNCERTAIN, "timeout"),
        ('\r\n+CMTI: "SM",1\r\n', Outcome.UNCERTAIN, "timeout"),
    ],
)
async def test_the_last_word_on_a_pdu(make: Make, said: str, outcome: Outcome, code: str | None) -> None:
    """Every answer to a PDU has its outcome; none is read as more than it says."""
    _, radio = make({r"PDU": said})
    await radio.open()
    result = await radio.submit(SUBMIT, 22)
    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize("said", ["", "\r\nERROR\r\n", "\r\n+CMS ERROR: 500\r\n", "\r\nOK\r\n"])
async def test_without_a_prompt_nothing_was_sent(make: Make, said: str) -> None:
    """Before the PDU is handed over it is the modem's fault, and another modem may take it at once."""
    modem, radio = make(SENDS | {r"AT\+CMGS=\d+": said})
    await radio.open()
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.MODEM_FAULT
    assert modem.pdus == []
    await radio.probe()


async def test_a_late_answer_does_not_answer_the_next_command(make: Make) -> None:
    """The second send gets its own reference, not the first one's."""
    modem, radio = make({r"PDU": ""})
    await radio.open()
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.UNCERTAIN
    modem.say("\r\n+CMGS: 1\r\n\r\nOK\r\n")
    modem.script["PDU"] = "\r\n+CMGS: 2\r\n\r\nOK\r\n"
    assert (await radio.submit(SUBMIT, 22)).reference == 2


async def test_port_lost_behind_the_pdu_is_uncertain(make: Make) -> None:
    """The stick is pulled while it sends: nobody knows."""
    modem, radio = make()
    await radio.open()
    modem.script["PDU"] = lambda _line: modem.close() or ""
    sending = asyncio.create_task(radio.submit(SUBMIT, 22))
    with _ignored_closed_tty():
        assert (await sending).outcome is Outcome.UNCERTAIN
    assert (await radio.next_event()).kind is EventKind.GONE


@contextmanager
def _ignored_closed_tty() -> Iterator[None]:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # the scripted modem answers on a closed terminal
    yield
    loop.set_exception_handler(None)


async def test_a_cancelled_send_leaves_a_usable_modem(make: Make) -> None:
    """Whoever waits may give up at the prompt; the half-typed PDU is thrown away by ESC."""
    modem, radio = make(SENDS | {r"AT\+CMGS=\d+": ""})
    await radio.open()
    task = asyncio.create_task(radio.submit(SUBMIT, 22))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    modem.script[r"AT\+CMGS=\d+"] = "\r\n> "
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.ACCEPTED


async def test_a_silent_modem_is_said(make: Make) -> None:
    """No answer to AT: an error within the deadline."""
    _, radio = make({r"AT": "", r"ATQ0V1": ""})
    with pytest.raises(ModemSilentError):
        await radio.open()


async def test_a_modem_set_mute_speaks_again(make: Make) -> None:
    """Q1 or V0 from another program is undone."""
    modem, radio = make({r"AT": ""})

    def speak(_line: str) -> str:
        modem.script["AT"] = "\r\nOK\r\n"
        return "\r\nOK\r\n"

    modem.script["ATQ0V1"] = speak
    radio.settings.timeouts["resync"] = 5.0
    radio._session._seconds["resync"] = 5.0
    await radio.open()


@pytest.mark.parametrize(
    "empty",
    [
        "\r\n+CMS ERROR: 321\r\n",
        "\r\nOK\r\n",
        "\r\n+CMGR: 0,,0\r\n\r\nOK\r\n",
        "\r\n+CMS ERROR: invalid memory index\r\n",
    ],
)
async def test_an_empty_slot_is_empty_in_every_dialect(make: Make, empty: str) -> None:
    """Deletion counts as verified, whatever the modem says of an empty slot."""
    modem, radio = make({r"AT\+CMGR=1": f"\r\n+CMGR: 1,,28\r\n{DELIVER}\r\n\r\nOK\r\n"})
    await radio.open()
    assert (await radio.read(Slot("SM", 1))) is not None

    def delete(_line: str) -> str:
        modem.script[r"AT\+CMGR=1"] = empty
        return "\r\nOK\r\n"

    modem.script[r"AT\+CMGD=1"] = delete
    assert await radio.delete(Slot("SM", 1)) is True


async def test_a_slot_taken_by_the_next_message_counts_as_deleted(make: Make) -> None:
    """Between deleting and looking a new message may land there."""
    modem, radio = make({r"AT\+CMGR=1": f"\r\n+CMGR: 0,,28\r\n{DELIVER}\r\n\r\nOK\r\n", r"AT\+CMGD=1": "\r\nOK\r\n"})
    await radio.open()
    await radio.read(Slot("SM", 1))
    assert await radio.delete(Slot("SM", 1)) is False
    modem.script[r"AT\+CMGR=1"] = f"\r\n+CMGR: 0,,22\r\n{OTHER}\r\n\r\nOK\r\n"
    assert await radio.delete(Slot("SM", 1)) is True


@pytest.mark.parametrize(
    ("command", "counter"),
    [
        (r"AT\+CPINR", "+CPINR: SIM PIN,2,3"),
        (r"AT\^CPIN\?", "^CPIN: SIM PIN,2,10,2,10,3"),
        (r"AT\+SPIC", "+SPIC: 2,10,0,10"),
        (r"AT\+QPINC=\"SC\"", '+QPINC: "SC",2,10'),
        (r"AT\+CPINC\?", "+CPINC: 2,3,10,10"),
        (r"AT\+ZPINPUK=\?", "+ZPINPUK: 2,10"),
    ],
)
async def test_no_pin_is_tried_with_two_tries_left(make: Make, command: str, counter: str) -> None:
    """In the words of every vendor."""
    modem, radio = make(
        {r"AT\+CPIN\?": "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", command: f"\r\n{counter}\r\n\r\nOK\r\n"}, pin="1234"
    )
    with pytest.raises(SimError) as error:
        await radio.open()
    assert error.value.code == "pin_unsafe"
    assert not any(sent.startswith("AT+CPIN=") for sent in modem.commands)


async def test_a_refused_pin_is_never_tried_again(make: Make) -> None:
    """Where the count cannot be known, one refusal is the last."""
    modem, radio = make({r"AT\+CPIN\?": "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"}, pin="5678")
    for _ in range(3):
        with pytest.raises(SimError):
            await radio.open()
    assert sum(sent.startswith("AT+CPIN=") for sent in modem.commands) == 1


async def test_direct_messages_are_acknowledged_where_phase_2_plus_wants_it(make: Make) -> None:
    """+CNMA only when +CSMS=1 was taken."""
    cnmi = "\r\n+CNMI: (0-2),(0,2),(0),(0,1),(0,1)\r\n\r\nOK\r\n"
    script = {r"AT\+CNMI=\?": cnmi, r"AT\+CNMI=2,2,0,1,0": "\r\nOK\r\n", r"AT\+CNMA": "\r\nOK\r\n"}
    modem, radio = make(script | {r"AT\+CSMS=1": "\r\n+CSMS: 1,1,1\r\n\r\nOK\r\n"})
    await radio.open()
    modem.say(f'\r\n+CMT: "",28\r\n{DELIVER}\r\n')
    assert (await radio.next_event()).kind is EventKind.RECEIVED
    await radio.acknowledge()
    assert modem.commands[-1] == "AT+CNMA"
    plain, without = make(script)
    await without.open()
    await without.acknowledge()
    assert "AT+CNMA" not in plain.commands


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('+CUSD: 0,"Pulsa Rp5.000, aktif s/d 01/01/27",15', "Pulsa Rp5.000, aktif s/d 01/01/27"),
        ('+CUSD: 0,"Pulsa\r\nRp5.000",15', "Pulsa\nRp5.000"),
        ('+CUSD: 0,"00500075006C00730061",72', "Pulsa"),
    ],
)
async def test_ussd_answers_in_every_coding(make: Make, said: str, text: str) -> None:
    """Plain, over several lines, as UCS-2."""
    _, radio = make({r"AT\+CUSD=1,.*": f"\r\nOK\r\n\r\n{said}\r\n"})
    await radio.open()
    assert await radio.ussd("*888#") == text


async def test_a_refused_ussd_code_is_said(make: Make) -> None:
    """The network's refusal is an error with its own code."""
    _, radio = make({r"AT\+CUSD=1,.*": "\r\nOK\r\n\r\n+CUSD: 4\r\n"})
    await radio.open()
    with pytest.raises(RadioError) as error:
        await radio.ussd("*888#")
    assert error.value.code == "ussd_unsupported"


@pytest.mark.parametrize("said", ["\r\n+CMS ERROR: 321\r\n", "\r\nERROR\r\n"])
async def test_an_empty_memory_that_answers_an_error_is_empty(make: Make, said: str) -> None:
    """No reason to give the modem up."""
    use = '\r\n+CPMS: "SM",0,20,"SM",0,20,"SM",0,20\r\n\r\nOK\r\n'
    _, radio = make({r"AT\+CMGL=4": said, r"AT\+CPMS\?": use})
    await radio.open()
    assert await radio.received() == []


async def test_a_modem_that_lists_by_kind(make: Make) -> None:
    """No +CMGL=4: unread and read are listed one after the other."""
    _, radio = make(
        {
            r"AT\+CMGL=0": f"\r\n+CMGL: 2,0,,28\r\n{DELIVER}\r\n\r\nOK\r\n",
            r"AT\+CMGL=1": f"\r\n+CMGL: 1,1,,22\r\n{OTHER}\r\n\r\nOK\r\n",
        }
    )
    await radio.open()
    assert [entry.pdu for entry in await radio.received()] == [OTHER, DELIVER]
