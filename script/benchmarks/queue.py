"""How many texts a second are received, queued and claimed, by how many workers, on how much history.

Each worker is a process with connections of its own, and each step the transaction that the daemon makes: a text
received (part, message, history), a message queued (message, history), a claim that is settled while the next is
claimed (part, message, histories). Durability is as each server has it by default: every commit is on the disk.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty
from typing import Any

from sqlalchemy import Connection, text

from benchmarks import history
from benchmarks.figures import Figure
from mgov.domain.message import Origin, Part
from mgov.lab.postgresql import LabPostgresql
from mgov.store import bulk, migrate, outbox
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows.receive import receive_parts
from mgov.workflows.send import Sender, Submission, next_task, settle_and_next

WORKERS = (1, 2, 4)
#: Messages that wait while claims are measured: more than are claimed.
WAITING = 40_000

Step = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Rates:
    """Steps a second by number of workers."""

    received: Sequence[float]
    queued: Sequence[float]
    claimed: Sequence[float]


def figures(folder: Path, total: int, seconds: float, urls: Sequence[str]) -> list[Figure]:
    """Measure on the databases named, or on SQLite and a PostgreSQL of our own; empty ones are migrated and filled."""
    if urls:
        return [line for url in urls for line in _of(url, total, seconds)]
    folder.mkdir(parents=True, exist_ok=True)
    lines = _of(f"sqlite:///{folder / 'queue.db'}", total, seconds)
    with LabPostgresql(folder / "postgresql") as server:
        return lines + _of(server.url, total, seconds)


def _of(url: str, total: int, seconds: float) -> list[Figure]:
    migrate.upgrade(url)
    db = Database(url)
    started = time.monotonic()
    for _ in history.fill(db, total):
        pass
    filled = time.monotonic() - started
    rates = measure(db, seconds)
    name = f"{db.dialect}, {history.messages(db):,} messages of history"
    db.close()
    lines = [
        Figure(f"{name}: {what} /s, {'/'.join(map(str, WORKERS))} workers", " / ".join(f"{rate:.0f}" for rate in each))
        for what, each in (("received", rates.received), ("queued", rates.queued), ("claimed", rates.claimed))
    ]
    return [*lines, Figure(f"{name}: filled in", f"{filled:.0f} s")]


def measure(db: Database, seconds: float) -> Rates:
    """Let 1, 2 and 4 workers receive, queue and claim for so many seconds each."""
    _clear(db)
    rates: dict[str, list[float]] = {kind: [] for kind in _STEPS}
    for kind in _STEPS:
        for workers in WORKERS:
            if kind == "claim":
                _wait_in_line(db)
            db.engine.dispose()  # what is forked next inherits no connection
            rates[kind].append(_rate(db.url, kind, workers, seconds))
            _clear(db)
    return Rates(rates["receive"], rates["queue"], rates["claim"])


def _clear(db: Database) -> None:
    """Take away what waits, so that the next measurement begins as this one did; what was sent stays as history."""
    db.transact(lambda tx: tx.execute(text("update outbound_message set state = 'expired' where state = 'queued'")))
    db.transact(lambda tx: tx.execute(text("update inbound_message set state = 'ignored' where state = 'received'")))
    if db.dialect == "postgresql":  # autovacuum does it within a minute; a measurement does not wait
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze outbound_message, inbound_message"))


def _wait_in_line(db: Database) -> None:
    now = datetime.now(UTC)
    same: dict[str, Any] = {"channel": "sms", "text": "x" * 70, "priority": "reply", "urgency": 10, "state": "queued"}
    same |= {"queued_at": now, "not_before": now, "parts": 1, "attempts": 0, "lease_number": 0}
    rows = [{**same, "recipient": f"+62813{number:08d}"} for number in range(WAITING)]

    def work(tx: Connection) -> None:
        bulk.insert_many(tx, outbound_message, rows)

    db.transact(work)


def _rate(url: str, kind: str, workers: int, seconds: float) -> float:
    context = multiprocessing.get_context("fork")
    ready, told = context.Barrier(workers), context.Queue()
    arguments = [(url, kind, number, seconds, ready, told) for number in range(workers)]
    processes = [context.Process(target=_worker, args=each, daemon=True) for each in arguments]
    for process in processes:
        process.start()
    try:
        return float(sum(told.get(timeout=seconds + 60) for _ in processes))
    except Empty as error:
        raise RuntimeError(f"{kind}: a worker did not end") from error
    finally:
        for process in processes:
            process.join(5)


def _worker(url: str, kind: str, number: int, seconds: float, ready: Any, told: Any) -> None:  # noqa: ANN401
    db = Database(url)
    step = _STEPS[kind](db, number)
    done = 0
    step(done)  # the connection and the statements are made
    ready.wait(30)
    started = time.monotonic()
    while time.monotonic() - started < seconds and step(done + 1):
        done += 1
    told.put(done / (time.monotonic() - started))
    db.close()


def _receive(db: Database, worker: int) -> Step:
    origin, begun = Origin(f"t{worker}", f"sim-{worker}", "+62811000001"), time.time_ns()

    def step(number: int) -> bool:
        now = datetime.now(UTC)
        content = f"{begun}-{worker}-{number}"
        part = Part(
            pdu=content.encode().hex(), sender=f"+62812{number:08d}", sent_at=now, text="TAGIHAN", content=content
        )
        receive_parts(db, origin, [part], "".join, now)
        return True

    return step


def _queue(db: Database, worker: int) -> Step:
    begun = time.time_ns()

    def step(number: int) -> bool:
        words = {"to": f"+62812{number:08d}", "text": "x" * 70, "priority": "reply", "now": datetime.now(UTC)}
        db.transact(lambda tx: outbox.queue_text(tx, dedupe_key=f"bench:{begun}:{worker}:{number}", **words))
        return True

    return step


def _claim(db: Database, worker: int) -> Step:
    sender = Sender(f"bench/{worker}", f"t{worker}", f"sim-{worker}")
    task = next_task(db, sender, lambda _text: 1, datetime.now(UTC))

    def step(number: int) -> bool:
        nonlocal task
        if task is None:
            return False
        sent = Submission("accepted", reference=number % 256)
        task = settle_and_next(db, sender, task, sent, lambda _text: 1, datetime.now(UTC))
        return True

    return step


_STEPS: dict[str, Callable[[Database, int], Step]] = {"receive": _receive, "queue": _queue, "claim": _claim}
