"""Commands about stored messages: TS 27.005 clauses 3.2.2, 3.4.2, 3.4.3, 3.5.4 and 4.1 to 4.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modem_drivers.simulated.commands.base import Handler
from modem_drivers.simulated.errors import cms
from modem_drivers.simulated.faults import FaultKind
from modem_drivers.simulated.sim import Stat, StoredMessage
from modem_drivers.simulated.syntax import Command, Form
from modem_drivers.simulated.texts import text_mode_fields

if TYPE_CHECKING:
    from modem_drivers.simulated.memories import Store
    from modem_drivers.simulated.modem import Modem

ALL = 4
_TEXT_STATES = {stat.words: int(stat) for stat in Stat} | {"ALL": ALL}
#: Which states +CMGD=…,<delflag> sweeps; the flag 0 takes one slot.
_SWEEPS = {
    1: {Stat.REC_READ},
    2: {Stat.REC_READ, Stat.STO_SENT},
    3: {Stat.REC_READ, Stat.STO_SENT, Stat.STO_UNSENT},
    4: set(Stat),
}


def cpms(modem: Modem, command: Command) -> list[str]:
    """+CPMS: which memories are read, written and received to."""
    available = modem.profile.cpms
    if command.form is Form.TEST:
        groups = ("(" + ",".join(f'"{name}"' for name in group) + ")" for group in available)
        return ["+CPMS: " + ",".join(groups)]
    selected = modem.memories.selected
    if command.form is Form.READ:
        return ["+CPMS: " + ",".join(f'"{name}",{_usage(modem.memories.named(name))}' for name in selected)]
    wanted = [command.string(i, selected[i]).upper() for i in range(3)]
    if any(name not in available[i] for i, name in enumerate(wanted)) or len(command.arguments) > 3:
        raise cms(302)
    modem.memories.selected = wanted
    return ["+CPMS: " + ",".join(_usage(modem.memories.named(name)) for name in wanted)]


def _usage(store: Store) -> str:
    return f"{store.used},{store.capacity}"


def cmgl(modem: Modem, command: Command) -> list[str]:
    """+CMGL: list messages; unread ones are read then."""
    text = modem.settings.cmgf == 1
    if command.form is Form.TEST:
        states = ",".join(f'"{name}"' for name in _TEXT_STATES)
        return [f"+CMGL: ({states})" if text else "+CMGL: (0-4)"]
    wanted = _wanted_state(command, text=text)
    lines: list[str] = []
    for index, message in modem.memories.mem(1).items():
        if wanted in (ALL, message.stat):
            lines += _listed(modem, index, message)
            _mark_read(message)
    return lines


def _wanted_state(command: Command, *, text: bool) -> int:
    state = _TEXT_STATES.get(command.string(0, "REC UNREAD").upper()) if text else command.integer(0, 0)
    if state is None or state > ALL:
        raise cms(305 if text else 302)
    return state


def _listed(modem: Modem, index: int, message: StoredMessage) -> list[str]:
    if modem.settings.cmgf == 0:
        return [f"+CMGL: {index},{int(message.stat)},,{message.length}", message.pdu]
    fields, text = text_mode_fields(message.pdu, modem.settings.cscs)
    return [f'+CMGL: {index},"{message.stat.words}",{fields}', text]


def _mark_read(message: StoredMessage) -> None:
    if message.stat is Stat.REC_UNREAD:
        message.stat = Stat.REC_READ


def cmgr(modem: Modem, command: Command) -> list[str]:
    """+CMGR: read one message."""
    if command.form is Form.TEST:
        return []
    store, index = modem.memories.mem(1), command.integer(0)
    message = store.get(index)
    if message is None:
        if modem.profile.empty_slot_read == "ok" and store.valid(index):
            return []
        raise cms(321)
    if modem.settings.cmgf == 0:
        lines = [f"+CMGR: {int(message.stat)},,{message.length}", message.pdu]
    else:
        fields, text = text_mode_fields(message.pdu, modem.settings.cscs)
        lines = [f'+CMGR: "{message.stat.words}",{fields}', text]
    _mark_read(message)
    return lines


def cmgd(modem: Modem, command: Command) -> list[str]:
    """+CMGD: delete one message, or all of some states."""
    store = modem.memories.mem(1)
    if command.form is Form.TEST:
        return ["+CMGD: (" + ",".join(str(index) for index, _ in store.items()) + "),(0-4)"]
    flag = command.integer(1, 0)
    if flag > len(_SWEEPS):
        raise cms(302)
    if flag:
        doomed = [index for index, message in store.items() if message.stat in _SWEEPS[flag]]
    else:
        doomed = [_deletable(modem, store, command.integer(0))]
    if modem.faults.take(FaultKind.UNDELETABLE) is None:
        for index in doomed:
            store.remove(index)
        modem.carrier.ready_for_more(modem.sim.msisdn)
    return []


def _deletable(modem: Modem, store: Store, index: int) -> int:
    if not store.valid(index) or (store.get(index) is None and modem.profile.empty_slot_delete != "ok"):
        raise cms(321)
    return index


HANDLERS: dict[str, Handler] = {"+CPMS": cpms, "+CMGL": cmgl, "+CMGR": cmgr, "+CMGD": cmgd}
