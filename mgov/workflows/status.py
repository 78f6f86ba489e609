"""One look at everything: modems, queues, the oldest that waits, money that waits, jobs, alerts, last errors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mgov.store import alerts, conditions, job_slots, modems, overview, pauses
from mgov.store.database import Database


def look(db: Database, now: datetime, day_began: datetime) -> dict[str, Any]:
    """Everything as plain values; `day_began` is the start of the office's day. Moments are aware."""
    return db.read(lambda tx: _look(tx, now, day_began))


def _look(tx: Connection, now: datetime, day_began: datetime) -> dict[str, Any]:
    queues = overview.queues(tx)
    oldest, due = conditions.oldest_queued(tx, "sms", now)
    mail_oldest, _ = conditions.oldest_queued(tx, "email", now, everything=True)
    received = overview.received(tx)
    return {
        "at": now,
        "modems": [_modem(row, now) for row in modems.listing(tx, day_began)],
        "queues": queues,
        "oldest_waiting": {"sms": oldest, "email": mail_oldest, "inbox": received["oldest"]},
        "due": due,
        "inbox": received,
        "today": overview.since(tx, day_began),
        "money": overview.money(tx) | {"covered_until": dict(conditions.covered_until(tx))},
        "jobs": [_job(job, row) for job, row in sorted(job_slots.latest(tx).items())],
        "alerts": [alerts.as_row(row) for row in alerts.raised(tx)],
        "errors": overview.last_errors(tx, now - timedelta(days=1)),
        "dead_letters": overview.dead_letters(tx),
        "only_to_held": overview.held_by_pilot(tx),
        "pauses": [dict(row) for row in pauses.listing(tx)],
        "held": conditions.held(tx),
        "held_messages": conditions.held_count(tx) or 0,
        "last_change": overview.last_transition(tx),
    }


def _modem(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    shown = (
        "name", "node", "state", "operator", "signal_dbm", "storage_used", "storage_total", "queued", "sent_today",
        "balance", "valid_until", "last_seen", "down_since", "error", "wish", "blocked", "days_left",
    )  # fmt: skip
    seen = row["last_seen"]
    return {name: row.get(name) for name in shown} | {"silent": seen is not None and now - seen > timedelta(minutes=3)}


def _job(job: str, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {"job": job} | {
        name: row[name] for name in ("slot", "node", "started_at", "finished_at", "outcome", "detail")
    }
