"""Documents: import a file, close one, open the next period of a recurring duty."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Right
from mgov.store import audit, documents, history, holders, parties
from mgov.store.database import Database
from mgov.workflows import access, csv_import
from mgov.workflows.csv_import import ImportResult, Row, RowError
from mgov.workflows.document_rows import COLUMNS, DocumentRow, document_row
from mgov.workflows.imports import digest_of, may_change, not_his, of_own_agency, record_import
from scheduler.recurrence import Recurrence, following_period

BATCH = 2000  # rows a statement; all batches of a file are one transaction
_PERIOD = re.compile(r"-\d{4}-(TW[1-4]|S[12]|\d\d)$|-\d{4}$")
#: Kind in upper case → the duty that makes it come again.
Duties = Mapping[str, Recurrence]


class DocumentError(Exception):
    """What was asked of a document cannot be done."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class _DryRunError(Exception):
    """A dry run ends: the transaction is rolled back."""


def _silent(_count: int) -> None:
    return None


def import_documents(
    db: Database,
    source: bytes | Iterable[str],
    actor: Actor,
    now: datetime,
    *,
    strict: bool = False,
    duties: Duties | None = None,
    dry_run: Callable[[Connection], None] | None = None,
    tick: Callable[[int], None] = _silent,
) -> ImportResult:
    """Import a CSV file (UTF-8 with a header) in one transaction.

    A bad row is named with its line and column and the others go in; with `strict` nothing does. The same row again
    changes nothing. `dry_run` is called at the end, and then nothing is kept. Raises `CsvError` for a file without a
    usable header or not in UTF-8.
    """
    results: list[ImportResult] = []
    if not isinstance(source, bytes):
        source = list(source)  # a transaction that is tried again reads it again

    def work(tx: Connection) -> None:
        result = ImportResult()
        results.append(result)
        account = access.require(tx, actor, Right.DOCUMENT_CHANGE)
        rows = csv_import.good_rows(source, COLUMNS, result, strict=strict, tick=tick)
        for batch in csv_import.batches(rows, "number", BATCH):
            own, refused = of_own_agency(account, batch)
            result.errors += refused
            result.count(store(tx, own, account, actor, now, duties))
        if dry_run is not None:
            dry_run(tx)
            raise _DryRunError
        if strict and result.errors:
            result.added = result.updated = result.unchanged = 0
            raise _DryRunError
        record_import(tx, actor, "document", digest_of(source), result, now)

    with suppress(_DryRunError):
        db.transact(work)
    return results[-1]


def store(
    tx: Connection, batch: list[Row], account: Account, actor: Actor, now: datetime, duties: Duties | None = None
) -> ImportResult:
    """Put rows with distinct numbers in, and refuse those whose document this account may not change."""
    changeable, others = _changeable(tx, account, batch)
    result = ImportResult(errors=others)
    if changeable:
        result.count(_take(tx, changeable, actor, now, duties or {}))
    return result


def close_document(
    db: Database,
    number: str,
    actor: Actor,
    now: datetime,
    *,
    replaced_by: str | None = None,
    duties: Duties | None = None,
) -> str | None:
    """Close a document; returns the number of the next period that this opened, if its kind comes again.

    Raises DocumentError when there is no such document or it is closed already.
    """

    def work(tx: Connection) -> str | None:
        row = documents.by_numbers(tx, [number]).get(number)
        if row is None:
            raise DocumentError("unknown_document", f"dokumen {number} tidak ada / no such document")
        access.require(tx, actor, Right.DOCUMENT_CHANGE, [row["agency_id"]])
        if row["status"] == "closed":
            raise DocumentError("already_closed", f"dokumen {number} sudah ditutup / is closed already")
        documents.change_all(
            tx, [{"number": number, "status": "closed", "replaced_by": replaced_by, "updated_at": now}]
        )
        _tell(tx, row["id"], row["status"], "closed", actor, now, replaced_by)
        audit.record(tx, actor, "document.close", "document", number, {"replaced_by": replaced_by}, now=now)
        return None if replaced_by else _open_next(tx, row, actor, now, duties or {})

    return db.transact(work)


def _changeable(tx: Connection, account: Account, batch: list[Row]) -> tuple[list[DocumentRow], list[RowError]]:
    """The rows that are new, change nothing, or whose document this account may change; and why the others not."""
    known = documents.by_numbers(tx, [row.values["number"] for row in batch])
    rows: list[DocumentRow] = []
    errors: list[RowError] = []
    for row in batch:
        document, stored = document_row(row), known.get(row.values["number"])
        if stored is None or may_change(account, stored, stored["created_by"]) or not _says_more(document, stored):
            rows.append(document)
        else:
            errors.append(not_his(row, "number"))
    return rows, errors


def _says_more(row: DocumentRow, stored: Mapping[str, Any]) -> bool:
    same = {name: stored[name] for name in ("agency_id", "party_id")}
    said = {name: getattr(row, name) for name in ("kind", "holder_name", "issued_on", "due_on")}
    return bool(_changes(row, stored, {**same, **said}))


