"""What citizens said that an agency has to look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.documents import agency_task
from mgov.store.schema.services import party
from mgov.store.schema.staff import agency


def open_task(tx: Connection, **values: Any) -> int:  # noqa: ANN401 - columns of the task
    """Put a matter before an agency; returns its number."""
    return int(tx.execute(insert(agency_task).values(state="open", **values)).inserted_primary_key[0])  # type: ignore[index]


def get(tx: Connection, task_id: int) -> RowMapping | None:
    """One task."""
    return tx.execute(select(agency_task).where(agency_task.c.id == task_id)).mappings().first()


def open_ones(tx: Connection, kind: str, address: str) -> list[RowMapping]:
    """The open tasks of one kind about an address."""
    columns = agency_task.c
    query = select(agency_task).where(columns.state == "open", columns.kind == kind, columns.address == address)
    return list(tx.execute(query.order_by(columns.id)).mappings())


def open_about_party(tx: Connection, kind: str, party_id: int) -> list[RowMapping]:
    """The open tasks of one kind about a party."""
    columns = agency_task.c
    query = select(agency_task).where(columns.state == "open", columns.kind == kind, columns.party_id == party_id)
    return list(tx.execute(query).mappings())


def close(tx: Connection, task_id: int, *, outcome: str, by: object, now: datetime, note: str | None) -> bool:
    """End a task; False when it was ended already."""
    columns = agency_task.c
    values = {"state": "closed", "outcome": outcome, "closed_by": str(by), "closed_at": now, "note": note}
    still = (columns.id == task_id) & (columns.state == "open")
    return tx.execute(update(agency_task).where(still).values(**values)).rowcount == 1


def listing(tx: Connection, *, every: bool = False, agency_code: str | None = None) -> list[RowMapping]:
    """Tasks, oldest first, with `agency` and the holder's `holder_id`; only the open ones unless `every`."""
    columns = agency_task.c
    query = (
        select(agency_task, agency.c.code.label("agency"), party.c.id_number.label("holder_id"))
        .join(agency, agency.c.id == columns.agency_id)
        .outerjoin(party, party.c.id == columns.party_id)
        .order_by(columns.id)
    )
    if not every:
        query = query.where(columns.state == "open")
    if agency_code is not None:
        query = query.where(agency.c.code == agency_code)
    return list(tx.execute(query).mappings())


def addresses_of(tx: Connection, agency_id: int) -> RowMapping:
    """Where an agency is told: `contact_phone`, `contact_email`, `code`."""
    query = select(agency.c.code, agency.c.contact_phone, agency.c.contact_email).where(agency.c.id == agency_id)
    return tx.execute(query).mappings().one()
