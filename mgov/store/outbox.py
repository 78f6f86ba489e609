"""What goes out, by SMS and by mail: queue, claim under a lease, settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.routing import SendRules
from mgov.store import archive, bulk, history, nodes, queue
from mgov.store.database import wake
from mgov.store.schema.messages import PRIORITIES, outbound_message, outbound_part

#: A row as the database gave it, or as it was just written.
Row: TypeAlias = Mapping[str, Any] | RowMapping

LEASE = timedelta(seconds=120)
#: How long after its submission a part may be reported on, and how early a report may come before it is settled.
REPORT_WINDOW = timedelta(days=3)
EARLY_REPORT_WINDOW = timedelta(minutes=10)
#: So many messages are expired in one commit: an outage leaves a hundred thousand, and no claim is to wait for all.
PORTION = 5000


# Built once: building a statement costs several times what running it does.
_MESSAGE = outbound_message.c
_PART = outbound_part.c
_KNOWN = union_all(  # one statement: a message that is being archived is seen in one of both
    *(select(table.c.id).where(table.c.dedupe_key == bindparam("key")) for table in archive.both(outbound_message))
)
_QUEUE = insert(outbound_message)
_GET = select(outbound_message).where(_MESSAGE.id == bindparam("message"))
_SET = update(outbound_message).where(_MESSAGE.id == bindparam("message"))
_SETTLE = _SET.where(_MESSAGE.lease_number == bindparam("lease"), _MESSAGE.state.in_(("sending", "uncertain")))
_PARTS = select(outbound_part).where(_PART.message_id == bindparam("message")).order_by(_PART.sequence)
_ADD_PART = insert(outbound_part)
_SET_PART = update(outbound_part).where(_PART.id == bindparam("part"))
_SUBMITTED = (
    select(outbound_part, _MESSAGE.recipient, _MESSAGE.state.label("message_state"))
    .join(outbound_message, _MESSAGE.id == _PART.message_id)
    .where(_PART.sim == bindparam("sim_"), _PART.submitted_at >= bindparam("since"))
    .order_by(_PART.submitted_at.desc())
)
_REPORTED = _SUBMITTED.where(_PART.reference == bindparam("reference_"))
_WITHOUT_REFERENCE = _SUBMITTED.where(_PART.reference.is_(None), _PART.state.in_(("uncertain", "sent")))
_ANSWERS = select(func.count()).where(
    _MESSAGE.recipient == bindparam("recipient_"),
    _MESSAGE.queued_at > bindparam("since"),
    _MESSAGE.queued_at <= bindparam("until"),
    _MESSAGE.in_reply_to.is_not(None),
)


def queue_text(
    tx: Connection,
    *,
    to: str,
    text: str,
    now: datetime,
    priority: str = "transaction",
    actor: Actor | str = "system:engine",
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
        known = tx.execute(_KNOWN, {"key": dedupe_key}).first()
        if known is not None:
            return int(known[0])
    row = {
        "channel": channel,
        "recipient": to,
        "text": text,
        "subject": subject,
        "html": html,
        "priority": priority,
        "urgency": PRIORITIES[priority],
        "state": "queued",
        "dedupe_key": dedupe_key,
        "in_reply_to": in_reply_to,
        "preferred_modem": preferred_modem,
        "queued_at": now,
        "not_before": not_before or now,
        "send_by": send_by,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
    }
    result = tx.execute(_QUEUE, row)
    message_id = int(result.inserted_primary_key[0])  # type: ignore[index]
    history.record(tx, "send", message_id, to="queued", at=now, actor=actor, cause=cause)
    wake(tx, "outbox")
    return message_id


def known_keys(tx: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these `dedupe_key`s some message has, queued or sent however long ago."""
    columns = [table.c.dedupe_key for table in archive.both(outbound_message)]
    return {row[0] for column in columns for row in bulk.with_texts(tx, select(column), column, keys)}


