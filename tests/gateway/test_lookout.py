"""One look for all: what is due is found on every database, and the parts it is for are woken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from mgov.domain.actor import Actor
from mgov.gateway.lookout import Lookout
from mgov.store import inbox, modem_requests, outbox, pending
from mgov.store.database import Database
from mgov.store.schema.messages import external_call
from mgov.store.schema.portals import portal_bill

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SOON = timedelta(minutes=5)


def _received(tx: Connection) -> None:
    common = {"channel": "sms", "sender": "+628129876543", "recipient": "+628111000001", "text": "INFO"}
    inbox.add_message(tx, {**common, "identity": "x" * 64, "sent_at": NOW, "received_at": NOW}, Actor.system("engine"))


def _queued(tx: Connection) -> None:
    outbox.queue_text(tx, to="+628129876543", text="Halo", now=NOW)


def _later(tx: Connection) -> None:
    outbox.queue_text(tx, to="+628129876543", text="Halo", now=NOW, not_before=NOW + SOON)


def _asked(tx: Connection) -> None:
    modem_requests.ask(tx, "m1", "probe", None, NOW, Actor.staff("t"))


def _ordered(tx: Connection) -> None:
    order = {"agency": "BAPENDA", "number": "SKRD-1", "amount": 1000, "written_at": NOW, "written_by": "x"}
    tx.execute(insert(portal_bill).values(order))


@pytest.mark.parametrize(
    ("write", "topic"), [(_received, "inbox"), (_queued, "outbox"), (_asked, "outbox"), (_ordered, "portal")]
)
def test_what_is_due_is_named(database: Database, write: Callable[[Connection], None], topic: str) -> None:
    """Each queue by its own topic, and nothing by any other."""
    assert database.read(lambda tx: pending.topics(tx, NOW)) == []
    database.transact(write)
    assert database.read(lambda tx: pending.topics(tx, NOW)) == [topic]


def test_what_is_due_later_is_named_then(database: Database) -> None:
    """A text that may leave in five minutes wakes nobody now, and its modem's worker in five minutes."""
    database.transact(_later)
    assert database.read(lambda tx: pending.topics(tx, NOW)) == []
    assert database.read(lambda tx: pending.topics(tx, NOW + SOON)) == ["outbox"]


def test_a_call_is_due_when_its_time_comes(database: Database) -> None:
    """An agency's system that is asked again later is asked then."""
    call = {
        "state": "queued",
        "next_attempt_at": NOW + SOON,
        "keyword": "CEK",
        "fields": "{}",
        "attempts": 0,
        "created_at": NOW,
    }

    def write(tx: Connection) -> None:
        _received(tx)
        message = inbox.claim_next(tx, NOW)
        assert message is not None
        inbox.finish(tx, message, state="handled", now=NOW, actor=Actor.system("engine"), cause="test")
        tx.execute(insert(external_call).values(message_id=message["id"], **call))

    database.transact(write)
    assert database.read(lambda tx: pending.topics(tx, NOW)) == []
    assert database.read(lambda tx: pending.topics(tx, NOW + SOON)) == ["external"]


async def test_a_lookout_wakes_whom_it_is_for(migrated_sqlite_url: str) -> None:
    """What another process wrote is found at the look that it asks for, and the lookout ends when it is told to."""
    mine, others = Database(migrated_sqlite_url), Database(migrated_sqlite_url)
    woken: asyncio.Queue[str] = asyncio.Queue()
    lookout = Lookout(mine, woken.put_nowait)
    running = asyncio.create_task(lookout.run())
    await asyncio.sleep(0.1)
    assert woken.empty()
    others.transact(lambda tx: outbox.queue_text(tx, to="+628129876543", text="Halo", now=datetime.now(UTC)))
    lookout.look()
    assert await asyncio.wait_for(woken.get(), 1) == "outbox"
    lookout.stop()
    await asyncio.wait_for(running, 1)
    for database in (mine, others):
        database.close()
