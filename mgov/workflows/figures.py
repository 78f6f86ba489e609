"""The executive figures: a topic and a period, for LAPORAN, for mails and for `mgov report` alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mgov.domain.figures import Period, Topic, Topics, parse_period, percent
from mgov.store import figures
from mgov.store.figures import Money, Scope
from scheduler.calendar import Calendar

#: An application that waits longer is overdue.
OVERDUE = timedelta(days=14)
WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class FiguresSettings:
    """What a site counts, and on which days banks work."""

    topics: Topics
    calendar: Calendar = field(default_factory=Calendar)
    zone: ZoneInfo = WIB


@dataclass(frozen=True, slots=True)
class Figures:
    """What a leader reads; money is whole rupiah.

    `paid` (and `realised`, its name in the reports) is what the ledger says now. `as_closed` is what closed months said
    when they were closed, and what is known now of the others; `correction` is the difference, `billed_correction`
    the same of what was billed. `percent` measures the year so far against the year's `target`.
    `last_year` is what the same days brought a year before. `as_of` is the last day that the statements of all accounts
    cover, `missing_days` the banking days of the period up to today that some account's statements leave out.
    """

    topic: str
    title: str
    period: str
    agency: str
    sector: str
    bills: int
    billed: int
    billed_correction: int
    paid: int
    as_closed: int
    correction: int
    realised: int
    outstanding: int
    target: int | None
    so_far: int
    percent: float | None
    last_year: int
    change: float | None
    in_progress: int
    overdue: int
    as_of: date | None
    missing_days: int
    closed_months: int

    def as_values(self) -> dict[str, Any]:
        """For a reply text or a line of JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


def figures_for(
    tx: Connection,
    settings: FiguresSettings,
    topic: str,
    period: str | None,
    today: date,
    *,
    agency_id: int | None = None,
    sector: str | None = None,
    language: str = "id",
) -> Figures | None:
    """The figures of a topic (or an agency's code) and period; None when one of them is unknown.

    `agency_id` narrows everything to one agency: a leader sees his own.
    """
    span = parse_period(period, today)
    found = scope_of(tx, settings, topic, agency_id)
    if span is None or found is None:
        return None
    name, scope = found
    if sector is not None:
        scope = scope.narrowed(sector=sector)
    return _figures(tx, settings, name, scope, span, today, language)


def broken_down(
    tx: Connection, settings: FiguresSettings, topic: str, period: str | None, today: date, by: str, *,
    agency_id: int | None = None, language: str = "id",
) -> Iterator[Figures]:  # fmt: skip
    """The figures by `agency`, `sector` or `month`, leaving out what has neither bills, money nor permits."""
    span = parse_period(period, today)
    found = scope_of(tx, settings, topic, agency_id)
    if span is None or found is None:
        return
    name, scope = found
    for label, narrow, part in _pieces(tx, scope, span, by):
        one = _figures(tx, settings, name, narrow, part, today, language)
        if by == "month" or one.bills or one.realised or one.in_progress:
            yield replace(one, title=label)


def scope_of(
    tx: Connection, settings: FiguresSettings, topic: str, agency_id: int | None = None
) -> tuple[str, Scope] | None:
    """What a topic or an agency's code counts; None when it is unknown, or another agency's."""
    known = settings.topics.find(topic)
    if known is not None:
        return known.name, Scope(known, agency_id, zone=settings.zone)
    code = " ".join(topic.upper().split())
    of_code = figures.agency_id_of(tx, code)
    if of_code is None or agency_id not in (None, of_code):
        return None
    return code, Scope(None, of_code, zone=settings.zone)


def _pieces(tx: Connection, scope: Scope, span: Period, by: str) -> Iterator[tuple[str, Scope, Period]]:
    if by == "month":
        yield from ((month.label, scope, month) for month in span.months)
    elif by == "sector":
        yield from ((sector, scope.narrowed(sector=sector), span) for sector in figures.sectors(tx))
    else:
        for number, code in figures.agencies(tx):
            if scope.agency_id in (None, number):
                yield code, scope.narrowed(agency_id=number), span


def _figures(
    tx: Connection, settings: FiguresSettings, name: str, scope: Scope, span: Period, today: date, language: str
) -> Figures:
    agency = figures.agency_code_of(tx, scope.agency_id) if scope.agency_id is not None else ""
    now = figures.money(tx, scope, span.first, span.after)
    closed = _as_closed(tx, name, scope, agency, span)
    so_far = figures.paid(tx, scope, span.year_so_far.first, span.year_so_far.after)
    target = figures.target_of(tx, name, agency, span.first.year) if scope.sector is None else None
    before = span.of_last_year(today)
    last_year = figures.paid(tx, scope, before.first, before.after)
    in_progress, overdue = figures.permits(tx, scope, span.after, today - OVERDUE)
    return Figures(
        topic=name,
        title=_title(scope.topic, name, language),
        period=span.label,
        agency=agency,
        sector=scope.sector or "",
        bills=now.bills,
        billed=now.billed,
        billed_correction=closed.billed_since,
        paid=now.paid,
        as_closed=now.paid - closed.paid_since,
        correction=closed.paid_since,
        realised=now.paid,
        outstanding=now.outstanding,
        target=target,
        so_far=so_far,
        percent=percent(so_far, target),
        last_year=last_year,
        change=None if not last_year else round(100 * (now.paid - last_year) / last_year, 1),
        in_progress=in_progress,
        overdue=overdue,
        as_of=figures.known_until(tx),
        missing_days=len(missing_days(tx, settings.calendar, span, today)),
        closed_months=closed.months,
    )


@dataclass(frozen=True, slots=True)
class _Closed:
    """How many months of a period are closed, and how much they gained (or lost) since."""

    months: int = 0
    billed_since: int = 0
    paid_since: int = 0


def _as_closed(tx: Connection, name: str, scope: Scope, agency: str, span: Period) -> _Closed:
    months = span.months
    kept = figures.closed(tx, name, agency, [month.label for month in months]) if scope.sector is None else {}
    billed_since = paid_since = 0
    for month in months:
        if month.label in kept:
            now = figures.money(tx, scope, month.first, month.after)
            billed_since += now.billed - int(kept[month.label]["billed"])
            paid_since += now.paid - int(kept[month.label]["paid"])
    return _Closed(len(kept), billed_since, paid_since)


def missing_days(tx: Connection, calendar: Calendar, span: Period, today: date) -> list[date]:
    """Banking days of the period, before today, that the statements of some account leave out."""
    end = min(span.after, today)
    missing: set[date] = set()
    for spans in figures.coverage(tx, span.first, end).values():
        day = max(span.first, spans[0][0])
        while day < end:
            if calendar.is_banking_day(day) and not any(start <= day <= last for start, last in spans):
                missing.add(day)
            day += timedelta(days=1)
    return sorted(missing)


def _title(topic: Topic | None, name: str, language: str) -> str:
    return name if topic is None else topic.title.get(language, name)


__all__ = ["Figures", "FiguresSettings", "Money", "broken_down", "figures_for", "missing_days", "scope_of"]
