"""Faults that real modems have, each exactly as the catalogue says."""

from __future__ import annotations

import time
from datetime import timedelta

from modem_drivers.simulated import FaultKind, SimulatedNetwork
from modem_drivers.sms import compose, decode_deliver

from .conftest import CITIZEN, GATEWAY, Terminal

HELLO = compose(CITIZEN, "halo").pdus[0]
MODEM = "tsel-1"


def test_what_is_typed_before_a_late_prompt_aborts_the_command(network: SimulatedNetwork, terminal: Terminal) -> None:
    """And nothing is sent; who waits for the prompt sends."""
    terminal.ask("AT+CMGF=0")
    network.fault(MODEM, FaultKind.LATE_PROMPT, count=2, value="0.2")
    terminal.type(f"AT+CMGS={HELLO.length}\r")
    assert terminal.silence(0.1) == ""
    terminal.type("0")
    assert "> " not in terminal.until("\r\nOK\r\n", "ERROR") + terminal.silence(0.3)
    assert network.history == []
    assert "+CMGS: " in terminal.send_pdu(HELLO.pdu, HELLO.length)


def test_a_lost_ctrl_z_leaves_the_modem_at_its_prompt(network: SimulatedNetwork, terminal: Terminal) -> None:
    """It hears no command, until ESC brings it back; nothing is sent."""
    terminal.ask("AT+CMGF=0")
    network.fault(MODEM, FaultKind.LOST_END)
    terminal.type(f"AT+CMGS={HELLO.length}\r")
    terminal.until("\r\n> ")
    terminal.type(f"{HELLO.pdu}\x1aAT\r")
    assert terminal.silence() == ""
    terminal.type("\x1b")
    terminal.until("OK")
    assert terminal.ask("AT") == "\r\nOK\r\n"
    assert network.history == []


def test_a_bare_ok_sends_nothing(network: SimulatedNetwork, terminal: Terminal) -> None:
    """The modem says OK and owes the reference."""
    terminal.ask("AT+CMGF=0")
    network.fault(MODEM, FaultKind.BARE_OK)
    assert "+CMGS" not in terminal.send_pdu(HELLO.pdu, HELLO.length)
    assert network.history == []


def test_a_busy_sim_says_so_for_a_while(network: SimulatedNetwork, terminal: Terminal) -> None:
    """Messages and SIM alike, each in the words of its family."""
    terminal.ask("AT+CMGF=0;+CMEE=1")
    network.fault(MODEM, FaultKind.SIM_BUSY, seconds=0.3)
    assert "+CMS ERROR: 314" in terminal.ask("AT+CMGL=4")
    assert "+CME ERROR: 14" in terminal.ask("AT+CPIN?")
    assert "OK" in terminal.ask("AT")
    terminal.silence(0.4)
    assert terminal.ask("AT+CMGL=4") == "\r\nOK\r\n"


def test_another_stick_brings_another_sim_and_the_first_comes_back(network: SimulatedNetwork) -> None:
    """At the same place; what is for the first SIM waits."""
    terminal = Terminal(network.add_modem(MODEM, GATEWAY))
    own = terminal.ask("AT+CGSN"), terminal.ask("AT+CIMI")
    terminal.close()
    network.fault(MODEM, FaultKind.OTHER_STICK, seconds=0.4)
    other = Terminal(network.path(MODEM))
    assert other.ask("AT+CGSN") != own[0]
    assert other.ask("AT+CIMI") != own[1]
    network.phone(CITIZEN).send("halo", GATEWAY)
    assert network.waiting_for(GATEWAY) == 1
    other.close()
    time.sleep(0.6)
    back = Terminal(network.path(MODEM))
    assert (back.ask("AT+CGSN"), back.ask("AT+CIMI")) == own
    assert network.waiting_for(GATEWAY) == 0
    back.close()


def test_notices_and_memories_can_be_lost_without_a_restart(network: SimulatedNetwork, terminal: Terminal) -> None:
    """+CNMI is back at its default, +CPMS at another memory; nothing is said about it."""
    terminal.ask("AT+CNMI=2,1,0,1,0")
    network.fault(MODEM, FaultKind.NOTICES_OFF)
    network.fault(MODEM, FaultKind.MEMORY_SWITCHED, value="ME")
    assert terminal.silence() == ""
    assert "+CNMI: 0,0,0,0,0" in terminal.ask("AT+CNMI?")
    assert '+CPMS: "ME",0,50,"ME"' in terminal.ask("AT+CPMS?")


def test_a_notice_may_lack_its_line_end(network: SimulatedNetwork, terminal: Terminal) -> None:
    """It comes with the next thing that the modem says."""
    terminal.ask("AT+CMGF=0;+CNMI=2,1,0,0,0")
    network.fault(MODEM, FaultKind.UNENDED)
    network.phone(CITIZEN).send("halo", GATEWAY)
    assert terminal.until('+CMTI: "SM",1') + terminal.silence() == '\r\n+CMTI: "SM",1'


def test_the_smsc_can_have_a_wrong_clock(network: SimulatedNetwork, terminal: Terminal) -> None:
    """Its time stamps say what it believes."""
    terminal.ask("AT+CMGF=0;+CNMI=2,1,0,0,0")
    network.phone(CITIZEN).send("satu", GATEWAY)
    network.clock_error = -86400.0
    network.phone(CITIZEN).send("dua", GATEWAY)
    terminal.silence()
    right, wrong = (decode_deliver(message.pdu).scts for _, message in network.stored(MODEM))
    assert timedelta(hours=23) < right - wrong < timedelta(hours=25)
