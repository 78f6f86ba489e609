"""Calls of agencies' systems: kept in the commit that read the text, claimed under a lease, answered once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.database import wake
from mgov.store.schema.messages import external_call

#: Waits for a caller; is under way until `next_attempt_at`; answered; given up.
OPEN_STATES = ("queued", "calling")
_CALL = external_call.c
_ADD = insert(external_call)
_LOCKED = select(external_call).where(_CALL.id == bindparam("call")).with_for_update()
_CHANGE = update(external_call).where(_CALL.id == bindparam("call"))


def add(tx: Connection, message_id: int, keyword: str, fields: Mapping[str, str], now: datetime) -> int:
    """Keep a call for a message and wake the callers."""
    row = {
        "message_id": message_id,
        "keyword": keyword,
        "fields": json.dumps(fields, ensure_ascii=False),
        "state": "queued",
        "next_attempt_at": now,
        "created_at": now,
    }
    wake(tx, "external")
    return int(tx.execute(_ADD, row).inserted_primary_key[0])  # type: ignore[index]


def claim(
    tx: Connection, keywords: Collection[str], limit: int, now: datetime, lease_until: datetime
) -> list[RowMapping]:
    """Take up to `limit` calls of these keywords that are due, oldest first, or whose caller's lease ran out."""
    query = (
        select(external_call)
        .where(_CALL.state.in_(OPEN_STATES), _CALL.next_attempt_at <= now, _CALL.keyword.in_(keywords))
        .order_by(_CALL.next_attempt_at, _CALL.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(tx.execute(query).mappings())
    for row in rows:
        values = {"state": "calling", "attempts": row["attempts"] + 1, "next_attempt_at": lease_until}
        tx.execute(_CHANGE, {"call": row["id"], **values})
    return rows


def locked(tx: Connection, call_id: int) -> RowMapping | None:
    """One call, locked until the transaction ends where the database can."""
    return tx.execute(_LOCKED, {"call": call_id}).mappings().first()


def finish(tx: Connection, call_id: int, state: str, result: Mapping[str, object]) -> None:
    """Store what came of a call; `state` is `answered` or `failed`."""
    kept = json.dumps(result, ensure_ascii=False, default=str)
    tx.execute(_CHANGE, {"call": call_id, "state": state, "result": kept})


def postpone(tx: Connection, call_id: int, until: datetime, result: Mapping[str, object]) -> None:
    """Note a failed attempt: the call is made again at `until`."""
    kept = json.dumps(result, ensure_ascii=False, default=str)
    tx.execute(_CHANGE, {"call": call_id, "state": "queued", "next_attempt_at": until, "result": kept})


def overdue(tx: Connection, keywords: Collection[str], before: datetime, limit: int = 100) -> list[RowMapping]:
    """Calls of these keywords that were asked for before a moment and still have no answer."""
    query = (
        select(external_call)
        .where(_CALL.state.in_(OPEN_STATES), _CALL.created_at <= before, _CALL.keyword.in_(keywords))
        .order_by(_CALL.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(tx.execute(query).mappings())


def overdue_exists(tx: Connection, keywords: Collection[str], before: datetime) -> bool:
    """Whether `overdue` would find any: asked without locks, once a second."""
    query = select(_CALL.id).where(
        _CALL.state.in_(OPEN_STATES), _CALL.created_at <= before, _CALL.keyword.in_(keywords)
    )
    return tx.execute(query.limit(1)).first() is not None


def due_exists(tx: Connection, keywords: Collection[str], now: datetime) -> bool:
    """Whether `claim` would find any: asked without locks."""
    query = select(_CALL.id).where(
        _CALL.state.in_(OPEN_STATES), _CALL.next_attempt_at <= now, _CALL.keyword.in_(keywords)
    )
    return tx.execute(query.limit(1)).first() is not None


def latest_due(tx: Connection) -> datetime | None:
    """When the last of the calls that wait is due."""
    query = select(_CALL.next_attempt_at).where(_CALL.state == "queued").order_by(_CALL.next_attempt_at.desc())
    return tx.execute(query.limit(1)).scalar()


def open_keywords(tx: Connection) -> dict[str, int]:
    """How many calls wait, by keyword."""
    query = select(_CALL.keyword, func.count()).where(_CALL.state.in_(OPEN_STATES)).group_by(_CALL.keyword)
    return {str(row[0]): int(row[1]) for row in tx.execute(query)}
