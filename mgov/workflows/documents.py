"""Documents: import a file, close one, open the next period of a recurring duty."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.store import documents, history, parties
from mgov.store.database import Database
from mgov.workflows.document_rows import NEEDED, DocumentRow, RowError, read_row
from scheduler.recurrence import Recurrence, following_period

BATCH = 2000  # rows a statement; all batches of a file are one transaction
_PERIOD = re.compile(r"-\d{4}-(TW[1-4]|S[12]|\d\d)$|-\d{4}$")
Numbered = tuple[int, DocumentRow]
#: Kind in upper case → the duty that makes it come again.
Duties = Mapping[str, Recurrence]


class DocumentError(Exception):
    """What was asked of a document cannot be done."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass
class ImportOutcome:
    """What a file did: rows that are new, that changed something, that changed nothing; bad rows and remarks."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class _RefusedError(Exception):
    """A strict import with bad rows: nothing goes in."""


class _DryRunError(Exception):
    """A dry run ends: the transaction is rolled back."""


def import_documents(
    db: Database,
    data: bytes,
    actor: Actor,
    now: datetime,
    *,
    strict: bool = False,
    duties: Duties | None = None,
    dry_run: Callable[[Connection], None] | None = None,
) -> ImportOutcome:
    """Import a CSV file (UTF-8 with a header) in one transaction.

    A bad row is named with its line and column and the others go in; with `strict` nothing does. The same row again
    changes nothing. `dry_run` is called at the end, and then nothing is kept.
    Raises DocumentError when the file has no usable header or is not UTF-8.
    """
    outcome = ImportOutcome()

    def work(tx: Connection) -> None:
        outcome.__init__()  # type: ignore[misc] # a retried transaction counts anew
        rows = _rows(data, outcome)
        while batch := list(itertools.islice(rows, BATCH)):
            _take(tx, {row.number: row for _, row in batch}, len(batch), outcome, actor, now, duties or {})
        if strict and outcome.errors:
            raise _RefusedError
        if dry_run is not None:
            dry_run(tx)
            raise _DryRunError

    try:
        db.transact(work)
    except _DryRunError:
        return outcome
    except _RefusedError:
        return ImportOutcome(errors=outcome.errors, remarks=outcome.remarks)
    return outcome


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
        if row["status"] == "closed":
            raise DocumentError("already_closed", f"dokumen {number} sudah ditutup / is closed already")
        documents.change_all(
            tx, [{"number": number, "status": "closed", "replaced_by": replaced_by, "updated_at": now}]
        )
        _tell(tx, row["id"], row["status"], "closed", actor, now, replaced_by)
        return None if replaced_by else _open_next(tx, row, actor, now, duties or {})

    return db.transact(work)


def _rows(data: bytes, outcome: ImportOutcome) -> Iterator[Numbered]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("not_utf8", f"bukan UTF-8 / not UTF-8: byte {error.start}") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    absent = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if absent:
        raise DocumentError("no_header", f"kolom tidak ada / missing columns: {', '.join(absent)}")
    while True:
        try:
            raw = next(reader)
            row = read_row(raw)
        except StopIteration:
            return
        except csv.Error as error:
            outcome.errors.append(f"baris/line {reader.line_num}: {error}")
            continue
        except RowError as error:
            outcome.errors.append(f"baris/line {reader.line_num}, kolom/column {error.column}: {error}")
            continue
        outcome.remarks.extend(f"baris/line {reader.line_num}: {remark}" for remark in row.remarks)
        yield reader.line_num, row


def _take(
    tx: Connection,
    rows: Mapping[str, DocumentRow],
    lines: int,
    outcome: ImportOutcome,
    actor: Actor,
    now: datetime,
    duties: Duties,
) -> None:
    agencies = documents.ensure_agencies(tx, {row.agency for row in rows.values()}, now)
    holders = {row.holder_id: row.holder_name for row in rows.values() if row.holder_id}
    people = parties.ensure_all(tx, holders, now=now, actor=actor)
    known = documents.by_numbers(tx, list(rows))
    values = {number: _values(row, agencies, people) for number, row in rows.items()}
    fresh = [{**values[number], **_start(rows[number], now)} for number in rows if number not in known]
    documents.add_all(tx, fresh)
    changes = {n: _changes(rows[n], known[n], values[n]) for n in rows if n in known}
    for number, change in changes.items():
        if change:
            _change(tx, known[number], change, actor, now, duties)
    stored = documents.by_numbers(tx, list(rows))
    moved = documents.set_contacts(tx, {stored[n]["id"]: row.contacts for n, row in rows.items()})
    _record_contacts(tx, rows, people, actor, now)
    altered = max(sum(map(bool, changes.values())), moved - len([n for n in fresh if rows[n["number"]].contacts]))
    outcome.added += len(fresh)
    outcome.changed += altered
    outcome.unchanged += lines - len(fresh) - altered


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


def _start(row: DocumentRow, now: datetime) -> dict[str, Any]:
    status = row.status or ("closed" if row.replaced_by else "active")
    return {
        "status": status,
        "replaced_by": row.replaced_by,
        "stages": row.stages,
        "created_at": now,
        "updated_at": now,
    }


def _changes(row: DocumentRow, known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the row says that the database does not; what it does not say stays."""
    said = {**values, "status": row.status, "replaced_by": row.replaced_by, "stages": row.stages}
    optional = ("status", "replaced_by", "stages", "issued_on", "party_id")
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
    same = {name: row[name] for name in ("kind", "agency_id", "party_id", "holder_name", "stages")}
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
    tx: Connection, rows: Mapping[str, DocumentRow], people: Mapping[str, int], actor: Actor, now: datetime
) -> None:
    kinds = {"sms": "phone", "email": "email"}
    wanted = [
        (people[row.holder_id], kinds[channel], address)
        for row in rows.values()
        if row.holder_id
        for channel, address in row.contacts
    ]
    parties.record_contacts(tx, wanted, now=now, actor=actor)


def _tell(
    tx: Connection, document_id: int, old: str | None, new: str, actor: Actor, now: datetime, detail: str | None
) -> None:
    cause = "changed" if old == new else new
    history.record(tx, "document", document_id, from_=old, to=new, at=now, actor=actor, cause=cause, detail=detail)
