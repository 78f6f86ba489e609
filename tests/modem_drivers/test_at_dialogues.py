"""The AT driver against the nasty things that real modems say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from modem_drivers.radio import (
    EventKind,
    ModemSilentError,
    NotSupportedError,
    Outcome,
    SimError,
    Slot,
)
from tests.modem_drivers.conftest import SCRIPTED_SECONDS, Make
from tests.modem_drivers.scripted import ScriptedModem

DELIVER = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"
OTHER = "07917283010010F5040BC87238880900F1000099309251619580046F76581D"
SUBMIT = "0001000B916407281553F800000AE8329BFD4697D9EC37"
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
    """A modem without PDU mode cannot be used, whatever it says to the wish for it."""
    for script in ({r"AT\+CMGF=0": "\r\nERROR\r\n"}, {r"AT\+CMGF\?": "\r\n+CMGF: 1\r\n\r\nOK\r\n"}):
        _, radio = make(script)
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
        (r"AT\^CPIN\?", "^CPIN: SIM PIN,,10,2,10,3"),
        (r"AT#PCT", "#PCT: 2"),
        (r"AT\+UPINCNT", "+UPINCNT: 2,3,10,10"),
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


@pytest.mark.parametrize("asked", ["SIM PUK", "PH-SIM PIN", "SIM PUK2"])
async def test_nothing_but_the_pin_is_ever_answered(make: Make, asked: str) -> None:
    """A SIM that asks for its PUK needs a person; so does a modem that is locked to another SIM."""
    modem, radio = make({r"AT\+CPIN\?": f"\r\n+CPIN: {asked}\r\n\r\nOK\r\n"}, pin="1234")
    with pytest.raises(SimError) as error:
        await radio.open()
    assert error.value.code == "sim_locked"
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


async def test_a_pdu_is_not_typed_as_a_text(make: Make) -> None:
    """A modem that is in text mode again and tells nobody is put back into PDU mode before anything is sent."""
    modem, radio = make(SENDS)
    await radio.open()
    radio._pdu_mode_at -= 60  # a minute without a text
    modes = iter("100")
    modem.script[r"AT\+CMGF\?"] = lambda _line: f"\r\n+CMGF: {next(modes)}\r\n\r\nOK\r\n"
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.ACCEPTED
    asked = modem.commands[modem.commands.index("AT+CMGF?", modem.commands.index("AT+CMGF=0")) :]
    assert "AT+CMGF=0" in asked
    assert asked.index("AT+CMGF=0") < asked.index("AT+CMGS=22")


async def test_a_command_that_came_too_soon_is_typed_again(make: Make) -> None:
    """CME 515, please wait: nothing counts as unknown to the modem, and every command waits a little from then on."""
    refused: list[str] = []

    def soon(line: str) -> str:
        refused.append(line)
        return "\r\n+CME ERROR: 515\r\n" if len(refused) % 2 else "\r\n+CSMS: 1,1,1\r\n\r\nOK\r\n"

    prompts = iter(("\r\n+CME ERROR: 515\r\n", "\r\n> "))
    modem, radio = make(SENDS | {r"AT\+CSMS=1": soon, r"AT\+CMGS=22": lambda _line: next(prompts)})
    await radio.open()
    assert len(refused) == 2
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.ACCEPTED
    assert modem.pdus == [SUBMIT]


async def test_a_memory_for_reports_without_room_is_not_used(make: Make) -> None:
    """A SIM7600 offers SR, tells of reports there, and has none: they are asked for directly."""
    offers = {
        r"AT\+CPMS=\?": '\r\n+CPMS: ("SM","SR"),("SM"),("SM")\r\n\r\nOK\r\n',
        r"AT\+CNMI=\?": "\r\n+CNMI: (0-2),(0,1),(0,2),(0-2),(0,1)\r\n\r\nOK\r\n",
        r"AT\+CNMI=.*": "\r\nOK\r\n",
        r'AT\+CPMS="SM".*': "\r\n+CPMS: 1,30,1,30,1,30\r\n\r\nOK\r\n",
    }
    for room, cnmi in ((0, "AT+CNMI=2,1,0,1,0"), (10, "AT+CNMI=2,1,0,2,0")):
        modem, radio = make(offers | {r'AT\+CPMS="SR"': f"\r\n+CPMS: 0,{room},1,30,1,30\r\n\r\nOK\r\n"})
        await radio.open()
        assert cnmi in modem.commands
        assert modem.commands.index('AT+CPMS="SR"') < max(
            place for place, command in enumerate(modem.commands) if command.startswith('AT+CPMS="SM"')
        )


async def test_deletions_begin_with_the_last(make: Make) -> None:
    """Some modems move up what lies behind a deleted message: what came meanwhile must not take the place of one."""
    modem, radio = make({r"AT\+CMGD=\d+": "\r\nOK\r\n", r"AT\+CMGL=4": "\r\nOK\r\n"})
    await radio.open()
    await radio.clear([Slot("SM", 1), Slot("SM", 3), Slot("SM", 2)])
    assert [command for command in modem.commands if "CMGD" in command] == ["AT+CMGD=3", "AT+CMGD=2", "AT+CMGD=1"]


async def test_a_sim_is_asked_again_who_it_is(make: Make) -> None:
    """Called by another name once, its old texts would be new."""
    answers = iter(("\r\nERROR\r\n", "\r\n510101234567890\r\n\r\nOK\r\n"))
    _, radio = make({r"AT\+CIMI": lambda _line: next(answers)})
    assert (await radio.open()).imsi == "510101234567890"


async def test_a_question_that_is_never_answered_is_not_asked_for_ever(make: Make) -> None:
    """Each time would hold the texts up until its deadline."""
    modem, radio = make({r"AT\+CSQ": ""})
    await radio.open()
    for _ in range(4):
        await radio.probe()
    assert modem.commands.count("AT+CSQ") == 2


async def test_a_list_that_is_cut_off_is_not_waited_for(make: Make) -> None:
    """A modem that restarts in the middle of its list has forgotten the question; one that goes on is waited for."""
    _, radio = make({r"AT\+CMGL=4": f"\r\n+CMGL: 1,1,,28\r\n{DELIVER}\r\n+CMGL: 2,1,,28\r\n"})
    radio._session._seconds["silence"] = 0.8
    await radio.open()
    began = asyncio.get_running_loop().time()
    with pytest.raises(ModemSilentError):
        await radio.received()
    assert asyncio.get_running_loop().time() - began < SCRIPTED_SECONDS["list"] / 2


async def test_a_pdu_whose_head_was_not_heard_is_typed_again_after_a_rest(make: Make) -> None:
    """CMS 304 to a PDU: some modems are deaf for a moment behind their prompt; it is waited for from then on."""
    answers = iter(("\r\n+CMS ERROR: 304\r\n", "\r\n+CMGS: 7\r\n\r\nOK\r\n", "\r\n+CMGS: 8\r\n\r\nOK\r\n"))
    modem, radio = make({"PDU": lambda _line: next(answers)})
    await radio.open()
    assert [(await radio.submit(SUBMIT, 22)).reference for _ in range(2)] == [7, 8]
    assert modem.pdus == [SUBMIT] * 3


async def test_a_pdu_that_is_refused_after_every_rest_is_the_modems_fault(make: Make) -> None:
    """It is not typed for ever."""
    modem, radio = make({"PDU": "\r\n+CMS ERROR: 304\r\n"})
    await radio.open()
    assert (await radio.submit(SUBMIT, 22)).outcome is Outcome.MODEM_FAULT
    assert 1 < len(modem.pdus) < 6


async def test_answers_that_come_one_late_are_noticed(make: Make) -> None:
    """A result that nobody asked for answers one command, and each answer the next: then no list has its texts."""
    modem, radio = make()
    await radio.open()
    slow = _OneAfterTheOther(modem)
    modem.script |= {
        r"AT": lambda _line: slow.say(),
        r"AT\+CMGF\?": lambda _line: slow.say("+CMGF: 0"),
        r"AT\+CSQ": lambda _line: slow.say("+CSQ: 20,99") or "\r\nERROR\r\n",
        r"AT\+COPS\?": lambda _line: slow.say('+COPS: 0,0,"TELKOMSEL"'),
        r"AT\+CPMS\?": lambda _line: slow.say('+CPMS: "SM",1,20,"SM",1,20,"SM",1,20'),
        r"AT\+CMGL=4": lambda _line: slow.say(f"+CMGL: 2,0,,28\r\n{DELIVER}"),
    }
    await radio.probe()
    assert [entry.pdu for entry in await radio.received()] == [DELIVER]


class _OneAfterTheOther:
    """Says answers in the order of the commands, a tenth of a second each."""

    def __init__(self, modem: ScriptedModem) -> None:
        self._modem = modem
        self._free_at = 0.0

    def say(self, line: str = "") -> str:
        loop = asyncio.get_running_loop()
        self._free_at = max(self._free_at, loop.time()) + 0.1
        loop.call_at(self._free_at, self._modem.say, f"\r\n{line}\r\n\r\nOK\r\n")
        return ""


async def test_mt_is_looked_for_where_its_parts_lie(make: Make) -> None:
    """MT is SM and ME by other numbers: deleted by both, a text may take with it what has come to its place."""
    offers = {
        r"AT\+CPMS=\?": '\r\n+CPMS: ("SM","ME","MT"),("SM","ME"),("SM","ME")\r\n\r\nOK\r\n',
        r"AT\+CPMS=.*": "\r\n+CPMS: 1,20,1,20,1,20\r\n\r\nOK\r\n",
        r"AT\+CMGL=4": f"\r\n+CMGL: 2,0,,28\r\n{DELIVER}\r\n\r\nOK\r\n",
    }
    modem, radio = make(offers)
    await radio.open()
    await radio.received()
    modem.say('\r\n+CMTI: "MT",2\r\n')
    await radio.next_event()
    assert {entry.slot for entry in await radio.received()} == {Slot("SM", 2), Slot("ME", 2)}
