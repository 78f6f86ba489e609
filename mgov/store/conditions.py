"""Reads for watching the service: ages of queues, coverage of statements, failed jobs. Each is one short query."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, func, or_, select, text
from sqlalchemy.engine import RowMapping

from mgov.store import job_slots, pauses
from mgov.store.schema.messages import PRIORITIES, inbound_message, modem, outbound_message
from mgov.store.schema.money import bank_account, bank_statement, review_case
from mgov.store.schema.services import service
from mgov.store.schema.staff import setting

#: The key of `setting` that says that a backup was restored and what it had queued is held.
HELD = "restored"


def modems(tx: Connection) -> list[RowMapping]:
    """Every modem as its worker last told."""
    return list(tx.execute(select(modem).order_by(modem.c.name)).mappings())


def oldest_queued(
    tx: Connection, channel: str, now: datetime, *, everything: bool = False
) -> tuple[datetime | None, int]:
    """Since when the oldest due message waits, and how many do; reminders and broadcasts wait by design."""
    columns = outbound_message.c
    due = (columns.state == "queued") & (columns.channel == channel) & columns.held_from.is_(None)
    due &= or_(columns.not_before <= now, columns.attempts > 0) & columns.held.is_(None)
    if paused := pauses.current(tx).urgencies:  # a person knows that these wait
        due &= columns.urgency.not_in(paused)
    if not everything:
        due &= columns.urgency <= PRIORITIES["transaction"]
    # a message that was tried waits since it was queued; one that was not waits since its hour came
    since = case((columns.attempts > 0, columns.queued_at), else_=columns.not_before)
    oldest, count = tx.execute(select(func.min(since), func.count()).where(due)).one()
    return oldest, int(count)


def oldest_unhandled(tx: Connection, now: datetime) -> tuple[datetime | None, int]:
    """Since when the oldest received text waits for the engine, and how many do."""
    columns = inbound_message.c
    waiting = (columns.state == "received") & or_(columns.next_attempt_at.is_(None), columns.next_attempt_at <= now)
    oldest, count = tx.execute(select(func.min(columns.received_at), func.count()).where(waiting)).one()
    return oldest, int(count)


def uncertain_since(tx: Connection, since: datetime) -> int:
    """How many sends of the time since are in doubt."""
    columns = outbound_message.c
    query = select(func.count()).where(columns.state == "uncertain", columns.queued_at >= since)
    return int(tx.execute(query).scalar_one())


def covered_until(tx: Connection) -> list[tuple[str, date]]:
    """Account and the last day that a statement of it covers, for each account with statements."""
    query = (
        select(bank_account.c.number, bank_account.c.name, func.max(bank_statement.c.covers_to))
        .join(bank_statement, bank_statement.c.account_id == bank_account.c.id)
        .group_by(bank_account.c.number, bank_account.c.name)
        .order_by(bank_account.c.number)
    )
    return [(name or number, day) for number, name, day in tx.execute(query) if day is not None]


def gaps(tx: Connection) -> list[tuple[str, str]]:
    """Accounts whose newest statement does not follow the one before it, and what is missing."""
    newest = (
        select(bank_statement.c.account_id, func.max(bank_statement.c.id).label("id"))
        .group_by(bank_statement.c.account_id)
        .subquery()
    )
    query = (
        select(bank_account.c.number, bank_account.c.name, bank_statement.c.gap)
        .join(bank_statement, bank_statement.c.account_id == bank_account.c.id)
        .join(newest, newest.c.id == bank_statement.c.id)
        .where(bank_statement.c.gap.is_not(None))
    )
    return [(name or number, gap) for number, name, gap in tx.execute(query)]


def open_reviews_before(tx: Connection, moment: datetime) -> int:
    """How many doubtful payments wait for a person since before a moment."""
    query = select(func.count()).where(review_case.c.state == "open", review_case.c.opened_at < moment)
    return int(tx.execute(query).scalar_one())


def failed_jobs(tx: Connection) -> list[tuple[str, str | None]]:
    """Jobs whose newest slot failed, and why."""
    return [(job, row["detail"]) for job, row in job_slots.latest(tx).items() if row["outcome"] == "failed"]


def held_count(tx: Connection) -> int | None:
    """How many messages are held after a restore; None when nothing is held."""
    if held(tx) is None:
        return None
    return int(tx.execute(select(func.count()).where(outbound_message.c.held_from.is_not(None))).scalar_one())


def held(tx: Connection) -> dict[str, Any] | None:
    """What the restore said: `taken_at` and `restored_at`; None when nothing is held."""
    value = tx.execute(select(setting.c.value).where(setting.c.key == HELD)).scalar()
    return None if value is None else dict(json.loads(value))


def clock_offset(now: datetime) -> Callable[[Connection], float | None]:
    """A query for the seconds between this clock and the database's; None on SQLite, which has no clock of its own."""

    def query(tx: Connection) -> float | None:
        if tx.dialect.name == "sqlite":
            return None
        words = "extract(epoch from now())" if tx.dialect.name == "postgresql" else "unix_timestamp(now(6))"
        return now.timestamp() - float(tx.execute(text(f"select {words}")).scalar_one())

    return query


def has_services(tx: Connection) -> bool:
    """Whether the catalogue has any service."""
    return tx.execute(select(service.c.id).limit(1)).first() is not None


def heard_of_since(tx: Connection, moment: datetime) -> list[str]:
    """The modems whose worker told of them since a moment: a daemon runs on this database."""
    columns = modem.c
    query = select(columns.name).where(columns.last_seen >= moment, columns.state != "stopped").order_by(columns.name)
    return list(tx.execute(query).scalars())
