"""The jobs that drive everything else; the one file that imports APScheduler.

APScheduler only keeps time, in memory, on each node. Every node comes to the same slots, because a slot is an instant
computed from the schedule alone; whoever claims a slot first runs it, so several nodes run each slot once. What a
job does, how a slot is claimed and where outcomes go are callables that are passed in.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_MAX_INSTANCES  # type: ignore[import-untyped]
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.date import DateTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

log = logging.getLogger(__name__)

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_JAKARTA: Final = ZoneInfo("Asia/Jakarta")

Work = Callable[[], "Awaitable[Any] | Any"]
Claim = Callable[[str, datetime], bool]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Every:
    """Slots every `interval`, counted from one fixed instant, so that all nodes have the same."""

    interval: timedelta

    def __post_init__(self) -> None:
        if self.interval < timedelta(seconds=1):
            raise ValueError("an interval is at least one second")

    def slot_at(self, now: datetime) -> datetime:
        """The latest slot at or before `now` (UTC)."""
        return _EPOCH + (now - _EPOCH) // self.interval * self.interval

    def next_after(self, slot: datetime) -> datetime:
        """The slot that follows one."""
        return slot + self.interval

    def trigger(self) -> Any:  # noqa: ANN401 - APScheduler has no types
        """The APScheduler trigger that fires at each slot."""
        return IntervalTrigger(seconds=self.interval.total_seconds(), start_date=_EPOCH)


@dataclass(frozen=True, slots=True)
class DailyAt:
    """A slot each day at a time of a zone; on `weekdays` only (Monday 0) when given."""

    at: time
    zone: ZoneInfo = _JAKARTA
    weekdays: frozenset[int] = frozenset(range(7))

    def __post_init__(self) -> None:
        if not self.weekdays <= frozenset(range(7)) or not self.weekdays:
            raise ValueError("weekdays lie between 0 (Monday) and 6, at least one")

    def slot_at(self, now: datetime) -> datetime:
        """The latest slot at or before `now`."""
        today = now.astimezone(self.zone).date()
        candidates = (datetime.combine(today - timedelta(days=n), self.at, self.zone) for n in range(9))
        return next(slot for slot in candidates if slot <= now and slot.weekday() in self.weekdays)

    def next_after(self, slot: datetime) -> datetime:
        """The slot that follows one."""
        day = slot.astimezone(self.zone).date()
        candidates = (datetime.combine(day + timedelta(days=n), self.at, self.zone) for n in range(9))
        return next(after for after in candidates if after > slot and after.weekday() in self.weekdays)

    def trigger(self) -> Any:  # noqa: ANN401 - APScheduler has no types
        """The APScheduler trigger that fires at each slot."""
        days = ",".join(str(day) for day in sorted(self.weekdays))
        at = {"hour": self.at.hour, "minute": self.at.minute, "second": self.at.second}
        return CronTrigger(day_of_week=days, timezone=self.zone, **at)


Schedule = Every | DailyAt


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do at each slot. `work` takes nothing: a coroutine function is awaited, any other runs in a thread.

    A slot that nobody ran (all nodes were down) is made up when a node starts, if it is younger than `make_up_within`.
    A failed run is tried again `retry_after` later, at most `attempts` times and never beyond the next slot.
    """

    name: str
    schedule: Schedule
    work: Work
    make_up_within: timedelta = timedelta(days=1)
    retry_after: timedelta = timedelta(minutes=1)
    attempts: int = 5


class JobState(StrEnum):
    """What came of a slot on this node."""

    DONE = "done"
    FAILED = "failed"  #: the work raised
    UNCLAIMED = "unclaimed"  #: the claim itself raised: the database is away
    BUSY = "busy"  #: the run before had not ended


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


