"""Turn: what a modem brings to the database and what it takes along, in one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.message import Origin, Part, Report
from mgov.store import history, modems
from mgov.store.database import Database
from mgov.workflows.claiming import claim_parts
from mgov.workflows.receive import Join, keep_parts
from mgov.workflows.reports import keep_reports
from mgov.workflows.send import CountParts, Sender, Submission, Task
from mgov.workflows.settling import settle_parts


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came from one SIM at one time: `at` is when this gateway had it."""

    origin: Origin
    at: datetime
    parts: Sequence[Part] = ()
    reports: Sequence[Report] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be written down, in the order of the fields; `claims`: how many parts may be taken along then.

    `standing` are columns of the modem that changed.
    """

    settled: Sequence[tuple[Task, Submission]] = ()
    deliveries: Sequence[Delivery] = ()
    standing: Mapping[str, Any] | None = None
    claims: int = 0


@dataclass(frozen=True, slots=True)
class AirSide:
    """What only the air side knows of texts: to join raw parts, and to count the parts that a text needs."""

    join: Join
    count_parts: CountParts


def take_turn(db: Database, sender: Sender, turn: Turn, air: AirSide, now: datetime) -> list[Task]:
    """Settle, keep and claim in one transaction; returns the parts to submit next, in order, begun and committed.

    Only when this returns may what was received be deleted from the SIM, and may the returned parts be sent.
    """

    def work(tx: Connection) -> list[Task]:
        with history.together(tx):
            tasks = settle_parts(tx, sender, turn.settled, now)
            for delivery in turn.deliveries:
                keep_reports(tx, delivery.origin, delivery.reports, delivery.at)
                keep_parts(tx, delivery.origin, delivery.parts, air.join, delivery.at)
            if turn.standing:
                modems.report(tx, sender.modem, **turn.standing)
            return tasks + claim_parts(tx, sender, air.count_parts, turn.claims - len(tasks), now)

    return db.transact(work)
