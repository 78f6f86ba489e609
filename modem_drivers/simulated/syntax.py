"""Command lines cut into commands as V.250 clause 5.3 and 5.4 say. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from modem_drivers.simulated.errors import AtError

_EXTENDED_PREFIXES = "+^$%#*"
_BASIC = re.compile(r"(&?[A-Z])(\d*)")
_REGISTER = re.compile(r"S(\d+)(?:=(\d*)|(\?))")
_EXTENDED_NAME = re.compile(r"[+^$%#*][A-Z0-9!%\-./:_]+", re.IGNORECASE)


class Form(Enum):
    """The four ways a command can be given."""

    EXECUTE = "execute"
    SET = "set"
    READ = "read"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line: `name` in capitals (`+CMGS`, `E`, `S3`), arguments as they were written."""

    name: str
    form: Form
    arguments: tuple[str, ...] = ()

    def has(self, position: int) -> bool:
        """Whether the argument was given and is not empty."""
        return position < len(self.arguments) and self.arguments[position] != ""

    def integer(self, position: int, default: int | None = None) -> int:
        """Read a decimal argument; a missing one is the default, an odd one an error."""
        if not self.has(position):
            if default is None:
                raise AtError
            return default
        text = self.arguments[position]
        if not text.isdigit():
            raise AtError
        return int(text)

    def string(self, position: int, default: str | None = None) -> str:
        """Read a string argument without its quotes."""
        if not self.has(position):
            if default is None:
                raise AtError
            return default
        return unquoted(self.arguments[position])


def unquoted(text: str) -> str:
    """Strip one pair of double quotes."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text


def parse_line(body: str) -> list[Command]:
    """Cut what follows `AT` into commands; raises `AtError` when it is no command line."""
    commands: list[Command] = []
    position = 0
    while position < len(body):
        if body[position] in " ;":
            position += 1
            continue
        command, position = _next_command(body, position)
        commands.append(command)
    return commands


def _next_command(body: str, position: int) -> tuple[Command, int]:
    if body[position] in _EXTENDED_PREFIXES:
        end = _end_of_extended(body, position)
        return _extended(body[position:end]), end
    upper = body.upper()
    register = _REGISTER.match(upper, position)
    if register is not None:
        return _register(register), register.end()
    if upper[position] == "D":  # a dial string takes the rest of the line
        return Command("D", Form.EXECUTE, (body[position + 1 :],)), len(body)
    basic = _BASIC.match(upper, position)
    if basic is None:
        raise AtError
    return Command(basic[1], Form.EXECUTE, (basic[2],)), basic.end()


def _register(match: re.Match[str]) -> Command:
    if match[3]:
        return Command(f"S{match[1]}", Form.READ)
    return Command(f"S{match[1]}", Form.SET, (match[2],))


def _end_of_extended(body: str, position: int) -> int:
    quoted = False
    for index in range(position, len(body)):
        if body[index] == '"':
            quoted = not quoted
        elif body[index] == ";" and not quoted:
            return index
    return len(body)


def _extended(text: str) -> Command:
    match = _EXTENDED_NAME.match(text)
    if match is None:
        raise AtError
    name, rest = match[0].upper(), text[match.end() :].strip()
    if rest == "":
        return Command(name, Form.EXECUTE)
    if rest == "?":
        return Command(name, Form.READ)
    if rest == "=?":
        return Command(name, Form.TEST)
    if rest[0] != "=":
        raise AtError
    return Command(name, Form.SET, split_arguments(rest[1:]))


def split_arguments(text: str) -> tuple[str, ...]:
    """Split at commas outside quotes; `,,` leaves an empty argument between."""
    parts: list[str] = []
    current, quoted = "", False
    for character in text:
        if character == "," and not quoted:
            parts.append(current.strip())
            current = ""
            continue
        quoted ^= character == '"'
        current += character
    return (*parts, current.strip())
