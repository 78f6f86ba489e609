"""How many texts a second are received, queued and claimed, by how many workers, on how much history.

Each worker is a process with connections of its own, and each step the transaction that the daemon makes: a text
received (part, message, history), a message queued (message, history), a claim that is settled while the next is
claimed (part, message, histories). Every commit is on the disk. Histories of each length stand side by side on one
server and are measured in turns, an empty one among them: what disturbs the machine disturbs them alike, and what is
told is how each compares with the empty one, measured in the same turn.
"""

from __future__ import annotations

import itertools
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty
from typing import Any

from sqlalchemy import Connection, func, select

from benchmarks.figures import Figure
from benchmarks.history import History, fill
from mgov.domain.message import Origin, Part
from mgov.lab.databases import empty_database
from mgov.lab.mariadb import LabMariadb
from mgov.lab.postgresql import LabPostgresql
from mgov.store import bulk, migrate, outbox
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows.receive import receive_parts
from mgov.workflows.send import Sender, Submission
from mgov.workflows.turn import AirSide, Turn, take_turn

WORKERS = (1, 2, 4)
DATABASES = ("sqlite", "postgresql", "mariadb")
#: Messages that wait while claims are measured, for each second: more than are claimed.
WAITING = 3_000
#: As quick as on an empty database, but for what chance does.
FLAT = 0.8
EMPTY = History(0)
#: Servers as docs/scale.md advises for two cores, and while they are filled, when nothing that is lost matters.
SETTINGS: dict[str, dict[str, str]] = {
    "postgresql": {"shared_buffers": "2GB", "max_wal_size": "8GB", "autovacuum_naptime": "15s"},
    "mariadb": {"innodb-buffer-pool-size": "3G", "innodb-log-file-size": "1G"},
}
HURRIED: dict[str, dict[str, str]] = {
    "postgresql": {"fsync": "off", "full_page_writes": "off", "max_wal_size": "30GB", "autovacuum": "off"},
    "mariadb": {"innodb-doublewrite": "0", "innodb-flush-log-at-trx-commit": "0", "innodb-io-capacity": "10000"},
}

Step = Callable[[int], bool]
Case = tuple[str, int]  # what is done, by how many workers


@dataclass(frozen=True, slots=True)
class Plan:
    """Which histories are compared with an empty database, how long and how often each is measured.

    `server` is the URL of a database on a server that is there already; its databases are made and dropped.
    """

    histories: Sequence[History]
    seconds: float
    rounds: int
    server: str | None = None


