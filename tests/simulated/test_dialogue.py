"""The terminal side: V.250, prompts, errors, PIN, +CNMI, registration."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from modem_drivers.simulated import FaultKind, SimulatedNetwork
from modem_drivers.sms import compose

from .conftest import CITIZEN, GATEWAY, Terminal

HELLO = compose(CITIZEN, "halo").pdus[0]


@pytest.fixture
def fresh(network: SimulatedNetwork) -> Iterator[Terminal]:
    """A modem as it is after power on."""
    terminal = Terminal(network.add_modem("tsel-1", GATEWAY))
    yield terminal
    terminal.close()


def test_echo_comes_back_until_it_is_switched_off(fresh: Terminal) -> None:
    """Typed characters are echoed with ATE1, not after ATE0, whose own line still is."""
    assert fresh.ask("AT") == "AT\r\r\nOK\r\n"
    assert fresh.ask("ATE0") == "ATE0\r\r\nOK\r\n"
    assert fresh.ask("at") == "\r\nOK\r\n"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT+CMGF=0;+CSMS=1", "\r\n+CSMS: 1,1,1\r\n\r\nOK\r\n"),
        ("ATS3?", "\r\n013\r\n\r\nOK\r\n"),
        ("ATE0V1Q0+CMEE=1;+CMEE?", "\r\n+CMEE: 1\r\n\r\nOK\r\n"),
        ("AT+CNMI=2,1,0,1,0;+CNMI?", "\r\n+CNMI: 2,1,0,1,0\r\n\r\nOK\r\n"),
        ("AT+CPMS?", '\r\n+CPMS: "SM",0,20,"SM",0,20,"SM",0,20\r\n\r\nOK\r\n'),
        ('AT+CPMS="ME","ME","SM"', "\r\n+CPMS: 0,50,0,50,0,20\r\n\r\nOK\r\n"),
        ("AT+CREG?", "\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
        ("AT+CREG=2;+CREG?", '\r\n+CREG: 2,1,"00C3","0000A1B2"\r\n\r\nOK\r\n'),
        ("AT+CIMI", "\r\n510100000000001\r\n\r\nOK\r\n"),
        ("AT+CSCA?", '\r\n+CSCA: "+62811000000",145\r\n\r\nOK\r\n'),
        ("AT+CMGS=?;+CMGD=?", "\r\n+CMGD: (),(0-4)\r\n\r\nOK\r\n"),
        ("AT+NOSUCH=1", "\r\nERROR\r\n"),
        ("AT+CMGR=9", "\r\n+CMS ERROR: 321\r\n"),
        ("AT+CNMI=2,1,0,1,0,0", "\r\n+CMS ERROR: 302\r\n"),
        ("AT+CNMI=9", "\r\n+CMS ERROR: 303\r\n"),
        ("AT+CNMA", "\r\n+CMS ERROR: 340\r\n"),
        ('AT+CPMS="XX"', "\r\n+CMS ERROR: 302\r\n"),
        ("AT+CMGF=0;+NOSUCH;+CMGF=1", "\r\nERROR\r\n"),
    ],
)
def test_a_command_line_is_answered_as_the_standards_say(terminal: Terminal, line: str, answer: str) -> None:
    """Lines of one or several commands, good and bad, each with its exact answer."""
    assert terminal.ask(line) == answer


def test_the_last_line_is_repeated_with_a_slash(terminal: Terminal) -> None:
    """`A/` repeats at once, without an ending."""
    terminal.ask("AT+CMGF?")
    terminal.type("A/")
    assert terminal.until("OK\r\n") == "\r\n+CMGF: 0\r\n\r\nOK\r\n"


def test_numeric_and_quiet_results(terminal: Terminal) -> None:
    """ATV0 answers with digits, ATQ1 with nothing."""
    terminal.type("ATV0\r")
    assert terminal.until("0\r") == "0\r"
    terminal.type("ATQ1\r")
    assert terminal.silence() == ""


def test_a_line_without_at_is_no_command(terminal: Terminal) -> None:
    """Noise gets no answer and does not harm the next line."""
    terminal.type("HELLO\r")
    assert terminal.silence(0.1) == ""
    assert terminal.ask("AT") == "\r\nOK\r\n"


def test_escape_leaves_the_prompt_and_sends_nothing(network: SimulatedNetwork, terminal: Terminal) -> None:
    """After ESC the modem says OK and hears commands again."""
    terminal.type(f"AT+CMGS={HELLO.length}\r")
    assert terminal.until("> ") == "\r\n> "
    terminal.type(HELLO.pdu[:10] + "\x1b")
    assert terminal.until("OK\r\n") == "\r\nOK\r\n"
    assert terminal.ask("AT") == "\r\nOK\r\n"
    assert network.history == []


def test_a_pdu_is_echoed_at_the_prompt_when_echo_is_on(fresh: Terminal) -> None:
    """With ATE1 the characters of the PDU come back."""
    assert HELLO.pdu in fresh.send_pdu(HELLO.pdu, HELLO.length)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_wrong_length_is_refused(network: SimulatedNetwork, terminal: Terminal, change: int) -> None:
    """+CMGS counts TPDU octets: one more or less is CMS 304, and nothing is sent."""
    assert terminal.send_pdu(HELLO.pdu, HELLO.length + change) == "\r\n+CMS ERROR: 304\r\n"
    assert network.history == []


def test_what_comes_before_the_prompt_is_lost(network: SimulatedNetwork, terminal: Terminal) -> None:
    """A PDU written together with its command never arrives."""
    terminal.type(f"AT+CMGS={HELLO.length}\r{HELLO.pdu}\x1a")
    terminal.until("> ")
    assert terminal.silence() == ""
    assert network.history == []


def test_commands_during_a_submission_are_lost(network: SimulatedNetwork, terminal: Terminal) -> None:
    """While the network takes its time the modem hears nothing."""
    network.submit_latency = 0.3
    terminal.type(f"AT+CMGS={HELLO.length}\r")
    terminal.until("> ")
    terminal.type(f"{HELLO.pdu}\x1a")
    terminal.silence(0.1)
    terminal.type("AT+CMGF?\r")
    assert terminal.until("OK\r\n") == "\r\n+CMGS: 0\r\n\r\nOK\r\n"
    assert terminal.silence() == ""


def test_a_locked_sim_asks_for_its_pin_and_counts_tries(network: SimulatedNetwork) -> None:
    """CMS 311 and CME 11 before the PIN, CME 16 for a wrong one, SIM PUK after three."""
    terminal = Terminal(network.add_modem("locked", GATEWAY, pin="1234"))
    terminal.ask("ATE0+CMEE=1")
    assert terminal.ask("AT+CPIN?") == "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"
    assert terminal.ask("AT+CMGL=4") == "\r\n+CMS ERROR: 311\r\n"
    assert terminal.ask("AT+CIMI") == "\r\n+CME ERROR: 11\r\n"
    assert terminal.ask('AT+CPIN="0000"') == "\r\n+CME ERROR: 16\r\n"
    assert terminal.ask("AT+CPINR") == "\r\n+CPINR: SIM PIN,2,3\r\n\r\nOK\r\n"
    assert terminal.ask('AT+CPIN="1234"') == "\r\nOK\r\n"
    assert terminal.ask("AT+CREG?") == "\r\n+CREG: 0,1\r\n\r\nOK\r\n"
    network.switch_off("locked")
    network.switch_on("locked")
    terminal.ask("ATE0+CMEE=1")
    for _ in range(3):
        last = terminal.ask('AT+CPIN="0000"')
    assert last == "\r\n+CME ERROR: 12\r\n"
    assert "SIM PUK" in terminal.ask("AT+CPIN?")
    terminal.close()


def test_no_network_refuses_before_the_prompt(network: SimulatedNetwork, terminal: Terminal) -> None:
    """+CREG tells the loss unasked, +CMGS answers CMS 331."""
    terminal.ask("AT+CREG=1")
    network.fault("tsel-1", FaultKind.UNREGISTERED, seconds=0.3)
    assert "+CREG: 2" in terminal.until("+CREG: 2\r\n")
    assert terminal.ask(f"AT+CMGS={HELLO.length}") == "\r\n+CMS ERROR: 331\r\n"
    assert "+CREG: 1" in terminal.until("+CREG: 1\r\n")


def test_a_ussd_menu_of_two_steps(terminal: Terminal) -> None:
    """The answer comes unasked after OK; the session waits for a choice."""
    assert terminal.ask('AT+CUSD=1,"*363#",15') == "\r\nOK\r\n"
    assert '+CUSD: 1,"1. Cek pulsa' in terminal.until('",15\r\n')
    terminal.ask('AT+CUSD=1,"1",15')
    assert "Sisa pulsa Rp50.000" in terminal.until('",15\r\n')


def test_a_restart_forgets_settings_and_keeps_messages(network: SimulatedNetwork, terminal: Terminal) -> None:
    """After AT+CFUN=1,1 the echo is back on and the SIM has what it had."""
    network.phone(CITIZEN).send("STATUS 1", GATEWAY)
    assert terminal.ask("AT+CFUN=1,1") == "\r\nOK\r\n"
    terminal.silence(0.5)
    assert terminal.ask("AT").startswith("AT\r")
    assert terminal.ask("AT+CMGL=4").count("+CMGL:") == 1


def test_the_port_comes_back_under_another_name(network: SimulatedNetwork, terminal: Terminal) -> None:
    """Re-enumeration hangs up the old port; the modem answers on a new one."""
    before = network.path("tsel-1")
    network.fault("tsel-1", FaultKind.REENUMERATE, seconds=0.1)
    with pytest.raises(OSError, match="Input/output"):
        terminal.silence(0.02)
    deadline = time.monotonic() + 2
    while network.path("tsel-1") in ("", before) and time.monotonic() < deadline:
        time.sleep(0.02)
    again = Terminal(network.path("tsel-1"))
    assert "OK" in again.ask("AT")
    again.close()
