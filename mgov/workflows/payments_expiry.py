"""Not found: said only when the statements of every account cover the days in which the money would have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mgov.store import payments, settlements
from mgov.workflows.payment_answers import may_answer, text_of
from scheduler.calendar import Calendar

Periods = Sequence[tuple[date, date]]


def covers(periods: Periods, first: date, last: date) -> bool:
    """Whether periods, together and without a gap, cover every day from `first` to `last`."""
    reached = first
    for start, end in sorted(periods):
        if start > reached:
            break
        reached = max(reached, end + timedelta(days=1))
    return reached > last


def expire(
    tx: Connection,
    now: datetime,
    calendar: Calendar,
    banking_days: int,
    agencies_of: Mapping[str, frozenset[str]],
    actor: str,
) -> list[dict[str, Any]]:
    """Mark the claims whose money should be there and is not; returns the answers to queue.

    The day after the last banking day must be covered too: a statement may end in the middle of a day.
    """
    periods = payments.coverage(tx)
    rows = [
        row
        for row in payments.waiting_for_funds(tx, _newest(periods))
        if _is_over(row, periods, calendar, banking_days, agencies_of)
    ]
    settlements.change_confirmations(tx, [{"id": row.id, "status": "expired", "reason": "not_found"} for row in rows])
    settlements.record_transitions(tx, [_transition(row, now, actor) for row in rows])
    return [_answer(row, now) for row in rows if may_answer(row.channel, row.sender)]


def _newest(periods: Mapping[str, Periods]) -> date:
    """The last day that any statement covers: nothing paid later can be missing yet."""
    return max((end for covered in periods.values() for _, end in covered), default=date.min)


def _is_over(
    row: Row[Any],
    periods: Mapping[str, Periods],
    calendar: Calendar,
    banking_days: int,
    agencies_of: Mapping[str, frozenset[str]],
) -> bool:
    last = calendar.banking_days_after(row.paid_on, banking_days) + timedelta(days=1)
    accounts = [a for a in periods if a not in agencies_of or row.agency in agencies_of[a] or row.agency is None]
    return bool(accounts) and all(covers(periods[account], row.paid_on, last) for account in accounts)


def _transition(row: Row[Any], now: datetime, actor: str) -> dict[str, Any]:
    return {
        "object_kind": "confirmation",
        "object_id": row.id,
        "from_state": row.status,
        "to_state": "expired",
        "at": now,
        "actor": actor,
        "cause": "not_found",
    }


def _answer(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "recipient": row.sender,
        "text": text_of("expired", bill=row.bill_number),
        "in_reply_to": row.message_id,
        "subject_id": row.id,
        "dedupe_key": f"payment:{row.id}:expired:{now.isoformat()}",
    }
