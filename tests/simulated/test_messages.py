"""Messages through a simulated modem: in, out, reports, memories."""

from __future__ import annotations

from modem_drivers.simulated import FaultKind, SimulatedNetwork
from modem_drivers.sms import compose, decode_deliver, decode_status_report

from .conftest import CITIZEN, GATEWAY, Terminal


def test_a_text_is_stored_told_read_and_deleted(network: SimulatedNetwork, terminal: Terminal) -> None:
    """With +CNMI mt=1 a text lies in a slot, is told by +CMTI, and is gone after +CMGD."""
    terminal.ask("AT+CMGF=0;+CNMI=2,1,0,0,0")
    network.phone(CITIZEN).send("TAGIHAN A 1234 BC", GATEWAY)
    assert '\r\n+CMTI: "SM",1\r\n' in terminal.until("\r\n+CMTI: ", seconds=1) + terminal.silence()
    answer = terminal.ask("AT+CMGR=1").split("\r\n")
    assert answer[1].startswith("+CMGR: 0,,")
    message = decode_deliver(answer[2])
    assert (message.sender and message.sender.text, message.user_data.text) == (CITIZEN, "TAGIHAN A 1234 BC")
    assert terminal.ask("AT+CMGR=1").split("\r\n")[1].startswith("+CMGR: 1,,")
    terminal.ask("AT+CMGD=1")
    assert terminal.ask("AT+CMGL=4") == "\r\nOK\r\n"


def test_a_long_text_reaches_a_phone_joined(network: SimulatedNetwork, terminal: Terminal) -> None:
    """A phone joins the parts of a long message, and the history has one submission for each."""
    text = "Tagihan Anda untuk kendaraan A 1234 BC " * 8
    for pdu in compose(CITIZEN, text, reference=7).pdus:
        assert "+CMGS: " in terminal.send_pdu(pdu.pdu, pdu.length)
    received = network.phone(CITIZEN).wait_for(1, 2)
    assert [(each.sender, each.text, each.parts) for each in received] == [(GATEWAY, text, 3)]
    assert [each.part for each in network.history] == [(7, 1, 3), (7, 2, 3), (7, 3, 3)]


def test_a_report_comes_back_with_the_reference_of_its_message(network: SimulatedNetwork, terminal: Terminal) -> None:
    """With ds=1 a +CDS follows when the recipient's phone is switched on again."""
    phone = network.phone(CITIZEN)
    phone.switch_off()
    terminal.ask("AT+CNMI=2,1,0,1,0")
    pdu = compose(CITIZEN, "halo", report=True).pdus[0]
    answer = terminal.send_pdu(pdu.pdu, pdu.length)
    assert "+CDS" not in answer + terminal.silence()
    phone.switch_on()
    report = decode_status_report(terminal.lines_of("+CDS: ")[1])
    assert (report.reference, report.status, report.recipient and report.recipient.text) == (0, 0, CITIZEN)


def test_direct_messages_wait_for_their_acknowledgement(network: SimulatedNetwork, terminal: Terminal) -> None:
    """With +CSMS=1 the next +CMT comes only after +CNMA; a missed one turns direct routing off and nothing is lost."""
    terminal.ask("AT+CSMS=1")
    terminal.ask("AT+CNMI=2,2,0,1,0")
    network.acknowledge_within, network.retry_after = 0.3, 0.1
    for text in ("satu", "dua"):
        network.phone(CITIZEN).send(text, GATEWAY)
    first = terminal.until("+CMT: ") + terminal.silence(0.1)
    assert first.count("+CMT: ,") == 1
    assert terminal.ask("AT+CNMA").startswith("\r\nOK\r\n")
    assert terminal.silence(0.1).count("+CMT: ,") <= 1
    terminal.silence(0.6)
    assert terminal.ask("AT+CNMI?") == "\r\n+CNMI: 2,0,0,0,0\r\n\r\nOK\r\n"
    assert terminal.ask("AT+CMGL=4").count("+CMGL: ") == 1


def test_a_full_sim_leaves_messages_at_the_network(network: SimulatedNetwork) -> None:
    """What finds no room comes as soon as a slot is free."""
    terminal = Terminal(network.add_modem("small", GATEWAY, capacity=1))
    for text in ("satu", "dua"):
        network.phone(CITIZEN).send(text, GATEWAY)
    assert network.waiting_for(GATEWAY) == 1
    terminal.ask("AT+CMGD=1")
    assert network.waiting_for(GATEWAY) == 0
    assert [message.stat.words for _, message in network.stored("small")] == ["REC UNREAD"]
    terminal.close()


def test_a_stored_submit_is_marked_sent(network: SimulatedNetwork, terminal: Terminal) -> None:
    """+CMGW writes STO UNSENT, +CMSS sends it and marks it STO SENT."""
    pdu = compose(CITIZEN, "halo").pdus[0]
    assert "+CMGW: 1\r\n" in terminal.send_pdu(pdu.pdu, pdu.length, "+CMGW")
    assert "+CMGL: 1,2,," in terminal.ask("AT+CMGL=4")
    assert "+CMSS: 0\r\n" in terminal.ask("AT+CMSS=1")
    assert "+CMGL: 1,3,," in terminal.ask("AT+CMGL=4")
    assert [each.text for each in network.phone(CITIZEN).wait_for(1, 1)] == ["halo"]


def test_a_text_between_two_sims_of_ours_arrives(network: SimulatedNetwork, terminal: Terminal) -> None:
    """A SUBMIT to another modem's SIM is delivered there, also when dialled in the national form."""
    network.add_modem("isat-1", "+628151000002", "indosat", "simcom")
    pdu = compose("08151000002", "kenari").pdus[0]
    terminal.send_pdu(pdu.pdu, pdu.length)
    assert [decode_deliver(message.pdu).user_data.text for _, message in network.stored("isat-1")] == ["kenari"]


def test_send_faults_say_what_they_are(network: SimulatedNetwork, terminal: Terminal) -> None:
    """An error code sends nothing; a lost answer and an error after the send have sent."""
    pdu = compose(CITIZEN, "halo").pdus[0]
    network.fault("tsel-1", FaultKind.SEND_ERROR, value="42")
    assert "+CMS ERROR: 42" in terminal.send_pdu(pdu.pdu, pdu.length)
    assert network.history == []
    network.fault("tsel-1", FaultKind.ERROR_AFTER_SEND)
    assert "+CMS ERROR: 500" in terminal.send_pdu(pdu.pdu, pdu.length)
    network.fault("tsel-1", FaultKind.LOST_ANSWER)
    terminal.type(f"AT+CMGS={pdu.length}\r")
    terminal.until("> ")
    terminal.type(f"{pdu.pdu}\x1a")
    assert terminal.silence() == ""
    assert terminal.ask("AT") == "\r\nOK\r\n"
    assert len(network.history) == 2
