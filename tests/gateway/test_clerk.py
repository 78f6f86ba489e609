"""What a clerk does after a commit of which nobody knows whether it was done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mgov.gateway import ledger
from mgov.gateway.clerk import Clerk
from mgov.gateway.degraded import Degraded
from mgov.gateway.logbook import Logbook
from mgov.gateway.settings import WorkerSettings
from mgov.store import outbox
from mgov.store.database import Database, DatabaseUnavailableError, temporary
from mgov.store.schema.messages import outbound_message, outbound_part
from mgov.workflows.send import Sender, Submission, Task


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    with temporary(migrated_url) as database:
        yield database


@pytest.fixture
def clerk(db: Database, tmp_path: Path) -> Clerk:
    settings = WorkerSettings("tsel-1", "node", "at", "/dev/ttyUSB0", spool_folder=tmp_path)
    degraded = Degraded()
    degraded.checked()
    return Clerk(settings, db, degraded, lambda sim: Sender(settings.owner, settings.name, sim))


def _queue(db: Database) -> None:
    db.transact(
        lambda tx: outbox.queue_text(tx, to="+6281300000001", text="Halo", now=datetime.now(UTC), actor="system:test")
    )


def _states(db: Database) -> list[str]:
    return list(db.read(lambda tx: tx.scalars(select(outbound_part.c.state)).all()))


async def _with_a_commit_in_doubt(clerk: Clerk, monkeypatch: pytest.MonkeyPatch, *, is_done: bool = True) -> None:
    """The connection is lost before anybody hears whether the next turn was committed."""
    take_turn = ledger.take_turn

    def not_heard(*arguments: object) -> None:
        if is_done:
            take_turn(*arguments)  # type: ignore[arg-type]
        raise DatabaseUnavailableError("the connection was lost")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "take_turn", not_heard)
        await clerk.turn(claims=1)


def _take_stock(clerk: Clerk) -> None:
    """A turn in its thread, as beside a submission."""
    thread = threading.Thread(target=clerk._turn, args=([], 0))
    thread.start()
    thread.join()


async def test_what_was_claimed_in_doubt_is_queued_again(
    clerk: Clerk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has it in hand, so it has not gone out."""
    _queue(db)
    await _with_a_commit_in_doubt(clerk, monkeypatch)
    assert (_states(db), clerk.held) == (["sending"], ())
    _take_stock(clerk)
    assert _states(db) == ["queued"]


@pytest.mark.parametrize("moment", ["it is begun", "it has ended"])
async def test_what_is_on_the_air_is_not_queued_again(
    clerk: Clerk, db: Database, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Stock is taken just when a part passes from hand into the air, or from there to what is to be written down."""
    _queue(db)
    await clerk.turn(claims=1)
    await _with_a_commit_in_doubt(clerk, monkeypatch)
    begin, end = Logbook.begin, Logbook.end

    def begin_meanwhile(log: Logbook, task: Task) -> None:
        begin(log, task)
        _take_stock(clerk)

    def end_meanwhile(log: Logbook, task: Task, submission: Submission) -> None:
        end(log, task, submission)
        _take_stock(clerk)

    if moment == "it is begun":
        monkeypatch.setattr(Logbook, "begin", begin_meanwhile)
    else:
        monkeypatch.setattr(Logbook, "end", end_meanwhile)
    task = clerk.begin()
    assert _states(db) == ["sending"]
    clerk.settle(task, Submission("accepted", 7))
    _take_stock(clerk)
    assert _states(db) == ["sent"]


@contextmanager
def _held_by_another(db: Database, seconds: float) -> Iterator[None]:
    """The message's row is locked by a transaction that ends a while later, as a server's that recovers."""
    connection = db.engine.connect()
    connection.execute(select(outbound_message.c.id).with_for_update()).all()
    ending = threading.Timer(seconds, connection.close)
    ending.start()
    yield
    ending.join()


async def test_what_has_gone_out_is_not_forgotten_while_another_transaction_holds_its_row(
    clerk: Clerk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that comes back still rolls back: who passed the row over took it for settled, and sent it again."""
    _queue(db)
    await clerk.turn(claims=1)
    clerk.settle(clerk.begin(), Submission("accepted", 7))
    await _with_a_commit_in_doubt(clerk, monkeypatch, is_done=False)
    with _held_by_another(db, 0.5):
        _take_stock(clerk)
    assert _states(db) == ["sent"]


async def test_a_start_passes_no_row_over_either(clerk: Clerk, db: Database) -> None:
    """What the log of a killed daemon knows is written down, whoever still holds the row."""
    _queue(db)
    await clerk.turn(claims=1)
    clerk.settle(clerk.begin(), Submission("accepted", 7))
    again = Clerk(clerk._settings, db, clerk._degraded, lambda sim: Sender(clerk._settings.owner, "tsel-1", sim))
    with _held_by_another(db, 0.5):
        _take_stock(again)
    assert _states(db) == ["sent"]
