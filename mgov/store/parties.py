"""Parties: one record an identity, with its phones and addresses, each claimed or verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store.bulk import among, insert_many, portions, with_texts
from mgov.store.schema.services import contact, party

#: How many values one IN list holds; SQLite's own limit is 32,766 variables.
IN_LIST = 900


def by_id_number(tx: Connection, id_number: str) -> RowMapping | None:
    """A party by NIK or NIB."""
    return tx.execute(select(party).where(party.c.id_number == id_number)).mappings().first()


def create(tx: Connection, id_number: str, name: str, *, now: datetime, actor: Actor) -> int:
    """A new party; returns its number."""
    values = {"id_number": id_number, "name": name[:191], "created_at": now, "created_by": str(actor)}
    return int(tx.execute(insert(party).values(**values)).inserted_primary_key[0])  # type: ignore[index]


def ensure_all(tx: Connection, names: Mapping[str, str], *, now: datetime, actor: Actor) -> dict[str, int]:
    """Make the parties that are not known yet; `names` maps id number to name. Returns id number to party number."""
    found = _ids(tx, names)
    absent = [number for number in names if number not in found]
    made = {"created_at": now, "created_by": str(actor)}
    insert_many(tx, party, [{"id_number": n, "name": (names[n] or n)[:191], **made} for n in absent])
    if absent:
        found |= _ids(tx, absent)
    return found


def record_contacts(tx: Connection, wanted: Iterable[tuple[int, str, str]], *, now: datetime, actor: Actor) -> int:
    """Note the (party, kind, address) that an agency's file names: they are recorded, and thereby verified.

    Returns how many are new or newly verified.
    """
    distinct = list(dict.fromkeys(wanted))
    known = _contacts_of(tx, {party_id for party_id, _, _ in distinct})
    fresh = [key for key in distinct if key not in known]
    upgrade = [known[key].id for key in distinct if key in known and _becomes_recorded(known[key])]
    insert_many(tx, contact, [_recorded(key, now, actor) for key in fresh])
    values = {"recorded": True, "state": "verified", "verified_how": "recorded", "verified_at": now}
    for some in portions(upgrade):
        tx.execute(update(contact).where(among(contact.c.id, some)).values(**values))
    return len(fresh) + len(upgrade)


def bindings_of(tx: Connection, address: str) -> list[RowMapping]:
    """The identities that an address is bound to, oldest binding first, with `id_number` and `name`."""
    query = (
        select(contact, party.c.id_number, party.c.name)
        .join(party, party.c.id == contact.c.party_id)
        .where(contact.c.address == address, contact.c.state != "rejected")
        .order_by(contact.c.id)
    )
    return list(tx.execute(query).mappings())


def contacts_of(tx: Connection, party_id: int) -> list[RowMapping]:
    """All phones and addresses of a party."""
    return list(tx.execute(select(contact).where(contact.c.party_id == party_id).order_by(contact.c.id)).mappings())


def bind(
    tx: Connection,
    party_id: int,
    kind: str,
    address: str,
    *,
    now: datetime,
    actor: Actor,
    **values: Any,  # noqa: ANN401 - columns of the contact
) -> int:
    """A new binding that is only claimed; returns its number."""
    row = {"party_id": party_id, "kind": kind, "address": address, "state": "claimed", "created_at": now}
    result = tx.execute(insert(contact).values(**row, created_by=str(actor), **values))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def change_contact(tx: Connection, contact_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the contact
    """Change one binding."""
    tx.execute(update(contact).where(contact.c.id == contact_id).values(**values))


def _becomes_recorded(row: Row[Any]) -> bool:
    """A file verifies a claim; it never overrides what a person said ("not me") or what was verified otherwise."""
    return row.state == "claimed" and not row.recorded


def _recorded(key: tuple[int, str, str], now: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "party_id": key[0],
        "kind": key[1],
        "address": key[2],
        "state": "verified",
        "recorded": True,
        "verified_how": "recorded",
        "verified_at": now,
        "created_at": now,
        "created_by": str(actor),
    }


def _contacts_of(tx: Connection, party_ids: set[int]) -> dict[tuple[int, str, str], Row[Any]]:
    columns = (contact.c.id, contact.c.party_id, contact.c.kind, contact.c.address, contact.c.state, contact.c.recorded)
    found: dict[tuple[int, str, str], Row[Any]] = {}
    for some in portions(sorted(party_ids)):
        for row in tx.execute(select(*columns).where(among(contact.c.party_id, some))):
            found[row.party_id, row.kind, row.address] = row
    return found


def _ids(tx: Connection, numbers: Iterable[str]) -> dict[str, int]:
    query = select(party.c.id_number, party.c.id)
    return {row.id_number: row.id for row in with_texts(tx, query, party.c.id_number, numbers)}
