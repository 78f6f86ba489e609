"""Hosts on one database: a dead one's work is free, a drained one begins nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.routing import Fleet, SendRules
from mgov.store import outbox
from mgov.store.database import Database
from mgov.workflows import nodes, send
from tests.workflows.citizen import STAFF

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def claim(db: Database, node: str, now: datetime) -> send.Task | None:
    """The next part for the modem of a node."""
    sender = send.Sender(f"{node}/m1", "m1", "sim1", False, SendRules(), Fleet())
    return send.next_task(db, sender, lambda _text: 1, now)


def queue(db: Database) -> int:
    def work(tx: Connection) -> int:
        return outbox.queue_text(tx, to="+6281200000001", text="halo", now=NOW, actor="t", cause="test")

    return db.transact(work)


def state(db: Database, message: int) -> str:
    return str(db.read(lambda tx: outbox.get(tx, message))["state"])  # type: ignore[index]


def test_a_dead_nodes_leases_are_free_before_they_run_out(database: Database) -> None:
    """Twenty seconds without a sign of life, and what it had in hand is in doubt, in sight of everybody."""
    nodes.start(database, "n1", "0", NOW)
    message = queue(database)
    assert claim(database, "n1", NOW) is not None
    send.recover(database, "", NOW + timedelta(seconds=15))
    assert state(database, message) == "sending"
    send.recover(database, "", NOW + timedelta(seconds=25))
    assert state(database, message) == "uncertain"


def test_a_living_node_keeps_its_leases(database: Database) -> None:
    """A node that beats is not robbed, nor is one whose name only begins alike."""
    nodes.start(database, "n1", "0", NOW)
    nodes.start(database, "n", "0", NOW)
    message = queue(database)
    claim(database, "n1", NOW)
    nodes.beat(database, "n1", NOW + timedelta(seconds=24))
    send.recover(database, "", NOW + timedelta(seconds=25))
    assert state(database, message) == "sending"


def test_a_claim_given_back_after_another_took_it_changes_nothing(database: Database) -> None:
    """The number of the lease fences: what a node held before it was taken for dead is no longer its own."""
    message = queue(database)
    old = claim(database, "n1", NOW)
    assert old is not None
    give = send.Sender("n1/m1", "m1", "sim1", False, SendRules(), Fleet())
    send.give_back(database, give, old, NOW)
    assert claim(database, "n2", NOW) is not None
    send.give_back(database, give, old, NOW)
    assert state(database, message) == "sending"


def test_a_drained_node_hands_over_and_waits_to_be_resumed(database: Database) -> None:
    """It is told at its next beat, is drained when it has stopped, and does not begin before it is resumed."""
    assert nodes.start(database, "n1", "0", NOW)
    assert nodes.drain(database, "n1", actor=STAFF, now=NOW)
    assert not nodes.beat(database, "n1", NOW)
    nodes.stop(database, "n1")
    (shown,) = nodes.listing(database, NOW)
    assert shown["state"] == "drained"
    assert not nodes.start(database, "n1", "0", NOW)
    assert nodes.resume(database, "n1", actor=STAFF, now=NOW)
    assert nodes.beat(database, "n1", NOW)
    assert not nodes.drain(database, "unknown", actor=STAFF, now=NOW)


def test_a_node_is_listed_as_silent_when_it_does_not_beat(database: Database) -> None:
    """Staff see which host to look at."""
    nodes.start(database, "n1", "0", NOW)
    assert [row["state"] for row in nodes.listing(database, NOW + timedelta(minutes=1))] == ["silent"]
    nodes.stop(database, "n1")
    assert [row["state"] for row in nodes.listing(database, NOW + timedelta(minutes=1))] == ["stopped"]
