"""Jobs: every slot once over all nodes, missed ones made up once, failures told and tried again."""

from __future__ import annotations

import asyncio
import threading
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


def test_nonsense_is_refused() -> None:
    """Two jobs of one name, an interval of nothing and a week without days are errors."""
    job = Job("a", Every(timedelta(seconds=1)), lambda: None)
    with pytest.raises(ValueError, match="same name"):
        JobRunner((job, job), lambda _job, _slot: True, lambda _outcome: None)
    with pytest.raises(ValueError, match="one second"):
        Every(timedelta(0))
    with pytest.raises(ValueError, match="weekdays"):
        DailyAt(time(8), weekdays=frozenset())
