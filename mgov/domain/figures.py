"""The executive figures as plain rules: topics, periods, and what a closed month says beside what is known since."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

_MONTHS = {
    "JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MEI": 5, "MAY": 5, "JUN": 6, "JUL": 7, "AGU": 8, "AGT": 8, "AUG": 8,
    "AGS": 8, "SEP": 9, "OKT": 10, "OCT": 10, "NOV": 11, "NOP": 11, "DES": 12, "DEC": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """What a topic counts: bills whose number begins so, or of agencies with a service of a sector; none named: all."""

    name: str
    title: Mapping[str, str]
    prefixes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics of a site by name, and the other words for them."""

    by_name: Mapping[str, Topic]
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(self.by_name)

    def find(self, text: str) -> Topic | None:
        """The topic that a text names, whatever its case and blanks."""
        name = " ".join(text.upper().split())
        return self.by_name.get(self.words.get(name, name))


def read_topics(table: Mapping[str, Any]) -> Topics:
    """The entries of `topics.toml`. Raises `ValueError` with the entry that is wrong."""
    topics, words = {}, {}
    for name, entry in table.items():
        if name != name.upper():
            raise ValueError(f"topics: {name}: right would be {name.upper()}")
        strange = set(entry) - {"id", "en", "also", "prefixes", "sectors", "agencies"}
        if strange or not {"id", "en"} <= set(entry):
            raise ValueError(f"topics: {name}: {', '.join(sorted(strange)) or 'id or en'}: unknown, or missing")
        lists = (tuple(entry.get(kind, ())) for kind in ("prefixes", "sectors", "agencies"))
        topics[name] = Topic(name, {"id": entry["id"], "en": entry["en"]}, *lists)
        words.update({str(word).upper(): name for word in entry.get("also", ())})
    return Topics(topics, words)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days from `first` to before `after`; `months` are those that it is made of."""

    label: str
    first: date
    after: date

    @property
    def months(self) -> tuple[Period, ...]:
        """Its months, in order."""
        found, start = [], self.first
        while start < self.after:
            end = _next_month(start)
            found.append(Period(f"{start:%Y-%m}", start, end))
            start = end
        return tuple(found)

    def of_last_year(self, today: date) -> Period:
        """The same days a year before; of a period that runs, only as many days as have passed."""
        after = min(self.after, max(today + timedelta(days=1), self.first))
        return Period(f"{self.label} -1", _year_before(self.first), _year_before(after))

    @property
    def year_so_far(self) -> Period:
        """From the first of January until the end of this period: what a year's target is measured against."""
        return Period(str(self.first.year), date(self.first.year, 1, 1), self.after)


def parse_period(text: str | None, today: date) -> Period | None:
    """`2026`, `2026-10`, `10/2026`, `OKTOBER 2026`, `OKT`, `TW3`, `Q3 2026`; none: this year. None when not one."""
    words = " ".join((text or str(today.year)).upper().replace("/", "-").split())
    if re.fullmatch(r"\d{4}", words):
        return _year(int(words))
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})", words):
        return _month(int(iso[1]), int(iso[2]))
    if turned := re.fullmatch(r"(\d{1,2})-(\d{4})", words):
        return _month(int(turned[2]), int(turned[1]))
    if quarter := re.fullmatch(r"(?:TW|Q|TRIWULAN) ?([1-4])(?:[ -](\d{4}))?", words):
        return _quarter(int(quarter[2] or today.year), int(quarter[1]))
    if named := re.fullmatch(r"([A-Z]{3})[A-Z]*\.?(?: (\d{4}))?", words):
        return _month(int(named[2] or today.year), _MONTHS.get(named[1], 0))
    return None


def _year(year: int) -> Period | None:
    return Period(str(year), date(year, 1, 1), date(year + 1, 1, 1)) if 1900 <= year <= 9000 else None


def _quarter(year: int, quarter: int) -> Period | None:
    if not 1900 <= year <= 9000:
        return None
    first = date(year, 3 * quarter - 2, 1)
    return Period(f"{year}-TW{quarter}", first, _next_month(_next_month(_next_month(first))))


def _month(year: int, month: int) -> Period | None:
    if not (1 <= month <= 12 and 1900 <= year <= 9000):
        return None
    first = date(year, month, 1)
    return Period(f"{year}-{month:02d}", first, _next_month(first))


def _next_month(day: date) -> date:
    return date(day.year + 1, 1, 1) if day.month == 12 else date(day.year, day.month + 1, 1)


def _year_before(day: date) -> date:
    """29 February has the 28th before it."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def percent(part: int, whole: int | None) -> float | None:
    """Per cent with one digit; None when there is nothing to measure against."""
    return None if not whole else round(100 * part / whole, 1)
