"""Measures reminders at scale: a million documents of which a hundred thousand are due for some stage today.

    script/scale_reminders [--documents N] [--due N] [--url URL] [--nodes N]

Without --url a SQLite file in a temporary folder is used; a PostgreSQL URL names an empty database. Each line says what
was done, how long it took and the peak of this process's memory. With --nodes the same day is also run by so many
processes together on fresh documents, one of them killed in the middle: each reminder must be queued once.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from mgov.store import documents as store
from mgov.store import migrate
from mgov.store.database import Database
from mgov.store.schema.documents import document, document_contact, reminder
from mgov.store.schema.messages import outbound_message
from mgov.workflows import remind, remind_fallback
from mgov.workflows.document_kinds import DocumentKinds
from mgov.workflows.overdue import expire_overdue
from mgov.workflows.remind import RemindSettings
from mgov.workflows.reminder_text import Wording

ROOT = Path(__file__).resolve().parents[1]
STAGES = (90, 30, 14, 7, 1, 0)
BATCH = 10_000
KILLED_AFTER = 1.5  # seconds into a run


def settings() -> RemindSettings:
    """The shipped kinds and the default cadence."""
    kinds, texts = (
        tomllib.loads((ROOT / "config" / name).read_text(encoding="utf-8"))
        for name in ("documents.toml", "reminder_texts.toml")
    )
    return RemindSettings(Wording.read("Pemprov Banten", "id", DocumentKinds.read(kinds), texts))


def rows(first: int, count: int, due: int, today: date) -> Iterator[dict[str, object]]:
    """Documents of which `due` have a stage today and the rest none; each with a phone and a mail of its own."""
    draw = random.Random(first)  # noqa: S311 - not a secret
    for number in range(first, first + count):
        days = draw.choice(STAGES) if number - first < due else draw.randrange(91, 400)
        yield {"id": number, "due_on": today + timedelta(days=days)}


def fill(db: Database, first: int, count: int, due: int, today: date) -> None:
    """Put documents and contacts in, as an import does."""
    now = datetime.now(UTC)
    agency = db.transact(lambda tx: store.ensure_agencies(tx, {"DPMPTSP"}, now))["DPMPTSP"]
    same = {"kind": "TDG", "agency_id": agency, "holder_name": "PT Maju", "status": "active"}
    batch: list[dict[str, object]] = []
    for row in rows(first, count, due, today):
        batch.append({**same, **row, "number": f"TDG-{row['id']:08d}", "created_at": now, "updated_at": now})
        if len(batch) == BATCH:
            _put(db, batch)
            batch = []
    if batch:
        _put(db, batch)
    if db.dialect == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("analyze")


def _put(db: Database, batch: list[dict[str, object]]) -> None:
    numbers = [int(str(row["id"])) for row in batch]
    phones = [{"document_id": n, "channel": "sms", "address": f"+62812{n:08d}"} for n in numbers]
    mails = [{"document_id": n, "channel": "email", "address": f"kontak{n}@usaha.example"} for n in numbers]

    def work(tx: object) -> None:
        tx.execute(insert(document), batch)  # type: ignore[attr-defined]
        tx.execute(insert(document_contact), [*phones, *mails])  # type: ignore[attr-defined]

    db.transact(work)


def memory() -> float:
    """The peak of this process's memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(what: str, db: Database, today: date) -> int:
    """Run the day once and say how long it took."""
    began = time.monotonic()
    outcome = remind.run(db, today, settings(), datetime.now(UTC))
    took = time.monotonic() - began
    print(f"{what}: {outcome.reminders} reminders, {outcome.messages} messages in {took:.1f} s, {memory():.0f} MB peak")
    return outcome.reminders


def recheck(db: Database) -> None:
    """What the scheduler does every five minutes with a queue as long as this one."""
    steps: dict[str, Callable[[datetime], int]] = {
        "withdraw what is settled": lambda now: remind.withdraw_obsolete(db, now),
        "write anew": lambda now: remind.rewrite_partly_obsolete(db, settings(), now),
        "another way": lambda now: remind_fallback.fall_back(db, settings(), now),
        "next sending hours": lambda now: remind.reopen(db, settings(), now),
    }
    for what, step in steps.items():
        began = time.monotonic()
        count = step(datetime.now(UTC))
        print(f"{what}: {count} in {time.monotonic() - began:.1f} s, {memory():.0f} MB peak", flush=True)


def outage(db: Database) -> None:
    """Nothing left for three days: what is past its time expires, and each reminder gets its reason or another way."""
    later = datetime.now(UTC) + timedelta(days=3)
    steps: dict[str, Callable[[], int]] = {
        "expire": lambda: expire_overdue(db, later),
        "another way": lambda: remind_fallback.fall_back(db, settings(), later),
    }
    for what, step in steps.items():
        began = time.monotonic()
        count = step()
        print(
            f"after an outage, {what}: {count} in {time.monotonic() - began:.1f} s, {memory():.0f} MB peak", flush=True
        )


def together(url: str, today: date, nodes: int) -> None:
    """Run the same day in several processes, kill one in the middle, and count."""
    command = [sys.executable, __file__, "--url", url, "--run", today.isoformat()]
    running = [subprocess.Popen(command) for _ in range(nodes)]  # noqa: S603 - this very file
    time.sleep(KILLED_AFTER)
    os.kill(running[0].pid, signal.SIGKILL)
    for process in running:
        process.wait()
    print(
        f"{nodes} processes together, one killed after {KILLED_AFTER} s: exit codes {[p.returncode for p in running]}"
    )


def twice(db: Database) -> tuple[int, int, int]:
    """Reminders queued, messages, and messages that are there a second time for an address and a day."""

    def work(tx: object) -> tuple[int, int, int]:
        execute = tx.execute  # type: ignore[attr-defined]
        queued = execute(select(func.count()).where(reminder.c.state == "queued")).scalar_one()
        live = outbound_message.c.state == "queued"
        total = execute(select(func.count()).select_from(outbound_message).where(live)).scalar_one()
        distinct = select(outbound_message.c.recipient).where(live).distinct().subquery()
        return (
            int(queued),
            int(total),
            int(total) - int(execute(select(func.count()).select_from(distinct)).scalar_one()),
        )

    return db.read(work)


def main() -> int:
    """Measure, and fail when something was queued twice or not at all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=100_000)
    parser.add_argument("--url")
    parser.add_argument("--nodes", type=int, default=0)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        db = Database(options.url)
        timed(f"process {os.getpid()}", db, date.fromisoformat(options.run))
        db.close()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return measure(options, options.url or f"sqlite:///{folder}/mgov.db")


def measure(options: argparse.Namespace, url: str) -> int:
    """Fill an empty database, run the day, run it again, and then together."""
    today = datetime.now(UTC).date()
    migrate.upgrade(url)
    db = Database(url)
    began = time.monotonic()
    fill(db, 1, options.documents, options.due, today)
    print(f"{db.dialect}: {options.documents} documents in {time.monotonic() - began:.1f} s, {memory():.0f} MB")
    wrong = timed("first run", db, today) != 2 * options.due
    wrong |= timed("second run", db, today) != 0
    recheck(db)
    if options.nodes:
        fill(db, options.documents + 1, options.due, options.due, today)
        together(url, today, options.nodes)
        queued, messages, double = twice(db)
        print(f"then: {queued} reminders queued, {messages} messages, {double} of them double")
        wrong |= queued != 4 * options.due or double != 0
    outage(db)
    db.close()
    print("WRONG" if wrong else "right")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
