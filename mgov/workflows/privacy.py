"""A person's rights (UU 27/2022): a copy of his data, and its erasure, with what law must keep kept and said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.message import digest
from mgov.domain.roles import Right
from mgov.store import audit, consents, personal_data
from mgov.store.database import Database
from mgov.store.personal_data import Person
from mgov.workflows import access

#: What an erasure leaves, and why.
KEPT = {
    "bills": "tagihan dan pelunasannya / bills: books of the region are kept ten years (UU 28/2007, UU 1/2022)",
    "confirmations": "bukti bayar dan pesannya / proof of payments: belongs to those books",
    "documents": "dokumen perizinan / permits: records of the agency (UU 43/2009), without the addresses",
    "applications": "permohonan / applications: records of the agency (UU 43/2009), without the phone",
    "consents": "bukti persetujuan / proof of consent and its withdrawal (UU 27/2022)",
    "address_states": "tanda jangan dihubungi / the mark that nothing unasked may go to the address",
    "parties": "identitas pemegang / identity under which permits or bills are kept",
    "tasks": "tugas dinas / the agency's task, without address and words",
    "messages_in": "pesan konfirmasi bayar / texts on which a payment rests",
}


class PrivacyError(Exception):
    """What was asked cannot be done; the text says why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks, as given: a NIK or NIB, a phone number in E.164 or a mail address; at least one."""

    id_number: str | None = None
    addresses: tuple[str, ...] = ()

    @property
    def pseudonym(self) -> str:
        """A name for the audit that is not the person's data."""
        return digest("subject", self.id_number or "", *self.addresses)[:16]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Rows erased and kept by kind, with the reason for what is kept, and addresses left as others share them."""

    erased: dict[str, int]
    kept: dict[str, tuple[int, str]]
    shared: tuple[str, ...] = field(default=())


def export(db: Database, subject: Subject, actor: Actor, now: datetime) -> dict[str, Any]:
    """A copy of everything kept about a person. Raises PrivacyError and RefusedError."""

    def work(tx: Connection) -> dict[str, Any]:
        access.require(tx, actor, Right.PRIVACY)
        person, shared = _resolve(tx, subject)
        found = personal_data.find(tx, person)
        counts = {kind: len(rows) for kind, rows in found.items() if rows}
        audit.record(tx, actor, "privacy.export", "person", subject.pseudonym, counts, now=now)
        who = {"id_number": subject.id_number, "addresses": sorted(person.addresses), "shared": sorted(shared)}
        return {"made_at": now, "about": who, **found}

    return db.transact(work)


def erase(db: Database, subject: Subject, actor: Actor, now: datetime) -> Erasure:
    """Erase a person's data in one commit. Raises PrivacyError and RefusedError.

    Nothing unasked is ever written to his addresses again, whatever an agency's file says later.
    """

    def work(tx: Connection) -> Erasure:
        access.require(tx, actor, Right.PRIVACY)
        person, shared = _resolve(tx, subject)
        if logins := personal_data.of_staff(tx, person.addresses):
            raise PrivacyError(f"an address is that of staff ({', '.join(logins)}): close the account first")
        names = {address: f"erased-{digest('erased', address, now.isoformat())[:12]}" for address in person.addresses}
        for address in sorted(person.addresses):
            consents.opt_out(tx, address, now)
            wording = f"dihapus atas permintaan / erased on request, {actor}"
            consents.record(tx, address, consents.REMINDERS_OFF, said=None, wording=wording, now=now)
        erased = personal_data.erase_messages(tx, person, names)
        erased |= personal_data.erase_contacts(tx, person, names, now)
        erased["parties"] = sum(personal_data.erase_party(tx, number) for number in sorted(person.parties))
        left = personal_data.count(tx, person)
        kept = {kind: (left[kind], why) for kind, why in KEPT.items() if left.get(kind)}
        told = {"erased": erased, "kept": {kind: count for kind, (count, _) in kept.items()}}
        audit.record(tx, actor, "privacy.erase", "person", subject.pseudonym, told, now=now)
        return Erasure(erased, kept, tuple(sorted(shared)))

    return db.transact(work)


def _resolve(tx: Connection, subject: Subject) -> tuple[Person, set[str]]:
    """The parties and addresses of a person; a consultant's phone that serves others is not this person's alone."""
    parties, addresses, shared = set[int](), set(subject.addresses), set[str]()
    if subject.id_number is not None:
        party_id = personal_data.party_of(tx, subject.id_number)
        if party_id is None and not addresses:
            raise PrivacyError(f"{subject.id_number}: tidak ada datanya / nothing is kept under this number")
        if party_id is not None:
            own, shared = personal_data.own_addresses(tx, party_id)
            parties.add(party_id)
            addresses |= own
    return Person(frozenset(parties), frozenset(addresses)), shared - addresses
