"""Closing a month of the figures: what comes later is shown as a correction, never mixed in. And the targets."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.figures import Period, parse_period
from mgov.domain.roles import Right
from mgov.store import audit, figures
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.figures import FiguresSettings, scope_of

SCHEDULER = Actor.system("scheduler")
#: So many months back are closed when they were missed: before that nothing was kept here.
MONTHS_BACK = 13


class FiguresError(Exception):
    """A month cannot be closed or a target not be set; the text says why."""


@dataclass(slots=True)
class TargetOutcome:
    """What an import of targets did; `faults` are (line, column, sentence)."""

    accepted: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)


def close_due(db: Database, settings: FiguresSettings, today: date, day: int, now: datetime) -> list[str]:
    """Close the months that ended before and are not closed yet, once `day` of the month after is reached."""
    return db.transact(lambda tx: _close_due(tx, settings, today, day, now))


def close_month(db: Database, settings: FiguresSettings, month: str, today: date, now: datetime, actor: Actor) -> None:
    """Close one month by hand. Raises `FiguresError`."""
    span = parse_period(month, today)
    if span is None or len(span.months) != 1:
        raise FiguresError(f"{month}: not a month; right would be 2026-10")
    if span.after > today:
        raise FiguresError(f"{span.label}: has not ended yet")

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.SYSTEM)
        if figures.is_closed(tx, span.label):
            raise FiguresError(f"{span.label}: is closed already; what came in since is its correction")
        _close(tx, settings, span, now, actor)

    db.transact(work)


def import_targets(
    db: Database, settings: FiguresSettings, content: bytes, now: datetime, actor: Actor
) -> TargetOutcome:
    """Targets from CSV `topic,agency,year,amount` (agency empty: the province); the same row again changes it."""
    outcome = TargetOutcome()

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.SYSTEM)
        outcome.accepted, outcome.faults = 0, []
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        for number, row in enumerate(reader, 2):
            fault = _target(tx, settings, row, now, actor)
            if fault is None:
                outcome.accepted += 1
            else:
                outcome.faults.append((number, *fault))
        audit.record(tx, actor, "target.import", "target", "csv", {"rows": outcome.accepted}, now=now)

    db.transact(work)
    return outcome


def _target(
    tx: Connection, settings: FiguresSettings, row: dict[str, str], now: datetime, actor: Actor
) -> tuple[str, str] | None:
    topic, agency = (row.get("topic") or "").strip(), (row.get("agency") or "").strip().upper()
    found = scope_of(tx, settings, topic)
    if found is None:
        return "topic", f"{topic or 'empty'}: no such topic"
    if agency and figures.agency_id_of(tx, agency) is None:
        return "agency", f"{agency}: no such agency"
    try:
        year, amount = int(row.get("year") or ""), int((row.get("amount") or "").replace(".", ""))
    except ValueError:
        return "year, amount", "whole numbers are needed"
    if not (1900 <= year <= 9000 and 0 <= amount < 1 << 62):
        return "year, amount", "out of range"
    figures.set_target(tx, found[0], agency, year, amount, now=now, actor=actor)
    return None


def _close_due(tx: Connection, settings: FiguresSettings, today: date, day: int, now: datetime) -> list[str]:
    in_use = figures.in_use_since(tx)
    if in_use is None:
        return []
    begun = in_use.astimezone(settings.zone).date()
    done = []
    for span in _ended_months(today if today.day >= day else today - timedelta(days=today.day)):
        if span.after > begun and not figures.is_closed(tx, span.label):
            _close(tx, settings, span, now, SCHEDULER)
            done.append(span.label)
    return done


def _ended_months(today: date) -> list[Period]:
    """The months that ended before the month of `today`, oldest first."""
    found, last = [], today.replace(day=1)
    for _ in range(MONTHS_BACK):
        last = (last - timedelta(days=1)).replace(day=1)
        span = parse_period(f"{last:%Y-%m}", today)
        if span is not None:
            found.append(span)
    return found[::-1]


def _close(tx: Connection, settings: FiguresSettings, span: Period, now: datetime, actor: Actor) -> None:
    for name in settings.topics.names:
        _keep(tx, settings, span, name, "", now, actor)
        for _, code in figures.agencies(tx):
            _keep(tx, settings, span, name, code, now, actor)
    for _, code in figures.agencies(tx):
        if settings.topics.find(code) is None:
            _keep(tx, settings, span, code, code, now, actor)
    audit.record(tx, actor, "figures.close", "month", span.label, {}, now=now)


def _keep(
    tx: Connection, settings: FiguresSettings, span: Period, name: str, agency: str, now: datetime, actor: Actor
) -> None:
    found = scope_of(tx, settings, name, figures.agency_id_of(tx, agency) if agency else None)
    if found is not None:
        money = figures.money(tx, found[1], span.first, span.after)
        figures.close(tx, span.label, found[0], agency, money, now=now, actor=actor)


def target_rows(db: Database) -> list[dict[str, object]]:
    """All targets as rows."""
    shown = ("topic", "agency", "year", "amount", "updated_at", "updated_by")
    return [{name: row[name] for name in shown} for row in db.read(figures.targets)]
