"""What goes out, by SMS and by mail: queue, claim under a lease, settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.store import history
from mgov.store.database import wake
from mgov.store.schema.messages import PRIORITIES, outbound_message, outbound_part

LEASE = timedelta(seconds=120)
#: How long after its submission a part may be reported on, and how early a report may come before it is settled.
REPORT_WINDOW = timedelta(days=3)
EARLY_REPORT_WINDOW = timedelta(minutes=10)


def queue_text(
    tx: Connection,
    *,
    to: str,
    text: str,
    now: datetime,
    priority: str = "transaction",
    actor: object = "system:engine",
    cause: str = "queued",
    channel: str = "sms",
    subject: str | None = None,
    html: str | None = None,
    dedupe_key: str | None = None,
    in_reply_to: int | None = None,
    preferred_modem: str | None = None,
    not_before: datetime | None = None,
    send_by: datetime | None = None,
    subject_kind: str | None = None,
    subject_id: int | None = None,
) -> int:
    """Queue one message; with a `dedupe_key` that is known already the older one stands and its number is returned."""
    if dedupe_key is not None:
        known = tx.execute(select(outbound_message.c.id).where(outbound_message.c.dedupe_key == dedupe_key)).first()
        if known is not None:
            return int(known[0])
    result = tx.execute(
        insert(outbound_message).values(
            channel=channel,
            recipient=to,
            text=text,
            subject=subject,
            html=html,
            priority=priority,
            urgency=PRIORITIES[priority],
            state="queued",
            dedupe_key=dedupe_key,
            in_reply_to=in_reply_to,
            preferred_modem=preferred_modem,
            queued_at=now,
            not_before=not_before or now,
            send_by=send_by,
            subject_kind=subject_kind,
            subject_id=subject_id,
        )
    )
    message_id = int(result.inserted_primary_key[0])  # type: ignore[index]
    history.record(tx, "send", message_id, to="queued", at=now, actor=actor, cause=cause)
    wake(tx, "outbox")
    return message_id


def claim(
    tx: Connection, *, channel: str, owner: str, now: datetime, modem: str | None = None, absent: Sequence[str] = ()
) -> RowMapping | None:
    """Take the most urgent message that is due and mark it `sending` under a new lease; None when there is none.

    A modem takes what prefers it, what prefers none, and what prefers one of `absent` (modems that are down).
    """
    columns = outbound_message.c
    query = (
        select(outbound_message)
        .where(columns.state == "queued", columns.channel == channel, columns.not_before <= now)
        .order_by(columns.urgency, columns.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if modem is not None:
        query = query.where(_may_take(modem, absent))
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    values: dict[str, Any] = {
        "state": "sending",
        "modem": modem,
        "attempts": columns.attempts + 1,
        "lease_owner": owner,
        "lease_number": columns.lease_number + 1,
        "lease_until": now + LEASE,
    }
    tx.execute(update(outbound_message).where(columns.id == row["id"]).values(**values))
    history.record(
        tx, "send", row["id"], from_="queued", to="sending", at=now, actor=f"system:{owner}", cause="claimed"
    )
    return tx.execute(select(outbound_message).where(columns.id == row["id"])).mappings().one()


def settle(
    tx: Connection,
    message: RowMapping,
    *,
    state: str,
    now: datetime,
    actor: object,
    cause: str,
    **values: Any,  # noqa: ANN401 - columns of the outbox
) -> bool:
    """Say what became of a claimed message; False (and nothing done) when another holds the lease by now."""
    columns = outbound_message.c
    changed = tx.execute(
        update(outbound_message)
        .where(columns.id == message["id"], columns.lease_number == message["lease_number"])
        .where(columns.state.in_(("sending", "uncertain")))
        .values(state=state, lease_owner=None, lease_until=None, **values)
    )
    if changed.rowcount != 1:
        return False
    detail = values.get("error")
    history.record(
        tx, "send", message["id"], from_=message["state"], to=state, at=now, actor=actor, cause=cause, detail=detail
    )
    return True


def renew_lease(tx: Connection, message_id: int, now: datetime) -> None:
    """Keep a claimed message for another while: its next part is about to be sent."""
    tx.execute(update(outbound_message).where(outbound_message.c.id == message_id).values(lease_until=now + LEASE))


def left_by(tx: Connection, owner: str, now: datetime) -> list[RowMapping]:
    """Messages still `sending` that this owner left behind when it died, or whose lease ran out."""
    columns = outbound_message.c
    stale = or_(columns.lease_owner == owner, columns.lease_until < now)
    query = select(outbound_message).where(columns.state == "sending", stale).order_by(columns.id)
    return list(tx.execute(query.with_for_update(skip_locked=True)).mappings())


def expire(tx: Connection, now: datetime) -> int:
    """Mark what is queued past its send-by time `expired`; returns how many."""
    columns = outbound_message.c
    overdue = (columns.state == "queued") & (columns.send_by < now)
    ids = list(tx.execute(select(columns.id).where(overdue)).scalars())
    for message_id in ids:
        history.record(
            tx, "send", message_id, from_="queued", to="expired", at=now, actor="system:scheduler", cause="send-by time"
        )
    tx.execute(update(outbound_message).where(columns.id.in_(ids), columns.state == "queued").values(state="expired"))
    return len(ids)


def parts_of(tx: Connection, message_id: int) -> list[RowMapping]:
    """The parts of one message in order."""
    query = select(outbound_part).where(outbound_part.c.message_id == message_id).order_by(outbound_part.c.sequence)
    return list(tx.execute(query).mappings())


def add_parts(tx: Connection, message_id: int, count: int) -> None:
    """Make the part rows of a message, none of them begun."""
    rows = [{"message_id": message_id, "sequence": n, "state": "queued"} for n in range(1, count + 1)]
    tx.execute(insert(outbound_part), rows)
    tx.execute(update(outbound_message).where(outbound_message.c.id == message_id).values(parts=count))


def set_part(tx: Connection, part_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the part
    """Change one part."""
    tx.execute(update(outbound_part).where(outbound_part.c.id == part_id).values(**values))


def uncertain_in_memory(tx: Connection, modem: str) -> list[RowMapping]:
    """The parts in doubt that this modem's memory can tell about."""
    columns = outbound_part.c
    query = select(outbound_part).where(
        columns.state == "uncertain", columns.modem == modem, columns.memory.is_not(None)
    )
    return list(tx.execute(query.order_by(columns.id)).mappings())


