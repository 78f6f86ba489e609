"""Three nodes run the same day together and one of them is killed in the middle: each reminder is queued once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from mgov.store.database import Database
from mgov.store.schema.documents import reminder
from mgov.store.schema.messages import outbound_message
from tests.workflows.test_remind import load, row

#: One node: runs the day of the tests; `halt` makes it stop halfway, with all its work done and not committed.
NODE = """
import sys, time
from mgov.store import reminder_queue
from mgov.store.database import Database
from mgov.workflows import remind
from tests.workflows.test_remind import NOON, SETTINGS, TODAY

url, halt = sys.argv[1], sys.argv[2] == "halt"
link = reminder_queue.link

def linked(tx, prefix):
    link(tx, prefix)
    if halt:
        print("halfway", flush=True)
        time.sleep(60)

reminder_queue.link = linked
print(remind.run(Database(url), TODAY, SETTINGS, NOON).reminders, flush=True)
"""
DOCUMENTS = 60


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


def node(url: str, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", NODE, url, how], stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_node_that_is_killed_leaves_nothing_and_the_others_queue_each_once(db: Database) -> None:
    """The killed one had everything written and not committed; two others waited for it, and one queues it all."""
    load(db, *[row(f"N-{n}", 30, f"08120000{n % 20:04d}", f"k{n}@usaha.example") for n in range(DOCUMENTS)])
    victim = node(db.url, "halt")
    try:
        assert said(victim) == "halfway"
        others = [node(db.url, "run") for _ in range(2)]
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
    counts = sorted(int(other.communicate(timeout=60)[0]) for other in others)
    assert counts == [0, 2 * DOCUMENTS]
    total = db.read(lambda tx: tx.execute(select(func.count()).select_from(reminder)).scalar_one())
    texts = db.read(lambda tx: tx.execute(select(outbound_message.c.channel)).scalars().all())
    assert (total, texts.count("sms"), texts.count("email")) == (2 * DOCUMENTS, 20, DOCUMENTS)
