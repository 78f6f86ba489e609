"""After a crash the logbook says which claimed parts were begun, and what came of them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mgov.gateway.logbook import Logbook
from mgov.store import outbox
from mgov.store.database import Database
from mgov.workflows import leftovers, send
from mgov.workflows.claiming import give_back
from mgov.workflows.leftovers import settle_by_log, take_stock
from mgov.workflows.turn import AirSide, Turn, take_turn

NOW = datetime(2026, 11, 12, 7, 30, tzinfo=UTC)
SENDER = send.Sender("noc/m1", "m1", "510100000000001")
AIR = AirSide(lambda pdus: "".join(pdus), lambda _text: 1)
ACCEPTED = send.Submission("accepted", reference=7)


def _claim(db: Database, count: int) -> list[send.Task]:
    def queue(tx: object) -> None:
        for number in range(count):
            outbox.queue_text(tx, to=f"+62812000{number:05d}", text="Tagihan", now=NOW)  # type: ignore[arg-type]

    db.transact(queue)
    tasks = take_turn(db, SENDER, Turn(claims=count), AIR, NOW)
    assert len(tasks) == count
    return tasks


def _states(db: Database) -> Counter[str]:
    return Counter(row["state"] for row in db.read(outbox.listing))


def test_only_what_was_on_the_air_is_in_doubt(tmp_path: Path, database: Database) -> None:
    """Of four claimed parts one was sent, one was cut off, two were not begun."""
    tasks = _claim(database, 4)
    log = Logbook(tmp_path / "m1.log")
    log.restart()
    log.begin(tasks[0])
    log.end(tasks[0], ACCEPTED)
    log.begin(tasks[1])
    begun = Logbook(tmp_path / "m1.log").read()
    assert begun is not None
    left = settle_by_log(database, SENDER, begun, NOW)
    assert (left.settled, left.queued) == (1, 2)
    assert leftovers.recover(database, SENDER.owner, NOW) == (1, 0)
    assert _states(database) == {"sent": 1, "uncertain": 1, "queued": 2}


def test_without_a_log_everything_claimed_is_in_doubt(tmp_path: Path, database: Database) -> None:
    """A log that is missing, or of another boot, says nothing: nothing is sent twice on its word."""
    _claim(database, 2)
    log = Logbook(tmp_path / "m1.log")
    assert log.read() is None
    (tmp_path / "m1.log").write_text("another-boot\n", encoding="ascii")
    assert log.read() is None
    assert leftovers.recover(database, SENDER.owner, NOW) == (2, 0)


def test_an_entry_of_an_earlier_claim_counts_for_nothing(tmp_path: Path, database: Database) -> None:
    """A part that was begun, refused and claimed again has not been begun again."""
    [task] = _claim(database, 1)
    log = Logbook(tmp_path / "m1.log")
    log.restart()
    log.begin(task)
    give_back(database, SENDER, task, NOW)
    [again] = take_turn(database, SENDER, Turn(claims=1), AIR, NOW)
    assert again.part_id == task.part_id
    begun = log.read()
    assert begun is not None
    assert settle_by_log(database, SENDER, begun, NOW).queued == 1
    assert _states(database) == {"queued": 1}


def test_a_torn_line_is_passed_over(tmp_path: Path, database: Database) -> None:
    """A line cut off in the middle does not hide the others."""
    first, second = _claim(database, 2)
    path = tmp_path / "m1.log"
    log = Logbook(path)
    log.restart()
    log.begin(first)
    log.begin(second)
    path.write_text(path.read_text(encoding="ascii")[:-4], encoding="ascii")
    begun = log.read()
    assert begun is not None
    assert set(begun) == {first.part_id}


def test_a_log_begun_anew_tells_what_is_not_in_the_database_yet(tmp_path: Path, database: Database) -> None:
    """What ended a moment ago is still settled after a crash, and what was on the air is in doubt."""
    ended, on_air, waiting = _claim(database, 3)
    log = Logbook(tmp_path / "m1.log")
    log.restart()
    log.begin(ended)
    log.end(ended, ACCEPTED)
    log.begin(on_air)
    log.restart([(ended, ACCEPTED)], on_air)
    begun = log.read()
    assert begun is not None
    assert waiting.part_id not in begun
    assert settle_by_log(database, SENDER, begun, NOW).settled == 1
    assert leftovers.recover(database, SENDER.owner, NOW) == (1, 0)
    assert _states(database) == {"sent": 1, "uncertain": 1, "queued": 1}


@pytest.mark.parametrize("gone_out", [0, 1])
def test_a_claim_in_doubt_is_taken_back(database: Database, gone_out: int) -> None:
    """After a commit that may not have been done, what was not sent is queued; what has gone out is still to settle."""
    tasks = _claim(database, 3)
    still_open = take_stock(database, SENDER.owner, tasks[:gone_out], NOW)
    assert still_open == {task.part_id for task in tasks[:gone_out]}
    assert _states(database)["queued"] == 3 - gone_out
