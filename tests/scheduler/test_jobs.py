"""Jobs: every slot once over all nodes, missed ones made up once, failures told and tried again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.jobs import DailyAt, Every, Job, JobOutcome, JobRunner, JobState

instants = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
schedules = st.one_of(
    st.builds(Every, st.timedeltas(timedelta(seconds=1), timedelta(days=3))),
    st.builds(
        DailyAt,
        st.times().map(lambda t: t.replace(microsecond=0)),
        st.just(ZoneInfo("Asia/Jakarta")),
        st.frozensets(st.integers(0, 6), min_size=1),
    ),
)


class Board:
    """What the nodes share: the claimed slots, as the database keeps them."""

    def __init__(self) -> None:
        self.slots: dict[tuple[str, datetime], str] = {}
        self.outcomes: list[JobOutcome] = []
        self._lock = threading.Lock()

    def claim(self, job: str, slot: datetime) -> bool:
        with self._lock:
            if self.slots.get((job, slot), "failed") != "failed":
                return False
            self.slots[job, slot] = "running"
            return True

    def report(self, outcome: JobOutcome) -> None:
        self.outcomes.append(outcome)
        self.slots[outcome.job, outcome.slot] = outcome.state.value


@given(schedule=schedules, now=instants)
def test_all_nodes_come_to_the_same_slots(schedule: Every | DailyAt, now: datetime) -> None:
    """The slot of a moment is at or before it, the next is after it, and nothing lies between."""
    slot = schedule.slot_at(now)
    following = schedule.next_after(slot)
    assert slot <= now < following
    assert schedule.slot_at(following) == following
    assert schedule.slot_at(slot) == slot


async def test_three_nodes_run_each_slot_once() -> None:
    """A job of each second on three nodes runs once a second, the slots being those of the clock."""
    board, ran = Board(), []
    job = Job("tick", Every(timedelta(seconds=1)), lambda: ran.append(1), make_up_within=timedelta(0))
    nodes = [JobRunner((job,), board.claim, board.report) for _ in range(3)]
    for node in nodes:
        node.start()
    await asyncio.sleep(2.6)
    for node in nodes:
        await node.stop()
    assert len(ran) == len(board.outcomes) == len({outcome.slot for outcome in board.outcomes})
    assert 2 <= len(ran) <= 3


async def test_a_slot_missed_by_all_is_made_up_once_at_the_start() -> None:
    """Whoever starts first makes up today's slot; whoever starts later does not; one too old is left."""
    board, ran = Board(), []
    daily = Job("daily", DailyAt(time(0, 0)), lambda: ran.append("daily"), make_up_within=timedelta(days=2))
    old = Job("old", Every(timedelta(days=400)), lambda: ran.append("old"), make_up_within=timedelta(seconds=1))
    for _ in range(2):
        node = JobRunner((daily, old), board.claim, board.report)
        node.start()
        await asyncio.sleep(0.3)
        await node.stop()
    assert ran == ["daily"]


async def test_a_failed_run_is_reported_and_tried_again() -> None:
    """The first try raises: its outcome is kept; the second succeeds, on the same slot."""
    board, tries = Board(), []

    async def work() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("no disk")
        return "fine"

    job = Job("frail", Every(timedelta(days=1)), work, retry_after=timedelta(seconds=0.2))
    node = JobRunner((job,), board.claim, board.report)
    node.start()
    await asyncio.sleep(1.0)
    await node.stop()
    assert [(o.state, o.detail, o.result) for o in board.outcomes] == [
        (JobState.FAILED, "RuntimeError: no disk", None),
        (JobState.DONE, "", "fine"),
    ]
    assert len({o.slot for o in board.outcomes}) == 1


async def test_a_claim_that_raises_ends_nothing() -> None:
    """While the database is away nothing runs; when it is back the slot is taken."""
    board, calls, ran = Board(), [], []

    def claim(job: str, slot: datetime) -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError("away")
        return board.claim(job, slot)

    job = Job("steady", Every(timedelta(days=1)), lambda: ran.append(1), retry_after=timedelta(seconds=0.2))
    node = JobRunner((job,), claim, board.report)
    node.start()
    await asyncio.sleep(0.9)
    status = node.status()[0]
    await node.stop()
    assert ran == [1]
    assert status.last is not None
    assert status.last.state is JobState.DONE
    assert status.next_run_at is not None


async def test_an_orderly_stop_cuts_long_work_short_and_says_so() -> None:
    """Work that does not end in the grace is cancelled and reported, so that another node may take the slot."""
    board = Board()

    async def work() -> None:
        await asyncio.sleep(60)

    node = JobRunner((Job("long", Every(timedelta(days=1)), work),), board.claim, board.report)
    node.start()
    await asyncio.sleep(0.3)
    await node.stop(timedelta(seconds=0.1))
    assert [(o.state, o.detail) for o in board.outcomes] == [(JobState.FAILED, "stopped")]


