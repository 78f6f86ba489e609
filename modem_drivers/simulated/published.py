"""Dialogues with real modems as they were published, read from `dialogues/*.toml`.

They hold what manuals, forums and bug threads show of real sticks: commands, answers and peculiarities,
each file with its sources. `published_modem` plays them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib import resources
from typing import Any

Lines = tuple[str, ...]

#: What every dialogue answers unless its file says otherwise (V.250, TS 27.005, TS 27.007); numbers are invented.
STANDARD: dict[str, Lines] = {
    "": ("OK",),
    "E0": ("OK",),
    "Q0V1": ("OK",),
    "+CMEE=1": ("OK",),
    "+CPIN?": ("+CPIN: READY", "OK"),
    "+CMGF=0": ("OK",),
    "+CMGF?": ("+CMGF: 0", "OK"),
    "+CSMS=1": ("+CSMS: 1,1,1", "OK"),
    '+CSCS="GSM"': ("OK",),
    "+CGSN": ("490154203237518", "OK"),
    "+CIMI": ("510100000000001", "OK"),
    "+CREG?": ("+CREG: 0,1", "OK"),
    "+CSQ": ("+CSQ: 18,99", "OK"),
    "+COPS?": ('+COPS: 0,0,"TELKOMSEL",2', "OK"),
    "+CSCA?": ('+CSCA: "+62811000000",145', "OK"),
}
STANDARD_IMEI = STANDARD["+CGSN"][0]


@dataclass(frozen=True, slots=True)
class Wire:
    """How it sounds: what stands around lines, the prompt, and what it says of itself in between."""

    echo_off: bool = True  #: whether E0 is obeyed
    head: str = "\r\n"  #: before the first line of an answer and before the final result
    end: str = "\r\n"  #: behind every line
    prompt: str = "\r\n> "
    refusal: str = "ERROR"
    boot: Lines = ()  #: said before the first command
    chatter: Lines = ()  #: said now and then, also between a command's echo and its answer


@dataclass(frozen=True, slots=True)
class Memories:
    """+CPMS. `slots` is first index and number of slots by memory, `start` what is selected after power on."""

    slots: Mapping[str, Lines] = field(default_factory=dict)
    test: str = ""  #: the line that +CPMS=? answers; empty: refused
    read: Lines = ("SM", "ME")
    write: Lines = ("SM", "ME")
    receive: Lines = ("SM", "ME")
    start: Lines = ("SM", "SM", "SM")
    arguments: tuple[int, ...] = (1, 2, 3)  #: how many memories the set command takes
    told: int = 3  #: how many memories the answers tell of
    usage: str = "{used},{total}"  #: one memory in the answer to the set command
    state: str = '"{name}",{used},{total}'  #: one memory in the answer to +CPMS?
    glue: str = ","


@dataclass(frozen=True, slots=True)
class Messages:
    """+CMGL, +CMGR, +CMGD, +CMTI and +CNMI."""

    listed: str = "+CMGL: {index},{stat},,{length}"
    read: str = "+CMGR: {stat},,{length}"
    lists: bool = True  #: False: +CMGL is refused
    empty_read: Lines = ("+CMS ERROR: 321",)
    empty_delete: Lines = ("+CMS ERROR: 321",)
    notice: str = '+CMTI: "{memory}",{index}'
    cnmi: str = ""  #: the line that +CNMI=? answers; empty: refused
    cnmi_sets: bool = True  #: False: every +CNMI= is refused
    unheard: int = 0  #: so many notices come without a place


@dataclass(frozen=True, slots=True)
class Sending:
    """+CMGS, +CMGW and +CMSS."""

    sent: Lines = ("+CMGS: {reference}", "OK")
    early: Lines = ()  #: said right behind the prompt, before anything was typed
    failed: Lines = ("+CMS ERROR: 42",)
    escaped: Lines = ("OK",)
    written: Lines = ("+CMGW: {index}", "OK")
    from_memory: Lines = ("+CMSS: {reference}", "OK")
    first_reference: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """What a good driver makes of it."""

    imei: str = STANDARD_IMEI
    receiving: str = "SM"
    receives: bool = True
    submit: Lines = ("accepted",)
    failed: Lines = ("refused_for_now",)
    writes: bool = True  #: a SUBMIT can be written to memory and sent from there


@dataclass(frozen=True, slots=True)
class PublishedDialogue:
    """One file. `filled` names what the sources do not show and the specification stands in for."""

    name: str
    title: str
    sources: Lines
    quirks: Lines
    filled: Lines
    answers: Mapping[str, Lines]
    busy: Mapping[str, int]  #: how often a command is answered by `busy_answer` first
    busy_answer: Lines
    wire: Wire
    memories: Memories
    messages: Messages
    sending: Sending
    expected: Expected


def published_dialogues() -> dict[str, PublishedDialogue]:
    """All shipped dialogues by name."""
    folder = resources.files(__package__).joinpath("dialogues")
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    return {
        each.name.removesuffix(".toml"): read_dialogue(each.name.removesuffix(".toml"), each.read_text("utf-8"))
        for each in found
    }


_TABLES: dict[str, type] = {
    "wire": Wire,
    "memories": Memories,
    "messages": Messages,
    "sending": Sending,
    "expected": Expected,
}


def read_dialogue(name: str, text: str) -> PublishedDialogue:
    """Read one file; raises `ValueError` with the place of what is wrong."""
    table: dict[str, Any] = tomllib.loads(text)
    parts = {key: _part(name, key, kind, table.pop(key, {})) for key, kind in _TABLES.items()}
    own: dict[str, Lines] = {command.upper(): tuple(lines) for command, lines in table.pop("answers", {}).items()}
    busy = {command.upper(): int(times) for command, times in table.pop("busy", {}).items()}
    sources, quirks, filled, busy_answer = (
        tuple(table.pop(key, ())) for key in ("sources", "quirks", "filled", "busy_answer")
    )
    title = str(table.pop("title"))
    if table:
        raise ValueError(f"{name}: unknown keys {sorted(table)}")
    return PublishedDialogue(name, title, sources, quirks, filled, STANDARD | own, busy, busy_answer, **parts)


def _part(name: str, key: str, kind: type, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of five tables
    known = {each.name for each in fields(kind)}
    if set(values) - known:
        raise ValueError(f"{name}: [{key}] unknown keys {sorted(set(values) - known)}")
    return kind(**{each: _frozen(value) for each, value in values.items()})


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {each: _frozen(inner) for each, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value
