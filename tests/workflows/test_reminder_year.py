"""A simulated year: every reminder due was sent exactly once or has a reason, and none in quiet hours."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mgov.store.database import Database
from scheduler.calendar import Calendar
from scheduler.quiet_hours import QuietHours
from tests.workflows.reminder_year import Year, known, unfinished
from tests.workflows.test_remind import SETTINGS

HOLIDAYS = tomllib.loads((Path(__file__).parents[2] / "config" / "holidays.toml").read_text(encoding="utf-8"))
CALENDAR = Calendar({row["date"]: row["name"] for row in HOLIDAYS["holiday"]})
CLOSED = QuietHours(on_weekends=False, on_holidays=False, calendar=CALENDAR)


@pytest.fixture
def db(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


@pytest.mark.parametrize(("seed", "quiet", "days"), [(1, QuietHours(), 120), (2, CLOSED, 365)])
def test_a_year_with_holidays_outages_and_opt_outs(db: Database, seed: int, quiet: QuietHours, days: int) -> None:
    """Exactly once each channel and address or a recorded reason; in sending hours only; never what is settled."""
    year = Year(db, replace(SETTINGS, quiet=quiet), seed, documents=100, days=days)
    truth = year.play()
    assert truth.mistakes == []
    assert {reminder for reminder, times in truth.sent.items() if len(times) > 1} == set()
    assert [moment for times in truth.sent.values() for moment in times if not quiet.allows(moment)] == []
    assert year.wanted() - known(db) == set()
    assert unfinished(db) == []
    assert len(truth.sent) > 250
