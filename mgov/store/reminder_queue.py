"""The reminders of a run become messages: one an address, queued in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, insert, literal, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.bulk import insert_many
from mgov.store.reminder_recheck import OBSOLETE, WITHDRAWN, true_ones
from mgov.store.reminders import QUEUED, WANTED
from mgov.store.schema.archives import archived_outbound_message
from mgov.store.schema.documents import document, reminder
from mgov.store.schema.messages import PRIORITIES, outbound_message, outbound_part
from mgov.store.schema.money import bill
from mgov.store.schema.staff import transition

_PAGE = 1000
#: States of a message that has left or may have.
_LEFT = ("sending", "uncertain", "sent", "delivered")
MERGED = "merged"
LATER_STAGE = "had not left when the next stage came"
#: A reminder that waits longer has expired.
WAITS_AT_MOST = timedelta(days=7)


def wanted(tx: Connection) -> Iterator[RowMapping]:
    """The reminders that are to be sent: by address, the address with the soonest due date first."""
    address = (reminder.c.channel, reminder.c.address)
    soonest = func.min(reminder.c.due_on).over(partition_by=address)
    query = _with_subject(_wanted_columns()).where(reminder.c.state == WANTED)
    query = query.order_by(soonest, *address, reminder.c.due_on, reminder.c.id)
    # MariaDB's unbuffered cursor would block the connection for the inserts in between
    streamed = tx.dialect.name not in ("mysql", "mariadb")
    result = tx.execute(query, execution_options={"stream_results": streamed, "yield_per": _PAGE if streamed else None})
    yield from result.mappings()


def queue(tx: Connection, messages: Sequence[dict[str, Any]], now: datetime) -> None:
    """Put texts into the outbox; each names channel, recipient, text, subject, html, dedupe_key and times."""
    same = {
        "priority": "reminder",
        "urgency": PRIORITIES["reminder"],
        "state": "queued",
        "queued_at": now,
        "subject_kind": "reminder",
    }
    insert_many(tx, outbound_message, [{**same, **message} for message in messages])


def link(tx: Connection, prefix: str) -> None:
    """Tie the wanted reminders to their messages (`prefix` begins the dedupe keys)."""
    columns = reminder.c
    key = literal(prefix) + columns.channel + literal(":") + columns.address
    message = select(outbound_message.c.id).where(outbound_message.c.dedupe_key == key).scalar_subquery()
    tx.execute(update(reminder).where(columns.state == WANTED).values(outbound_id=message, state=QUEUED))


def count_queued(tx: Connection, after_id: int) -> int:
    """How many reminders this run queued."""
    mine = (reminder.c.id > after_id) & (reminder.c.state == QUEUED)
    return int(tx.execute(select(func.count()).where(mine)).scalar_one())


def record_queued(tx: Connection, after_id: int, now: datetime) -> None:
    """Write the first line of the history of each message of this run."""
    mine = select(reminder.c.outbound_id).where(reminder.c.id > after_id, reminder.c.outbound_id.is_not(None))
    source = select(
        literal("send"),
        outbound_message.c.id,
        literal("queued"),
        literal(now, transition.c.at.type),
        literal("system:reminders"),
        literal("reminder"),
    ).where(outbound_message.c.id.in_(mine))
    names = ["object_kind", "object_id", "to_state", "at", "actor", "cause"]
    tx.execute(insert(transition).from_select(names, source))


def queued(tx: Connection, after_id: int, up_to: int) -> Iterator[dict[str, Any]]:
    """What a run queued, page by page: document, kind, holder, due_on, stage, channel, to, text."""
    names = [
        reminder.c.id,
        reminder.c.due_on,
        reminder.c.stage,
        reminder.c.channel,
        reminder.c.address.label("to"),
        outbound_message.c.text,
    ]
    query = _with_subject(select(*names)).join(outbound_message, outbound_message.c.id == reminder.c.outbound_id)
    last = after_id
    while page := list(
        tx.execute(
            query.where(reminder.c.id > last, reminder.c.id <= up_to).order_by(reminder.c.id).limit(_PAGE)
        ).mappings()
    ):
        yield from (
            {key: row[key] for key in ("document", "kind", "holder", "due_on", "stage", "channel", "to", "text")}
            for row in page
        )
        last = page[-1]["id"]


def of_message(tx: Connection, message_id: int) -> list[RowMapping]:
    """What one message reminds of, soonest due first, as `wanted` gives it."""
    query = _with_subject(_wanted_columns()).where(reminder.c.outbound_id == message_id)
    return list(tx.execute(query.order_by(reminder.c.due_on, reminder.c.id)).mappings())


def get(tx: Connection, number: int) -> RowMapping | None:
    """One reminder as `listing` gives it."""
    return tx.execute(_listed().where(reminder.c.id == number)).mappings().first()


def listing(tx: Connection, *, document_number: str | None = None, limit: int | None = None) -> Iterator[RowMapping]:
    """Reminders, oldest first, with what became of each; of one document or bill, or the newest so many.

    Each with id, document, kind, holder, due_on, stage, channel, to, run_on, state, reason, message, message_state,
    sent_at, created_at.
    """
    query = _listed()
    if document_number is not None:
        query = query.where(or_(document.c.number == document_number, bill.c.number == document_number))
    if limit is not None:
        newest = list(tx.execute(query.order_by(reminder.c.id.desc()).limit(limit)).mappings())
        yield from reversed(newest)
        return
    last = 0
    while page := list(tx.execute(query.where(reminder.c.id > last).order_by(reminder.c.id).limit(_PAGE)).mappings()):
        yield from page
        last = page[-1]["id"]


def _listed() -> Any:  # noqa: ANN401 - a select
    columns, message, old = reminder.c, outbound_message.c, archived_outbound_message.c
    names = (columns.id, columns.due_on, columns.stage, columns.channel, columns.address.label("to"), columns.run_on)
    state = (
        columns.state,
        columns.reason,
        columns.outbound_id.label("message"),
        func.coalesce(message.state, old.state).label("message_state"),
    )
    sent_at = func.coalesce(message.sent_at, old.sent_at).label("sent_at")
    query = _with_subject(select(*names, *state, sent_at, columns.created_at))
    query = query.outerjoin(outbound_message, message.id == columns.outbound_id)
    return query.outerjoin(archived_outbound_message, old.id == columns.outbound_id)


def join_earlier(
    tx: Connection, after_id: int, on: date, now: datetime, midnight: datetime | None
) -> set[tuple[str, str]]:
    """Look at what the addresses of this run were told for the same day already, or are about to be told.

    A text that has not left is taken back: its reminders become wanted again, and one text says it all. `midnight` is
    when the day began that `on` really is; then a text of an earlier day that still waits is taken back too, and one
    that left today counts as told. None: `on` only stands for today. Returns the (channel, address) that a text has
    left for. By pages of addresses, each found by index: a set-wise join would be planned on tables that have just
    grown.
    """
    told: set[tuple[str, str]] = set()
    if after_id == 0:
        return told
    since, first = (midnight, on - WAITS_AT_MOST) if midnight else (now, on)
    known = {"day": on, "first": first, "midnight": since, "queued_since": now - 2 * WAITS_AT_MOST}
    for addresses in _fresh_addresses(tx, after_id):
        rows = tx.execute(_EARLIER, {"addresses": addresses, **known}).mappings().all()
        waiting = [row["id"] for row in rows if row["state"] == "queued" and not row["begun"]]
        told |= {(row["channel"], row["recipient"]) for row in rows if row["state"] in _LEFT or row["begun"]}
        if waiting:
            _take_back(tx, waiting, after_id, now)
    return told


def _fresh_addresses(tx: Connection, after_id: int) -> Iterator[list[str]]:
    columns, last = reminder.c, after_id
    wanted_ones = select(columns.id, columns.address).where(columns.state == WANTED)
    while page := tx.execute(wanted_ones.where(columns.id > last).order_by(columns.id).limit(_PAGE)).all():
        yield sorted({address for _, address in page})
        last = page[-1][0]


def _earlier() -> Any:  # noqa: ANN401 - a select
    columns, again = outbound_message.c, reminder.alias("again")
    begun = exists().where(outbound_part.c.message_id == columns.id, outbound_part.c.state != "queued")
    carries = exists().where(again.c.outbound_id == columns.id)
    of_the_day = carries.where(again.c.run_on == bindparam("day"))
    waits = carries.where(again.c.run_on.between(bindparam("first"), bindparam("day")))
    return select(columns.id, columns.channel, columns.recipient, columns.state, begun.label("begun")).where(
        columns.recipient.in_(bindparam("addresses", expanding=True)),
        columns.queued_at >= bindparam("queued_since"),
        columns.subject_kind == "reminder",
        or_(
            and_(columns.state == "queued", waits),
            and_(columns.state.in_(_LEFT), or_(of_the_day, columns.sent_at >= bindparam("midnight"))),
        ),
    )


_EARLIER = _earlier()


def _take_back(tx: Connection, ids: Sequence[int], after_id: int, now: datetime) -> None:
    columns = outbound_message.c
    why = {"state": "expired", "error_code": MERGED, "error": "a newer text of the same day says it too"}
    tx.execute(update(outbound_message).where(columns.id.in_(ids)).values(**why))
    same = {"object_kind": "send", "from_state": "queued", "to_state": "expired", "at": now}
    because = {"actor": "system:reminders", "cause": MERGED, "detail": why["error"]}
    tx.execute(insert(transition), [{"object_id": message_id, **same, **because} for message_id in ids])
    mine = reminder.c.outbound_id.in_(ids)
    late = list(tx.execute(select(reminder.c.id).where(mine, _has_later_stage(after_id))).scalars())
    for start in range(0, len(late), _PAGE):
        some = reminder.c.id.in_(late[start : start + _PAGE])
        tx.execute(update(reminder).where(some).values(state=WITHDRAWN, reason=LATER_STAGE, outbound_id=None))
    true = list(tx.execute(true_ones().where(mine)).scalars())
    for start in range(0, len(true), _PAGE):
        some = reminder.c.id.in_(true[start : start + _PAGE])
        tx.execute(update(reminder).where(some).values(state=WANTED, outbound_id=None))
    tx.execute(update(reminder).where(mine).values(state=WITHDRAWN, reason=OBSOLETE))


def _has_later_stage(after_id: int) -> ColumnElement[bool]:
    """Whether the same matter is told to the same address by a stage of this run."""
    later = reminder.alias("later")
    same = ("subject_kind", "subject_id", "due_on", "channel", "address")
    matter = and_(*(later.c[name] == reminder.c[name] for name in same))
    return exists().where(matter, later.c.id > after_id, later.c.state == WANTED)


def _wanted_columns() -> Any:  # noqa: ANN401 - a select
    columns = reminder.c
    return select(columns.id, columns.channel, columns.address, columns.due_on, columns.stage)


def _is_document() -> ColumnElement[bool]:
    return reminder.c.subject_kind == "document"


def _with_subject(query: Any) -> Any:  # noqa: ANN401 - a select
    """Add `document` (a number), `kind` and `holder` of what a reminder is about."""
    return (
        query.add_columns(
            func.coalesce(document.c.number, bill.c.number).label("document"),
            func.coalesce(document.c.kind, literal("TAGIHAN")).label("kind"),
            func.coalesce(document.c.holder_name, bill.c.payer_name, literal("")).label("holder"),
            document.c.zone,
        )
        .select_from(reminder)
        .outerjoin(document, _is_document() & (document.c.id == reminder.c.subject_id))
        .outerjoin(bill, (reminder.c.subject_kind == "bill") & (bill.c.id == reminder.c.subject_id))
    )
