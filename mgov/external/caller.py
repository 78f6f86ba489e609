"""Asks agencies' systems for the answers to keywords: each system on its own, so that a slow one delays nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog

from mgov.domain.circuit import Circuit
from mgov.external.system import Asker, CallResult, HttpCall, SqlCall, System
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import keywords
from mgov.workflows.keywords import Answered, AnswerQueue, CallTask

T = TypeVar("T")

POLL = 1.0  # seconds between looks at the calls, because wake-ups are only hints
LEASE_MARGIN = timedelta(seconds=20)  # beyond the longest attempt, so that only a dead caller's call is taken over
STOP_WITHIN = 3.0  # seconds that attempts under way have when the daemon stops; the rest is asked again later


@dataclass(frozen=True, slots=True)
class CallPlan:
    """The systems of a site, and what is asked of them for each keyword."""

    systems: Mapping[str, System]
    calls: Mapping[str, SqlCall | HttpCall]


def asker_of(system: System) -> Asker:
    """What asks a system, by its address."""
    if system.url.startswith(("http://", "https://")):
        from mgov.external.http import HttpAsker  # here: httpx takes a while to import, and few sites need it

        return HttpAsker(system)
    from mgov.external.sql import SqlAsker

    return SqlAsker(system)


class Caller:
    """Runs a loop for each system until stopped."""

    def __init__(
        self, db: Database, plan: CallPlan, settings: Callable[[], AnswerQueue], wake: asyncio.Event | None = None
    ) -> None:
        self._db = db
        self._plan = plan
        self._settings = settings
        self._wake = wake or asyncio.Event()
        self._desks = {name: asyncio.Event() for name in plan.systems}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin no more attempts."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Answer calls until stopped."""
        desks = [self._desk(system) for system in self._plan.systems.values()]
        await asyncio.gather(self._pass_on(), *(desk.run() for desk in desks))

    async def drain(self, now: datetime) -> None:
        """Make every call that is due at `now` and end: for a command without a daemon. What fails is not repeated."""
        desks = [self._desk(system) for system in self._plan.systems.values()]
        await asyncio.gather(*(desk.drain(now) for desk in desks))

    def _desk(self, system: System) -> _Desk:
        return _Desk(self._db, system, self._plan.calls, self._settings, self._desks[system.name], self._stopping)

    async def _pass_on(self) -> None:
        """One wake-up reaches every system."""
        while not self._stopping.is_set():
            await self._wake.wait()
            self._wake.clear()
            for desk in self._desks.values():
                desk.set()


class _Desk:
    """The calls of one system: at most `concurrency` at a time, none while its circuit is open."""

    def __init__(
        self,
        db: Database,
        system: System,
        calls: Mapping[str, SqlCall | HttpCall],
        settings: Callable[[], AnswerQueue],
        wake: asyncio.Event,
        stopping: asyncio.Event,
    ) -> None:
        self._db = db
        self._system = system
        self._calls = calls
        self._settings = settings
        self._wake = wake
        self._stopping = stopping
        self._circuit = Circuit()
        self._under_way: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"calls-{system.name}")
        self._log = structlog.get_logger("keywords").bind(system=system.name)

    async def run(self) -> None:
        asker = asker_of(self._system)
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                await self._look(asker)
                await self._wait()
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=STOP_WITHIN)
        finally:
            await self._close(asker)

    async def drain(self, now: datetime) -> None:
        asker = asker_of(self._system)
        try:
            while await self._begin(asker, now) or self._under_way:
                if self._under_way:
                    await asyncio.wait(self._under_way)
        finally:
            await self._close(asker)

    async def _look(self, asker: Asker) -> None:
        try:
            await self._begin(asker, datetime.now(UTC))
            name, settings = self._system.name, self._settings()
            late = await self._in_thread(lambda: keywords.give_up_overdue(self._db, settings, name, datetime.now(UTC)))
            if late:
                self._log.warning("no answer by the deadline", calls=late)
        except DatabaseUnavailableError as error:
            self._log.warning("database away", detail=str(error))
        except Exception:
            self._log.exception("calls failed")

    async def _begin(self, asker: Asker, now: datetime) -> int:
        free = self._circuit.allows(now, len(self._under_way), self._system.concurrency)
        if not free:
            return 0
        settings, lease = self._settings().keywords, timedelta(seconds=3 * self._system.timeout) + LEASE_MARGIN
        tasks = await self._in_thread(lambda: keywords.claim(self._db, settings, self._system.name, free, lease, now))
        for task in tasks:
            attempt = asyncio.create_task(self._attempt(asker, task))
            self._under_way.add(attempt)
            attempt.add_done_callback(self._ended)
        return len(tasks)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        self._under_way.discard(attempt)
        self._wake.set()

    async def _attempt(self, asker: Asker, task: CallTask) -> None:
        result = await asker.ask(self._calls[task.keyword], task.values, str(task.message_id))
        self._judge(result)
        answered = Answered(result.outcome.value, result.rows, result.detail)
        settings = self._settings()
        try:
            state = await self._in_thread(
                lambda: keywords.settle(self._db, settings, task, answered, datetime.now(UTC))
            )
        except DatabaseUnavailableError as error:  # the lease runs out and the call is made again, with the same key
            self._log.warning("database away", detail=str(error))
            return
        self._log.info(
            "asked", keyword=task.keyword, message=task.message_id, outcome=answered.outcome, state=state,
            detail=result.detail,
        )  # fmt: skip

    def _judge(self, result: CallResult) -> None:
        failed = result.outcome.value == "failed"
        self._circuit = self._circuit.failed(datetime.now(UTC)) if failed else self._circuit.succeeded()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Our own database on a thread of this desk's: the common threads belong to modems and the engine."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), POLL)
        except TimeoutError:
            return

    async def _close(self, asker: Asker) -> None:
        for attempt in self._under_way:
            attempt.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await asker.close()
        self._threads.shutdown(wait=False)
