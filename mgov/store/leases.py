"""Who sends a message holds a lease on it: claimed under a new number, and settled only under the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.routing import SendRules
from mgov.store import history, nodes, queue
from mgov.store.outbox import Row
from mgov.store.schema.messages import outbound_message

LEASE = timedelta(seconds=120)

# Built once: building a statement costs several times what running it does.
_M = outbound_message.c
_SET = update(outbound_message).where(_M.id == bindparam("message"))
_SET_ALL = update(outbound_message).where(_M.id.in_(bindparam("messages", expanding=True)))
_LEASE = _SET_ALL.values(state="sending", attempts=_M.attempts + 1, lease_number=_M.lease_number + 1)
_UNSETTLED = ("sending", "uncertain")
_SETTLE = _SET.where(_M.lease_number == bindparam("lease"), _M.state.in_(_UNSETTLED))
_LOCK_LEASES = (
    select(_M.id, _M.lease_number)
    .where(_M.id.in_(bindparam("messages", expanding=True)), _M.state.in_(_UNSETTLED))
    .order_by(_M.id)
    .with_for_update()
)


def claim(tx: Connection, *, owner: str, now: datetime, taker: queue.Taker, most: int = 1) -> list[Row]:
    """Take up to so many texts that a modem is to send next and mark them `sending` under a new lease.

    Of what the modem may take the most urgent leaves first, then the oldest. A text of several parts is the last of
    its row, as its other parts follow the first.
    """
    rows = list(_up_to_a_long_one(queue.lock_next(tx, taker, now, most), taker))
    return _lease(tx, rows, owner, taker.modem, now)


def claim_mail(tx: Connection, *, owner: str, now: datetime, rules: SendRules) -> Row | None:
    """The same for the next mail; None when there is none."""
    row = queue.lock_next_mail(tx, rules, now)
    return None if row is None else _lease(tx, [row], owner, None, now)[0]


def _up_to_a_long_one(rows: Sequence[RowMapping], taker: queue.Taker) -> Iterable[RowMapping]:
    for row in rows:
        yield row
        if len(rows) > 1 and taker.count_parts(row["text"]) > 1:
            return


def _lease(tx: Connection, rows: Sequence[RowMapping], owner: str, modem: str | None, now: datetime) -> list[Row]:
    """Mark locked rows `sending`; returns them as they are now."""
    if not rows:
        return []
    values = {"modem": modem, "lease_owner": owner, "lease_until": now + LEASE}
    tx.execute(_LEASE, {"messages": [row["id"] for row in rows], **values})
    why: dict[str, Any] = {
        "from_": "queued",
        "to": "sending",
        "at": now,
        "actor": f"system:{owner}",
        "cause": "claimed",
    }
    for row in rows:
        history.record(tx, "send", row["id"], **why)
    return [{**row, **values, "state": "sending", **_one_more(row)} for row in rows]


def _one_more(row: RowMapping) -> dict[str, int]:
    return {name: row[name] + 1 for name in ("attempts", "lease_number")}


def settle(
    tx: Connection,
    message: Row,
    *,
    state: str,
    now: datetime,
    actor: Actor | str,
    cause: str,
    **values: Any,  # noqa: ANN401 - columns of the outbox
) -> bool:
    """Say what became of a claimed message; False (and nothing done) when another holds the lease by now."""
    row = {"message": message["id"], "lease": message["lease_number"], "state": state}
    changed = tx.execute(_SETTLE, {**row, "lease_owner": None, "lease_until": None, **values})
    if changed.rowcount != 1:
        return False
    detail = values.get("error")
    history.record(
        tx, "send", message["id"], from_=message["state"], to=state, at=now, actor=actor, cause=cause, detail=detail
    )
    return True


def settle_alike(
    tx: Connection,
    messages: Sequence[Row],
    *,
    state: str,
    now: datetime,
    actor: Actor | str,
    cause: str,
    **values: Any,  # noqa: ANN401 - columns of the outbox
) -> None:
    """The same for claimed messages that ended alike; passed over are those of which another holds the lease by now."""
    found = tx.execute(_LOCK_LEASES, {"messages": [message["id"] for message in messages]})
    leases: dict[int, int] = {row.id: row.lease_number for row in found}
    mine = [message for message in messages if leases.get(message["id"]) == message["lease_number"]]
    if not mine:
        return
    ended = {"state": state, "lease_owner": None, "lease_until": None, **values}
    tx.execute(_SET_ALL, {"messages": [message["id"] for message in mine], **ended})
    why: dict[str, Any] = {"to": state, "at": now, "actor": actor, "cause": cause, "detail": values.get("error")}
    for message in mine:
        history.record(tx, "send", message["id"], from_=message["state"], **why)


def renew(tx: Connection, message_id: int, now: datetime) -> None:
    """Keep a claimed message for another while: its next part is about to be sent."""
    tx.execute(_SET, {"message": message_id, "lease_until": now + LEASE})


def bind(tx: Connection, message_id: int, sim: str) -> None:
    """Keep the rest of a message for the SIM that its first parts went out by."""
    tx.execute(_SET, {"message": message_id, "bound_sim": sim})


def held_by(tx: Connection, owner: str) -> list[RowMapping]:
    """Messages that are `sending` under this owner's lease, locked.

    None is passed over, however long another transaction holds it: an owner that missed one would take it for settled,
    forget that it has gone out, and send it again.
    """
    query = select(outbound_message).where(_M.state == "sending", _M.lease_owner == owner).order_by(_M.id)
    return list(tx.execute(query.with_for_update()).mappings())


def abandoned(tx: Connection, now: datetime) -> list[RowMapping]:
    """Messages still `sending` of a node that is dead, or whose lease ran out, but for those another looks at."""
    query = select(outbound_message).where(_abandoned(tx, now)).order_by(_M.id)
    return list(tx.execute(query.with_for_update(skip_locked=True)).mappings())


def is_any_abandoned(tx: Connection, now: datetime) -> bool:
    """Whether `abandoned` would find anything."""
    return tx.execute(select(_M.id).where(_abandoned(tx, now)).limit(1)).first() is not None


def _abandoned(tx: Connection, now: datetime) -> ColumnElement[bool]:
    dead = [_M.lease_owner.startswith(f"{name}/", autoescape=True) for name in nodes.silent(tx, now)]
    return and_(_M.state == "sending", or_(_M.lease_until < now, *dead))
