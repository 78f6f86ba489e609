"""Documents with a due date and where their holders are reminded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.bulk import with_texts
from mgov.store.parties import IN_LIST
from mgov.store.schema.documents import document, document_contact
from mgov.store.schema.services import party
from mgov.store.schema.staff import agency


def by_numbers(tx: Connection, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Documents by their numbers."""
    found = with_texts(tx, select(document), document.c.number, numbers)
    return {row.number: dict(row._mapping) for row in found}


def ensure_agencies(tx: Connection, codes: Collection[str], now: datetime) -> dict[str, int]:
    """Make the agencies that are not known yet, named by their code; returns code to number."""
    query = select(agency.c.code, agency.c.id)
    found = {code: number for code, number in tx.execute(query) if code in codes}
    absent = sorted(set(codes) - found.keys())
    if absent:
        tx.execute(insert(agency), [{"code": code, "name": code, "created_at": now} for code in absent])
        found = {code: number for code, number in tx.execute(query) if code in codes}
    return found


def add_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert documents, each with the columns that the first has."""
    if rows:
        tx.execute(insert(document), rows)


def change_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Change documents; each row names its `number` and the same columns as the first."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "number"]
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    statement = update(document).where(document.c.number == bindparam("row_number")).values(**values)
    tx.execute(statement, [{"row_number": row["number"], **{f"new_{n}": row[n] for n in names}} for row in rows])


def set_contacts(
    tx: Connection, wanted: Mapping[int, frozenset[tuple[str, str]]], channels: Collection[str] = ("sms", "email")
) -> set[int]:
    """Make the (channel, address) pairs of documents exactly these, on `channels` alone; returns those that changed."""
    known: dict[int, set[tuple[str, str]]] = {number: set() for number in wanted}
    columns = document_contact.c
    spoken_of = columns.channel.in_(sorted(channels))
    for some in _chunks(sorted(wanted)):
        query = select(columns.document_id, columns.channel, columns.address).where(columns.document_id.in_(some))
        for document_id, channel, address in tx.execute(query.where(spoken_of)):
            known[document_id].add((channel, address))
    changed = [number for number, pairs in wanted.items() if known[number] != pairs]
    for some in _chunks([number for number in changed if known[number]]):
        tx.execute(delete(document_contact).where(columns.document_id.in_(some), spoken_of))
    rows = [
        {"document_id": number, "channel": channel, "address": address}
        for number in changed
        for channel, address in sorted(wanted[number])
    ]
    if rows:
        tx.execute(insert(document_contact), rows)
    return set(changed)


def listing(
    tx: Connection,
    *,
    kind: str | None = None,
    status: str | None = None,
    agency_code: str | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Documents with agency, holder and contacts, oldest first; with a limit the newest so many."""
    query = (
        select(document, agency.c.code.label("agency"), party.c.id_number.label("holder_id"))
        .join(agency, agency.c.id == document.c.agency_id)
        .outerjoin(party, party.c.id == document.c.party_id)
    )
    for column, value in ((document.c.kind, kind), (document.c.status, status), (agency.c.code, agency_code)):
        query = query if value is None else query.where(column == value)
    if limit is not None:
        newest = query.order_by(document.c.id.desc()).limit(limit)
        return _with_contacts(tx, list(tx.execute(newest).mappings())[::-1])
    return _pages(tx, query)


def _pages(tx: Connection, query: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a select
    last = 0
    while page := list(tx.execute(query.where(document.c.id > last).order_by(document.c.id).limit(IN_LIST)).mappings()):
        yield from _with_contacts(tx, page)
        last = page[-1]["id"]


def _with_contacts(tx: Connection, rows: Sequence[RowMapping]) -> Iterator[dict[str, Any]]:
    contacts: dict[tuple[int, str], list[str]] = {}
    columns = document_contact.c
    for some in _chunks([row["id"] for row in rows]):
        query = select(columns.document_id, columns.channel, columns.address).where(columns.document_id.in_(some))
        for document_id, channel, address in tx.execute(query.order_by(columns.address)):
            contacts.setdefault((document_id, channel), []).append(address)
    for row in rows:
        phones, mails = contacts.get((row["id"], "sms"), []), contacts.get((row["id"], "email"), [])
        yield {**row, "phone": ";".join(phones), "email": ";".join(mails)}


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + IN_LIST] for start in range(0, len(values), IN_LIST))


def copy_contacts(tx: Connection, from_id: int, to_id: int) -> None:
    """Give one document the contacts of another."""
    columns = document_contact.c
    query = select(columns.channel, columns.address).where(columns.document_id == from_id)
    set_contacts(tx, {to_id: frozenset((channel, address) for channel, address in tx.execute(query))})


def ids_of_party(tx: Connection, party_id: int) -> set[int]:
    """The documents of a holder."""
    return {
        int(number) for number in tx.execute(select(document.c.id).where(document.c.party_id == party_id)).scalars()
    }
