"""The same entry told in two formats (MT940 first, CSV or camt later) is one entry.

Formats tell different things of a movement, so identity by content is of no use between them. What must agree is the
account, the day, the amount, the direction and a number of the bank's: its reference, or one that stands in the other's
description. An entry is taken for a twin once only, so that two real equal payments stay two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.matching import descriptions, proofs
from mgov.store import bank

#: A reference that one format cut off must have so many letters in common; one in a description must be so long.
LONG_ENOUGH = 10
#: Two formats may tell the time of one booking so far apart.
SAME_TIME = timedelta(minutes=5)
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "0", "KOSONG"})


class Twins:
    """Finds, for one import, the entries that the account has from statements of other formats."""

    def __init__(self, tx: Connection, account_id: int, format_: str) -> None:
        self._tx, self._account, self._format = tx, account_id, format_
        self._any = bank.has_other_formats(tx, account_id, format_)
        self._taken: set[int] = set()
        self.found = 0

    def without(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of new rows that no entry from another format is the twin of."""
        if not self._any or not rows:
            return list(rows)
        others = self._others(rows)
        left = [row for row in rows if not self._take(row, others)]
        self.found += len(rows) - len(left)
        return left

    def _others(self, rows: Sequence[dict[str, Any]]) -> dict[tuple[Any, ...], list[Row[Any]]]:
        days = [row["booked_on"] for row in rows]
        amounts = {row["amount"] for row in rows}
        found: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
        for other in bank.of_other_formats(self._tx, self._account, self._format, amounts, min(days), max(days)):
            found[other.booked_on, other.amount, other.type].append(other)
        return found

    def _take(self, row: dict[str, Any], others: dict[tuple[Any, ...], list[Row[Any]]]) -> bool:
        for other in others.get((row["booked_on"], row["amount"], row["type"]), ()):
            if other.id not in self._taken and _agree(row, other):
                self._taken.add(other.id)
                return True
        return False


def _agree(row: dict[str, Any], other: Row[Any]) -> bool:
    return _same_number(row, other) and _same_time(row["booked_at"], other.booked_at)


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
