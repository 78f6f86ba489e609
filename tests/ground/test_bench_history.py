"""The history that the bench measures on is one that the program itself could have left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from mgov.store import archive, history, outbox
from mgov.store.database import Database
from mgov.store.schema.archives import ARCHIVES
from mgov.store.schema.messages import inbound_message, inbound_part, outbound_message, outbound_part
from mgov.store.schema.staff import transition
from mgov.workflows import archiving
from script.benchmarks.history import TRANSITIONS, History, fill

TOTAL = 2_000


def _count(db: Database, table: object) -> int:
    return int(db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))  # type: ignore[arg-type]


@pytest.mark.parametrize("archived", [True, False])
def test_a_history_holds_what_it_says(database: Database, archived: bool) -> None:
    """As many messages as asked for, with their transitions; the old ones where the archive's job would put them."""
    fill(database, History(TOTAL, archived=archived))
    both = {
        table: (_count(database, table), _count(database, ARCHIVES[table]))
        for table in (inbound_message, outbound_message, outbound_part)
    }
    assert {sum(counts) for counts in both.values()} == {TOTAL // 2}
    assert _count(database, transition) == TOTAL // 2 * TRANSITIONS
    assert 0 < _count(database, inbound_part) < TOTAL // 2
    assert {counts[0] for counts in both.values()} == ({TOTAL // 2 * 60 // 730} if archived else {TOTAL // 2})
    moved = archiving.run(database, 60, datetime.now(UTC), breathe=lambda _: None)
    assert (moved["messages_out"] == 0) is archived


def test_what_was_filled_is_found_as_what_was_sent(database: Database) -> None:
    """By number and key, with its whole story; and what comes next has numbers of its own."""
    fill(database, History(TOTAL))
    old = database.read(lambda tx: archive.message(tx, outbound_message, 7))
    assert old is not None
    assert old["dedupe_key"] == "answer:7"
    story = database.read(lambda tx: history.of(tx, "send", 7))
    assert [row["to_state"] for row in story] == ["queued", "sending", "sent", "delivered"]
    now = datetime.now(UTC)
    again = database.transact(lambda tx: outbox.queue_text(tx, to="+62812", text="x", now=now, dedupe_key="answer:7"))
    assert again == 7
    new = database.transact(lambda tx: outbox.queue_text(tx, to="+62812", text="x", now=now))
    assert new > TOTAL // 2
