"""The credit of a SIM: what an operator's text says of it, how long it lasts, and when to warn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_ENGLISH_MONTHS = {"may": 5, "aug": 8, "oct": 10, "dec": 12, "ags": 8}
#: Readings are looked at as far back as this; spending of longer ago says little of the next days.
LOOK_BACK = timedelta(days=14)
_SHORTEST_SPAN = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Credit:
    """What one text said: `balance` and `tariff` (a text) in rupiah, `valid_until` the end of the masa aktif."""

    balance: int | None = None
    valid_until: date | None = None
    tariff: int | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was read: the operator has changed its words."""
        return self.balance is None and self.valid_until is None and self.tariff is None


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long a SIM lasts: whole days until the balance is used up and until the SIM expires; None when not known."""

    days_of_balance: int | None = None
    days_of_validity: int | None = None


def read_credit(text: str, patterns: Sequence[str]) -> Credit:
    """Read an operator's answer with its patterns; what does not stand in it, or is no amount or date, is None."""
    found: dict[str, str] = {}
    for pattern in patterns:
        match = re.search(pattern, text, re.IGNORECASE)
        for name, value in (match.groupdict() if match else {}).items():
            if value:
                found.setdefault(name, value)
    return Credit(_amount(found.get("balance")), _date(found.get("valid_until")), _amount(found.get("tariff")))


def spending_per_day(readings: Sequence[tuple[datetime, int]]) -> float | None:
    """Rupiah a day from balances in order of time; a rise is a top-up and no spending. None: not enough to tell."""
    recent = [reading for reading in readings if reading[0] >= readings[-1][0] - LOOK_BACK] if readings else []
    if len(recent) < 2 or recent[-1][0] - recent[0][0] < _SHORTEST_SPAN:
        return None
    spent = sum(max(0, before[1] - after[1]) for before, after in pairwise(recent))
    return spent / ((recent[-1][0] - recent[0][0]).total_seconds() / 86_400)


def forecast(credit: Credit, per_day: float | None, today: date) -> Forecast:
    """How long balance and masa aktif last at a rate of spending in rupiah a day."""
    balance = None
    if credit.balance is not None and per_day:
        balance = int(credit.balance / per_day)
    validity = (credit.valid_until - today).days if credit.valid_until is not None else None
    return Forecast(balance, validity)


def _amount(text: str | None) -> int | None:
    """`12.345`, `12,345`, `12345`, `12.345,00`: rupiah without its cents."""
    if text is None:
        return None
    whole = re.sub(r"[.,]\d{1,2}$", "", text.strip(".,"))
    digits = re.sub(r"\D", "", whole)
    return int(digits) if digits else None


def _date(text: str | None) -> date | None:
    """`31/12/2027`, `31-12-27`, `31 Des 2027`, `31Des2027`: the day first, as operators write it; or `2027-12-31`."""
    parts = re.findall(r"\d+|[^\W\d_]+", text) if text else []
    if len(parts) != 3:
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    month = int(parts[1]) if parts[1].isdigit() else _month(parts[1])
    year = int(parts[2]) + (2000 if len(parts[2]) == 2 else 0)
    try:
        return date(year, month, int(parts[0]))
    except ValueError:
        return None


def _month(word: str) -> int:
    short = word.lower()[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else _ENGLISH_MONTHS.get(short, 0)
