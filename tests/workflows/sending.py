"""A small fleet and a queue for tests of sending: two SIMs of one operator, one of another."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mgov.domain.message import Origin
from mgov.domain.operators import Operators
from mgov.domain.quotas import Quotas
from mgov.domain.routing import SendRules
from mgov.store import modems, outbox
from mgov.store.database import Database
from mgov.workflows import fleet
from mgov.workflows.send import CountParts, Sender, Submission, Task
from mgov.workflows.turn import AirSide, Turn, take_turn

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TABLE = Path(__file__).parents[2] / "config" / "operators.toml"
OPERATORS = Operators.read(tomllib.loads(TABLE.read_text(encoding="utf-8")))
CITIZEN, ON_XL = "+6281234567890", "+6281834567890"


def one_part(_text: str) -> int:
    """A text of one part."""
    return 1


def words(text: str) -> int:
    """As many parts as words."""
    return len(text.split())


def queue(db: Database, text: str = "halo", to: str = CITIZEN, **values: Any) -> int:  # noqa: ANN401 - of queue_text
    """Queue one text."""
    return db.transact(lambda tx: outbox.queue_text(tx, to=to, text=text, **{"now": NOW, **values}))


def report(db: Database, name: str, operator: str, **values: Any) -> None:  # noqa: ANN401 - columns of the modem
    """Say that a modem is ready now, unless `values` say otherwise."""
    known = {"driver": "at", "state": "ready", "operator": operator, "sim": f"sim-{name}", "last_seen": NOW, **values}
    db.transact(lambda tx: modems.report(tx, name, **known))


def sender(db: Database, name: str, now: datetime = NOW, quotas: Quotas | None = None, **rules: Any) -> Sender:  # noqa: ANN401 - of SendRules
    """A modem as it sees itself and the fleet at a moment."""
    known = SendRules(OPERATORS, quotas=quotas or Quotas(), **rules)
    seen = db.read(lambda tx: fleet.view(tx, OPERATORS, now))
    return Sender(f"noc/{name}", name, f"sim-{name}", rules=known, fleet=seen)


def origin(name: str) -> Origin:
    """Where a modem's reports come in."""
    return Origin(name, f"sim-{name}", None)


def next_task(db: Database, who: Sender, parts: CountParts, now: datetime) -> Task | None:
    """Claim the next message for this modem; None when nothing is due."""
    return next(iter(take_turn(db, who, Turn(claims=1), _air(parts), now)), None)


def settle_and_next(
    db: Database,
    who: Sender,
    task: Task,
    submission: Submission,
    parts: CountParts,
    now: datetime,
    more: bool = True,
) -> Task | None:
    """Settle one part and, in the same commit, begin the next part or claim the next message (unless not `more`)."""
    turn = Turn([(task, submission)], claims=int(more))
    return next(iter(take_turn(db, who, turn, _air(parts), now)), None)


def _air(parts: CountParts) -> AirSide:
    return AirSide("".join, parts)


def claim(db: Database, who: Sender, now: datetime = NOW, parts: Any = one_part) -> Task | None:  # noqa: ANN401 - counts parts
    """The part that a modem is to submit now."""
    return next_task(db, who, parts, now)


def finish(
    db: Database,
    who: Sender,
    task: Task,
    outcome: str = "accepted",
    now: datetime = NOW,
    **told: Any,  # noqa: ANN401 - of Submission
) -> Task | None:
    """Settle a part without claiming another message; returns the next part of the same one."""
    known = {"reference": 1, **told} if outcome == "accepted" else told
    return settle_and_next(db, who, task, Submission(outcome, **known), one_part, now, more=False)


def send_all(db: Database, who: Sender, now: datetime = NOW, parts: Any = one_part) -> int:  # noqa: ANN401 - counts parts
    """Claim and settle until nothing is left for this modem; returns how many parts went out."""
    count = 0
    while (task := claim(db, who, now, parts)) is not None:
        following: Task | None = task
        while following is not None:
            count += 1
            following = finish(db, who, following, now=now, reference=count % 256)
    return count


def row(db: Database, number: int) -> dict[str, Any]:
    """One message."""
    found = db.read(lambda tx: outbox.get(tx, number))
    assert found is not None
    return dict(found)


def other(who: Sender, **values: Any) -> Sender:  # noqa: ANN401 - of Sender
    """The same modem with something changed."""
    return replace(who, **values)
