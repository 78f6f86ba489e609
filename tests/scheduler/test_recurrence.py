"""Duties that come again."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cadence import Cadence
from scheduler.recurrence import Recurrence, add_months, following_period, next_due, period_due, previous_due

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "config" / "documents.toml").read_text(encoding="utf-8"))
LKPM = Recurrence((1, 4, 7, 10), 15)
UKL_UPL = Recurrence((1, 7), 31)
days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
duties = st.builds(
    Recurrence,
    st.sampled_from([(1, 4, 7, 10), (2, 5, 8, 11), (1, 7), (12,), tuple(range(1, 13)), (2, 8)]),
    st.integers(1, 31),
)


def test_closing_a_quarter_opens_the_next() -> None:
    """The LKPM due in October is for the third quarter; closing it opens the fourth, due in January."""
    assert period_due(LKPM, date(2026, 10, 15)).label == "2026-TW3"
    opened = following_period(LKPM, date(2026, 10, 15))
    assert (opened.label, opened.due_on) == ("2026-TW4", date(2027, 1, 15))
    assert (opened.starts_on, opened.ends_on) == (date(2026, 10, 1), date(2026, 12, 31))


def test_a_due_date_moved_by_a_notice_still_opens_the_next_period() -> None:
    """Moved by some days, earlier or later, the report of a quarter is followed by the next quarter's."""
    for moved in (date(2026, 7, 10), date(2026, 7, 20), date(2026, 8, 3)):
        assert following_period(LKPM, moved).due_on == date(2026, 10, 15)


def test_a_half_year_ends_in_june_and_december() -> None:
    """UKL-UPL due at the end of January is for the second half of the year before."""
    opened = following_period(UKL_UPL, date(2026, 7, 31))
    assert (opened.label, opened.due_on) == ("2026-S2", date(2027, 1, 31))


@given(duty=duties, start=days)
def test_periods_follow_each_other_without_gap_or_overlap(duty: Recurrence, start: date) -> None:
    """Over four years, leap days included, each period begins the day after the one before ended."""
    due = next_due(duty, start)
    period = period_due(duty, due)
    for _ in range(4 * len(duty.months)):
        following = following_period(duty, period.due_on)
        assert following.starts_on == period.ends_on + timedelta(days=1)
        assert previous_due(duty, following.due_on) == period.due_on
        assert following.due_on > following.ends_on
        period = following


@given(day=days, months=st.integers(-60, 60))
def test_adding_months_keeps_the_anchor_day(day: date, months: int) -> None:
    """There and back with the anchor is the same day, also over 29 February."""
    assert add_months(add_months(day, months), -months, day.day) == day


@pytest.mark.parametrize(
    ("months", "day"), [((), 1), ((13,), 1), ((1, 2), 1), ((1, 4, 7), 15), ((1, 7), 0), ((1, 7), 32)]
)
def test_an_uneven_duty_is_refused(months: tuple[int, ...], day: int) -> None:
    """A duty needs real months, evenly over the year, and a real day."""
    with pytest.raises(ValueError, match="recurring duty"):
        Recurrence(months, day)


def test_the_shipped_kinds_are_well_formed_and_override_no_cadence() -> None:
    """Codes and aliases are unique, texts are short GSM letters, duties are lawful, and no kind has own stages."""
    names = [name for kind in SHIPPED["kind"] for name in (kind["code"], *kind.get("aliases", []))]
    assert len(names) == len(set(names))
    for kind in [*SHIPPED["kind"], SHIPPED["default"]]:
        assert "stages" not in kind
        assert all(0 < len(kind[key]) <= 70 and kind[key].isascii() for key in ("extend_id", "extend_en"))
        if "recurs" in kind:
            Recurrence(tuple(kind["recurs"]["months"]), kind["recurs"]["day"])
    assert Cadence(tuple(SHIPPED["default"].get("stages", Cadence().stages))) == Cadence()
