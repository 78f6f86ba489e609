"""Applications: permits in progress, filed by text or named by an agency's file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.permit import FINAL
from mgov.store import counters
from mgov.store.consents import still_his
from mgov.store.schema.services import application, service
from mgov.store.schema.staff import agency


def _query() -> Any:  # noqa: ANN401 - a select
    return (
        select(
            application,
            service.c.code.label("service"),
            service.c.name.label("service_name"),
            agency.c.code.label("agency"),
        )
        .join(agency, agency.c.id == application.c.agency_id)
        .outerjoin(service, service.c.id == application.c.service_id)
    )


def by_reference(tx: Connection, reference: str) -> RowMapping | None:
    """One application by its reference, whatever the case of its letters."""
    query = _query().where(application.c.reference.in_({reference, reference.upper()}))
    found: RowMapping | None = tx.execute(query).mappings().first()
    return found


def next_reference(tx: Connection, year: int) -> str:
    """The next reference of a year: PRM-2026-000001."""
    reference = f"PRM-{year}-{counters.advance(tx, f'application-{year}'):06d}"
    return next_reference(tx, year) if by_reference(tx, reference) else reference


def add(tx: Connection, **values: Any) -> int:  # noqa: ANN401 - columns of the application
    """A new application; returns its number."""
    return int(tx.execute(insert(application).values(**values)).inserted_primary_key[0])  # type: ignore[index]


def change(tx: Connection, application_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the application
    """Change one application."""
    tx.execute(update(application).where(application.c.id == application_id).values(**values))


def of_citizen(tx: Connection, sender: str, party_ids: Collection[int]) -> list[RowMapping]:
    """What a sender filed, what names his phone, and what belongs to the parties, newest first."""
    named = (application.c.phone == sender) & still_his(application.c.phone)
    mine = or_(application.c.filed_by == sender, named, application.c.party_id.in_(list(party_ids)))
    return list(tx.execute(_query().where(mine).order_by(application.c.id.desc())).mappings())


def listing(tx: Connection, *, unattended: bool = False, limit: int | None = None) -> list[RowMapping]:
    """Applications, oldest first; `unattended`: filed by text, and no agency has touched them yet."""
    query = _query().order_by(application.c.id).limit(limit)
    if unattended:
        query = query.where(application.c.attended_at.is_(None), application.c.status.not_in(FINAL))
    return list(tx.execute(query).mappings())


def count_open(tx: Connection, *, agency_id: int | None = None, sector: str | None = None, before: Any = None) -> int:  # noqa: ANN401 - a date
    """How many are in progress, of an agency or sector, filed before a day."""
    query = select(func.count()).select_from(application).outerjoin(service, service.c.id == application.c.service_id)
    query = query.where(func.lower(application.c.status).not_in(FINAL))
    if agency_id is not None:
        query = query.where(application.c.agency_id == agency_id)
    if sector is not None:
        query = query.where(service.c.sector == sector)
    if before is not None:
        query = query.where(application.c.submitted_on < before)
    return int(tx.execute(query).scalar_one())
