"""The mobile operators: whose number, whose SIM, and what the operator calls itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `prefixes` are in E.164, `mnc` are MCC and MNC in digits, `aliases` what modems call it.

    `smsc` is the service centre's number; `balance_ussd` are the steps of a USSD session that ends with the balance,
    `balance_patterns` regular expressions over its text with the groups `balance`, `valid_until` or `tariff`.
    """

    name: str
    prefixes: tuple[str, ...]
    mnc: tuple[str, ...]
    aliases: frozenset[str]
    smsc: str | None = None
    balance_ussd: tuple[str, ...] = ()
    balance_patterns: tuple[str, ...] = ()


class Operators:
    """The table of operators; an empty one knows nobody, and then no number is nearer to one SIM than to another."""

    def __init__(self, operators: tuple[Operator, ...] = (), common_patterns: tuple[str, ...] = ()) -> None:
        self.common_patterns = common_patterns  #: for the balance of a SIM whose operator is not known
        self._by_prefix = {prefix: operator for operator in operators for prefix in operator.prefixes}
        self._by_mnc = {code: operator for operator in operators for code in operator.mnc}
        self._by_name = {alias: operator for operator in operators for alias in operator.aliases}
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix}, reverse=True)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Operators:
        """Build it from `operators.toml`."""
        common = tuple(table.get("balance_patterns", ()))
        return cls(tuple(_operator({"balance_patterns": common, **row}) for row in table["operator"]), common)

    def of_number(self, number: str) -> str | None:
        """The name of the operator that gave out a number (ported numbers are not known)."""
        for length in self._lengths:
            operator = self._by_prefix.get(number[:length])
            if operator is not None:
                return operator.name
        return None

    def of_sim(self, imsi: str | None, called: str | None) -> Operator | None:
        """The operator of a SIM: what the configuration or the modem calls it, else what its IMSI begins with."""
        named = self._by_name.get(_plain(called)) if called else None
        return named or self._by_mnc.get((imsi or "")[:5])

    def name_of(self, called: str | None) -> str | None:
        """The one name of an operator that is called by any of its names; an unknown one keeps its own."""
        if not called:
            return None
        known = self._by_name.get(_plain(called)) or self._by_mnc.get(called.replace(" ", ""))
        return known.name if known else _plain(called)


def _operator(row: Mapping[str, Any]) -> Operator:
    return Operator(
        name=row["name"],
        prefixes=tuple(row["prefixes"]),
        mnc=tuple(row["mnc"]),
        aliases=frozenset(_plain(alias) for alias in (row["name"], *row.get("aliases", ()))),
        smsc=row.get("smsc"),
        balance_ussd=tuple(row.get("balance_ussd", ())),
        balance_patterns=tuple(row.get("balance_patterns", ())),
    )


def _plain(name: str) -> str:
    return "".join(character for character in name.upper() if character.isalnum())
