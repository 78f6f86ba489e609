"""The service catalogue comes in: codes, requirements, fees and who answers for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Right
from mgov.store import services
from mgov.store.database import Database
from mgov.store.schema.services import SECTORS
from mgov.workflows import csv_import as cells
from mgov.workflows.csv_import import CellError, Column, ImportResult, Row
from mgov.workflows.imports import Import, digest_of, may_change, not_his


def _code(cell: str) -> str:
    return cells.word(cell.upper())


def _fee(cell: str) -> int:
    return 0 if cell.lower() in ("gratis", "-", "free") else cells.amount(cell)


def _mail(cell: str) -> str:
    if cell.count("@") != 1 or " " in cell:
        raise CellError(f'"{cell[:40]}" is not an e-mail address')
    return cells.line_of_text(cell)


#: `agency_name`, `agency_phone` and `agency_email` say where an agency is told of new applications.
COLUMNS = (
    Column("code", _code, required=True),
    Column("name", cells.line_of_text, required=True),
    Column("sector", lambda cell: cells.word(cell.lower()), required=True),
    Column("agency", cells.word, required=True),
    Column("requirements", cells.prose),
    Column("fee", _fee),
    Column("legal_basis", cells.line_of_text),
    Column("agency_name", cells.line_of_text),
    Column("agency_phone", cells.phone),
    Column("agency_email", _mail),
)
_CONTACTS = {"agency_name": "name", "agency_phone": "contact_phone", "agency_email": "contact_email"}


def import_services(
    db: Database,
    source: bytes | Iterable[str],
    actor: Actor,
    now: datetime,
    *,
    strict: bool = False,
    tick: Callable[[int], None] = lambda _count: None,
) -> ImportResult:
    """Take a catalogue in one transaction; the same again changes nothing. Raises `CsvError` for what is none."""
    result = ImportResult()
    rows = list(cells.good_rows(source, COLUMNS, result, strict=strict, tick=tick))
    job = Import(db, actor, Right.CATALOGUE_IMPORT, "service", now, digest_of(source))

    def put(tx: Connection, account: Account, part: list[Row]) -> ImportResult:
        return store(tx, part, now=now, actor=actor, account=account)

    job.run([rows], put, result, strict=strict)
    strange = sorted({row.values["sector"] for row in rows} - set(SECTORS))
    result.remarks += [f"sector {name} is none of the five priority sectors" for name in strange]
    return result


def store(
    tx: Connection, rows: list[Row], *, now: datetime, actor: Actor, account: Account | None = None
) -> ImportResult:
    """Put the rows in, in their order. Without an account nothing is refused: the caller has asked."""
    result = ImportResult()
    agencies = services.ensure_agencies(tx, (row.values["agency"] for row in rows), now)
    _tell_contacts(tx, rows, agencies)
    for row in rows:
        values = _values(row, agencies[row.values["agency"]])
        known = services.get(tx, values["code"])
        if known is None:
            services.add(tx, **values, created_by=str(actor), updated_at=now, updated_by=str(actor))
            result.added += 1
        elif not any(known[name] != value for name, value in values.items()):
            result.unchanged += 1
        elif account is not None and not may_change(account, known, known["created_by"]):
            result.errors.append(not_his(row, "code"))
        else:
            services.change(tx, known["id"], **values, updated_at=now, updated_by=str(actor))
            result.updated += 1
    return result


def _values(row: Row, agency_id: int) -> dict[str, Any]:
    said = row.values
    return {
        "code": said["code"],
        "name": said["name"],
        "sector": said["sector"],
        "agency_id": agency_id,
        "requirements": said.get("requirements") or "",
        "fee": said.get("fee") or 0,
        "legal_basis": said.get("legal_basis"),
        "active": True,
    }


def _tell_contacts(tx: Connection, rows: list[Row], agencies: dict[str, int]) -> None:
    for row in rows:
        said = {column: row.values[name] for name, column in _CONTACTS.items() if row.values.get(name)}
        if said:
            services.change_agency(tx, agencies[row.values["agency"]], **said)
