"""Archiving: what was settled long ago leaves the queue's tables, a few at a time, and stays to be found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mgov.store import archive
from mgov.store.database import Database

#: Messages of one transaction: on SQLite everybody else waits for it.
BATCH = 200
#: Seconds between two transactions, so that others come in between.
BREATH = 0.01

_FAMILIES = {"messages_out": archive.OUT, "messages_in": archive.IN}


def run(db: Database, days: int, now: datetime, *, breathe: Callable[[float], object] = time.sleep) -> dict[str, int]:
    """Move what is older than so many days; returns how many by kind. Safe to be cut off: the next run goes on."""
    before = now - timedelta(days=days)
    return {kind: _all_of(db, family, before, breathe) for kind, family in _FAMILIES.items()}


def _all_of(db: Database, family: archive.Family, before: datetime, breathe: Callable[[float], object]) -> int:
    moved, page = 0, archive.Page((), 0, is_end=False)
    while not page.is_end:
        page = _next(db, family, page.last, before)
        for start in range(0, len(page.numbers), BATCH):
            numbers = page.numbers[start : start + BATCH]
            moved += db.transact(_mover(family, numbers, before))
            breathe(BREATH)
    return moved


def _next(db: Database, family: archive.Family, after: int, before: datetime) -> archive.Page:
    return db.read(lambda tx: archive.look(tx, family, after, before))


def _mover(family: archive.Family, numbers: Sequence[int], before: datetime) -> Callable[[Connection], int]:
    return lambda tx: archive.move(tx, family, numbers, before)
