"""What a job is, and what can come of one of its slots."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from scheduler.slots import Schedule

Work = Callable[[], "Awaitable[Any] | Any"]


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do at each slot. `work` takes nothing: a coroutine function is awaited, any other runs in a thread.

    A slot that nobody ran (all nodes were down, the database was away, the node that had it died) is made up if it is
    younger than `make_up_within`. A failed run is tried again `retry_after` later, at most `attempts` times and never
    beyond the next slot. `wanted`, for sweeps of every few seconds, is one cheap look before a slot is claimed: with
    nothing to do it is neither claimed nor kept. With `each_node` the work is about the node: nobody claims its slots.
    """

    name: str
    schedule: Schedule
    work: Work
    make_up_within: timedelta = timedelta(days=1)
    retry_after: timedelta = timedelta(minutes=1)
    attempts: int = 5
    wanted: Callable[[], bool] | None = None
    each_node: bool = False


class JobState(StrEnum):
    """What came of a slot on this node."""

    DONE = "done"
    IDLE = "idle"  #: there was nothing to do
    FAILED = "failed"  #: the work raised
    UNCLAIMED = "unclaimed"  #: the claim itself raised: the database is away
    BUSY = "busy"  #: the run before had not ended


#: Nothing is tried again after these.
AT_REST: Final = frozenset({JobState.DONE, JobState.IDLE})


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """One run of a slot on this node; a slot that another node claimed is not reported."""

    job: str
    slot: datetime
    state: JobState
    started_at: datetime
    ended_at: datetime
    detail: str = ""
    result: Any = None


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job as `scheduler list` shows it."""

    name: str
    next_run_at: datetime | None
    last: JobOutcome | None
