"""Reminders, set-based: one statement finds all that is due for a stage, whatever the number of documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.engine import RowMapping

from mgov.store.schema.documents import document, document_contact, reminder
from mgov.store.schema.messages import PRIORITIES, outbound_message
from mgov.store.schema.money import bill
from mgov.store.schema.services import address_state
from mgov.store.schema.staff import setting, transition

#: The row that a run locks, so that the documents of an address are not split over two texts of two nodes.
_LOCK = "reminders.run"
_PAGE = 1000
#: Why a queued reminder is not sent.
OBSOLETE = "no longer true: extended, closed, paid or opted out since"
WANTED, SKIPPED, QUEUED = "wanted", "skipped", "queued"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a cadence speaks of: one kind, one own list of stages, or all that have neither."""

    kind: str | None = None
    stages: str | None = None
    other_than_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Due dates (both included) whose true stage is `stage`; with a `skip` it is kept with this reason, not sent."""

    stage: int
    first_due: date | None
    last_due: date
    skip: str | None = None


def lock(tx: Connection, now: datetime) -> None:
    """Wait until no other run is going on; held until this transaction ends."""
    values = {"key": _LOCK, "value": "", "changed_at": now, "changed_by": "system:scheduler"}
    tx.execute(_or_ignore(tx, insert(setting)).values(**values))
    tx.execute(update(setting).where(setting.c.key == _LOCK).values(changed_at=now))


def last_id(tx: Connection) -> int:
    """The number of the newest reminder; 0 when there is none."""
    return int(tx.execute(select(func.max(reminder.c.id))).scalar() or 0)


def own_stages(tx: Connection) -> list[str]:
    """The lists of stages that some documents have for themselves."""
    return list(tx.execute(select(document.c.stages).where(document.c.stages.is_not(None)).distinct()).scalars())


def due_counts(tx: Connection, scope: Scope, since: date) -> list[tuple[date, str, int]]:
    """For each due date from `since` on and each channel, how many addresses active documents have."""
    contact = document_contact.c
    query = (
        select(document.c.due_on, contact.channel, func.count(contact.address.distinct()))
        .join(document_contact, contact.document_id == document.c.id)
        .outerjoin(address_state, address_state.c.address == contact.address)
        .where(document.c.status == "active", document.c.due_on >= since, _unblocked(), *_in_scope(scope))
        .group_by(document.c.due_on, contact.channel)
    )
    return [(due_on, channel, count) for due_on, channel, count in tx.execute(query)]


def add_documents(tx: Connection, scope: Scope, span: Range, on: date, now: datetime) -> None:
    """Note a reminder for each active document of a range, on each of its addresses, that has none for this stage."""
    contact = document_contact.c
    key = _Key("document", document.c.id, document.c.due_on, contact.channel, contact.address)
    source = (
        select(*_columns(key, span, on, now))
        .select_from(document)
        .join(document_contact, contact.document_id == document.c.id)
        .outerjoin(address_state, address_state.c.address == contact.address)
        .where(document.c.status == "active", *_due(document.c.due_on, span), *_in_scope(scope))
    )
    _insert(tx, source)


def add_bills(tx: Connection, span: Range, on: date, now: datetime) -> None:
    """The same for bills that are not paid, by SMS to the payer's phone."""
    key = _Key("bill", bill.c.id, bill.c.due_date, literal("sms"), bill.c.payer_phone)
    source = (
        select(*_columns(key, span, on, now))
        .select_from(bill)
        .outerjoin(address_state, address_state.c.address == bill.c.payer_phone)
        .where(bill.c.status.in_(("open", "partly_paid")), *_due(bill.c.due_date, span))
        .where(bill.c.payer_phone.like("+%"))
    )
    _insert(tx, source)


def wanted(tx: Connection, after_id: int) -> Iterator[RowMapping]:
    """The reminders of this run that are to be sent: by address, the address with the soonest due date first."""
    address = (reminder.c.channel, reminder.c.address)
    soonest = func.min(reminder.c.due_on).over(partition_by=address)
    query = _with_subject(
        select(reminder.c.id, reminder.c.channel, reminder.c.address, reminder.c.due_on, reminder.c.stage)
    ).where(reminder.c.id > after_id, reminder.c.state == WANTED)
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
    statement = insert(outbound_message)
    if tx.dialect.name == "postgresql":  # with RETURNING many rows travel in one statement, not one each
        statement = statement.returning(outbound_message.c.id)
    tx.execute(statement, [{**same, **message} for message in messages])


def link(tx: Connection, after_id: int, prefix: str) -> int:
    """Tie this run's reminders to their messages (`prefix` begins the dedupe keys); returns how many were queued."""
    columns = reminder.c
    key = literal(prefix) + columns.channel + literal(":") + columns.address
    message = select(outbound_message.c.id).where(outbound_message.c.dedupe_key == key).scalar_subquery()
    mine = (columns.id > after_id) & (columns.state == WANTED)
    changed = tx.execute(update(reminder).where(mine).values(outbound_id=message, state=QUEUED))
    return int(changed.rowcount)


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


def is_true(tx: Connection, message: Mapping[str, Any] | RowMapping) -> bool:
    """Whether a claimed message may still be sent: it is no reminder, or something of what it says still holds."""
    if message["subject_kind"] != "reminder":
        return True
    return tx.execute(_holding().where(reminder.c.outbound_id == message["id"]).limit(1)).first() is not None


