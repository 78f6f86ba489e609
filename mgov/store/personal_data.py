"""One person's data over all tables: found for an export, and taken out for an erasure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, update

from mgov.store import archive
from mgov.store.schema.archives import archived_inbound_message, archived_outbound_message
from mgov.store.schema.documents import agency_task, document, document_contact, recipient_group, reminder
from mgov.store.schema.messages import conversation, delivery_report, inbound_message, inbound_part, outbound_message
from mgov.store.schema.money import bill, confirmation
from mgov.store.schema.services import address_state, application, consent, contact, party
from mgov.store.schema.staff import staff, transition

ERASED = "[dihapus / erased]"
_FINAL = ("sent", "delivered", "failed", "expired")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about: parties by number, and the addresses that are his alone."""

    parties: frozenset[int]
    addresses: frozenset[str]


def party_of(tx: Connection, id_number: str) -> int | None:
    """The party of a NIK or NIB."""
    return tx.execute(select(party.c.id).where(party.c.id_number == id_number)).scalar()


def own_addresses(tx: Connection, party_id: int) -> tuple[set[str], set[str]]:
    """The addresses of a party: those that are its alone, and those that it shares with others."""
    mine = select(contact.c.address).where(contact.c.party_id == party_id, contact.c.state != "rejected")
    others = select(contact.c.address).where(contact.c.party_id != party_id, contact.c.state != "rejected")
    shared = set(tx.execute(mine.where(contact.c.address.in_(others))).scalars())
    return set(tx.execute(mine).scalars()) - shared, shared


def of_staff(tx: Connection, addresses: Collection[str]) -> list[str]:
    """The logins of staff to whom some of the addresses belong."""
    listed = sorted(addresses)
    query = select(staff.c.login).where(or_(staff.c.phone.in_(listed), staff.c.email.in_(listed)))
    return list(tx.execute(query).scalars())


