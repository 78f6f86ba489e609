"""After a restore: what the backup had queued is held until a person releases or expires it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store import history
from mgov.store.conditions import HELD
from mgov.store.database import wake
from mgov.store.schema.messages import outbound_message, outbound_part
from mgov.store.schema.staff import setting, staff_session

#: No claim takes what is due only then.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def hold(tx: Connection, *, taken_at: datetime, now: datetime, actor: Actor) -> int:
    """Hold what is queued, doubt what was being sent, end all sessions; returns how many messages are held.

    What the backup says is queued may have gone out since it was taken.
    """
    columns = outbound_message.c
    queued = list(
        tx.execute(select(columns.id).where(columns.state == "queued", columns.held_from.is_(None))).scalars()
    )
    for message_id in queued:
        history.record(tx, "send", message_id, from_="queued", to="queued", at=now, actor=actor, cause="held")
    mine = (columns.state == "queued") & columns.held_from.is_(None)
    tx.execute(update(outbound_message).where(mine).values(held_from=columns.not_before))
    # a statement of its own: MariaDB sets one column after the other and would hold the new value
    tx.execute(update(outbound_message).where(columns.held_from.is_not(None)).values(not_before=NEVER))
    _doubt(tx, now, actor)
    tx.execute(delete(staff_session))
    tx.execute(delete(setting).where(setting.c.key == HELD))
    value = json.dumps({"taken_at": taken_at.isoformat(), "restored_at": now.isoformat()})
    tx.execute(insert(setting).values(key=HELD, value=value, changed_at=now, changed_by=str(actor)))
    return len(queued)


def listing(tx: Connection) -> list[RowMapping]:
    """What is held, oldest first."""
    columns = outbound_message.c
    shown = (columns.id, columns.channel, columns.recipient, columns.priority, columns.queued_at, columns.text)
    return list(tx.execute(select(*shown).where(columns.held_from.is_not(None)).order_by(columns.id)).mappings())


def release(tx: Connection, ids: Sequence[int] | None, *, now: datetime, actor: Actor) -> int:
    """Send these after all (None: all); each when it was due, or now. Returns how many."""
    columns = outbound_message.c
    chosen = _chosen(tx, ids)
    for message_id in chosen:
        history.record(tx, "send", message_id, from_="queued", to="queued", at=now, actor=actor, cause="released")
    _each(tx, chosen, {"not_before": columns.held_from, "held_from": None})
    wake(tx, "outbox")
    _over(tx)
    return len(chosen)


def expire(tx: Connection, ids: Sequence[int] | None, *, now: datetime, actor: Actor) -> int:
    """Never send these (None: all). Returns how many."""
    chosen = _chosen(tx, ids)
    for message_id in chosen:
        history.record(
            tx, "send", message_id, from_="queued", to="expired", at=now, actor=actor, cause="expired after a restore"
        )
    words = "held after a restore, then expired by a person"
    _each(tx, chosen, {"state": "expired", "held_from": None, "error": words})
    _over(tx)
    return len(chosen)


def _chosen(tx: Connection, ids: Sequence[int] | None) -> list[int]:
    query = select(outbound_message.c.id).where(outbound_message.c.held_from.is_not(None))
    held = list(tx.execute(query.order_by(outbound_message.c.id)).scalars())
    return held if ids is None else [message_id for message_id in held if message_id in set(ids)]


def _each(tx: Connection, ids: list[int], values: dict[str, Any]) -> None:
    for start in range(0, len(ids), 500):
        some = outbound_message.c.id.in_(ids[start : start + 500])
        tx.execute(update(outbound_message).where(some).values(values))


def _over(tx: Connection) -> None:
    """When nothing is held any more, the site is as any other."""
    if not _chosen(tx, None):
        tx.execute(delete(setting).where(setting.c.key == HELD))


def _doubt(tx: Connection, now: datetime, actor: Actor) -> None:
    columns = outbound_message.c
    sending = list(tx.execute(select(columns.id).where(columns.state == "sending")).scalars())
    words = "was being sent when the backup was taken: it has probably gone out"
    for message_id in sending:
        history.record(tx, "send", message_id, from_="sending", to="uncertain", at=now, actor=actor, cause="restored")
        mine = (outbound_part.c.message_id == message_id) & (outbound_part.c.state == "sending")
        tx.execute(update(outbound_part).where(mine).values(state="uncertain"))
    doubted = {"state": "uncertain", "error": words, "error_code": "restored", "lease_owner": None, "lease_until": None}
    _each(tx, sending, doubted)
