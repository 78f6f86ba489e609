"""A call is kept with its text, made under a lease, and answered once whoever brings the result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mgov.store.database import temporary
from mgov.workflows import keywords
from mgov.workflows.keywords import Answered
from tests.external.site import KIR, Site

LEASE = timedelta(seconds=30)
FOUND = Answered("found", ({"berlaku_sampai": "31/12/2026", "tempat": "PKB Serang"},))


@pytest.fixture
def site(migrated_url: str, tmp_path: Path) -> Iterator[Site]:
    path = tmp_path / "keywords.toml"
    path.write_text(KIR.format(url="http://127.0.0.1:9", timeout=1, deadline=60), encoding="utf-8")
    with temporary(migrated_url) as database:
        yield Site(database, path)


def _claim(site: Site, now: datetime) -> list[keywords.CallTask]:
    return keywords.claim(site.db, site.settings.keywords, "kir", 5, LEASE, now)


def test_a_dead_callers_call_is_made_again_and_answered_once(site: Site) -> None:
    """The lease runs out, another caller takes the call over; the first one's late result changes nothing."""
    message_id, now = site.receive("KIR A 1234 BC"), datetime.now(UTC)
    [first] = _claim(site, now)
    assert _claim(site, now + timedelta(seconds=29)) == []
    [second] = _claim(site, now + timedelta(seconds=31))
    assert (first.message_id, second.message_id) == (message_id, message_id)
    queue = site.settings.queue_of_calls
    assert keywords.settle(site.db, queue, first, FOUND, now + timedelta(seconds=32)) == "calling"
    assert site.answers(message_id) == []
    assert keywords.settle(site.db, queue, second, FOUND, now + timedelta(seconds=33)) == "answered"
    assert keywords.settle(site.db, queue, second, FOUND, now + timedelta(seconds=34)) == "answered"
    assert len(site.answers(message_id)) == 1


def test_failures_are_repeated_ever_more_slowly_until_the_deadline(site: Site) -> None:
    """One second, two, four …; the attempt that cannot be repeated in time is the last, and says so."""
    message_id, now = site.receive("KIR A 1234 BC"), datetime.now(UTC)
    pauses = []
    for _ in range(20):
        tasks = _claim(site, now)
        if not tasks:
            now += timedelta(seconds=1)
            pauses.append(1)
            continue
        state = keywords.settle(site.db, site.settings.queue_of_calls, tasks[0], Answered("failed"), now)
        if state == "failed":
            break
    assert sum(pauses) >= 7
    for _ in range(80):
        now += timedelta(seconds=1)
        for task in _claim(site, now):
            keywords.settle(site.db, site.settings.queue_of_calls, task, Answered("failed"), now)
    assert keywords.give_up_overdue(site.db, site.settings.queue_of_calls, "kir", now) in (0, 1)
    assert keywords.give_up_overdue(site.db, site.settings.queue_of_calls, "kir", now) == 0
    assert len(site.answers(message_id)) == 1


def test_a_late_result_after_the_deadlines_answer_is_dropped(site: Site) -> None:
    """The citizen was told that the system does not answer; nothing contradicts it a minute later."""
    message_id, now = site.receive("KIR A 1234 BC"), datetime.now(UTC)
    [task] = _claim(site, now)
    later = now + timedelta(seconds=61)
    assert keywords.give_up_overdue(site.db, site.settings.queue_of_calls, "kir", later) == 1
    assert keywords.settle(site.db, site.settings.queue_of_calls, task, FOUND, later) == "failed"
    [answer] = site.answers(message_id)
    assert "tidak menjawab" in answer


def test_the_call_is_kept_in_the_commit_that_read_the_text(site: Site) -> None:
    """A text of a keyword has its call and no answer yet."""
    message_id = site.receive("KIR A 1234 BC")
    assert site.states() == ["queued"]
    assert site.answers(message_id) == []


def test_two_callers_share_the_calls(site: Site) -> None:
    """What one took the other does not see."""
    for _ in range(4):
        site.receive("KIR A 1234 BC")
    now = datetime.now(UTC)
    one = keywords.claim(site.db, site.settings.keywords, "kir", 2, LEASE, now)
    other = keywords.claim(site.db, site.settings.keywords, "kir", 5, LEASE, now)
    assert len({task.call_id for task in one + other}) == 4


def test_a_text_that_waited_for_the_database_is_asked_all_the_same(site: Site) -> None:
    """The deadline counts from when the call was kept, not from when the modem received the text."""
    message_id = site.receive("KIR A 1234 BC", ago=timedelta(hours=2))
    now = datetime.now(UTC)
    assert keywords.give_up_overdue(site.db, site.settings.queue_of_calls, "kir", now) == 0
    [task] = _claim(site, now)
    assert keywords.settle(site.db, site.settings.queue_of_calls, task, FOUND, now) == "answered"
    assert site.answers(message_id) == ["KIR A 1234 BC: 31/12/2026 di PKB Serang."]
