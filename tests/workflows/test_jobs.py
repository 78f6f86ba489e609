"""Slots in the database: once over all nodes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from mgov.store import job_slots
from mgov.store.database import Database
from mgov.store.schema.staff import job_slot
from mgov.workflows import nodes
from mgov.workflows.jobs import as_told, begin, claim_slot, finish_slot, forget_slots, last_runs, missed_slots

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


def test_a_dead_nodes_slot_is_missed_and_may_be_taken(db: Database) -> None:
    """A node dies in the middle: when it has been silent for a while its slot counts as missed, and another runs it."""
    nodes.start(db, "a", "1", SLOT)
    assert claim_slot(db, "a", "backup", SLOT, SLOT)
    soon, later = SLOT + timedelta(seconds=5), SLOT + timedelta(seconds=30)
    assert missed_slots(db, {"backup": SLOT, "remind": SLOT}, soon) == ["remind"]
    assert not claim_slot(db, "b", "backup", SLOT, soon)
    assert missed_slots(db, {"backup": SLOT}, later) == ["backup"]
    assert claim_slot(db, "b", "backup", SLOT, later)
    assert missed_slots(db, {"backup": SLOT}, later) == []


def test_a_node_that_comes_back_takes_up_its_own_slots_at_once(db: Database) -> None:
    """Restarted within seconds of being killed, it does not wait to be taken for dead."""
    assert claim_slot(db, "a", "backup", SLOT, SLOT)
    assert claim_slot(db, "b", "retention", SLOT, SLOT)
    begin(db, "a", SLOT + timedelta(seconds=2))
    assert last_runs(db)["backup"]["outcome"] == "failed"
    assert claim_slot(db, "a", "backup", SLOT, SLOT + timedelta(seconds=2))
    assert not claim_slot(db, "a", "retention", SLOT, SLOT + timedelta(seconds=2))


def test_a_sweep_of_every_few_seconds_fills_no_table(db: Database) -> None:
    """Of each job the newest slots are kept, whatever its pace."""
    for n in range(job_slots.KEPT + 30):
        assert claim_slot(db, "a", "match", SLOT + timedelta(seconds=n), SLOT)
    kept = db.read(lambda tx: tx.execute(select(func.min(job_slot.c.slot), func.count()).select_from(job_slot)).one())
    assert tuple(kept) == (SLOT + timedelta(seconds=30), job_slots.KEPT)


def test_what_nobody_claims_is_told_by_the_nodes_beat(db: Database) -> None:
    """An idle look newer than the last slot that was run is the last run; an older one is not."""
    claim_slot(db, "a", "match", SLOT, SLOT)
    for node, seconds in (("a", -15), ("b", 15)):
        nodes.start(db, node, "1", SLOT)
        at = SLOT + timedelta(seconds=seconds)
        look = {"job": "match", "slot": at, "started_at": at, "finished_at": at, "outcome": "idle", "detail": ""}
        nodes.beat(db, node, SLOT, as_told([look]))
    nodes.beat(db, "b", SLOT)  # another process of the node, without a scheduler
    run = last_runs(db)["match"]
    assert (run["node"], run["outcome"], run["slot"]) == ("b", "idle", SLOT + timedelta(seconds=15))
