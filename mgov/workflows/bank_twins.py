"""The same entry told in two formats (MT940 first, CSV or camt later) is one entry, and its money is there once.

Formats tell different things of a movement, so identity by content is of no use between them. Beyond doubt one entry is
what has the account, the day, the amount, the direction and a number of the bank's in common: its reference, or one
that stands in the other's description. It is not stored again. Where all agrees but the number, counts decide: what the
other format tells as often is kept as its twin and settles nothing, what is more is new. Whether the days are the same
whole days tells if that is certain; where it is not, a person sees each twin. See `docs/adr/0010`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.matching import descriptions, proofs
from mgov.store import bank_twins as store

#: A reference that one format cut off must have so many letters in common; one in a description must be so long.
LONG_ENOUGH = 10
#: Two formats may tell the time of one booking so far apart.
SAME_TIME = timedelta(minutes=5)
#: So many different sums that a day has in both formats are no chance.
SUMS_ENOUGH = 3
#: The share of a day's entries, of one, that both formats must have for the days to be the same.
NEARLY_ALL = 0.8
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "0", "KOSONG"})
_DOUBT = "mutasi ini mungkin sama dengan mutasi dari format lain / another format may have told this entry already"

Key = tuple[date, int, str]  #: day, rupiah, direction
Side = tuple[date, str]  #: value date and direction


@dataclass(frozen=True, slots=True)
class Span:
    """A statement of the import: its id, the days that it covers, its balances."""

    id: int
    first: date | None
    last: date | None
    opening: Decimal | None
    closing: Decimal | None


@dataclass(slots=True)
class _Seen:
    """What an import brings of a day and direction: agreed by number, held by count (with other numbers), new."""

    agreed: int = 0
    held: int = 0
    contradicted: int = 0
    new: int = 0
    sums: set[int] = field(default_factory=set)

    def add_sum(self, amount: int) -> None:
        """Remember that a sum was found in both, as far as is of interest."""
        if len(self.sums) < SUMS_ENOUGH:
            self.sums.add(amount)


class Twins:
    """Finds, for one import, the entries that the account has from statements of other formats."""

    def __init__(self, tx: Connection, account_id: int, format_: str) -> None:
        self._tx, self._account, self._format = tx, account_id, format_
        self._any = store.has_other_formats(tx, account_id, format_)
        self._taken: set[int] = set()
        self._before: dict[Key, int] = {}
        self._asked: set[date] = set()
        self._seen: dict[Side, _Seen] = defaultdict(_Seen)
        self.found = self.doubtful = 0

    def without(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The new rows that are to be stored: not what a number shows to be a twin; what a count does has its kind."""
        if not self._any or not rows:
            return list(rows)
        others = self._others(rows)
        left = [row for row in rows if not self._agrees_with_one(row, others)]
        self._remember_twins(left)
        for row in sorted(left, key=lambda row: bool(_number(row["reference"]))):  # no number contradicts none
            self._hold(row, others)
        return left

    def decide(self, spans: Sequence[Span], now: datetime) -> None:
        """Put before a person what was held and is not surely the same, when the whole import is stored."""
        sides = {side: seen for side, seen in self._seen.items() if seen.held}
        if not sides:
            return
        days = [day for day, _ in sides]
        told = store.entries_of_others(self._tx, self._account, self._format, min(days), max(days))
        proven = [(span.first, span.last) for span in spans if self._has_same_balances(span)]
        weak = {
            side
            for side, seen in sides.items()
            if not (_is_same(seen, told.get(side, 0)) or _is_within(side[0], proven))
        }
        rows = store.held_twins(self._tx, [span.id for span in spans], weak)
        store.open_cases(self._tx, rows, _DOUBT, now)
        self.doubtful = len(rows)

    def _has_same_balances(self, span: Span) -> bool:
        if span.first is None or span.last is None or span.opening is None or span.closing is None:
            return False
        told = (span.opening, span.closing, span.first, span.last)
        return store.same_balances(self._tx, self._account, self._format, *told)

    def _others(self, rows: Sequence[dict[str, Any]]) -> _Others:
        days = [row["booked_on"] for row in rows]
        amounts = {row["amount"] for row in rows}
        found = store.of_other_formats(self._tx, self._account, self._format, amounts, min(days), max(days))
        return _Others(row for row in found if row.id not in self._taken)

    def _agrees_with_one(self, row: dict[str, Any], others: _Others) -> bool:
        other = others.with_number_of(row)
        if other is None:
            return False
        self._take(other, others)
        seen = self._seen[row["value_date"], row["type"]]
        seen.agreed += 1
        seen.add_sum(row["amount"])
        return True

    def _hold(self, row: dict[str, Any], others: _Others) -> None:
        """Mark a row as a twin where the others have one more of its day, sum and direction than this format had."""
        seen = self._seen[row["value_date"], row["type"]]
        other = others.of_day(row, self._before.get((row["value_date"], row["amount"], row["type"]), 0))
        if other is None:
            seen.new += 1
            return
        self._take(other, others)
        row["kind"] = store.TWIN
        seen.held += 1
        seen.contradicted += bool(_number(row["reference"]) and _number(other.reference))
        seen.add_sum(row["amount"])

    def _take(self, other: Row[Any], others: _Others) -> None:
        self._taken.add(other.id)
        self.found += 1
        others.remove(other)

    def _remember_twins(self, rows: Sequence[dict[str, Any]]) -> None:
        """What earlier imports of this format took of these days is no longer there to be taken."""
        days = {row["value_date"] for row in rows} - self._asked
        if days:
            known = store.known_twins(self._tx, self._account, self._format, min(days), max(days))
            self._before |= {(day, amount, type_): number for day, amount, type_, number in known if day in days}
            self._asked |= days


