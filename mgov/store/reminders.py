"""Reminders, set-based: one statement finds all that is due for a stage, whatever the number of documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.engine import RowMapping

from mgov.store.reminder_recheck import WITHDRAWN, unblocked
from mgov.store.schema.documents import document, document_contact, reminder
from mgov.store.schema.money import bill
from mgov.store.schema.services import address_state, contact, party
from mgov.store.schema.staff import setting

#: The row that a run locks, so that the documents of an address are not split over two texts of two nodes.
_LOCK = "reminders.run"
_PAGE = 1000
#: Why a holder is not reminded while his agency looks whose number it is.
SUSPENDED = "holder suspended: a number on record is said not to be his"
#: How an address was proved to be the holder's by himself or to staff, not by an agency's file.
PROVEN = ("code", "staff")
WANTED, SKIPPED, QUEUED, AGAIN = "wanted", "skipped", "queued", "again"


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


def due_by_address(tx: Connection, since: date) -> Iterator[RowMapping]:
    """Due dates from `since` on of what is in force, with kind and own stages, by channel and address: a row each."""
    contact = document_contact.c
    query = (
        select(contact.channel, contact.address, document.c.due_on, document.c.kind, document.c.stages)
        .join(document_contact, contact.document_id == document.c.id)
        .outerjoin(address_state, address_state.c.address == contact.address)
        .where(document.c.status == "active", document.c.due_on >= since, unblocked())
        .where(document.c.suspended_at.is_(None))
        .order_by(contact.channel, contact.address)
    )
    yield from tx.execute(query, execution_options={"yield_per": _PAGE}).mappings()


def sample(tx: Connection, limit: int) -> list[RowMapping]:
    """Some active documents as a reminder's text sees them: document, kind, holder, due_on; the newest."""
    columns = document.c
    names = columns.number.label("document"), columns.kind, columns.holder_name.label("holder"), columns.due_on
    query = select(*names).where(columns.status == "active").order_by(columns.id.desc()).limit(limit)
    return list(tx.execute(query).mappings())


def add_documents(tx: Connection, scope: Scope, span: Range, on: date, now: datetime) -> None:
    """Note a reminder for each active document of a range, on each of its addresses, that has none for this stage."""
    where = document_contact.c
    source = _of_documents(where.channel, where.address, span, on, now)
    source = source.join(document_contact, where.document_id == document.c.id)
    _insert(tx, _with_state(source, where.address).where(*_due(document.c.due_on, span), *_in_scope(scope)))


def add_verified(tx: Connection, scope: Scope, span: Range, on: date, now: datetime) -> None:
    """The same on the addresses that the holder himself proved to be his, whatever the agency's file names."""
    where = contact.c
    source = _of_documents(_channel(), where.address, span, on, now).join(
        contact, where.party_id == document.c.party_id
    )
    source = source.where(where.state == "verified", where.verified_how.in_(PROVEN))
    _insert(tx, _with_state(source, where.address).where(*_due(document.c.due_on, span), *_in_scope(scope)))


def any_verified(tx: Connection) -> bool:
    """Whether any holder proved an address to be his: most installations need not look further."""
    query = select(contact.c.id).where(contact.c.state == "verified", contact.c.verified_how.in_(PROVEN))
    return tx.execute(query.limit(1)).first() is not None


def add_bills(tx: Connection, span: Range, on: date, now: datetime) -> None:
    """The same for bills that are not paid: by SMS to the payer's phone, and to his mail addresses on record."""
    due, where = _due(bill.c.due_date, span), contact.c
    by_phone = _of_bills(literal("sms"), bill.c.payer_phone, span, on, now)
    _insert(tx, _with_state(by_phone, bill.c.payer_phone).where(*due, bill.c.payer_phone.like("+%")))
    by_mail = _of_bills(literal("email"), where.address, span, on, now).join(
        contact, (where.party_id == bill.c.party_id) & (where.kind == "email") & (where.state == "verified")
    )
    _insert(tx, _with_state(by_mail, where.address).where(*due))


