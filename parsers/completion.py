"""The next text of a conversation: it completes what was asked for, or says yes or no to a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parsers.reading import Reading, missing_of

_YES = frozenset({"YA", "Y", "OK", "IYA", "YES"})
_NO = frozenset({"BATAL", "TIDAK", "NO", "TDK", "GAK"})


class Pending(Protocol):
    """What a conversation remembers: a command, the fields known so far and those asked for."""

    @property
    def command(self) -> str | None: ...  # noqa: D102
    @property
    def fields(self) -> dict[str, object]: ...  # noqa: D102
    @property
    def missing(self) -> tuple[str, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Completion:
    """What the next text adds to a pending command.

    ``reading`` is the pending command with the new fields; ``filled`` names the fields that this text gave, empty when
    the text is no answer; ``ambiguous`` names the fields that a bare number could be, so that the citizen is asked.
    """

    reading: Reading
    filled: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def complete(pending: Pending, text: str, received_at: datetime) -> Completion:
    """Read ``text`` as the answer to what ``pending`` still misses."""
    fields = dict(pending.fields)
    return Completion(Reading(pending.command, fields, missing_of(pending.command, fields)))


def yes_or_no(text: str) -> bool | None:
    """Tell whether a text says yes (YA, OK ...), no (BATAL, TIDAK ...) or neither."""
    word = text.strip().upper().strip(".!")
    return True if word in _YES else False if word in _NO else None