class _Others:
    """Entries of other formats by day, sum and direction, and by the numbers that they tell."""

    def __init__(self, rows: Iterable[Row[Any]]) -> None:
        self._of_day: dict[Key, list[Row[Any]]] = defaultdict(list)
        self._named: dict[tuple[Key, str], list[Row[Any]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: (bool(_number(row.reference)), row.id)):
            for key in self._keys(row):
                self._of_day[key].append(row)
                for name in _names(row.reference, row.description):
                    self._named[key, name].append(row)

    def with_number_of(self, row: dict[str, Any]) -> Row[Any] | None:
        """The one that has a number in common with a row, and no other time."""
        for key in self._keys_of(row):
            for name in _names(row["reference"], row["description"]):
                for other in self._named.get((key, name), ()):
                    if _same_number(row, other) and _same_time(row["booked_at"], other.booked_at):
                        return other
        return None

    def of_day(self, row: dict[str, Any], but: int) -> Row[Any] | None:
        """One of the same day, sum and direction, and no other time, `but` so many that are spoken for."""
        fits: dict[int, Row[Any]] = {}
        for key in self._keys_of(row):
            for other in self._of_day.get(key, ()):
                if _same_time(row["booked_at"], other.booked_at):
                    fits[other.id] = other
                    if len(fits) > but:
                        return other
        return None

    def remove(self, row: Row[Any]) -> None:
        """It is taken."""
        for key in self._keys(row):
            self._of_day[key].remove(row)
            for name in _names(row.reference, row.description):
                self._named[key, name].remove(row)

    @staticmethod
    def _keys(row: Row[Any]) -> set[Key]:
        return {(day, row.amount, row.type) for day in (row.booked_on, row.value_date)}

    @staticmethod
    def _keys_of(row: dict[str, Any]) -> list[Key]:
        return [(day, row["amount"], row["type"]) for day in dict.fromkeys((row["value_date"], row["booked_on"]))]


def _names(reference: str | None, description: str) -> set[str]:
    """What an entry's number can be looked up by: whole, the start of it, and those of the description."""
    number = _number(reference)
    long = {token for token in descriptions.tokens(description) if len(token) >= LONG_ENOUGH}
    return long | {number, number[:LONG_ENOUGH]} - {""}


def _is_same(seen: _Seen, told: int) -> bool:
    """Whether both formats tell the same of a day: nearly all entries in both, several sums, and no other numbers.

    Numbers that differ throughout are two ways of numbering; where some agree, those that differ are other payments.
    """
    both = seen.agreed + seen.held
    nearly_all = both >= NEARLY_ALL * max(told, both + seen.new)
    return nearly_all and len(seen.sums) >= SUMS_ENOUGH and not (seen.agreed and seen.contradicted)


def _is_within(day: date, periods: Sequence[tuple[date | None, date | None]]) -> bool:
    return any(first and last and first <= day <= last for first, last in periods)


def _same_number(row: dict[str, Any], other: Row[Any]) -> bool:
    mine, theirs = _number(row["reference"]), _number(other.reference)
    if mine and theirs and (mine == theirs or _is_cut(mine, theirs)):
        return True
    in_mine, in_theirs = (descriptions.tokens(text) for text in (row["description"], other.description))
    return _stands_in(mine, in_theirs) or _stands_in(theirs, in_mine)


def _number(reference: str | None) -> str:
    found = proofs.normalise(reference or "")
    return "" if found in _NO_REFERENCE else found


def _is_cut(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return len(short) >= LONG_ENOUGH and long.startswith(short)


def _stands_in(number: str, tokens: Sequence[str]) -> bool:
    return len(number) >= LONG_ENOUGH and number in tokens


def _same_time(mine: str, theirs: str) -> bool:
    """Whether two times, where both are told, are of one booking."""
    if "T" not in mine or "T" not in theirs:
        return True
    return abs(datetime.fromisoformat(mine) - datetime.fromisoformat(theirs)) <= SAME_TIME
