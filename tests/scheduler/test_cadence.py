"""Which reminder is owed on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cadence import (
    DEFAULT_CADENCE,
    Cadence,
    Verdict,
    decide,
    due_windows,
    due_windows_over,
    missed_stages,
    stage_days,
    stale_before,
)

days = st.dates(date(2023, 1, 1), date(2045, 12, 31))
cadences = st.builds(
    Cadence,
    st.lists(st.integers(-60, 800), min_size=1, max_size=8).map(tuple),
    st.integers(0, 40),
)


@pytest.mark.parametrize(
    ("days_left", "stage", "verdict"),
    [
        (91, None, Verdict.NOT_YET),
        (90, 90, Verdict.DUE),
        (60, 90, Verdict.DUE),
        (30, 30, Verdict.DUE),
        (5, 7, Verdict.DUE),
        (1, 1, Verdict.DUE),
        (0, 0, Verdict.DUE),
        (-14, 0, Verdict.DUE),
        (-15, 0, Verdict.STALE),
    ],
)
def test_the_latest_stage_that_has_come_is_the_true_one(days_left: int, stage: int | None, verdict: Verdict) -> None:
    """A document gets the latest stage still true, and none once that is older than two weeks past due."""
    on = date(2028, 2, 29)
    decision = decide(DEFAULT_CADENCE, on + timedelta(days=days_left), on)
    assert (decision.stage, decision.verdict) == (stage, verdict)


@given(due=days, cadence=cadences)
def test_a_year_of_daily_runs_sends_every_stage_once_on_its_day(due: date, cadence: Cadence) -> None:
    """With a run every day each stage is new exactly on its own day, over years and leap days."""
    first_days: dict[int, date] = {}
    for on in (due + timedelta(days=n) for n in range(-801, 61)):
        decision = decide(cadence, due, on)
        if decision.verdict is Verdict.DUE and decision.stage is not None:
            first_days.setdefault(decision.stage, on)
    assert first_days == dict(stage_days(cadence, due))


@given(due=days, cadence=cadences, offset=st.integers(-900, 100))
def test_the_windows_given_to_the_database_agree_with_the_decision(due: date, cadence: Cadence, offset: int) -> None:
    """A due date lies in exactly the window of its stage, and in none when nothing or too late is due."""
    on = due + timedelta(days=offset)
    hits = [w.stage for w in due_windows(cadence, on) if w.first_due <= due <= w.last_due]
    decision = decide(cadence, due, on)
    assert hits == ([decision.stage] if decision.verdict is Verdict.DUE else [])


@given(due=days, cadence=cadences, offset=st.integers(-900, 120))
def test_a_due_date_is_stale_for_good(due: date, cadence: Cadence, offset: int) -> None:
    """Before `stale_before` a due date has no stage worth sending, now or later."""
    on = due + timedelta(days=offset)
    if due < stale_before(cadence, on):
        assert decide(cadence, due, on).verdict is Verdict.STALE
        assert decide(cadence, due, on + timedelta(days=1)).verdict is Verdict.STALE


@given(due=days, cadence=cadences, offset=st.integers(-900, 60))
def test_missed_stages_are_those_before_the_true_one(due: date, cadence: Cadence, offset: int) -> None:
    """What an outage skipped is named, the stage that makes up for it is not."""
    on = due + timedelta(days=offset)
    decision = decide(cadence, due, on)
    missed = missed_stages(cadence, due, on)
    assert decision.stage not in missed
    assert all(due - timedelta(days=stage) < on for stage in missed)


def test_stages_are_put_in_order_and_nonsense_is_refused() -> None:
    """A cadence is sorted and free of doubles; an empty or absurd one is an error."""
    assert Cadence((1, 30, 30, -3)).stages == (30, 1, -3)
    for stages in [(), (99_999,)]:
        with pytest.raises(ValueError, match="stage"):
            Cadence(stages)
    with pytest.raises(ValueError, match="negative"):
        Cadence((1,), -1)


@given(
    stages=st.sets(st.integers(-30, 120), min_size=1, max_size=8),
    start=st.dates(date(2023, 12, 1), date(2032, 3, 31)),
    closed=st.integers(0, 12),
)
def test_a_day_tells_for_the_closed_days_after_it(stages: set[int], start: date, closed: int) -> None:
    """Each due date is told at most one stage, the one true on the last day told for, or on the due date itself."""
    cadence, until = Cadence(tuple(stages)), start + timedelta(days=closed)
    windows = due_windows_over(cadence, start, until)
    for offset in range(-60, 140):
        due_on = start + timedelta(days=offset)
        found = [window.stage for window in windows if window.first_due <= due_on <= window.last_due]
        seen_from = min(until, due_on) if due_on >= start else start
        decision = decide(cadence, due_on, seen_from)
        assert found == ([decision.stage] if decision.verdict is Verdict.DUE else [])