def withdraw_obsolete(tx: Connection, now: datetime) -> int:
    """Expire queued reminders of which nothing is true any more: extended, closed, paid, opted out since."""
    columns = outbound_message.c
    waiting = (columns.state == "queued") & (columns.subject_kind == "reminder")
    holding = _holding().where(reminder.c.outbound_id == columns.id).correlate(outbound_message)
    ids = list(tx.execute(select(columns.id).where(waiting, ~exists(holding))).scalars())
    for start in range(0, len(ids), _PAGE):
        _expire(tx, ids[start : start + _PAGE], now)
    return len(ids)


def _holding() -> Any:  # noqa: ANN401 - a select
    """Reminders whose subject still falls due then and whose address still wants them."""
    return (
        select(reminder.c.id)
        .outerjoin(document, _is_document() & (document.c.id == reminder.c.subject_id))
        .outerjoin(bill, (reminder.c.subject_kind == "bill") & (bill.c.id == reminder.c.subject_id))
        .outerjoin(address_state, address_state.c.address == reminder.c.address)
        .where(_unblocked())
        .where(
            or_(
                (document.c.status == "active") & (document.c.due_on == reminder.c.due_on),
                bill.c.status.in_(("open", "partly_paid")) & (bill.c.due_date == reminder.c.due_on),
            )
        )
    )


def _expire(tx: Connection, ids: list[int], now: datetime) -> None:
    columns = outbound_message.c
    tx.execute(
        update(outbound_message)
        .where(columns.id.in_(ids), columns.state == "queued")
        .values(state="expired", error=OBSOLETE, error_code="obsolete")
    )
    same = {"object_kind": "send", "from_state": "queued", "to_state": "expired", "at": now}
    why = {"actor": "system:reminders", "cause": "obsolete", "detail": OBSOLETE}
    tx.execute(insert(transition), [{"object_id": message_id, **same, **why} for message_id in ids])


@dataclass(frozen=True, slots=True)
class _Key:
    """The columns that make a reminder unique, beside its stage."""

    kind: str
    subject: ColumnElement[int]
    due: ColumnElement[Any]
    channel: ColumnElement[str]
    address: ColumnElement[Any]


def _columns(key: _Key, span: Range, on: date, now: datetime) -> list[Any]:
    blocked = case(
        (address_state.c.opted_out_at.is_not(None), literal("opted out")),
        (address_state.c.not_me_at.is_not(None), literal("not the holder")),
        (address_state.c.bounced_at.is_not(None), literal("bounced")),
        else_=null(),
    )
    state = case((_unblocked(), literal(WANTED)), else_=literal(SKIPPED))
    return [
        literal(key.kind),
        key.subject,
        key.due,
        literal(span.stage),
        key.channel,
        key.address,
        literal(on, reminder.c.run_on.type),
        literal(SKIPPED) if span.skip else state,
        literal(span.skip) if span.skip else cast(blocked, String(191)),
        literal(now, reminder.c.created_at.type),
    ]


_INSERTED = [
    "subject_kind",
    "subject_id",
    "due_on",
    "stage",
    "channel",
    "address",
    "run_on",
    "state",
    "reason",
    "created_at",
]


def _insert(tx: Connection, source: Any) -> None:  # noqa: ANN401 - a select
    """Insert what is not there yet: the unique key decides.

    An anti-join beforehand would be planned on a table that is still empty, and be quadratic while it fills.
    """
    tx.execute(_or_ignore(tx, insert(reminder)).from_select(_INSERTED, source))


def _or_ignore(tx: Connection, statement: Any) -> Any:  # noqa: ANN401 - an insert
    if tx.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert(statement.table).on_conflict_do_nothing()
    return statement.prefix_with("OR IGNORE" if tx.dialect.name == "sqlite" else "IGNORE")


def _due(due: ColumnElement[date], span: Range) -> list[ColumnElement[bool]]:
    conditions = [due <= span.last_due]
    return conditions if span.first_due is None else [due >= span.first_due, *conditions]


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.stages is not None:
        return [document.c.stages == scope.stages]
    kind = func.upper(document.c.kind)
    conditions: list[ColumnElement[bool]] = [document.c.stages.is_(None)]
    if scope.kind is not None:
        conditions.append(kind == scope.kind)
    if scope.other_than_kinds:
        conditions.append(kind.not_in(scope.other_than_kinds))
    return conditions


def _unblocked() -> ColumnElement[bool]:
    columns = address_state.c
    return columns.opted_out_at.is_(None) & columns.not_me_at.is_(None) & columns.bounced_at.is_(None)


def _is_document() -> ColumnElement[bool]:
    return reminder.c.subject_kind == "document"


def _with_subject(query: Any) -> Any:  # noqa: ANN401 - a select
    """Add `document` (a number), `kind` and `holder` of what a reminder is about."""
    return (
        query.add_columns(
            func.coalesce(document.c.number, bill.c.number).label("document"),
            func.coalesce(document.c.kind, literal("TAGIHAN")).label("kind"),
            func.coalesce(document.c.holder_name, bill.c.payer_name, literal("")).label("holder"),
        )
        .select_from(reminder)
        .outerjoin(document, _is_document() & (document.c.id == reminder.c.subject_id))
        .outerjoin(bill, (reminder.c.subject_kind == "bill") & (bill.c.id == reminder.c.subject_id))
    )
