"""Retention: what is older than the site keeps it is taken away, a batch at a time, table by table (UU 27/2022)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mgov.store import retention
from mgov.store.database import Database

#: Rows of one transaction: short enough that the modems do not wait for it.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days each kind of thing is kept. Money, its audit and its settlements are kept for ever."""

    messages: int = 730
    raw_pdus: int = 90
    reminders: int = 730
    transitions: int = 1825
    alerts: int = 365
    sessions: int = 30
    readings: int = 730
    requests: int = 90
    portal_orders: int = 365


def run(db: Database, keep: Keep, now: datetime) -> dict[str, int]:
    """Take away what is too old; returns rows by kind. Safe to be cut off: the next run goes on."""
    days = {
        "raw_pdus": keep.raw_pdus,
        "messages_in": keep.messages,
        "messages_out": keep.messages,
        "reminders": keep.reminders,
        "transitions": keep.transitions,
        "alerts": keep.alerts,
        "sessions": keep.sessions,
        "archived_out": keep.messages,
        "archived_in": keep.messages,
        "readings": keep.readings,
        "requests": keep.requests,
        "portal_bill": keep.portal_orders,
        "portal_application": keep.portal_orders,
        "portal_document": keep.portal_orders,
    }
    return {kind: _all_of(db, kind, now - timedelta(days=days[kind])) for kind in days}


def preview(db: Database, keep: Keep, now: datetime) -> Mapping[str, int]:
    """How many rows a run would take away now."""
    ages = {
        "messages_in": keep.messages,
        "messages_out": keep.messages,
        "archived_in": keep.messages,
        "archived_out": keep.messages,
        "transitions": keep.transitions,
    }

    def work(tx: Connection) -> dict[str, int]:
        return {kind: retention.count(tx, kind, now - timedelta(days=days)) for kind, days in ages.items()}

    return db.read(work)


def _all_of(db: Database, kind: str, before: datetime) -> int:
    step, total = retention.STEPS[kind], 0
    while True:
        done = db.transact(lambda tx: step(tx, before, BATCH))
        total += done
        if done < BATCH:
            return total
