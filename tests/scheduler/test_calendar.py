"""Working days and the shipped calendar."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar import Calendar

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "config" / "holidays.toml").read_text(encoding="utf-8"))
HOLIDAYS = {entry["date"]: entry["name"] for entry in SHIPPED["holiday"]}
BANK = Calendar(HOLIDAYS)
days = st.dates(date(2025, 1, 1), date(2030, 12, 31))


def test_the_shipped_calendar_is_well_formed() -> None:
    """Every entry has a date, a name, a kind and a basis; no day stands twice; days are in order."""
    entries = SHIPPED["holiday"]
    assert all(set(entry) == {"date", "name", "kind", "basis"} for entry in entries)
    assert {entry["kind"] for entry in entries} == {"national", "collective"}
    assert {entry["basis"] for entry in entries} <= {"decree", "expected"}
    assert [entry["date"] for entry in entries] == sorted(HOLIDAYS)
    assert BANK.knows(2026)
    assert BANK.knows(2027)
    assert not BANK.knows(2040)


def test_the_decree_of_2026_names_seventeen_and_eight_days() -> None:
    """The counts agree with the decree, and collective leave falls on weekdays only."""
    year = [entry for entry in SHIPPED["holiday"] if entry["date"].year == 2026]
    assert sum(entry["kind"] == "national" for entry in year) == 17
    leave = [entry["date"] for entry in year if entry["kind"] == "collective"]
    assert len(leave) == 8
    assert all(day.weekday() < 5 for day in leave)


def test_banking_days_jump_over_lebaran() -> None:
    """A payment on the Tuesday before Nyepi and Lebaran 2026 clears on Wednesday the 25th."""
    assert BANK.banking_days_after(date(2026, 3, 17), 1) == date(2026, 3, 25)
    assert BANK.banking_days_before(date(2026, 3, 25), 1) == date(2026, 3, 17)
    assert BANK.banking_day_from(date(2026, 3, 21)) == date(2026, 3, 25)


@given(day=days, count=st.integers(0, 40))
def test_banking_days_are_counted_as_they_are_walked(day: date, count: int) -> None:
    """The n-th banking day after a day is a banking day with exactly n of them up to it."""
    after = BANK.banking_days_after(day, count)
    assert BANK.banking_days_between(day, after) == count
    assert BANK.banking_days_between(after, day) == -count
    assert count == 0 or BANK.is_banking_day(after)


@given(day=days, count=st.integers(1, 40))
def test_walking_back_undoes_walking_forward(day: date, count: int) -> None:
    """From a banking day, so many forward and so many back is the same day."""
    start = BANK.banking_day_from(day)
    assert BANK.banking_days_before(BANK.banking_days_after(start, count), count) == start


def test_bad_data_is_refused_instead_of_looping() -> None:
    """A calendar without working days, or a negative count, is an error with a reason."""
    with pytest.raises(ValueError, match="working day"):
        Calendar(weekend=range(7))
    closed = Calendar({date(2026, 1, 1) + timedelta(days=n): "x" for n in range(100)})
    with pytest.raises(ValueError, match="holiday data is wrong"):
        closed.banking_days_after(date(2026, 1, 1), 1)
    with pytest.raises(ValueError, match="negative"):
        BANK.banking_days_after(date(2026, 1, 1), -1)
