"""How one bank writes its table, as data: built from TOML and checked once.

A dialect names the columns of the file and what they mean here. `columns` maps a field (`booked_at`, `value_date`,
`amount`, `direction`, `credit`, `debit`, `balance`, `reference`, `description`, `account`, `currency`, `counterparty`,
`gross`, `fee`,
`balance_sign`) to a header, or to a position from 1 where headers repeat or are empty; `reference` and `description`
may be lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = str | int

FIELDS = frozenset(
    {"booked_at", "value_date", "amount", "direction", "credit", "debit", "balance", "reference", "description"}
    | {"account", "currency", "counterparty", "gross", "fee", "balance_sign"}
)
LABELS = frozenset({"account", "number", "currency", "opening", "closing", "credit_total", "debit_total", "period"})
_KEYS = frozenset(
    {"title", "bank", "medium", "delimiter", "header", "columns", "optional", "decimal", "thousands", "dates"}
    | {"credit_words", "debit_words", "pending", "labels", "ignore", "settlement", "scale", "fixed_type"}
    | {"compact", "currency"}
)


class DialectError(ValueError):
    """A dialect's description is wrong; the text names the dialect and what would be right."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One table layout. `scale` is how many digits of its integers are decimals (2: cents)."""

    name: str
    title: str
    bank: str
    medium: str
    header: tuple[str, ...]
    columns: Mapping[str, tuple[Place, ...]]
    delimiter: str = ","
    optional: frozenset[str] = frozenset()
    decimal: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ("iso",)
    credit_words: frozenset[str] = frozenset({"cr", "k", "c", "kredit", "credit"})
    debit_words: frozenset[str] = frozenset({"db", "d", "dr", "debit", "debet"})
    pending: frozenset[str] = frozenset()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignore: tuple[re.Pattern[str], ...] = ()
    settlement: tuple[re.Pattern[str], ...] = ()
    scale: int = 0
    fixed_type: str = ""
    compact: bool = False
    currency: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The header names that must be there, folded."""
        return frozenset(fold(name) for name in self.header if name) - {fold(name) for name in self.optional}


def fold(text: str) -> str:
    """A header or label as it is compared: no case, single blanks."""
    return " ".join(text.split()).casefold()


def build_dialects(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Dialect]:
    """Dialects from the tables of a TOML file; raises `DialectError` for the first thing that is wrong."""
    return {name: _build(name, table) for name, table in tables.items()}


def _build(name: str, table: Mapping[str, Any]) -> Dialect:
    _check(name, table)
    values = {
        key: table[key]
        for key in ("delimiter", "decimal", "thousands", "scale", "fixed_type", "compact")
        if key in table
    }
    for key in ("credit_words", "debit_words", "pending"):
        if key in table:
            values[key] = frozenset(fold(word) for word in table[key])
    return Dialect(
        name=name,
        title=table["title"],
        bank=table.get("bank", ""),
        medium=table.get("medium", "csv"),
        header=tuple(table["header"]),
        columns={key: tuple(place) if isinstance(place, list) else (place,) for key, place in table["columns"].items()},
        optional=frozenset(table.get("optional", ())),
        dates=tuple(table.get("dates", ("iso",))),
        labels={key: tuple(fold(label) for label in labels) for key, labels in table.get("labels", {}).items()},
        ignore=tuple(re.compile(pattern, re.IGNORECASE) for pattern in table.get("ignore", ())),
        settlement=tuple(re.compile(pattern, re.IGNORECASE) for pattern in table.get("settlement", ())),
        currency=table.get("currency", ""),
        **values,
    )


def _check(name: str, table: Mapping[str, Any]) -> None:
    missing = {"title", "header", "columns"} - table.keys()
    if missing:
        raise DialectError(f"{name}: missing {', '.join(sorted(missing))}")
    columns, header = table["columns"], {fold(text) for text in table["header"]}
    for kind, odd in (
        ("key", table.keys() - _KEYS),
        ("field", columns.keys() - FIELDS),
        ("label", table.get("labels", {}).keys() - LABELS),
    ):
        if odd:
            raise DialectError(f"{name}: unknown {kind} {', '.join(sorted(odd))}")
    for place in (p for value in columns.values() for p in (value if isinstance(value, list) else [value])):
        if isinstance(place, str) and fold(place) not in header:
            raise DialectError(f"{name}: column {place!r} is not in its header")
    if "amount" not in columns and not {"credit", "debit"} <= columns.keys():
        raise DialectError(f"{name}: needs amount, or credit and debit")
    if table.get("medium", "csv") not in ("csv", "sheet"):
        raise DialectError(f"{name}: medium is csv or sheet")
