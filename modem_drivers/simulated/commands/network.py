"""Commands about the network: TS 27.007 clause 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modem_drivers.simulated.commands.base import Handler
from modem_drivers.simulated.errors import AtError, cme
from modem_drivers.simulated.syntax import Command, Form
from modem_drivers.simulated.texts import typed_ussd, worded_ussd

if TYPE_CHECKING:
    from modem_drivers.simulated.modem import Modem

USSD_SECONDS = 0.05  # until the network's answer comes
LOCATION = '"00C3","0000A1B2"'


def registration(modem: Modem, command: Command) -> list[str]:
    """+CREG, +CGREG, +CEREG: whether it is registered, and whether it says so unasked."""
    name = command.name
    if command.form is Form.TEST:
        return [f"{name}: (0-2)"]
    mode = modem.settings.registration[name]
    if command.form is Form.READ:
        place = f",{LOCATION}" if mode == 2 and modem.registered else ""
        return [f"{name}: {mode},{modem.registration_state()}{place}"]
    mode = command.integer(0, 0)
    if mode > 2:
        raise cme(50)
    modem.settings.registration[name] = mode
    return []


def cops(modem: Modem, command: Command) -> list[str]:
    """+COPS: the operator, as a name or a number."""
    operator = modem.operator
    if command.form is Form.TEST:
        return [f'+COPS: (2,"{operator.name}","{operator.name}","{operator.code}"),,(0-4),(0-2)']
    if command.form is Form.READ:
        if not modem.registered:
            return ["+COPS: 0"]
        style = modem.settings.cops_format
        return [f'+COPS: 0,{style},"{operator.code if style == 2 else operator.name}"']
    mode = command.integer(0, 0)
    if mode not in (0, 1, 2, 3, 4):
        raise cme(50)
    if mode == 3:
        modem.settings.cops_format = command.integer(1, 0)
    return []


def csq(modem: Modem, command: Command) -> list[str]:
    """+CSQ: signal strength and bit error rate."""
    if command.form is Form.TEST:
        return ["+CSQ: (0-31,99),(0-7,99)"]
    return [f"+CSQ: {modem.signal if modem.radio_on else 99},99"]


def cusd(modem: Modem, command: Command) -> list[str]:
    """+CUSD: a USSD string to the network; its answer comes as an unsolicited line."""
    if command.form is Form.TEST:
        return ["+CUSD: (0-2)"]
    if command.form is Form.READ:
        return ["+CUSD: 1"]
    if command.integer(0, 0) > 2:
        raise cme(50)
    if not command.has(1):
        if command.integer(0, 0) == 2:
            modem.carrier.end_ussd(modem)
        return []
    if not modem.registered:
        raise cme(30)
    charset = "packed" if modem.profile.ussd_packed else modem.settings.cscs
    try:
        answer, more = modem.carrier.ussd(modem, typed_ussd(command.string(1), charset))
    except (ValueError, KeyError):
        raise AtError from None
    worded = worded_ussd(answer, charset)
    modem.indicate_later(f'+CUSD: {int(more)},"{worded}",15', USSD_SECONDS)
    return []


HANDLERS: dict[str, Handler] = {
    "+CREG": registration,
    "+CGREG": registration,
    "+CEREG": registration,
    "+COPS": cops,
    "+CSQ": csq,
    "+CUSD": cusd,
}
