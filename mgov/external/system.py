"""An agency's system and how it is asked: what the configuration says of it, and what a call brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

MOST_ROWS = 20
"""Rows of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class System:
    """One agency's system. `url` is a database's or an http(s) address; times are seconds.

    `timeout` bounds one attempt, `concurrency` the attempts at the same time; `headers` are sent with HTTP calls.
    """

    name: str
    url: str
    timeout: float = 5.0
    concurrency: int = 2
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SqlCall:
    """A query with bound parameters (`:nop`); it runs in a transaction that only reads."""

    query: str


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request: `path` may name fields (`/kir/{plate}`), quoted there; `rows` says where in the JSON the rows are."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, str] | None = None
    rows: tuple[str, ...] = ()


class CallOutcome(Enum):
    """What came of one attempt."""

    FOUND = "found"  #: there are rows
    NOTHING = "nothing"  #: the system answered that there is nothing
    REFUSED = "refused"  #: the system says that the request is wrong: asking again would not help
    FAILED = "failed"  #: no answer, or a broken one: it may be asked again


@dataclass(frozen=True, slots=True)
class CallResult:
    """The outcome with its rows (plain JSON values) or its evidence, a sentence for the operator."""

    outcome: CallOutcome
    rows: tuple[Mapping[str, object], ...] = ()
    detail: str = ""


class Asker(Protocol):
    """One system that can be asked."""

    async def ask(self, call: SqlCall | HttpCall, values: Mapping[str, str], key: str) -> CallResult:
        """Ask once within the system's timeout; never raises. `key` is the Idempotency-Key."""

    async def close(self) -> None:
        """Give the connections back."""