async def test_a_sweep_without_work_claims_nothing() -> None:
    """Its look is kept as idle, no slot is claimed or reported; with work the slot is run like any other."""
    board = Board()
    there: list[str] = []
    job = Job("sweep", Every(timedelta(days=1)), there.clear, wanted=lambda: bool(there))
    node = JobRunner((job,), board.claim, board.report)
    assert not await node.run_now("sweep")
    assert [look.state for look in node.looks()] == [JobState.IDLE]
    assert (board.slots, board.outcomes) == ({}, [])
    there.append("work")
    assert await node.run_now("sweep")
    assert [(o.job, o.state) for o in board.outcomes] == [("sweep", JobState.DONE)]
    assert there == []


async def test_a_sweep_that_failed_runs_again_whatever_its_look_says() -> None:
    """Else its failure would stand as the last word for as long as there is nothing to do."""
    board, looks, tries = Board(), [True, False], []

    def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("no disk")

    job = Job("sweep", Every(timedelta(days=1)), work, wanted=lambda: looks.pop(0))
    node = JobRunner((job,), board.claim, board.report)
    await node.run_now("sweep")
    await node.run_now("sweep")
    assert [o.state for o in board.outcomes] == [JobState.FAILED, JobState.DONE]


async def test_what_concerns_the_node_runs_on_each() -> None:
    """Three nodes look at their own disks in the same slot, and nothing of it is claimed."""
    board, ran = Board(), []
    job = Job("watch", Every(timedelta(days=1)), lambda: ran.append(1), each_node=True)
    nodes = [JobRunner((job,), board.claim, board.report) for _ in range(3)]
    assert [await node.run_now("watch") for node in nodes] == [True] * 3
    assert len(ran) == 3
    assert board.slots == {}
    assert [look.state for node in nodes for look in node.looks()] == [JobState.DONE] * 3


async def test_a_slot_that_nobody_ran_is_made_up_while_the_nodes_run() -> None:
    """The database was away at the time, for longer than the tries last: the next look back finds and runs it, once."""
    board, ran, away = Board(), [], [True]

    def claim(job: str, slot: datetime) -> bool:
        if away:
            raise ConnectionError("away")
        return board.claim(job, slot)

    def missed(slots: Mapping[str, datetime]) -> list[str]:
        return [job for job, slot in slots.items() if (job, slot) not in board.slots]

    daily = Job("daily", DailyAt(time(0, 0)), lambda: ran.append(1), make_up_within=timedelta(days=2), attempts=1)
    node = JobRunner((daily,), claim, board.report, missed=missed)
    node.start()
    await asyncio.sleep(0.3)
    assert ran == []
    away.clear()
    for _ in range(2):
        await node.make_up_missed()
        await asyncio.sleep(0.3)
    await node.stop()
    assert ran == [1]


async def test_a_clock_that_is_put_back_stops_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host came up a day ahead and is set right: the jobs go on by the new time, not a day later."""
    monkeypatch.setattr("scheduler.jobs.LOOK_BACK", timedelta(seconds=0.2))
    board, ahead = Board(), [timedelta(days=1)]
    job = Job("tick", Every(timedelta(minutes=10)), lambda: None, make_up_within=timedelta(0))
    node = JobRunner((job,), board.claim, board.report, now=lambda: datetime.now(UTC) + ahead[0])
    node.start()
    node._scheduler.modify_job("tick", next_run_time=node.now() + timedelta(minutes=10))
    await asyncio.sleep(0.1)
    ahead[0] = timedelta(0)
    await asyncio.sleep(0.5)
    following = node.status()[0].next_run_at
    await node.stop()
    assert following is not None
    assert following - datetime.now(UTC) <= timedelta(minutes=10)


def test_a_schedule_reads_as_people_say_it() -> None:
    """What `mgov scheduler list` shows of it."""
    told = [str(Every(timedelta(seconds=seconds))) for seconds in (15, 60, 300, 3600, 86400)]
    assert told == ["every 15 s", "every 1 min", "every 5 min", "every 1 h", "every 24 h"]
    assert str(DailyAt(time(2, 30))) == "02:30"
    assert str(DailyAt(time(8), weekdays=frozenset({0, 4}))) == "08:00 Mon Fri"


def test_nonsense_is_refused() -> None:
    """Two jobs of one name, an interval of nothing and a week without days are errors."""
    job = Job("a", Every(timedelta(seconds=1)), lambda: None)
    with pytest.raises(ValueError, match="same name"):
        JobRunner((job, job), lambda _job, _slot: True, lambda _outcome: None)
    with pytest.raises(ValueError, match="one second"):
        Every(timedelta(0))
    with pytest.raises(ValueError, match="weekdays"):
        DailyAt(time(8), weekdays=frozenset())
