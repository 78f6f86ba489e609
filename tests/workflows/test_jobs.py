"""Slots in the database: once over all nodes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mgov.store.database import Database
from mgov.workflows.jobs import claim_slot, finish_slot, forget_slots, last_runs

SLOT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


def test_of_many_nodes_one_gets_the_slot(db: Database) -> None:
    """Eight claims at once: one is true."""
    got: list[bool] = []
    nodes = [
        threading.Thread(target=lambda n=n: got.append(claim_slot(db, f"node-{n}", "remind", SLOT, SLOT)))
        for n in range(8)
    ]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_failed_or_abandoned_slot_may_be_taken_again(db: Database) -> None:
    """Failed: at once. Begun and never ended: after half an hour. Done: never."""
    assert claim_slot(db, "a", "remind", SLOT, SLOT)
    assert not claim_slot(db, "b", "remind", SLOT, SLOT + timedelta(minutes=29))
    assert claim_slot(db, "b", "remind", SLOT, SLOT + timedelta(minutes=31))
    finish_slot(db, "b", "remind", SLOT, outcome="failed", detail="no disk", now=SLOT)
    assert claim_slot(db, "c", "remind", SLOT, SLOT)
    finish_slot(db, "b", "remind", SLOT, outcome="failed", detail="late word of who lost it", now=SLOT)
    finish_slot(db, "c", "remind", SLOT, outcome="done", detail="", now=SLOT)
    assert not claim_slot(db, "d", "remind", SLOT, SLOT + timedelta(days=1))
    assert last_runs(db)["remind"]["node"] == "c"


def test_old_slots_are_forgotten_but_never_the_newest(db: Database) -> None:
    """Housekeeping keeps the last run of each job for `scheduler list`."""
    for days in range(3):
        claim_slot(db, "a", "remind", SLOT + timedelta(days=days), SLOT)
    assert forget_slots(db, SLOT + timedelta(days=30)) == 2
    assert last_runs(db)["remind"]["slot"] == SLOT + timedelta(days=2)
