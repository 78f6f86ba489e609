"""Which reminder of a due date is owed on a day.

A stage is a number of days *before* the due date: 90, 30, …, 0; a negative stage lies after it. On any day at most one
stage of a due date is true: the latest whose day has come. A reminder that was missed (an import, an outage) is
therefore made up by the stage that is true now, and never by all that were missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DEFAULT_STAGES: Final = (90, 30, 14, 7, 1, 0)
#: Once the due date has come, a stage this many days old is no longer worth a message.
STALE_AFTER_DAYS: Final = 14
_MAX_STAGE_DAYS: Final = 3660


class Verdict(StrEnum):
    """What a day means for a due date."""

    NOT_YET = "not_yet"  #: no stage has come
    DUE = "due"  #: a stage is true today
    STALE = "stale"  #: the due date is past and its last stage is too old to be worth a message


@dataclass(frozen=True, slots=True)
class Cadence:
    """The stages of a kind of document, most days before first; duplicates are dropped.

    Raises ValueError when there is no stage or one lies absurdly far away.
    """

    stages: tuple[int, ...] = DEFAULT_STAGES
    stale_after_days: int = STALE_AFTER_DAYS

    def __post_init__(self) -> None:
        stages = tuple(sorted(set(self.stages), reverse=True))
        if not stages:
            raise ValueError("a cadence needs at least one stage")
        if max(map(abs, stages)) > _MAX_STAGE_DAYS:
            raise ValueError(f"a stage lies at most {_MAX_STAGE_DAYS} days from the due date")
        if self.stale_after_days < 0:
            raise ValueError("stale_after_days cannot be negative")
        object.__setattr__(self, "stages", stages)


DEFAULT_CADENCE: Final = Cadence()


@dataclass(frozen=True, slots=True)
class StageDecision:
    """The stage of a due date that is true on a day, and since when; both None when none has come."""

    verdict: Verdict
    stage: int | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class StageWindow:
    """The due dates, both ends included, whose true stage on one day is `stage`: a range for a database."""

    stage: int
    first_due: date
    last_due: date


def stage_days(cadence: Cadence, due_on: date) -> tuple[tuple[int, date], ...]:
    """Every stage of a due date with the day it comes, earliest first."""
    return tuple((stage, due_on - timedelta(days=stage)) for stage in cadence.stages)


def decide(cadence: Cadence, due_on: date, on: date) -> StageDecision:
    """The latest stage of `due_on` whose day has come by `on`, or why there is none."""
    days_left = (due_on - on).days
    reached = [stage for stage in cadence.stages if stage >= days_left]
    if not reached:
        return StageDecision(Verdict.NOT_YET)
    stage = reached[-1]
    verdict = Verdict.STALE if _is_stale(cadence, stage, days_left) else Verdict.DUE
    return StageDecision(verdict, stage, due_on - timedelta(days=stage))


def missed_stages(cadence: Cadence, due_on: date, on: date) -> tuple[int, ...]:
    """The stages that came before the one true on `on`: superseded by it when they were never sent."""
    days_left = (due_on - on).days
    return tuple(stage for stage in cadence.stages if stage >= days_left)[:-1]


def due_windows(cadence: Cadence, on: date) -> tuple[StageWindow, ...]:
    """The ranges of due dates for which `decide` says DUE on a day, one per stage that has any."""
    nexts: Iterable[int | None] = (*cadence.stages[1:], None)
    windows = (_window(cadence, stage, following, on) for stage, following in zip(cadence.stages, nexts, strict=True))
    return tuple(window for window in windows if window is not None)


def due_windows_over(cadence: Cadence, on: date, until: date) -> tuple[StageWindow, ...]:
    """The ranges of due dates that are told on `on` for it and the days up to `until` on which nothing is sent.

    A due date is told the stage that is true on the last of these days, or on itself where it lies among them; what
    was due before `on` its stage of that day. With `until` the same day these are its `due_windows`.
    """
    if until <= on:
        return due_windows(cadence, on)
    between = [on + timedelta(days=n) for n in range((until - on).days)]
    singles = [StageWindow(found.stage, day, day) for day in between if (found := _told(cadence, day)) is not None]
    ahead = (_clipped(window, until, None) for window in due_windows(cadence, until))
    past = (_clipped(window, None, on - timedelta(days=1)) for window in due_windows(cadence, on))
    return tuple(window for window in (*ahead, *singles, *past) if window is not None)


def _told(cadence: Cadence, due_on: date) -> StageWindow | None:
    """What is true of a due date on itself."""
    return next((w for w in due_windows(cadence, due_on) if w.first_due <= due_on <= w.last_due), None)


def _clipped(window: StageWindow, first: date | None, last: date | None) -> StageWindow | None:
    first_due = max(window.first_due, first) if first else window.first_due
    last_due = min(window.last_due, last) if last else window.last_due
    return StageWindow(window.stage, first_due, last_due) if first_due <= last_due else None


def stale_before(cadence: Cadence, on: date) -> date:
    """Due dates before this day are stale on `on`: even their last stage is no longer worth a message."""
    return on + timedelta(days=_lowest_days_left(cadence, cadence.stages[-1]))


def _is_stale(cadence: Cadence, stage: int, days_left: int) -> bool:
    """A stage before the due date is true until that date; from the due date on, age counts."""
    if days_left >= 0:
        return False
    return stage > 0 or stage - days_left > cadence.stale_after_days


def _window(cadence: Cadence, stage: int, following: int | None, on: date) -> StageWindow | None:
    lowest = _lowest_days_left(cadence, stage)
    if following is not None:
        lowest = max(lowest, following + 1)
    if lowest > stage:
        return None
    return StageWindow(stage, on + timedelta(days=lowest), on + timedelta(days=stage))


def _lowest_days_left(cadence: Cadence, stage: int) -> int:
    """The fewest days left (negative: days past) for which a stage is still worth a message."""
    return 0 if stage > 0 else stage - cadence.stale_after_days
