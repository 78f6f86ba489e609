"""Commands that say how messages travel between modem and terminal: TS 27.005 clauses 3.2 and 3.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modem_drivers.simulated.commands.base import PENDING, Handler, Pending
from modem_drivers.simulated.errors import cms
from modem_drivers.simulated.profiles import parse_ranges
from modem_drivers.simulated.syntax import Command, Form

if TYPE_CHECKING:
    from modem_drivers.simulated.modem import Modem


def cmgf(modem: Modem, command: Command) -> list[str]:
    """+CMGF: PDU or text mode."""
    if command.form is Form.TEST:
        return ["+CMGF: (0,1)"]
    if command.form is Form.READ:
        return [f"+CMGF: {modem.settings.cmgf}"]
    mode = command.integer(0, 0)
    if mode > 1:
        raise cms(303)
    modem.settings.cmgf = mode
    return []


def csms(modem: Modem, command: Command) -> list[str]:
    """+CSMS: phase 2 or phase 2+ (the latter asks for acknowledgements)."""
    ranges = parse_ranges(modem.profile.csms)
    if not ranges:
        raise cms(303)
    if command.form is Form.TEST:
        return [f"+CSMS: {modem.profile.csms}"]
    if command.form is Form.READ:
        return [f"+CSMS: {modem.settings.csms},1,1,1"]
    service = command.integer(0)
    if service not in ranges[0]:
        raise cms(302)
    modem.settings.csms = service
    return ["+CSMS: 1,1,1"]


def cnmi(modem: Modem, command: Command) -> list[str]:
    """+CNMI: what the modem says of new messages."""
    if command.form is Form.TEST:
        return [f"+CNMI: {modem.profile.cnmi}"]
    if command.form is Form.READ:
        return ["+CNMI: " + ",".join(map(str, modem.settings.cnmi))]
    ranges = parse_ranges(modem.profile.cnmi)
    wanted = list(modem.settings.cnmi) if command.form is Form.SET else [0] * 5
    for position in range(len(command.arguments)):
        if position >= len(ranges):
            raise cms(302)
        wanted[position] = command.integer(position, wanted[position])
        if wanted[position] not in ranges[position]:
            raise cms(303)
    modem.settings.cnmi = wanted
    return []


def csca(modem: Modem, command: Command) -> list[str]:
    """+CSCA: the SMSC's number on the SIM."""
    if command.form is Form.TEST:
        return []
    if command.form is Form.READ:
        kind = 145 if modem.sim.smsc.startswith("+") else 129
        return [f'+CSCA: "{modem.sim.smsc}",{kind}']
    number, kind = command.string(0), command.integer(1, 0)
    modem.sim.smsc = f"+{number}" if kind == 145 and not number.startswith("+") else number
    return []


def csdh(modem: Modem, command: Command) -> list[str]:
    """+CSDH: more fields in text mode."""
    if command.form is Form.READ:
        return [f"+CSDH: {modem.settings.csdh}"]
    if command.form is Form.SET:
        modem.settings.csdh = command.integer(0, 0)
    return ["+CSDH: (0,1)"] if command.form is Form.TEST else []


def csmp(modem: Modem, command: Command) -> list[str]:
    """+CSMP: header octets of text mode: first octet, validity, protocol, coding."""
    if command.form is Form.READ:
        return ["+CSMP: " + ",".join(map(str, modem.settings.csmp))]
    if command.form is Form.SET:
        first, validity, protocol, coding = (command.integer(i, modem.settings.csmp[i]) for i in range(4))
        modem.settings.csmp = (first, validity, protocol, coding)
    return []


def cscb(_modem: Modem, command: Command) -> list[str]:
    """+CSCB: cell broadcasts, of which there are none."""
    return ['+CSCB: 0,"",""'] if command.form is Form.READ else []


def cmms(modem: Modem, command: Command) -> list[str]:
    """+CMMS: keep the link open between messages."""
    ranges = parse_ranges(modem.profile.cmms)
    if not ranges:
        raise cms(303)
    if command.form is Form.TEST:
        return [f"+CMMS: {modem.profile.cmms}"]
    if command.form is Form.READ:
        return [f"+CMMS: {modem.settings.cmms}"]
    mode = command.integer(0, 0)
    if mode not in ranges[0]:
        raise cms(302)
    modem.settings.cmms = mode
    return []


def cnma(modem: Modem, command: Command) -> list[str] | Pending:
    """+CNMA: the terminal has the last direct message, or not (PDU mode: =1 good, =2 bad, with a PDU if it likes)."""
    if command.form is Form.TEST:
        return ["+CNMA: (0-2)"]
    if command.form is Form.READ:
        raise cms(303)
    verdict = command.integer(0, 0)
    if verdict > 2:
        raise cms(302)
    if modem.settings.csms == 0 or not modem.receiver.waits:
        raise cms(340)
    if verdict and command.integer(1, 0):
        modem.port.open_prompt(lambda _typed: _acknowledged(modem, verdict), modem.cancel)
        return PENDING
    modem.receiver.acknowledge(taken=verdict != 2)
    return []


def _acknowledged(modem: Modem, verdict: int) -> None:
    modem.receiver.acknowledge(taken=verdict != 2)
    modem.complete([])


HANDLERS: dict[str, Handler] = {
    "+CMGF": cmgf,
    "+CSMS": csms,
    "+CNMI": cnmi,
    "+CSCA": csca,
    "+CSDH": csdh,
    "+CSMP": csmp,
    "+CSCB": cscb,
    "+CMMS": cmms,
    "+CNMA": cnma,
}