def _of_documents(
    channel: ColumnElement[str], address: ColumnElement[Any], span: Range, on: date, now: datetime
) -> Any:  # noqa: ANN401 - a select
    key = _Key("document", document.c.id, document.c.due_on, channel, address, document.c.suspended_at)
    return select(*_columns(key, span, on, now)).select_from(document).where(document.c.status == "active")


def _of_bills(channel: ColumnElement[str], address: ColumnElement[Any], span: Range, on: date, now: datetime) -> Any:  # noqa: ANN401 - a select
    key = _Key("bill", bill.c.id, bill.c.due_date, channel, address, party.c.suspended_at)
    source = select(*_columns(key, span, on, now)).select_from(bill).outerjoin(party, party.c.id == bill.c.party_id)
    return source.where(bill.c.status.in_(("open", "partly_paid")))


def _with_state(source: Any, address: ColumnElement[Any]) -> Any:  # noqa: ANN401 - a select
    return source.outerjoin(address_state, address_state.c.address == address)


def _channel() -> ColumnElement[str]:
    return case((contact.c.kind == "phone", literal("sms")), else_=literal("email"))


@dataclass(frozen=True, slots=True)
class _Key:
    """The columns that make a reminder unique, beside its stage."""

    kind: str
    subject: ColumnElement[int]
    due: ColumnElement[Any]
    channel: ColumnElement[str]
    address: ColumnElement[Any]
    suspended: ColumnElement[Any]


def reconsider(tx: Connection, today: date, *, addresses: Collection[str] = (), documents: Collection[int] = ()) -> int:
    """Mark what was left out or withdrawn and may still be told: the next run decides anew where its stage is true.

    For addresses that want reminders again, or documents whose holder is reminded again. Returns how many.
    """
    columns = reminder.c
    of_document = (columns.subject_kind == "document") & columns.subject_id.in_(sorted(documents))
    whose = columns.address.in_(sorted(addresses)) | of_document
    left_out = columns.state.in_((SKIPPED, WITHDRAWN)) & (columns.due_on >= today)
    return tx.execute(update(reminder).where(whose, left_out).values(state=AGAIN)).rowcount


def to_decide_again(tx: Connection) -> list[RowMapping]:
    """What `reconsider` marked and still falls due then: id, due_on and stage, with `kind` and own `stages` of a
    document (None of a bill)."""
    is_document, is_bill = reminder.c.subject_kind == "document", reminder.c.subject_kind == "bill"
    query = (
        select(reminder.c.id, reminder.c.due_on, reminder.c.stage, document.c.kind, document.c.stages)
        .outerjoin(document, is_document & (document.c.id == reminder.c.subject_id))
        .outerjoin(bill, is_bill & (bill.c.id == reminder.c.subject_id))
        .where(reminder.c.state == AGAIN)
        .where(
            or_(
                and_(document.c.status == "active", document.c.due_on == reminder.c.due_on),
                and_(bill.c.status.in_(("open", "partly_paid")), bill.c.due_date == reminder.c.due_on),
            )
        )
    )
    return list(tx.execute(query).mappings())


def decide_again(tx: Connection, true: Collection[int]) -> None:
    """Forget those whose stage is true, so that this run decides anew; the others stay left out with their reason."""
    listed = sorted(true)
    for start in range(0, len(listed), _PAGE):
        tx.execute(delete(reminder).where(reminder.c.id.in_(listed[start : start + _PAGE])))
    tx.execute(update(reminder).where(reminder.c.state == AGAIN).values(state=SKIPPED))


def _columns(key: _Key, span: Range, on: date, now: datetime) -> list[Any]:
    free = unblocked() & key.suspended.is_(None)
    blocked = case(
        (address_state.c.opted_out_at.is_not(None), literal("opted out")),
        (address_state.c.not_me_at.is_not(None), literal("not the holder")),
        (address_state.c.bounced_at.is_not(None), literal("bounced")),
        (key.suspended.is_not(None), literal(SUSPENDED)),
        else_=null(),
    )
    state = case((free, literal(WANTED)), else_=literal(SKIPPED))
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
