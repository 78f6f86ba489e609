"""Commands that send or write messages: TS 27.005 clauses 3.5 and 4.3 to 4.5."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from modem_drivers.simulated.commands.base import PENDING, Handler, Pending
from modem_drivers.simulated.errors import AtError, cms
from modem_drivers.simulated.faults import FaultKind
from modem_drivers.simulated.sim import Stat, StoredMessage
from modem_drivers.simulated.syntax import Command, Form
from modem_drivers.simulated.texts import submit_of_text

if TYPE_CHECKING:
    from modem_drivers.simulated.modem import Modem

LONGEST_TPDU = 176  # octets: 12 of header and address, 140 of user data, and what else may stand there
SUBMIT = 0x01  # TP-MTI in the two lowest bits of the first octet


def cmgs(modem: Modem, command: Command) -> list[str] | Pending:
    """+CMGS: send a message typed at the prompt."""
    if command.form is Form.TEST:
        return []
    typed = _reader(modem, command)
    modem.check_service()
    _open_prompt(modem, lambda data: _send(modem, typed(data)))
    return PENDING


def cmgw(modem: Modem, command: Command) -> list[str] | Pending:
    """+CMGW: write a message typed at the prompt to memory."""
    if command.form is Form.TEST:
        return []
    typed = _reader(modem, command)
    stat = _stat(command, text=modem.settings.cmgf == 1)
    _open_prompt(modem, lambda data: _write(modem, typed(data), stat))
    return PENDING


def cmss(modem: Modem, command: Command) -> list[str] | Pending:
    """+CMSS: send what was written to memory."""
    if command.form is Form.TEST:
        return []
    message = modem.memories.mem(2).get(command.integer(0))
    if message is None or message.received:
        raise cms(321)
    modem.check_service()
    _submit(modem, message.pdu, "+CMSS", lambda: _mark_sent(message))
    return PENDING


def _mark_sent(message: StoredMessage) -> None:
    message.stat = Stat.STO_SENT


def _stat(command: Command, *, text: bool) -> Stat:
    if text:
        return Stat.STO_UNSENT
    stat = command.integer(1, Stat.STO_UNSENT)
    if stat > Stat.STO_SENT:
        raise cms(302)
    return Stat(stat)


def _reader(modem: Modem, command: Command) -> Callable[[bytes], str]:
    """What turns typed characters into a PDU, checked as far as it can be before the prompt."""
    if modem.settings.cmgf == 1:
        number, charset, header = command.string(0), modem.settings.cscs, modem.settings.csmp
        return lambda data: submit_of_text(number, data, charset, header)
    length = command.integer(0)
    if not 7 <= length <= LONGEST_TPDU:
        raise cms(304)
    return lambda data: _checked_pdu(data, length)


def _checked_pdu(data: bytes, length: int) -> str:
    text = data.replace(b"\r", b"").replace(b"\n", b"").decode("latin-1").upper()
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        raise cms(304) from None
    if not octets or len(octets) != 1 + octets[0] + length:
        raise cms(304)
    return text


def _open_prompt(modem: Modem, entered: Callable[[bytes], None]) -> None:
    def guarded(data: bytes) -> None:
        try:
            entered(data)
        except AtError as error:
            modem.fail(error)

    late = modem.faults.take(FaultKind.LATE_PROMPT)
    if late is not None:
        modem.port.expect_prompt(modem.cancel)
        modem.later(float(late.value or 2.0), lambda: _show_prompt(modem, guarded))
    else:
        _show_prompt(modem, guarded)


def _show_prompt(modem: Modem, entered: Callable[[bytes], None]) -> None:
    if not modem.port.busy:
        return  # aborted meanwhile by what was typed
    if modem.faults.take(FaultKind.CMT_AT_PROMPT):
        modem.port.leaking = True
    modem.port.open_prompt(entered, modem.cancel)
    if modem.port.leaking:
        modem.carrier.surprise(modem)


def _write(modem: Modem, pdu: str, stat: Stat) -> None:
    index = modem.memories.mem(2).store(StoredMessage(stat, pdu))
    if index is None:
        raise cms(322)
    modem.complete([f"+CMGW: {index}"])


def _send(modem: Modem, pdu: str) -> None:
    _submit(modem, pdu, "+CMGS", lambda: None)


def _submit(modem: Modem, pdu: str, name: str, sent: Callable[[], None]) -> None:
    fault = modem.faults.take(FaultKind.SEND_ERROR)
    if fault is not None:
        raise cms(int(fault.value or 38))
    if modem.faults.take(FaultKind.BARE_OK):
        modem.complete([])
        return
    octets = bytes.fromhex(pdu)
    tpdu, own_smsc = octets[1 + octets[0] :], octets[: 1 + octets[0]]
    if tpdu[0] & 0x03 != SUBMIT:
        raise cms(304)
    smsc = own_smsc[1:].hex() or modem.sim.smsc
    if not smsc:
        raise cms(330)
    session = modem.session
    modem.carrier.submit(modem, tpdu, smsc, lambda result: _answered(modem, session, name, result, sent))


def _answered(modem: Modem, session: int, name: str, result: int | AtError, sent: Callable[[], None]) -> None:
    if session != modem.session:
        return
    if isinstance(result, AtError):
        modem.fail(result)
        return
    sent()
    if modem.faults.take(FaultKind.REBOOT_AFTER_SEND):
        modem.restart(drop_port=modem.profile.reset_drops_port)
        return
    if modem.faults.take(FaultKind.LOST_ANSWER):
        modem.port.busy = False
        modem.port.flush()
        return
    fault = modem.faults.take(FaultKind.ERROR_AFTER_SEND)
    if fault is not None:
        modem.fail(cms(int(fault.value or 500)))
        return
    modem.complete([f"{name}: {result}"])


HANDLERS: dict[str, Handler] = {"+CMGS": cmgs, "+CMGW": cmgw, "+CMSS": cmss}
