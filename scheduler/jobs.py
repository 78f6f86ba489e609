"""The runner of the jobs that drive everything else, on APScheduler.

APScheduler only keeps time, in memory, on each node. Every node comes to the same slots, because a slot is an instant
computed from the schedule alone; whoever claims a slot first runs it, so several nodes run each slot once. What a
job does, how a slot is claimed and where outcomes go are callables that are passed in.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.events import EVENT_JOB_MAX_INSTANCES  # type: ignore[import-untyped]
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.date import DateTrigger  # type: ignore[import-untyped]

from scheduler.job import AT_REST, Job, JobOutcome, JobState, JobStatus, Work
from scheduler.slots import DailyAt, Every, Schedule

__all__ = ["DailyAt", "Every", "Job", "JobOutcome", "JobRunner", "JobState", "JobStatus", "Schedule"]

log = logging.getLogger(__name__)

#: How often a runner looks for slots that nobody ran, and at the clock.
LOOK_BACK: Final = timedelta(minutes=1)

Claim = Callable[[str, datetime], bool]
Report = Callable[[JobOutcome], None]
#: Of these slots by job, which nobody has and nobody works on.
Missed = Callable[[Mapping[str, datetime]], Collection[str]]
Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class JobRunner:
    """Keeps time for a set of jobs on this node.

    `claim(job, slot)` answers whether this node may run the slot: true once over all nodes, true again for a slot
    whose run was reported failed or whose claimer is known dead. `report(outcome)` keeps the outcome; it is not asked
    for what nobody claims. `missed(slots)` tells of which jobs nobody has the slot. All block and run in a worker
    thread. `now` is the wall clock.
    """

    jobs: tuple[Job, ...]
    claim: Claim
    report: Report
    now: Clock = _utc_now
    missed: Missed | None = None
    _last: dict[str, JobOutcome] = field(default_factory=dict, init=False)
    _running: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _at_work: set[str] = field(default_factory=set, init=False)
    _scheduler: Any = field(default=None, init=False)
    _looker: asyncio.Task[None] | None = field(default=None, init=False)
    _is_away: bool = field(default=False, init=False)

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
        self._looker = asyncio.ensure_future(self._look_back())

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Fire nothing more, and give running work some time; what still runs then is cancelled."""
        if self._scheduler is None:
            return
        if self._looker is not None:
            self._looker.cancel()
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

    async def make_up_missed(self) -> None:
        """Run the slots that nobody has by now: the database was away at their time, or the node died that had them."""
        if self.missed is None:
            return
        now = self.now()
        long_ones = [job for job in self.jobs if not job.each_node and job.wanted is None and job.make_up_within]
        slots = {job.name: job.schedule.slot_at(now) for job in long_ones}
        recent = {job.name: slots[job.name] for job in long_ones if now - slots[job.name] <= job.make_up_within}
        try:
            missed = await asyncio.to_thread(self.missed, recent)
        except Exception as error:  # the next look is in a minute
            log.debug("missed slots not known: %s", error)
            return
        for job in long_ones:
            if job.name in missed and job.name not in self._at_work and self._scheduler is not None:
                self._at(now, job, slots[job.name], 1)

    async def _look_back(self) -> None:
        """Each minute of the unadjusted clock: make up what was missed, and follow a wall clock that was put back."""
        before = self.now()
        while True:
            await asyncio.sleep(LOOK_BACK.total_seconds())
            if self.now() < before:
                self._follow_clock()
            before = self.now()
            await self.make_up_missed()

    def _follow_clock(self) -> None:
        """APScheduler waits for the time that it knew: after the clock was put back that would be too long."""
        log.warning("the clock was put back: the jobs' next runs are set anew")
        for job in self.jobs:
            self._scheduler.reschedule_job(job.name, trigger=job.schedule.trigger())

    def status(self) -> list[JobStatus]:
        """Every job with its next run and its last outcome on this node."""
        return [JobStatus(job.name, self._next_run(job), self._last.get(job.name)) for job in self.jobs]

    def looks(self) -> list[JobOutcome]:
        """The last outcome here of each job that nobody claims, or that claims only what there is to do."""
        return [self._last[job.name] for job in self.jobs if (job.wanted or job.each_node) and job.name in self._last]

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
        if outcome is not None and outcome.state not in AT_REST:
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
            refused = await asyncio.to_thread(self._why_not, job, slot)
        except Exception as error:
            self._say_away(job, error)
            return self._keep(JobOutcome(job.name, slot, JobState.UNCLAIMED, started_at, self.now(), str(error)))
        self._is_away = False
        if refused is JobState.IDLE:
            return self._keep(JobOutcome(job.name, slot, JobState.IDLE, started_at, self.now()))
        if refused is not None:
            return None
        outcome = await self._work(job, slot, started_at)
        await self._send_report(job, outcome)
        return outcome

    def _why_not(self, job: Job, slot: datetime) -> JobState | None:
        """Why this node does not run a slot: there is nothing to do, another has it; None when it does."""
        last = self._last.get(job.name)
        failed_before = last is not None and last.state is JobState.FAILED
        if job.wanted is not None and not failed_before and not job.wanted():
            return JobState.IDLE
        return None if job.each_node or self.claim(job.name, slot) else JobState.BUSY

    def _say_away(self, job: Job, error: Exception) -> None:
        """Once, not for each job every few seconds."""
        told = log.debug if self._is_away else log.warning
        told("job %s: its slot could not be claimed: %s", job.name, error)
        self._is_away = True

    async def _work(self, job: Job, slot: datetime, started_at: datetime) -> JobOutcome:
        self._at_work.add(job.name)
        try:
            result = await _call(job.work)
        except asyncio.CancelledError:
            stopped = JobOutcome(job.name, slot, JobState.FAILED, started_at, self.now(), "stopped")
            await asyncio.shield(self._send_report(job, stopped))
            raise
        except Exception as error:
            log.exception("job %s failed", job.name)
            detail = f"{type(error).__name__}: {error}"
            return self._keep(JobOutcome(job.name, slot, JobState.FAILED, started_at, self.now(), detail))
        finally:
            self._at_work.discard(job.name)
        return self._keep(JobOutcome(job.name, slot, JobState.DONE, started_at, self.now(), "", result))

    async def _send_report(self, job: Job, outcome: JobOutcome) -> None:
        if job.each_node:
            return
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
