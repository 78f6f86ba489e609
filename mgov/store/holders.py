"""Whom an address is recorded for: the holders of documents, their other contacts, and what they were reminded of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.documents import document, document_contact, reminder
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.money import bill
from mgov.store.schema.services import contact, party

IN_FORCE = ("active", "in_renewal")
_IN_LIST = 900
#: A holder: a party by its number, or a document that names no party.
Holder = tuple[str, int]
#: Channel (sms, email) and address.
Address = tuple[str, str]


@dataclass
class Reach:
    """How one holder is reached: `name` for people, and every address of his documents and verified contacts."""

    name: str
    addresses: set[Address] = field(default_factory=set)

    def phones(self) -> set[str]:
        """The phone numbers."""
        return {address for channel, address in self.addresses if channel == "sms"}


def reaches(tx: Connection, address: str) -> dict[Holder, Reach]:
    """Every holder that an address is recorded or verified for, with all the ways to reach him."""
    parties = _parties_of(tx, address)
    named = select(document_contact.c.document_id).where(document_contact.c.address == address)
    documents = or_(document.c.id.in_(named), document.c.party_id.in_(sorted(parties)))
    query = (
        select(document.c.id, document.c.party_id, document.c.holder_name, document_contact.c.channel)
        .add_columns(document_contact.c.address)
        .outerjoin(document_contact, document_contact.c.document_id == document.c.id)
        .where(documents, document.c.status.in_(IN_FORCE))
        .order_by(document.c.id)
    )
    found: dict[Holder, Reach] = {}
    for number, party_id, name, channel, where in tx.execute(query):
        reach = found.setdefault(_holder(number, party_id), Reach(name))
        if where is not None:
            reach.addresses.add((channel, where))
    _add_verified(tx, found)
    return found


def reminded(tx: Connection, address: str, since: datetime, until: datetime) -> list[RowMapping]:
    """The documents and bills of which an address was reminded in a span of time, the oldest first.

    Each with `subject_kind`, `subject_id`, `number`, `party_id`, `agency_id` and `holder`.
    """
    sent = and_(outbound_message.c.queued_at >= since, outbound_message.c.queued_at <= until)
    for_a_day = reminder.c.run_on.between(since.date(), until.date())
    query = (
        select(reminder.c.subject_kind, reminder.c.subject_id)
        .add_columns(document.c.number.label("document"), bill.c.number.label("bill"))
        .add_columns(document.c.party_id.label("document_party"), bill.c.party_id.label("bill_party"))
        .add_columns(document.c.agency_id.label("document_agency"), bill.c.agency_id.label("bill_agency"))
        .add_columns(document.c.holder_name, bill.c.payer_name)
        .join(outbound_message, outbound_message.c.id == reminder.c.outbound_id)
        .outerjoin(document, (reminder.c.subject_kind == "document") & (document.c.id == reminder.c.subject_id))
        .outerjoin(bill, (reminder.c.subject_kind == "bill") & (bill.c.id == reminder.c.subject_id))
        .where(outbound_message.c.recipient == address, outbound_message.c.state.not_in(("failed", "expired")))
        .where(or_(sent, for_a_day))
        .order_by(reminder.c.id)
    )
    return list(tx.execute(query).mappings())


def was_reminded(tx: Connection, address: str, since: datetime, until: datetime) -> bool:
    """Whether a reminder was queued or sent to an address in a span of time."""
    columns = outbound_message.c
    sent = and_(columns.queued_at >= since, columns.queued_at <= until)
    for_a_day = reminder.c.run_on.between(since.date(), until.date())
    query = (
        select(columns.id)
        .join(reminder, reminder.c.outbound_id == columns.id)
        .where(columns.recipient == address, columns.state.not_in(("failed", "expired")), or_(sent, for_a_day))
    )
    return tx.execute(query.limit(1)).first() is not None


def suspend(tx: Connection, parties: Collection[int], documents: Collection[int], now: datetime) -> None:
    """Remind these holders of nothing until their agency has looked."""
    if parties:
        tx.execute(update(party).where(party.c.id.in_(sorted(parties))).values(suspended_at=now))
    mine = or_(document.c.party_id.in_(sorted(parties)), document.c.id.in_(sorted(documents)))
    tx.execute(update(document).where(mine).values(suspended_at=now))


def resume(tx: Connection, party_id: int | None, numbers: Collection[str]) -> None:
    """Remind a holder again: a party with all its documents, and the documents of these numbers."""
    if party_id is not None:
        tx.execute(update(party).where(party.c.id == party_id).values(suspended_at=None))
        tx.execute(update(document).where(document.c.party_id == party_id).values(suspended_at=None))
    tx.execute(update(document).where(document.c.number.in_(sorted(numbers))).values(suspended_at=None))


def suspended_parties(tx: Connection, party_ids: Iterable[int]) -> dict[int, datetime]:
    """Those of the parties that are suspended, and since when."""
    found: dict[int, datetime] = {}
    listed = sorted(set(party_ids))
    for start in range(0, len(listed), _IN_LIST):
        some = party.c.id.in_(listed[start : start + _IN_LIST])
        query = select(party.c.id, party.c.suspended_at).where(some, party.c.suspended_at.is_not(None))
        found.update((number, moment) for number, moment in tx.execute(query))
    return found


def cut_bindings(tx: Connection, address: str, parties: Collection[int]) -> list[tuple[int, str]]:
    """An address is no longer the contact of these parties; returns (contact, state before) of those that were."""
    columns = contact.c
    mine = and_(columns.address == address, columns.party_id.in_(sorted(parties)), columns.state != "rejected")
    before = [(number, state) for number, state in tx.execute(select(columns.id, columns.state).where(mine))]
    tx.execute(update(contact).where(mine).values(state="rejected", code_digest=None))
    return before


def restore_bindings(tx: Connection, address: str, party_id: int | None, now: datetime) -> None:
    """The agency confirmed that an address is this party's."""
    if party_id is not None:
        values = {"state": "verified", "verified_how": "staff", "verified_at": now}
        mine = and_(contact.c.address == address, contact.c.party_id == party_id)
        tx.execute(update(contact).where(mine).values(**values))


def note_said(tx: Connection, documents: Collection[int], said: str) -> None:
    """Keep on the documents what their holder said."""
    tx.execute(update(document).where(document.c.id.in_(sorted(documents))).values(holder_said=said))


def _parties_of(tx: Connection, address: str) -> set[int]:
    by_contact = select(contact.c.party_id).where(contact.c.address == address, contact.c.state == "verified")
    by_document = (
        select(document.c.party_id)
        .join(document_contact, document_contact.c.document_id == document.c.id)
        .where(document_contact.c.address == address, document.c.party_id.is_not(None))
    )
    return {int(number) for number in tx.execute(by_contact.union(by_document)).scalars()}


def _add_verified(tx: Connection, found: dict[Holder, Reach]) -> None:
    channels = {"phone": "sms", "email": "email"}
    parties = [number for kind, number in found if kind == "party"]
    for start in range(0, len(parties), _IN_LIST):
        some: Any = contact.c.party_id.in_(parties[start : start + _IN_LIST])
        query = select(contact.c.party_id, contact.c.kind, contact.c.address).where(some, contact.c.state == "verified")
        for party_id, kind, address in tx.execute(query):
            found["party", party_id].addresses.add((channels[kind], address))


def _holder(document_id: int, party_id: int | None) -> Holder:
    return ("document", document_id) if party_id is None else ("party", party_id)
