"""How well texts are read, and what was not: counted by kind, beside the period before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mgov.store import readings
from mgov.store.database import Database
from parsers.unread import EXPECTED, Unread, kind_of

#: How a text came to its command, by the words its handling was recorded with.
_WAYS = (
    ("keyword:", "keyword"),
    ("mistyped keyword:", "mistyped keyword"),
    ("no keyword,", "guessed from the words"),
    ("read", "keyword"),  # its PIN is struck, and so is how it was read
    ("agency's keyword", "agency's keyword"),
    ("YA", "proposal confirmed"),
    ("BATAL", "proposal or question dropped"),
)
_ANSWER = "answer to a question"
MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Unreads:
    """Texts of one kind that no command was read from: how many, how many before, and the newest ones' numbers."""

    kind: str
    count: int
    before: int
    wanted: bool
    examples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """One period: how its texts were read, and those not read by kind (the most frequent first)."""

    since: datetime
    until: datetime
    texts: int
    texts_before: int
    ways: dict[str, int] = field(default_factory=dict)
    unread: tuple[Unreads, ...] = ()

    @property
    def lost(self) -> float:
        """The share of texts that somebody wanted something by and that were not read, 0 to 1."""
        return _share(sum(row.count for row in self.unread if row.wanted), self.texts)

    @property
    def lost_before(self) -> float:
        """The same share in the period before."""
        return _share(sum(row.before for row in self.unread if row.wanted), self.texts_before)

    @property
    def is_worse(self) -> bool:
        """Whether clearly more is lost than before: at least ten texts and half as much again."""
        lost = sum(row.count for row in self.unread if row.wanted)
        return lost >= 10 and self.lost > 1.5 * self.lost_before


def drift(db: Database, now: datetime, period: timedelta) -> Drift:
    """Count the texts of the period that ends now, beside the period of the same length before it."""
    since = now - period
    texts, ways = db.read(lambda tx: readings.causes(tx, since, now))
    before, _ = db.read(lambda tx: readings.causes(tx, since - period, since))
    fresh = _kinds(db.read(lambda tx: readings.without_command(tx, since, now)))
    old = _kinds(db.read(lambda tx: readings.without_command(tx, since - period, since)))
    return Drift(since, now, texts, before, dict(_by_way(ways)), _unread(fresh, old))


def _kinds(rows: Iterable[tuple[int, str]]) -> dict[Unread, list[int]]:
    found: dict[Unread, list[int]] = {}
    for number, text in rows:
        found.setdefault(kind_of(text), []).append(number)
    return found


def _unread(fresh: dict[Unread, list[int]], old: dict[Unread, list[int]]) -> tuple[Unreads, ...]:
    rows = [
        Unreads(
            kind=kind.value,
            count=len(fresh.get(kind, ())),
            before=len(old.get(kind, ())),
            wanted=kind not in EXPECTED,
            examples=tuple(fresh.get(kind, ())[-MOST_EXAMPLES:]),
        )
        for kind in Unread
        if kind in fresh or kind in old
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.kind)))


def _by_way(causes: Counter[str]) -> Counter[str]:
    ways: Counter[str] = Counter()
    for cause, count in causes.items():
        ways[next((way for begin, way in _WAYS if cause.startswith(begin)), _ANSWER)] += count
    return ways


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
