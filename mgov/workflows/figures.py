"""The executive figures: a topic and a period, for LAPORAN and for `mgov report` alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from mgov.store import applications, figures
from mgov.store.figures import Scope

#: An application that waits longer is overdue.
OVERDUE = timedelta(days=14)

#: Topic → the bills it counts.
TOPICS: dict[str, Scope] = {
    "PAD": Scope(),
    "PAJAK": Scope(prefixes=("PKB", "BBN", "BBNKB", "SKPD")),
    "RETRIBUSI": Scope(prefixes=("SKRD", "RTU", "STRD")),
    "PERIZINAN": Scope(),
    "PENDIDIKAN": Scope(sector="pendidikan"),
    "INVESTASI": Scope(sector="investasi"),
    "PERINDAGKOP": Scope(sector="perindagkop"),
    "KETENAGAKERJAAN": Scope(sector="ketenagakerjaan"),
    "PKB": Scope(prefixes=("PKB",)),
    "BBNKB": Scope(prefixes=("BBN", "BBNKB")),
    "SKRD": Scope(prefixes=("SKRD",)),
    "SKPD": Scope(prefixes=("SKPD",)),
    "RTU": Scope(prefixes=("RTU",)),
}
_ALIASES = {
    **dict.fromkeys(("PENDAPATAN", "SEMUA", "ALL", "TOTAL", "TAGIHAN", "PEMBAYARAN", "REVENUE"), "PAD"),
    **dict.fromkeys(("IZIN", "PERMOHONAN", "PERMITS"), "PERIZINAN"),
    **dict.fromkeys(("TAX", "PAJAK DAERAH"), "PAJAK"),
    **dict.fromkeys(("BBN", "SAMSAT"), "BBNKB"),
    **dict.fromkeys(("TENAGA KERJA", "NAKER", "LABOUR"), "KETENAGAKERJAAN"),
    **dict.fromkeys(("PERDAGANGAN", "PERINDUSTRIAN", "KOPERASI", "UKM"), "PERINDAGKOP"),
    **dict.fromkeys(("PENANAMAN MODAL", "INVESTMENT"), "INVESTASI"),
}
TOPIC_NAMES = tuple(TOPICS)

_MONTHS = {
    "JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MEI": 5, "MAY": 5, "JUN": 6, "JUL": 7, "AGU": 8, "AGT": 8, "AUG": 8,
    "AGS": 8, "SEP": 9, "OKT": 10, "OCT": 10, "NOV": 11, "NOP": 11, "DES": 12, "DEC": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What a leader reads; money is whole rupiah, `as_of` the last day that a bank statement covers."""

    topic: str
    period: str
    agency: str
    bills: int
    billed: int
    paid: int
    outstanding: int
    in_progress: int
    overdue: int
    as_of: date | None

    def as_values(self) -> dict[str, Any]:
        """For a reply text or a line of JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def figures_for(
    tx: Connection, topic: str, period: str | None, today: date, *, agency_id: int | None = None
) -> Figures | None:
    """The figures of a topic (or an agency's code) and period; None when one of them is unknown.

    `agency_id` narrows everything to one agency: a leader sees his own.
    """
    span = parse_period(period, today)
    found = _topic(tx, topic)
    if span is None or found is None:
        return None
    name, scope = found
    if agency_id is not None:
        if scope.agency_id not in (None, agency_id):
            return None
        scope = Scope(scope.prefixes, agency_id, scope.sector)
    label, first, after = span
    money = figures.money(tx, scope, first, after)
    return Figures(
        topic=name,
        period=label,
        agency=figures.agency_code_of(tx, scope.agency_id) if scope.agency_id is not None else "",
        bills=money.bills,
        billed=money.billed,
        paid=money.paid,
        outstanding=money.outstanding,
        in_progress=applications.count_open(tx, agency_id=scope.agency_id, sector=scope.sector),
        overdue=applications.count_open(tx, before=today - OVERDUE, agency_id=scope.agency_id, sector=scope.sector),
        as_of=figures.known_until(tx),
    )


def parse_period(period: str | None, today: date) -> tuple[str, date, date] | None:
    """`2026`, `2026-10`, `10/2026`, `OKTOBER 2026`, `OKT`; none: this year. Returns label, first day and day after."""
    text = " ".join((period or str(today.year)).upper().replace("/", "-").split())
    if re.fullmatch(r"\d{4}", text):
        return text, date(int(text), 1, 1), date(int(text) + 1, 1, 1)
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        return _month(int(iso[1]), int(iso[2]))
    if turned := re.fullmatch(r"(\d{1,2})-(\d{4})", text):
        return _month(int(turned[2]), int(turned[1]))
    if named := re.fullmatch(r"([A-Z]{3})[A-Z]*\.?(?: (\d{4}))?", text):
        return _month(int(named[2] or today.year), _MONTHS.get(named[1], 0))
    return None


def _month(year: int, month: int) -> tuple[str, date, date] | None:
    if not (1 <= month <= 12 and 1 <= year <= 9998):
        return None
    after = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return f"{year}-{month:02d}", date(year, month, 1), after


def _topic(tx: Connection, topic: str) -> tuple[str, Scope] | None:
    name = " ".join(topic.upper().split())
    name = _ALIASES.get(name, name)
    if name in TOPICS:
        return name, TOPICS[name]
    agency_id = figures.agency_id_of(tx, name)
    return None if agency_id is None else (name, Scope(agency_id=agency_id))
