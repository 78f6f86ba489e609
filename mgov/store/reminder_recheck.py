"""Whether a queued reminder is still true: re-checked when it is about to leave, and withdrawn as soon as it is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.store import consents, leases
from mgov.store.schema.documents import broadcast, document, reminder
from mgov.store.schema.messages import outbound_message, outbound_part
from mgov.store.schema.money import bill
from mgov.store.schema.services import address_state
from mgov.store.schema.staff import transition

#: Why a queued reminder is not sent.
OBSOLETE = "no longer true: extended, closed, paid or opted out since"
WITHDRAWN = "withdrawn"
#: A text that names something that is true no more waits so long to be written anew.
REWRITTEN_WITHIN = timedelta(minutes=10)
_PAGE = 1000
_NOTHING_BEGUN = "queued"


def may_send(tx: Connection, message: Mapping[str, Any] | RowMapping, now: datetime) -> bool:
    """Whether a claimed message may leave now; when not, it is given back or ended here and its lease is gone.

    A reminder of which nothing is true any more expires; one of which something is not waits until it is written anew.
    A bulk text expires when its recipient opted out or the broadcast was stopped.
    """
    if message["subject_kind"] == "reminder":
        return _reminder_may(tx, message, now)
    if message["subject_kind"] == "broadcast" and message["priority"] == "bulk":
        return _broadcast_may(tx, message, now)
    return True


def withdraw_obsolete(tx: Connection, now: datetime) -> int:
    """Expire queued reminders of which nothing is true any more; returns how many messages."""
    return _withdraw(tx, outbound_message.c.subject_kind == "reminder", now)


def withdraw_unwanted(tx: Connection, addresses: Collection[str], now: datetime) -> int:
    """Expire what is queued for addresses that want no reminders any more: at once, in the commit that says so."""
    return _withdraw(tx, outbound_message.c.recipient.in_(sorted(addresses)), now)


def withdraw_suspended(tx: Connection, documents: Collection[int], now: datetime) -> int:
    """Expire what is queued about documents whose holder was suspended."""
    about = (
        select(reminder.c.outbound_id)
        .where(reminder.c.subject_kind == "document", reminder.c.subject_id.in_(sorted(documents)))
        .where(reminder.c.outbound_id.is_not(None))
    )
    return _withdraw(tx, outbound_message.c.id.in_(about), now)


def partly_obsolete(tx: Connection, limit: int = _PAGE) -> list[int]:
    """Queued messages that name something true and something that is true no more."""
    columns = outbound_message.c
    mine = reminder.c.outbound_id == columns.id
    untrue = reminder.alias("untrue")
    still = true_ones().with_only_columns(reminder.c.id).where(reminder.c.id == untrue.c.id).correlate(untrue)
    any_untrue = exists().where(untrue.c.outbound_id == columns.id, ~still.exists())
    holding = true_ones().where(mine).correlate(outbound_message)
    query = select(columns.id).where(_waiting(), columns.subject_kind == "reminder", any_untrue, holding.exists())
    return list(tx.execute(query.limit(limit)).scalars())


def drop_untrue(tx: Connection, message_id: int) -> None:
    """Take out of a queued message the reminders that are true no more, each with its reason."""
    true = list(tx.execute(true_ones().where(reminder.c.outbound_id == message_id)).scalars())
    gone = and_(reminder.c.outbound_id == message_id, reminder.c.id.not_in(true))
    tx.execute(update(reminder).where(gone).values(state=WITHDRAWN, reason=OBSOLETE, outbound_id=None))


def rewrite(tx: Connection, message_id: int, content: Mapping[str, Any], now: datetime) -> bool:
    """Give a queued message another text; False when it is being sent by now."""
    columns = outbound_message.c
    still = (columns.id == message_id) & _waiting()
    values = {**content, "parts": 1, "error_code": None, "error": None}
    if tx.execute(update(outbound_message).where(still).values(**values)).rowcount != 1:
        return False
    tx.execute(delete(outbound_part).where(outbound_part.c.message_id == message_id))
    _note(tx, [message_id], "queued", "written anew", "what it named is partly settled", now)
    return True


def begun(tx: Connection, message_id: int) -> bool:
    """Whether some part of a message has been handed to a modem: then its text can no longer change."""
    part = outbound_part.c
    query = select(part.id).where(part.message_id == message_id, part.state != _NOTHING_BEGUN)
    return tx.execute(query.limit(1)).first() is not None


def _reminder_may(tx: Connection, message: Mapping[str, Any] | RowMapping, now: datetime) -> bool:
    total = tx.execute(select(func.count()).where(reminder.c.outbound_id == message["id"])).scalar_one()
    true = tx.execute(select(func.count()).select_from(_about(message["id"]).subquery())).scalar_one()
    if true == total and total > 0:
        return True
    if true == 0:
        _end(tx, message, now, OBSOLETE)
        return False
    if begun(tx, int(message["id"])):
        return True
    again = max(now, message["not_before"]) + REWRITTEN_WITHIN
    _give_back(tx, message, now, again)
    return False


def _broadcast_may(tx: Connection, message: Mapping[str, Any] | RowMapping, now: datetime) -> bool:
    state = tx.execute(select(broadcast.c.state).where(broadcast.c.id == message["subject_id"])).scalar()
    if state == "released" and not consents.blocked(tx, [str(message["recipient"])]):
        return True
    _end(tx, message, now, "stopped" if state != "released" else "opted out since")
    return False


def _end(tx: Connection, message: Mapping[str, Any] | RowMapping, now: datetime, why: str) -> None:
    actor = f"system:{message['lease_owner']}"
    leases.settle(
        tx, message, state="expired", now=now, actor=actor, cause="obsolete", error=why, error_code="obsolete"
    )
    if message["subject_kind"] == "reminder":
        _withdraw_rows(tx, [int(message["id"])])


def _give_back(tx: Connection, message: Mapping[str, Any] | RowMapping, now: datetime, again: datetime) -> None:
    why = {"actor": f"system:{message['lease_owner']}", "cause": "names what is settled", "error_code": "stale text"}
    leases.settle(tx, message, state="queued", now=now, not_before=again, **why)


def _withdraw(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    columns = outbound_message.c
    holding = true_ones().where(reminder.c.outbound_id == columns.id).correlate(outbound_message)
    waiting = and_(_waiting(), columns.subject_kind == "reminder", which)
    ids = list(tx.execute(select(columns.id).where(waiting, ~holding.exists())).scalars())
    for start in range(0, len(ids), _PAGE):
        _expire(tx, ids[start : start + _PAGE], now)
    return len(ids)


def _expire(tx: Connection, ids: list[int], now: datetime) -> None:
    columns = outbound_message.c
    values = {"state": "expired", "error": OBSOLETE, "error_code": "obsolete"}
    tx.execute(update(outbound_message).where(columns.id.in_(ids), _waiting()).values(**values))
    ended = select(columns.id).where(columns.id.in_(ids), columns.state == "expired", columns.error_code == "obsolete")
    gone = list(tx.execute(ended).scalars())
    _withdraw_rows(tx, gone)
    _note(tx, gone, "expired", "obsolete", OBSOLETE, now)


def _withdraw_rows(tx: Connection, message_ids: Sequence[int]) -> None:
    mine = reminder.c.outbound_id.in_(message_ids)
    tx.execute(update(reminder).where(mine).values(state=WITHDRAWN, reason=OBSOLETE))


def _note(tx: Connection, ids: Sequence[int], to: str, cause: str, detail: str, now: datetime) -> None:
    same = {"object_kind": "send", "from_state": "queued", "to_state": to, "at": now}
    why = {"actor": "system:reminders", "cause": cause, "detail": detail}
    if ids:
        tx.execute(insert(transition), [{"object_id": message_id, **same, **why} for message_id in ids])


def _waiting() -> ColumnElement[bool]:
    return outbound_message.c.state == "queued"


def _about(message_id: int) -> Any:  # noqa: ANN401 - a select
    return true_ones().where(reminder.c.outbound_id == message_id)


def true_ones() -> Any:  # noqa: ANN401 - a select
    """Reminders whose subject still falls due then and whose address still wants them."""
    is_document, is_bill = reminder.c.subject_kind == "document", reminder.c.subject_kind == "bill"
    return (
        select(reminder.c.id)
        .outerjoin(document, is_document & (document.c.id == reminder.c.subject_id))
        .outerjoin(bill, is_bill & (bill.c.id == reminder.c.subject_id))
        .outerjoin(address_state, address_state.c.address == reminder.c.address)
        .where(unblocked())
        .where(
            or_(
                and_(
                    document.c.status == "active",
                    document.c.due_on == reminder.c.due_on,
                    document.c.suspended_at.is_(None),
                ),
                bill.c.status.in_(("open", "partly_paid")) & (bill.c.due_date == reminder.c.due_on),
            )
        )
    )


def unblocked() -> ColumnElement[bool]:
    """For a where over a joined `address_state`: the address may be reminded."""
    columns = address_state.c
    return and_(columns.opted_out_at.is_(None), columns.not_me_at.is_(None), columns.bounced_at.is_(None))
