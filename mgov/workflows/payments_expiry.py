"""Not found: said only when the statements of every account cover the days in which the money would have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mgov.store import payments, settlements
from mgov.workflows.payment_answers import OF_OTHERS
from mgov.workflows.payment_policy import ENGINE, PaymentPolicy

Periods = Sequence[tuple[date, date]]


def covers(periods: Periods, first: date, last: date) -> bool:
    """Whether periods, together and without a gap, cover every day from `first` to `last`."""
    reached = first
    for start, end in sorted(periods):
        if start > reached:
            break
        reached = max(reached, end + timedelta(days=1))
    return reached > last


def expire(tx: Connection, now: datetime, policy: PaymentPolicy) -> int:
    """Mark the claims whose money should be there and is not, and tell their senders; returns how many.

    The day after the last banking day must be covered too: a statement may end in the middle of a day. A claim on
    somebody else's money stays before a person, and its sender hears the same at the same time.
    """
    periods = payments.coverage(tx)
    rows = [
        row for row in payments.waiting_for_funds(tx, _newest(periods), OF_OTHERS) if _is_over(row, periods, policy)
    ]
    waiting = [row for row in rows if row.status == "awaiting_funds"]
    settlements.change_confirmations(
        tx, [{"id": row.id, "status": "expired", "reason": "not_found"} for row in waiting]
    )
    settlements.change_confirmations(
        tx, [{"id": row.id, "promised_on": policy.today(now)} for row in rows if row.status == "review"]
    )
    settlements.record_transitions(tx, [_transition(row, now) for row in waiting])
    told = policy.answers
    if told is not None:
        until = _newest(periods)
        texts = [told.to_sender(row, "not_found", _told(row, until), now) for row in rows]
        settlements.queue_answers(tx, [text for some in texts for text in some], now)
    return len(waiting)


def tell_that_it_takes_longer(tx: Connection, now: datetime, policy: PaymentPolicy) -> int:
    """Tell whoever was promised a decision that did not come; returns how many. The new promise is kept."""
    told = policy.answers
    rows = payments.overdue_promises(tx, policy.today(now), OF_OTHERS) if told is not None else []
    if told is None or not rows:
        return 0
    until = told.until(now)
    settlements.change_confirmations(tx, [{"id": row.id, "promised_on": until} for row in rows])
    texts = [told.to_sender(row, "longer", {"bills": row.bill_number, "until": until}, now) for row in rows]
    settlements.queue_answers(tx, [text for some in texts for text in some], now)
    return len(rows)


def _told(row: Row[Any], until: date) -> dict[str, object]:
    return {"bills": row.bill_number, "until": until, "unknown": row.bill_id is None}


def _newest(periods: Mapping[str, Periods]) -> date:
    """The last day that any statement covers: nothing paid later can be missing yet."""
    return max((end for covered in periods.values() for _, end in covered), default=date.min)


def _is_over(row: Row[Any], periods: Mapping[str, Periods], policy: PaymentPolicy) -> bool:
    paid_on = row.paid_on or row.received_at.astimezone(policy.zone).date()
    last = policy.calendar.banking_days_after(paid_on, policy.banking_days) + timedelta(days=1)
    if last > _newest(periods):
        return False
    takes = policy.agencies_of
    accounts = [a for a in periods if a not in takes or row.agency in takes[a] or row.agency is None]
    return bool(accounts) and all(covers(periods[account], paid_on, last) for account in accounts)


def _transition(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "object_kind": "confirmation",
        "object_id": row.id,
        "from_state": row.status,
        "to_state": "expired",
        "at": now,
        "actor": ENGINE,
        "cause": "not_found",
    }
