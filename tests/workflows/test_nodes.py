"""Hosts on one database: a dead one's work is free, a drained one begins nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.operators import Operators
from mgov.domain.routing import Fleet, SendRules
from mgov.store import modems, outbox
from mgov.store.database import Database
from mgov.workflows import fleet, nodes, send
from mgov.workflows.claiming import give_back
from mgov.workflows.leftovers import recover
from tests.workflows.citizen import STAFF
from tests.workflows.sending import next_task

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def claim(db: Database, node: str, now: datetime) -> send.Task | None:
    """The next part for the modem of a node."""
    sender = send.Sender(f"{node}/m1", "m1", "sim1", False, SendRules(), Fleet())
    return next_task(db, sender, lambda _text: 1, now)


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
    recover(database, "", NOW + timedelta(seconds=15))
    assert state(database, message) == "sending"
    recover(database, "", NOW + timedelta(seconds=25))
    assert state(database, message) == "uncertain"


def test_a_living_node_keeps_its_leases(database: Database) -> None:
    """A node that beats is not robbed, nor is one whose name only begins alike."""
    nodes.start(database, "n1", "0", NOW)
    nodes.start(database, "n", "0", NOW)
    message = queue(database)
    claim(database, "n1", NOW)
    nodes.beat(database, "n1", NOW + timedelta(seconds=24))
    recover(database, "", NOW + timedelta(seconds=25))
    assert state(database, message) == "sending"


def test_a_claim_given_back_after_another_took_it_changes_nothing(database: Database) -> None:
    """The number of the lease fences: what a node held before it was taken for dead is no longer its own."""
    message = queue(database)
    old = claim(database, "n1", NOW)
    assert old is not None
    give = send.Sender("n1/m1", "m1", "sim1", False, SendRules(), Fleet())
    give_back(database, give, old, NOW)
    assert claim(database, "n2", NOW) is not None
    give_back(database, give, old, NOW)
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


def test_others_stand_in_for_the_modems_of_a_dead_or_drained_node(database: Database) -> None:
    """A reply that waits for the SIM that was texted goes by another as soon as that SIM's host is taken for dead."""
    for name in ("n1", "n2"):
        nodes.start(database, name, "0", NOW)
    for modem, node in (("m1", "n1"), ("m2", "n2")):
        known = {"driver": "at", "state": "ready", "node": node, "sim": f"sim-{modem}", "last_seen": NOW}
        database.transact(lambda tx, modem=modem, known=known: modems.report(tx, modem, **known))  # type: ignore[misc]
    asked = {"to": "+6281200000001", "text": "halo", "now": NOW, "preferred_modem": "m1"}
    database.transact(lambda tx: outbox.queue_text(tx, **asked))
    assert _by_second(database, NOW + timedelta(seconds=15)) is None
    nodes.beat(database, "n2", NOW + timedelta(seconds=24))
    assert _by_second(database, NOW + timedelta(seconds=25)) is not None

    database.transact(lambda tx: outbox.queue_text(tx, **asked))
    nodes.beat(database, "n1", NOW + timedelta(seconds=24))
    assert _by_second(database, NOW + timedelta(seconds=26)) is None
    nodes.drain(database, "n1", actor=STAFF, now=NOW)
    nodes.stop(database, "n1")
    assert _by_second(database, NOW + timedelta(seconds=27)) is not None


def _by_second(db: Database, now: datetime) -> send.Task | None:
    seen = db.read(lambda tx: fleet.view(tx, Operators(()), now))
    return next_task(db, send.Sender("n2/m2", "m2", "sim-m2", False, SendRules(), seen), lambda _text: 1, now)
