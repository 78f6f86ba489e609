"""The service catalogue and the agencies that keep it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.services import service
from mgov.store.schema.staff import agency


def agencies(tx: Connection) -> dict[str, RowMapping]:
    """All agencies by code."""
    return {row["code"]: row for row in tx.execute(select(agency)).mappings()}


def ensure_agencies(tx: Connection, codes: Iterable[str], now: datetime) -> dict[str, int]:
    """Make the agencies that are not known yet; returns code to number."""
    wanted = dict.fromkeys(codes)
    known = {code: int(row["id"]) for code, row in agencies(tx).items()}
    absent = [code for code in wanted if code not in known]
    if absent:
        tx.execute(insert(agency), [{"code": code, "name": code, "created_at": now} for code in absent])
        known = {code: int(row["id"]) for code, row in agencies(tx).items()}
    return {code: known[code] for code in wanted}


def change_agency(tx: Connection, agency_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the agency
    """Change an agency: its name and where it is told of new applications."""
    tx.execute(update(agency).where(agency.c.id == agency_id).values(**values))


def get(tx: Connection, code: str) -> RowMapping | None:
    """One service by its code, with its `agency` code and contacts."""
    found: RowMapping | None = tx.execute(_query().where(service.c.code == code)).mappings().first()
    return found


def listing(tx: Connection, *, only_active: bool = False) -> list[RowMapping]:
    """The catalogue in its order of entry."""
    query = _query().order_by(service.c.id)
    return list(tx.execute(query.where(service.c.active) if only_active else query).mappings())


def add(tx: Connection, **values: Any) -> None:  # noqa: ANN401 - columns of the service
    """A new service."""
    tx.execute(insert(service).values(**values))


def change(tx: Connection, service_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of the service
    """Change one service."""
    tx.execute(update(service).where(service.c.id == service_id).values(**values))


def _query() -> Any:  # noqa: ANN401 - a select
    return select(service, agency.c.code.label("agency"), agency.c.contact_phone, agency.c.contact_email).join(
        agency, agency.c.id == service.c.agency_id
    )
