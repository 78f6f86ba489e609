"""What is older than the site keeps it is gone, with what hangs on it; what is unfinished, and money, stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, outbound_message, outbound_part
from mgov.store.schema.money import bank_entry, bill, confirmation, settlement
from mgov.store.schema.staff import transition
from mgov.workflows import retention
from mgov.workflows.retention import Keep
from tests.ground.filled import fill
from tests.workflows.citizen import NOW

KEEP = Keep(messages=100, raw_pdus=30, reminders=100, transitions=200, alerts=30, sessions=30)


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


def _count(db: Database, table: Any) -> int:  # noqa: ANN401 - a table
    return int(db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))


def _after(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_nothing_young_is_taken(filled: Database) -> None:
    """A run on the next day takes nothing away."""
    before = {table.name: _count(filled, table) for table in (inbound_message, outbound_message, transition)}
    assert sum(retention.run(filled, KEEP, _after(1)).values()) == 0
    assert {table.name: _count(filled, table) for table in (inbound_message, outbound_message, transition)} == before


def test_old_messages_go_and_unfinished_ones_stay(filled: Database) -> None:
    """Texts in and out are gone after their time; what is queued or being sent is never dropped unsent."""
    sent = update(outbound_message).where(outbound_message.c.in_reply_to.is_not(None)).values(state="sent")
    filled.transact(lambda tx: tx.execute(sent))
    done = retention.run(filled, KEEP, _after(101))
    assert done["messages_in"] >= 6
    assert done["messages_out"] >= 6
    assert _count(filled, inbound_message) == 0
    states = filled.read(lambda tx: set(tx.execute(select(outbound_message.c.state)).scalars()))
    assert states == {"queued", "sending"}
    assert _count(filled, outbound_part) == 1


def test_money_and_its_history_stay(filled: Database) -> None:
    """Bills, entries, settlements, confirmations and the history of money are kept for ever."""
    kept = (bill, bank_entry, settlement, confirmation)
    before = [_count(filled, table) for table in kept]
    money = select(func.count()).where(transition.c.object_kind.in_(("bill", "confirmation", "payment")))
    history = filled.read(lambda tx: tx.execute(money).scalar())
    retention.run(filled, KEEP, _after(10_000))
    assert [_count(filled, table) for table in kept] == before
    assert filled.read(lambda tx: tx.execute(money).scalar()) == history
    fleeting = select(func.count()).where(transition.c.object_kind == "message")
    assert filled.read(lambda tx: tx.execute(fleeting).scalar()) == 0


def test_a_preview_says_what_a_run_would_take(filled: Database) -> None:
    """The counts beforehand are those of the run."""
    told = retention.preview(filled, KEEP, _after(101))
    done = retention.run(filled, KEEP, _after(101))
    assert told["messages_in"] == done["messages_in"]
    assert told["messages_out"] == done["messages_out"]