def claim(tx: Connection, *, owner: str, now: datetime, taker: queue.Taker) -> Row | None:
    """Take the text that a modem is to send next and mark it `sending` under a new lease; None when there is none.

    Of what the modem may take the most urgent leaves first, then the oldest.
    """
    row = queue.lock_next(tx, taker, now)
    return None if row is None else _lease(tx, row, owner, taker.modem, now)


def claim_mail(tx: Connection, *, owner: str, now: datetime, rules: SendRules) -> Row | None:
    """The same for the next mail."""
    row = queue.lock_next_mail(tx, rules, now)
    return None if row is None else _lease(tx, row, owner, None, now)


def _lease(tx: Connection, row: RowMapping, owner: str, modem: str | None, now: datetime) -> Row:
    """Mark a locked row `sending`; returns it as it is now."""
    values = {
        "state": "sending",
        "modem": modem,
        "attempts": row["attempts"] + 1,
        "lease_owner": owner,
        "lease_number": row["lease_number"] + 1,
        "lease_until": now + LEASE,
    }
    tx.execute(_SET, {"message": row["id"], **values})
    history.record(
        tx, "send", row["id"], from_="queued", to="sending", at=now, actor=f"system:{owner}", cause="claimed"
    )
    return {**row, **values}


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


def renew_lease(tx: Connection, message_id: int, now: datetime) -> None:
    """Keep a claimed message for another while: its next part is about to be sent."""
    tx.execute(_SET, {"message": message_id, "lease_until": now + LEASE})


def bind(tx: Connection, message_id: int, sim: str) -> None:
    """Keep the rest of a message for the SIM that its first parts went out by."""
    tx.execute(_SET, {"message": message_id, "bound_sim": sim})


def left_by(tx: Connection, owner: str, now: datetime) -> list[RowMapping]:
    """Messages still `sending` that this owner left behind, or a node that is dead, or whose lease ran out."""
    query = select(outbound_message).where(_left_by(tx, owner, now)).order_by(_MESSAGE.id)
    return list(tx.execute(query.with_for_update(skip_locked=True)).mappings())


def is_any_left_by(tx: Connection, owner: str, now: datetime) -> bool:
    """Whether `left_by` would find anything."""
    return tx.execute(select(_MESSAGE.id).where(_left_by(tx, owner, now)).limit(1)).first() is not None


def _left_by(tx: Connection, owner: str, now: datetime) -> ColumnElement[bool]:
    dead = [_MESSAGE.lease_owner.startswith(f"{name}/", autoescape=True) for name in nodes.silent(tx, now)]
    return and_(_MESSAGE.state == "sending", or_(_MESSAGE.lease_owner == owner, _MESSAGE.lease_until < now, *dead))


def expire(tx: Connection, now: datetime) -> int:
    """Mark what is queued past its send-by time `expired`, at most `PORTION` messages; returns how many."""
    overdue = _overdue(now)
    ids = list(
        tx.execute(select(_MESSAGE.id).where(overdue).limit(PORTION).with_for_update(skip_locked=True)).scalars()
    )
    _note_expired(tx, ids, "queued", "send-by time", now)
    tx.execute(update(outbound_message).where(bulk.among(_MESSAGE.id, ids)).values(state="expired"))
    return len(ids)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(_MESSAGE.state == "queued", _MESSAGE.send_by < now)


def expire_doubts(tx: Connection, now: datetime) -> int:
    """Give up waiting for the reports of what is uncertain for longer than a report can take; returns how many.

    At most `PORTION` messages are ended at once.
    """
    ids = list(tx.execute(_hopeless(now).limit(PORTION)).scalars())
    _note_expired(tx, ids, "uncertain", "report never came", now)
    tx.execute(update(outbound_message).where(bulk.among(_MESSAGE.id, ids)).values(state="expired"))
    return len(ids)


def _note_expired(tx: Connection, ids: list[int], state: str, cause: str, now: datetime) -> None:
    who = {"actor": "system:scheduler", "cause": cause}
    with history.together(tx):
        for message_id in ids:
            history.record(tx, "send", message_id, from_=state, to="expired", at=now, **who)