def part_reported(tx: Connection, sim: str, reference: int, since: datetime) -> list[RowMapping]:
    """The submitted parts that a report from this SIM with this TP-MR can speak of, newest first."""
    query = (
        select(outbound_part, outbound_message.c.recipient, outbound_message.c.state.label("message_state"))
        .join(outbound_message, outbound_message.c.id == outbound_part.c.message_id)
        .where(outbound_part.c.sim == sim, outbound_part.c.submitted_at >= since)
        .where(or_(outbound_part.c.reference == reference, outbound_part.c.state == "uncertain"))
        .order_by(outbound_part.c.submitted_at.desc())
    )
    return list(tx.execute(query).mappings())


def get(tx: Connection, message_id: int) -> RowMapping | None:
    """One message by its number."""
    return tx.execute(select(outbound_message).where(outbound_message.c.id == message_id)).mappings().first()


def listing(tx: Connection, *, state: str | None = None, limit: int | None = None) -> list[RowMapping]:
    """Messages, oldest first; with a limit the newest so many."""
    query = select(outbound_message)
    if state:
        query = query.where(outbound_message.c.state == state)
    if limit is None:
        return list(tx.execute(query.order_by(outbound_message.c.id)).mappings())
    return list(tx.execute(query.order_by(outbound_message.c.id.desc()).limit(limit)).mappings())[::-1]


def answers_since(tx: Connection, recipient: str, since: datetime, until: datetime) -> int:
    """How many answers a number got in a span of time."""
    columns = outbound_message.c
    query = select(func.count()).where(
        columns.recipient == recipient,
        columns.queued_at > since,
        columns.queued_at <= until,
        columns.in_reply_to.is_not(None),
    )
    return int(tx.execute(query).scalar_one())


def _may_take(modem: str, absent: Sequence[str]) -> ColumnElement[bool]:
    columns = outbound_message.c
    mine = or_(columns.preferred_modem.is_(None), columns.preferred_modem.in_([modem, *absent]))
    return mine & or_(columns.avoid_modem.is_(None), columns.avoid_modem != modem)