def find(tx: Connection, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Everything kept about a person, by kind; nothing about anybody else."""
    where = _wheres(person)
    found = {kind: _rows(tx, table, where[kind]) for kind, table in _TABLES.items()}
    for kind, (table, mine) in _archived(person).items():
        known = {row["id"] for row in found[kind]}  # moved while we read
        found[kind] += [row for row in _rows(tx, table, mine) if row["id"] not in known]
        found[kind].sort(key=lambda row: int(row["id"]))
    return found


def count(tx: Connection, person: Person) -> dict[str, int]:
    """How many rows of each kind are about a person."""
    where = _wheres(person)
    counts = {kind: _count(tx, table, where[kind]) for kind, table in _TABLES.items()}
    for kind, (table, mine) in _archived(person).items():
        counts[kind] += _count(tx, table, mine)
    return counts


def _count(tx: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(table).where(where)).scalar_one())


def _archived(person: Person) -> dict[str, tuple[Table, ColumnElement[bool]]]:
    addresses = sorted(person.addresses)
    return {
        "messages_in": (archived_inbound_message, archived_inbound_message.c.sender.in_(addresses)),
        "messages_out": (archived_outbound_message, archived_outbound_message.c.recipient.in_(addresses)),
    }


def erase_messages(tx: Connection, person: Person, pseudonyms: Mapping[str, str]) -> dict[str, int]:
    """Strike out what was written, both ways, and the addresses; a text that a payment rests on stays.

    What still waits to be sent is expired first. Returns rows by kind.
    """
    kept = select(confirmation.c.message_id).where(confirmation.c.message_id.is_not(None))
    done = {"messages_in": 0, "messages_out": 0}
    for address, pseudonym in pseudonyms.items():
        values = {"text": ERASED, "sender": pseudonym, "subject": None, "fields": None, "error": None}
        for messages in archive.both(inbound_message):
            mine = and_(messages.c.sender == address, messages.c.id.not_in(kept))
            parts = select(messages.c.id).where(mine)
            tx.execute(delete(inbound_part).where(inbound_part.c.sender == address, _part_of(parts)))
            done["messages_in"] += tx.execute(update(messages).where(mine).values(**values)).rowcount
        done["messages_out"] += _erase_sent(tx, address, pseudonym)
        tx.execute(delete(conversation).where(conversation.c.sender == address))
        gone = {"recipient": pseudonym, "pdu": ""}
        tx.execute(update(delivery_report).where(delivery_report.c.recipient == address).values(**gone))
        _rename_actor(tx, address, pseudonym)
    return done


def erase_contacts(tx: Connection, person: Person, pseudonyms: Mapping[str, str], now: datetime) -> dict[str, int]:
    """Take the addresses out of documents, bindings, groups and tasks; they stay marked never to be written to."""
    addresses = sorted(person.addresses)
    bound = or_(contact.c.address.in_(addresses), contact.c.party_id.in_(sorted(person.parties)))
    done = {
        "contacts": tx.execute(delete(contact).where(bound)).rowcount,
        "document_contacts": tx.execute(
            delete(document_contact).where(document_contact.c.address.in_(addresses))
        ).rowcount,
        "groups": tx.execute(delete(recipient_group).where(recipient_group.c.address.in_(addresses))).rowcount,
    }
    for address, pseudonym in pseudonyms.items():
        struck = {"address": pseudonym, "said": ERASED}
        tx.execute(update(agency_task).where(agency_task.c.address == address).values(**struck))
        tx.execute(update(reminder).where(reminder.c.address == address).values(address=pseudonym))
    tx.execute(update(bill).where(bill.c.payer_phone.in_(addresses)).values(payer_phone=None, updated_at=now))
    tx.execute(update(application).where(application.c.phone.in_(addresses)).values(phone=None))
    return done


def erase_party(tx: Connection, party_id: int) -> bool:
    """Take a party out when no permit, bill or application is kept under its number; whether it was."""
    for table in (document, bill, application, agency_task):
        if tx.execute(select(table.c.id).where(table.c.party_id == party_id).limit(1)).first() is not None:
            return False
    return tx.execute(delete(party).where(party.c.id == party_id)).rowcount == 1


def _erase_sent(tx: Connection, address: str, pseudonym: str) -> int:
    columns = outbound_message.c
    waiting = and_(columns.recipient == address, columns.state == "queued")
    tx.execute(update(outbound_message).where(waiting).values(state="expired", error="erased", error_code="erased"))
    values = {"text": ERASED, "html": None, "subject": None, "recipient": pseudonym, "dedupe_key": None}
    erased = 0
    for messages in archive.both(outbound_message):
        done = and_(messages.c.recipient == address, messages.c.state.in_(_FINAL))
        erased += tx.execute(update(messages).where(done).values(**values)).rowcount
    return erased


def _part_of(messages: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a select
    return or_(inbound_part.c.message_id.is_(None), inbound_part.c.message_id.in_(messages))


def _rename_actor(tx: Connection, address: str, pseudonym: str) -> None:
    for kind in ("phone", "mail"):
        same = transition.c.actor == f"{kind}:{address}"
        tx.execute(update(transition).where(same).values(actor=f"{kind}:{pseudonym}", detail=None))


_TABLES: dict[str, Table] = {
    "parties": party,
    "contacts": contact,
    "address_states": address_state,
    "consents": consent,
    "documents": document,
    "document_contacts": document_contact,
    "reminders": reminder,
    "tasks": agency_task,
    "applications": application,
    "bills": bill,
    "confirmations": confirmation,
    "messages_in": inbound_message,
    "messages_out": outbound_message,
    "groups": recipient_group,
}
_NEVER_SHOWN = frozenset({"code_digest", "lease_owner", "lease_number", "lease_until", "dedupe_key", "identity"})


def _wheres(person: Person) -> dict[str, ColumnElement[bool]]:
    addresses, parties = sorted(person.addresses), sorted(person.parties)
    named = select(document_contact.c.document_id).where(document_contact.c.address.in_(addresses))
    documents = or_(document.c.party_id.in_(parties), document.c.id.in_(named))
    return {
        "parties": party.c.id.in_(parties),
        "contacts": or_(contact.c.party_id.in_(parties), contact.c.address.in_(addresses)),
        "address_states": address_state.c.address.in_(addresses),
        "consents": consent.c.address.in_(addresses),
        "documents": documents,
        "document_contacts": document_contact.c.address.in_(addresses),
        "reminders": reminder.c.address.in_(addresses),
        "tasks": or_(agency_task.c.address.in_(addresses), agency_task.c.party_id.in_(parties)),
        "applications": or_(
            application.c.party_id.in_(parties),
            application.c.phone.in_(addresses),
            application.c.filed_by.in_(addresses),
        ),
        "bills": or_(bill.c.party_id.in_(parties), bill.c.payer_phone.in_(addresses)),
        "confirmations": confirmation.c.sender.in_(addresses),
        "messages_in": inbound_message.c.sender.in_(addresses),
        "messages_out": outbound_message.c.recipient.in_(addresses),
        "groups": recipient_group.c.address.in_(addresses),
    }


def _rows(tx: Connection, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    key: Sequence[Any] = list(table.primary_key.columns)
    found: Iterable[Any] = tx.execute(select(table).where(where).order_by(*key)).mappings()
    return [{name: value for name, value in row.items() if name not in _NEVER_SHOWN} for row in found]
