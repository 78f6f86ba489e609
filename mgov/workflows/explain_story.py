"""One line of a story: when, what, who and why, with the sentence for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import RowMapping


@dataclass(frozen=True, slots=True)
class Teller:
    """In which language, as of when, and how a moment is written."""

    lang: str
    now: datetime
    clock: Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Line:
    """`what` is the object (`message 5`, `send 7`); states, actor and cause are empty where no state changed."""

    at: datetime
    what: str
    sentence: str
    before: str | None = None
    to: str | None = None
    actor: str | None = None
    cause: str | None = None
    detail: str | None = None

    @classmethod
    def of(cls, row: RowMapping, what: str, sentence: str) -> Line:
        """A recorded transition."""
        return cls(
            row["at"], what, sentence, row["from_state"], row["to_state"], row["actor"], row["cause"], row["detail"]
        )

    def as_row(self) -> dict[str, Any]:
        """The line as JSON and tables have it."""
        return {
            "at": self.at,
            "what": self.what,
            "from": self.before,
            "to": self.to,
            "actor": self.actor,
            "cause": self.cause,
            "detail": self.detail,
            "sentence": self.sentence,
        }
