"""Modem profiles: what `profiles.toml` says of real modems, as records."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of modem; the keys are explained in `profiles.toml`."""

    name: str
    manufacturer: str
    model: str
    revision: str
    tac: str
    cnmi: str
    csms: str
    cmms: str
    cpms: tuple[tuple[str, ...], ...]
    storage: str
    charsets: tuple[str, ...]
    me_capacity: int
    first_index: int
    empty_slot_read: str
    empty_slot_delete: str
    cms_needs_cmee: bool
    escape_result: str
    indications_in_command: str
    reports_stored_in: str
    reports_unrouted: str
    iccid: tuple[str, str]
    pin_tries: tuple[str, str]
    refused: tuple[str, ...]
    extra: dict[str, str]
    boot_lines: tuple[str, ...]
    chatter: tuple[str, ...]
    memory_full_line: str
    reset_drops_port: bool
    boot_seconds: float
    ussd_packed: bool


@cache
def profiles() -> dict[str, Profile]:
    """Load the shipped profiles by name."""
    text = resources.files(__package__).joinpath("profiles.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    return {name: _profile(name, tables["generic"] | table) for name, table in tables.items()}


def _profile(name: str, table: dict[str, object]) -> Profile:
    known = {field.name for field in fields(Profile)}
    unknown = set(table) - known
    if unknown:
        raise ValueError(f"profiles.toml: {name}: unknown keys {sorted(unknown)}")
    return Profile(name=name, **{key: _frozen(value) for key, value in table.items()})  # type: ignore[arg-type]  # TOML


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def parse_ranges(text: str) -> tuple[frozenset[int], ...]:
    """Read a test answer such as `(0-2),(0,1)` into the values that each parameter takes."""
    groups = text.strip("()").split("),(") if text else []
    return tuple(frozenset(_values(group)) for group in groups)


def _values(group: str) -> set[int]:
    values: set[int] = set()
    for part in group.split(","):
        low, _, high = part.partition("-")
        values.update(range(int(low), int(high or low) + 1))
    return values


def imei(tac: str, serial: int) -> str:
    """Make a valid IMEI: TAC, six digits of serial number, Luhn check digit (TS 23.003 annex B)."""
    digits = f"{tac}{serial:06d}"
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(digits)]
    total = sum(d // 10 + d % 10 for d in doubled)
    return f"{digits}{-total % 10}"