def figures(folder: Path, database: str, plan: Plan) -> list[Figure]:
    """Measure on one kind of database, on a server of our own but for `plan.server`."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        server = _server(folder, database) if plan.server is None else None
        if server is not None:
            stack.enter_context(server)
        histories = [EMPTY, *plan.histories]
        at = server.url if server is not None else plan.server
        urls = {history: stack.enter_context(_place(at, folder, place)) for place, history in enumerate(histories)}
        notes = [_filled(urls[history], database, history) for history in histories]
        if server is not None:
            server.stop()
            server.settings = SETTINGS[database]
            server.start()
        return [*_told(database, measure(urls, plan)), *notes[1:]]


def _server(folder: Path, database: str) -> LabPostgresql | LabMariadb | None:
    if database == "postgresql":
        return LabPostgresql(folder / "server", SETTINGS[database] | HURRIED[database])
    return LabMariadb(folder / "server", SETTINGS[database] | HURRIED[database]) if database == "mariadb" else None


@contextmanager
def _place(server: str | None, folder: Path, number: int) -> Iterator[str]:
    own = folder / str(number)
    own.mkdir()
    with empty_database(server, own) as url:
        yield url


def _filled(url: str, database: str, history: History) -> Figure:
    started = time.monotonic()
    migrate.upgrade(url)
    db = Database(url)
    fill(db, history)
    db.close()
    took = time.monotonic() - started
    print(f"{database}: {history.name} messages in {took:.0f} s", file=sys.stderr, flush=True)
    return Figure(f"{database}, {history.name}: filled in", f"{took:.0f} s")


@dataclass(slots=True)
class Rates:
    """Steps a second of one history, by case, one for each round."""

    each: dict[Case, list[float]] = field(default_factory=dict)

    def median(self, case: Case) -> float:
        """The middle of all rounds."""
        return statistics.median(self.each[case])

    def ratio(self, case: Case, other: Rates) -> float:
        """The middle of how it compared with another, round by round."""
        return statistics.median(a / b for a, b in zip(self.each[case], other.each[case], strict=True))


def measure(urls: Mapping[History, str], plan: Plan) -> dict[History, Rates]:
    """Let 1, 2 and 4 workers receive, queue and claim; every history in its turn, and each round begins with another.

    A first round is not counted: it makes what was read cold warm.
    """
    rates = {history: Rates() for history in urls}
    databases = {history: Database(url) for history, url in urls.items()}
    order = list(urls)
    for turn in range(plan.rounds + 1):
        order = order[1:] + order[:1]
        for case in itertools.product(_STEPS, WORKERS):
            for history in order:
                rate = _measured(databases[history], case, plan.seconds if turn else plan.seconds / 2)
                if turn:
                    rates[history].each.setdefault(case, []).append(rate)
    return rates


def _measured(db: Database, case: Case, seconds: float) -> float:
    if case[0] == "claim":
        _wait_in_line(db, int(WAITING * seconds))
    db.engine.dispose()  # what is forked next inherits no connection
    return _rate(db.url, *case, seconds)


def _wait_in_line(db: Database, wanted: int) -> None:
    """Queue what is missing of so many that wait."""
    now = datetime.now(UTC)
    same: dict[str, Any] = {"channel": "sms", "text": "x" * 70, "priority": "reply", "urgency": 10, "state": "queued"}
    same |= {"queued_at": now, "not_before": now, "parts": 1, "attempts": 0, "lease_number": 0}
    queued = select(func.count()).select_from(outbound_message).where(outbound_message.c.state == "queued")

    def work(tx: Connection) -> None:
        missing = wanted - int(tx.execute(queued).scalar_one())
        if missing > 0:
            bulk.insert_many(
                tx, outbound_message, [{**same, "recipient": f"+62813{number:08d}"} for number in range(missing)]
            )

    db.transact(work)


def _told(database: str, rates: dict[History, Rates]) -> list[Figure]:
    return [
        _line(f"{database}, {history.name}: {name} /s", kind, rates[history], rates[EMPTY], history is EMPTY)
        for kind, name in _NAMES.items()
        for history in rates
    ]


def _line(what: str, kind: str, of: Rates, empty: Rates, is_empty: bool) -> Figure:
    cases = [(kind, workers) for workers in WORKERS]
    measured = " / ".join(f"{of.median(case):.0f}" for case in cases)
    if is_empty:
        return Figure(what, measured)
    ratios = [of.ratio(case, empty) for case in cases]
    compared = " / ".join(f"{ratio:.2f}" for ratio in ratios)
    return Figure(
        what, f"{measured} (of an empty one's: {compared})", f"flat: at least {FLAT}", kept=min(ratios) >= FLAT
    )


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
        words: dict[str, Any] = {
            "to": f"+62812{number:08d}",
            "text": "x" * 70,
            "priority": "reply",
            "now": datetime.now(UTC),
        }
        db.transact(lambda tx: outbox.queue_text(tx, dedupe_key=f"bench:{begun}:{worker}:{number}", **words))
        return True

    return step


def _claim(db: Database, worker: int) -> Step:
    sender = Sender(f"bench/{worker}", f"t{worker}", f"sim-{worker}")
    air = AirSide("".join, lambda _text: 1)
    tasks = take_turn(db, sender, Turn(claims=1), air, datetime.now(UTC))

    def step(number: int) -> bool:
        nonlocal tasks
        if not tasks:
            return False
        sent = Submission("accepted", reference=number % 256)
        tasks = take_turn(db, sender, Turn([(tasks[0], sent)], claims=1), air, datetime.now(UTC))
        return True

    return step


_STEPS: dict[str, Callable[[Database, int], Step]] = {"receive": _receive, "queue": _queue, "claim": _claim}
_NAMES = {"receive": "received", "queue": "queued", "claim": "claimed and settled"}
