"""Commands about the terminal side: V.250 clause 6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modem_drivers.simulated.commands.base import Handler
from modem_drivers.simulated.errors import AtError, cme
from modem_drivers.simulated.settings import Settings
from modem_drivers.simulated.syntax import Command, Form

if TYPE_CHECKING:
    from modem_drivers.simulated.modem import Modem


def _number(command: Command, most: int) -> int:
    value = command.integer(0, 0)
    if value > most:
        raise AtError
    return value


def echo(modem: Modem, command: Command) -> list[str]:
    """E: whether typed characters come back."""
    modem.settings.echo = bool(_number(command, 1))
    return []


def verbose(modem: Modem, command: Command) -> list[str]:
    """V: results as words or numbers."""
    modem.settings.verbose = bool(_number(command, 1))
    return []


def quiet(modem: Modem, command: Command) -> list[str]:
    """Q: no results at all."""
    modem.settings.quiet = bool(_number(command, 1))
    return []


def register(modem: Modem, command: Command) -> list[str]:
    """S: set or read one register."""
    number = int(command.name[1:])
    if command.form is Form.READ:
        return [f"{modem.settings.registers.get(number, 0):03d}"]
    value = command.integer(0, 0)
    if value > 255 or (number in (3, 4, 5) and value > 127):
        raise AtError
    modem.settings.registers[number] = value
    return []


def factory(modem: Modem, command: Command) -> list[str]:
    """Z, &F: settings back to the factory's."""
    _number(command, 1)
    modem.settings = Settings()
    modem.port.settings = modem.settings
    return []


def nothing(_modem: Modem, _command: Command) -> list[str]:
    """Take what has no effect here: hang up without a call, line speed, flow control."""
    return []


def dial(_modem: Modem, _command: Command) -> list[str]:
    """D: nobody answers a call."""
    raise cme(4)


def cmee(modem: Modem, command: Command) -> list[str]:
    """+CMEE: how failures are worded (TS 27.007 clause 9.1)."""
    if command.form is Form.TEST:
        return ["+CMEE: (0-2)"]
    if command.form is Form.READ:
        return [f"+CMEE: {modem.settings.cmee}"]
    modem.settings.cmee = _number(command, 2)
    return []


def cscs(modem: Modem, command: Command) -> list[str]:
    """+CSCS: the character set of text mode (TS 27.007 clause 5.5)."""
    charsets = modem.profile.charsets
    if command.form is Form.TEST:
        names = ",".join(f'"{name}"' for name in charsets)
        return [f"+CSCS: ({names})"]
    if command.form is Form.READ:
        return [f'+CSCS: "{modem.settings.cscs}"']
    name = command.string(0, "IRA").upper()
    if name not in charsets:
        raise cme(50)
    modem.settings.cscs = name
    return []


_KEPT_RANGES = {"+CLIP": "(0,1)", "+IPR": "(0,9600,19200,38400,57600,115200)", "+IFC": "(0-2),(0-2)", "+ICF": "(0-6)"}


def kept(modem: Modem, command: Command) -> list[str]:
    """Keep a value that only has to be read back."""
    name = command.name
    if command.form is Form.TEST:
        return [f"{name}: {_KEPT_RANGES.get(name, '(0,1)')}"]
    if command.form is Form.READ:
        tail = ",1" if name == "+CLIP" else ""
        return [f"{name}: {modem.settings.kept.get(name, '0')}{tail}"]
    modem.settings.kept[name] = ",".join(command.arguments) or "0"
    return []


HANDLERS: dict[str, Handler] = {
    "E": echo,
    "V": verbose,
    "Q": quiet,
    "Z": factory,
    "&F": factory,
    "D": dial,
    "+CMEE": cmee,
    "+CSCS": cscs,
}
HANDLERS |= dict.fromkeys([f"S{number}" for number in range(256)], register)
HANDLERS |= dict.fromkeys(["H", "O", "X", "L", "M", "&C", "&D", "&K", "&S", "&W", "&Y", "T", "P", "+FCLASS"], nothing)
HANDLERS |= dict.fromkeys(["+CLIP", "+IPR", "+IFC", "+ICF", "+CRC", "+CR", "+CTZU", "+CTZR"], kept)