def _take(tx: Connection, rows: Collection[DocumentRow], actor: Actor, now: datetime, duties: Duties) -> ImportResult:
    """Put rows with distinct numbers in: insert the new, change what differs, leave the rest alone."""
    agencies = documents.ensure_agencies(tx, {row.agency for row in rows}, now)
    people = parties.ensure_all(tx, _names(rows), now=now, actor=actor)
    suspended = holders.suspended_parties(tx, people.values())
    known = documents.by_numbers(tx, [row.number for row in rows])
    values = {row.number: _values(row, agencies, people) for row in rows}
    fresh = {row.number for row in rows if row.number not in known}
    documents.add_all(tx, [_new(row, values[row.number], suspended, now, actor) for row in rows if row.number in fresh])
    changes = {row.number: _changes(row, known[row.number], values[row.number]) for row in rows if row.number in known}
    for number, change in changes.items():
        if change:
            _change(tx, known[number], change, actor, now, duties)
    moved = _set_contacts(tx, rows)
    _record_contacts(tx, rows, people, actor, now)
    updated = {number for number, change in changes.items() if change} | (moved - fresh)
    remarks = [remark for row in rows for remark in row.remarks]
    unchanged = len(rows) - len(fresh) - len(updated)
    return ImportResult(added=len(fresh), updated=len(updated), unchanged=unchanged, remarks=remarks)


def _names(rows: Iterable[DocumentRow]) -> dict[str, str]:
    return {row.holder_id: row.holder_name or row.holder_id for row in rows if row.holder_id}


def _set_contacts(tx: Connection, rows: Collection[DocumentRow]) -> set[str]:
    """What the file says of contacts; an opt-out, a "not me" or a bounce of an address stays whatever it says."""
    stored = documents.by_numbers(tx, [row.number for row in rows])
    numbers = {stored[row.number]["id"]: row.number for row in rows}
    channels = next(iter(rows)).channels
    moved = documents.set_contacts(tx, {stored[row.number]["id"]: row.contacts for row in rows}, channels)
    return {numbers[number] for number in moved}


def _values(row: DocumentRow, agencies: Mapping[str, int], people: Mapping[str, int]) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "agency_id": agencies[row.agency],
        "party_id": people[row.holder_id] if row.holder_id else None,
        "holder_name": row.holder_name,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
    }


def _new(
    row: DocumentRow, values: dict[str, Any], suspended: Mapping[int, datetime], now: datetime, actor: Actor
) -> dict[str, Any]:
    status = row.status or ("closed" if row.replaced_by else "active")
    return {
        **values,
        "status": status,
        "replaced_by": row.replaced_by,
        "stages": row.stages,
        "zone": row.zone,
        "suspended_at": suspended.get(values["party_id"] or 0),
        "created_by": str(actor),
        "created_at": now,
        "updated_at": now,
    }


def _changes(row: DocumentRow, known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the row says that the database does not; what it does not say stays."""
    said = {**values, "status": row.status, "replaced_by": row.replaced_by, "stages": row.stages, "zone": row.zone}
    optional = ("status", "replaced_by", "stages", "zone", "issued_on", "party_id")
    return {
        name: value for name, value in said.items() if value != known[name] and not (value is None and name in optional)
    }


def _change(
    tx: Connection, known: Mapping[str, Any], change: dict[str, Any], actor: Actor, now: datetime, duties: Duties
) -> None:
    documents.change_all(tx, [{"number": known["number"], **change, "updated_at": now}])
    detail = ", ".join(f"{name}: {known[name]} -> {value}" for name, value in change.items() if name != "holder_name")
    _tell(tx, known["id"], known["status"], change.get("status", known["status"]), actor, now, detail)
    if change.get("status") == "closed" and not change.get("replaced_by"):
        _open_next(tx, known, actor, now, duties)


def _open_next(tx: Connection, row: Mapping[str, Any], actor: Actor, now: datetime, duties: Duties) -> str | None:
    duty = duties.get(str(row["kind"]).upper())
    if duty is None:
        return None
    period = following_period(duty, row["due_on"])
    number = _next_number(str(row["number"]), period.label)
    if documents.by_numbers(tx, [number]):
        return None
    names = ("kind", "agency_id", "party_id", "holder_name", "stages", "zone", "suspended_at", "created_by")
    same = {name: row[name] for name in names}
    opened = {"number": number, "due_on": period.due_on, "issued_on": None, "status": "active"}
    documents.add_all(tx, [{**same, **opened, "created_at": now, "updated_at": now}])
    stored = documents.by_numbers(tx, [number])[number]
    documents.copy_contacts(tx, int(row["id"]), int(stored["id"]))
    _tell(tx, stored["id"], None, "active", actor, now, f"periode sesudah / the period after {row['number']}")
    return number


def _next_number(number: str, label: str) -> str:
    """The number of the next period: the old one with the period's name in the place of the one before."""
    base = _PERIOD.sub("", number)
    return f"{base[: 190 - len(label)]}-{label}"


def _record_contacts(
    tx: Connection, rows: Iterable[DocumentRow], people: Mapping[str, int], actor: Actor, now: datetime
) -> None:
    kinds = {"sms": "phone", "email": "email"}
    wanted = [
        (people[row.holder_id], kinds[channel], address)
        for row in rows
        if row.holder_id
        for channel, address in sorted(row.contacts)
    ]
    parties.record_contacts(tx, wanted, now=now, actor=actor)


def _tell(
    tx: Connection, document_id: int, old: str | None, new: str, actor: Actor, now: datetime, detail: str | None
) -> None:
    cause = "changed" if old == new else new
    history.record(tx, "document", document_id, from_=old, to=new, at=now, actor=actor, cause=cause, detail=detail)
