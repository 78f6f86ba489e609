"""Commands about the modem and its SIM: TS 27.007 clauses 5, 7 and 8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modem_drivers.simulated.commands.base import PENDING, Handler, Pending
from modem_drivers.simulated.errors import AtError, cme
from modem_drivers.simulated.faults import FaultKind
from modem_drivers.simulated.syntax import Command, Form

if TYPE_CHECKING:
    from modem_drivers.simulated.modem import Modem


def _told(command: Command, value: str) -> list[str]:
    if command.form is Form.TEST:
        return []
    if command.form is not Form.EXECUTE:
        raise AtError
    return [value]


def cgmi(modem: Modem, command: Command) -> list[str]:
    """+CGMI: the maker."""
    return _told(command, modem.profile.manufacturer)


def cgmm(modem: Modem, command: Command) -> list[str]:
    """+CGMM: the model."""
    return _told(command, modem.profile.model)


def cgmr(modem: Modem, command: Command) -> list[str]:
    """+CGMR: the firmware."""
    return _told(command, modem.profile.revision)


def cgsn(modem: Modem, command: Command) -> list[str]:
    """+CGSN: the IMEI."""
    wrong = modem.faults.active(FaultKind.WRONG_IMEI)
    return _told(command, (wrong.value or "353944040000000") if wrong else modem.imei)


def cimi(modem: Modem, command: Command) -> list[str]:
    """+CIMI: the subscriber's identity."""
    return _told(command, modem.sim.imsi)


def identify(modem: Modem, command: Command) -> list[str]:
    """I: who it is, in a few lines."""
    profile = modem.profile
    if command.integer(0, 0) > 9:
        raise AtError
    return [f"Manufacturer: {profile.manufacturer}", f"Model: {profile.model}", f"Revision: {profile.revision}"]


def gcap(_modem: Modem, command: Command) -> list[str]:
    """+GCAP: the families of commands."""
    return _told(command, "+GCAP: +CGSM,+DS,+ES")


def cpin(modem: Modem, command: Command) -> list[str]:
    """+CPIN: what the SIM waits for, and the answer to it."""
    if modem.faults.active(FaultKind.SIM_BUSY):
        raise cme(14)
    state = modem.pin_state()
    if command.form is Form.READ:
        return [f"+CPIN: {state}"]
    if command.form is Form.TEST:
        return []
    if state == "READY":
        raise cme(3)
    first, second = command.string(0), command.string(1, "")
    right = modem.sim.unblock(first, second) if state == "SIM PUK" else not second and modem.sim.try_pin(first)
    if not right:
        raise cme(16 if modem.sim.pin_tries or state == "SIM PUK" else 12)
    modem.unlock()
    return []


def clck(modem: Modem, command: Command) -> list[str]:
    """+CLCK: whether the SIM asks for a PIN."""
    if command.form is Form.TEST:
        return ['+CLCK: ("SC")']
    if command.string(0).upper() != "SC" or command.integer(1) != 2:
        raise cme(4)
    return [f"+CLCK: {int(modem.sim.pin is not None)}"]


def cfun(modem: Modem, command: Command) -> list[str] | Pending:
    """+CFUN: full function, radio off, restart."""
    if command.form is Form.TEST:
        return ["+CFUN: (0,1,4),(0,1)"]
    if command.form is Form.READ:
        return [f"+CFUN: {int(modem.radio_on)}"]
    level, restart = command.integer(0, 1), command.integer(1, 0)
    if level not in (0, 1, 4) or restart > 1:
        raise cme(50)
    if restart:
        modem.port.result("OK")
        modem.restart(drop_port=modem.profile.reset_drops_port)
        return PENDING
    modem.radio_on = level == 1
    modem.look_for_network()
    return []


def cnum(modem: Modem, command: Command) -> list[str]:
    """+CNUM: the SIM's own number."""
    return _told(command, f'+CNUM: "","{modem.sim.msisdn}",145')


def cpbs(modem: Modem, command: Command) -> list[str]:
    """+CPBS: the phone book, which is empty."""
    if command.form is Form.TEST:
        return ['+CPBS: ("SM","ON")']
    if command.form is Form.READ:
        return [f'+CPBS: "{modem.settings.kept.get("+CPBS", "SM")}",0,250']
    name = command.string(0).upper()
    if name not in ("SM", "ON", "ME"):
        raise cme(50)
    modem.settings.kept["+CPBS"] = name
    return []


def cpbr(modem: Modem, command: Command) -> list[str]:
    """+CPBR: read the phone book; only the own number stands in it."""
    if command.form is Form.TEST:
        return ["+CPBR: (1-250),40,14"]
    if modem.settings.kept.get("+CPBS") == "ON" and command.integer(0) == 1:
        return [f'+CPBR: 1,"{modem.sim.msisdn}",145,""']
    raise cme(22)


def cclk(modem: Modem, command: Command) -> list[str]:
    """+CCLK: the modem's clock, which nobody set."""
    if command.form is Form.READ:
        return [f'+CCLK: "{modem.settings.kept.get("+CCLK", "80/01/06,00:00:00+00")}"']
    if command.form is Form.SET:
        modem.settings.kept["+CCLK"] = command.string(0)
    return []


def cbc(_modem: Modem, command: Command) -> list[str]:
    """+CBC: powered from outside."""
    return ["+CBC: (0-3),(0-100)"] if command.form is Form.TEST else ["+CBC: 0,100"]


HANDLERS: dict[str, Handler] = {
    "I": identify,
    "+GCAP": gcap,
    "+CPIN": cpin,
    "+CLCK": clck,
    "+CFUN": cfun,
    "+CNUM": cnum,
    "+CPBS": cpbs,
    "+CPBR": cpbr,
    "+CCLK": cclk,
    "+CBC": cbc,
    "+CIMI": cimi,
}
for _names, _handler in (
    (("+CGMI", "+GMI"), cgmi),
    (("+CGMM", "+GMM"), cgmm),
    (("+CGMR", "+GMR"), cgmr),
    (("+CGSN", "+GSN"), cgsn),
):
    HANDLERS |= dict.fromkeys(_names, _handler)