Report = Callable[[JobOutcome], None]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job as `scheduler list` shows it."""

    name: str
    next_run_at: datetime | None
    last: JobOutcome | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class JobRunner:
    """Keeps time for a set of jobs on this node.

    `claim(job, slot)` answers whether this node may run the slot: true once over all nodes, true again for a slot
    whose run was reported failed or whose claimer is known dead. `report(outcome)` keeps the outcome. Both block and
    run in a worker thread. `now` is the wall clock.
    """

    jobs: tuple[Job, ...]
    claim: Claim
    report: Report
    now: Clock = _utc_now
    _last: dict[str, JobOutcome] = field(default_factory=dict, init=False)
    _running: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _scheduler: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        names = [job.name for job in self.jobs]
        if len(set(names)) != len(names):
            raise ValueError("two jobs have the same name")

    def start(self) -> None:
        """Begin to keep time on the running event loop; slots missed while all nodes were down are made up."""
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._scheduler.add_listener(self._report_busy, EVENT_JOB_MAX_INSTANCES)
        for job in self.jobs:
            self._scheduler.add_job(self._tick, job.schedule.trigger(), args=[job], id=job.name, name=job.name)
        self._scheduler.start()
        for job in self.jobs:
            self._make_up(job)

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Fire nothing more, and give running work some time; what still runs then is cancelled."""
        if self._scheduler is None:
            return
        self._scheduler.pause()
        running = {task for task in self._running if task is not asyncio.current_task()}
        if running:
            _, late = await asyncio.wait(running, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._scheduler.shutdown(wait=False)
        self._scheduler = None

    async def run(self) -> None:
        """Keep time until cancelled: the form a supervisor wants."""
        self.start()
        try:
            await asyncio.Event().wait()
        finally:
            await self.stop()

    async def run_now(self, name: str) -> bool:
        """Run the current slot of a job at once, if nobody has; whether this node ran it."""
        job = next(job for job in self.jobs if job.name == name)
        outcome = await self._run_slot(job, job.schedule.slot_at(self.now()))
        return outcome is not None and outcome.state is JobState.DONE

    def status(self) -> list[JobStatus]:
        """Every job with its next run and its last outcome on this node."""
        return [JobStatus(job.name, self._next_run(job), self._last.get(job.name)) for job in self.jobs]

    def _next_run(self, job: Job) -> datetime | None:
        entry = self._scheduler.get_job(job.name) if self._scheduler else None
        return entry.next_run_time if entry else None

    def _make_up(self, job: Job) -> None:
        slot = job.schedule.slot_at(self.now())
        if self.now() - slot <= job.make_up_within:
            self._at(self.now(), job, slot, 1)

    async def _tick(self, job: Job) -> None:
        await self._attempt(job, job.schedule.slot_at(self.now()), 1)

    async def _attempt(self, job: Job, slot: datetime, attempt: int) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - always inside a task of the loop
        self._running.add(task)
        try:
            outcome = await self._run_slot(job, slot)
        finally:
            self._running.discard(task)
        if outcome is not None and outcome.state is not JobState.DONE:
            self._try_again(job, slot, attempt)

    def _try_again(self, job: Job, slot: datetime, attempt: int) -> None:
        again = self.now() + job.retry_after
        if self._scheduler and attempt < job.attempts and again < job.schedule.next_after(slot):
            self._at(again, job, slot, attempt + 1)

    def _at(self, when: datetime, job: Job, slot: datetime, attempt: int) -> None:
        identity = f"{job.name} {slot.isoformat()} attempt {attempt}"
        trigger = DateTrigger(run_date=when)
        self._scheduler.add_job(
            self._attempt, trigger, args=[job, slot, attempt], id=identity, name=job.name, replace_existing=True
        )

    async def _run_slot(self, job: Job, slot: datetime) -> JobOutcome | None:
        """Claim and run one slot; None when another node has it. Only cancellation is raised."""
        started_at = self.now()
        try:
            if not await asyncio.to_thread(self.claim, job.name, slot):
                return None
        except Exception as error:
            log.warning("job %s: its slot could not be claimed: %s", job.name, error)
            return self._keep(JobOutcome(job.name, slot, JobState.UNCLAIMED, started_at, self.now(), str(error)))
        outcome = await self._work(job, slot, started_at)
        await self._send_report(outcome)
        return outcome

    async def _work(self, job: Job, slot: datetime, started_at: datetime) -> JobOutcome:
        try:
            result = await _call(job.work)
        except asyncio.CancelledError:
            await asyncio.shield(
                self._send_report(JobOutcome(job.name, slot, JobState.FAILED, started_at, self.now(), "stopped"))
            )
            raise
        except Exception as error:
            log.exception("job %s failed", job.name)
            detail = f"{type(error).__name__}: {error}"
            return self._keep(JobOutcome(job.name, slot, JobState.FAILED, started_at, self.now(), detail))
        return self._keep(JobOutcome(job.name, slot, JobState.DONE, started_at, self.now(), "", result))

    async def _send_report(self, outcome: JobOutcome) -> None:
        try:
            await asyncio.to_thread(self.report, outcome)
        except Exception as error:
            log.warning("job %s: its outcome could not be kept: %s", outcome.job, error)

    def _keep(self, outcome: JobOutcome) -> JobOutcome:
        self._last[outcome.job] = outcome
        return outcome

    def _report_busy(self, event: Any) -> None:  # noqa: ANN401 - APScheduler has no types
        job = next((job for job in self.jobs if job.name == event.job_id), None)
        if job is not None:
            now = self.now()
            slot = job.schedule.slot_at(now)
            self._keep(JobOutcome(job.name, slot, JobState.BUSY, now, now, "the run before has not ended"))


async def _call(work: Work) -> Any:  # noqa: ANN401 - whatever the work gives back is passed on
    if inspect.iscoroutinefunction(work):
        return await work()
    result = await asyncio.to_thread(work)
    return await result if inspect.isawaitable(result) else result
