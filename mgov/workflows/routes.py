"""Measure: how well one modem's texts to each operator's numbers went out of late, and what follows for its routes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.operators import Operators
from mgov.domain.standing import LATE_AFTER, Sample, Standing, judge
from mgov.store import routes
from mgov.store.database import Database

WINDOW = timedelta(hours=1)


def measure(db: Database, modem: str, sim: str, operators: Operators, now: datetime) -> dict[str, Standing]:
    """Judge every route of one modem by its last hour; returns the standings that changed, by operator."""

    def work(tx: Connection) -> dict[str, Standing]:
        samples = _samples(tx, modem, sim, operators, now)
        before = routes.standings(tx, modem)
        changed: dict[str, Standing] = {}
        for operator in samples.keys() | before.keys():
            old, sample = before.get(operator, Standing()), samples.get(operator, Sample())
            new = judge(old, sample, now)
            routes.keep(tx, modem, operator, new, sample, now)
            if new.poor != old.poor:
                changed[operator] = new
        return changed

    return db.transact(work)


def _samples(tx: Connection, modem: str, sim: str, operators: Operators, now: datetime) -> dict[str, Sample]:
    accepted: dict[str, list[RowMapping]] = {}
    for row in routes.submissions(tx, modem, sim, now - WINDOW):
        if operator := operators.of_number(row["recipient"]):
            accepted.setdefault(operator, []).append(row)
    refused: dict[str, int] = {}
    for recipient in routes.failures(tx, modem, now - WINDOW):
        if operator := operators.of_number(recipient):
            refused[operator] = refused.get(operator, 0) + 1
    return {
        operator: _sample(accepted.get(operator, ()), refused.get(operator, 0), now)
        for operator in accepted.keys() | refused.keys()
    }


def _sample(accepted: Sequence[RowMapping], refused: int, now: datetime) -> Sample:
    waits = [row["delivered_at"] - row["submitted_at"] for row in accepted if row["delivered_at"] is not None]
    return Sample(
        submissions=len(accepted) + refused,
        failures=refused,
        reports=len(waits),
        late=sum(wait > LATE_AFTER for wait in waits),
        median_seconds=round(median(wait.total_seconds() for wait in waits)) if waits else None,
    )