def _hopeless(now: datetime) -> Select[Any]:
    since = now - REPORT_WINDOW
    lately = exists().where(_PART.message_id == _MESSAGE.id, _PART.submitted_at > since)
    query = select(_MESSAGE.id).where(
        _MESSAGE.state == "uncertain", _MESSAGE.channel == "sms", _MESSAGE.queued_at < since
    )
    return query.where(~lately)


def is_any_overdue(tx: Connection, now: datetime) -> bool:
    """Whether `expire` or `expire_doubts` would end anything."""
    return any(
        tx.execute(query.limit(1)).first() for query in (select(_MESSAGE.id).where(_overdue(now)), _hopeless(now))
    )


def parts_of(tx: Connection, message_id: int) -> list[Row]:
    """The parts of one message in order."""
    return list(tx.execute(_PARTS, {"message": message_id}).mappings())


def add_parts(tx: Connection, message_id: int, count: int) -> list[Row]:
    """Make the part rows of a message, none of them begun, and return them in order."""
    if count != 1:  # what the column says of itself
        tx.execute(_SET, {"message": message_id, "parts": count})
    return [_add_part(tx, message_id, sequence) for sequence in range(1, count + 1)]


def _add_part(tx: Connection, message_id: int, sequence: int) -> Row:
    row = {"message_id": message_id, "sequence": sequence, "state": "queued", "attempts": 0}
    added = tx.execute(_ADD_PART, row)
    return {"id": int(added.inserted_primary_key[0]), **row}  # type: ignore[index]


def set_part(tx: Connection, part_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the part
    """Change one part."""
    tx.execute(_SET_PART, {"part": part_id, **values})


def uncertain_in_memory(tx: Connection, modem: str) -> list[RowMapping]:
    """The parts in doubt that this modem's memory can tell about."""
    columns = outbound_part.c
    in_doubt = select(_MESSAGE.id).where(_MESSAGE.state.in_(("sending", "uncertain")), _MESSAGE.channel == "sms")
    query = select(outbound_part).where(
        columns.message_id.in_(in_doubt),  # few among millions, by the index of what is not settled
        *(columns.state == "uncertain", columns.modem == modem, columns.memory.is_not(None)),
    )
    return list(tx.execute(query.order_by(columns.id)).mappings())


def parts_by_reference(tx: Connection, sim: str, reference: int, since: datetime) -> list[RowMapping]:
    """The parts that this SIM submitted under this TP-MR, newest first: the reference comes again after 256 parts."""
    return list(tx.execute(_REPORTED, {"sim_": sim, "reference_": reference, "since": since}).mappings())


def parts_without_reference(tx: Connection, sim: str, since: datetime) -> list[RowMapping]:
    """The parts whose reference nobody heard, newest first.

    `uncertain`: this SIM may have submitted them; `sent`: it did, as the modem's memory told.
    """
    return list(tx.execute(_WITHOUT_REFERENCE, {"sim_": sim, "since": since}).mappings())


def get(tx: Connection, message_id: int) -> RowMapping | None:
    """One message by its number."""
    return tx.execute(_GET, {"message": message_id}).mappings().first()


def listing(tx: Connection, *, state: str | None = None, limit: int | None = None) -> list[RowMapping]:
    """Messages, oldest first; with a limit the newest so many."""

    def query(of: archive.Of) -> Select[Any]:
        messages = of(outbound_message)
        return select(messages).where(messages.c.state == state) if state else select(messages)

    return archive.newest(tx, query, limit)


def codes_since(tx: Connection, recipient: str, since: datetime) -> int:
    """How many codes for new bindings a phone was sent."""
    columns = outbound_message.c
    told = (columns.recipient == recipient, columns.queued_at > since, columns.subject_kind == "contact")
    return int(tx.execute(select(func.count()).select_from(outbound_message).where(*told)).scalar_one())


def answers_since(tx: Connection, recipient: str, since: datetime, until: datetime) -> int:
    """How many answers a number got in a span of time."""
    wanted = {"recipient_": recipient, "since": since, "until": until}
    return int(tx.execute(_ANSWERS, wanted).scalar_one())
