"""Orders of the agencies' portals: taken in the order written, under the rules of the files, and answered.

Where the database cannot keep a portal to its own agency (MariaDB lets who may insert insert anything), the order is
refused here, by the role that the database noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import DBAPIError

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Role
from mgov.replies import Replies
from mgov.store import alerts, audit, portals, services
from mgov.store.database import Database, DatabaseUnavailableError, is_passing
from mgov.workflows import applications, bills, csv_import, documents
from mgov.workflows.csv_import import Column, ImportResult, Row, RowError
from mgov.workflows.document_rows import COLUMNS as DOCUMENT_COLUMNS

#: Orders taken in one transaction, of each kind; of an agency that would have to wait for others'; and events numbered.
ORDERS = 500
SHARE = 50
EVENTS = 2000

_Put = Callable[[Connection, list[Row], Actor, Account, datetime], ImportResult]


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """What taking needs to know: the texts in which applicants are told, and the duties that come again."""

    replies: Replies | None = None
    duties: documents.Duties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many orders were accepted and refused, and how many events got a number.

    `faults` are errors of the program that an order was refused for: somebody has to look at them.
    """

    accepted: int = 0
    refused: int = 0
    events: int = 0
    faults: tuple[Exception, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.accepted or self.refused or self.events)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of order: its key, its columns under the files' rules, and what puts its rows in."""

    name: str
    key: str
    columns: Sequence[Column]
    put: _Put


def take(db: Database, settings: PortalSettings, now: datetime) -> Taken:
    """Take the oldest orders and number what has happened; call again while something was done."""
    if not db.read(portals.anything_waits):
        return Taken()
    return db.transact(lambda tx: _take(tx, settings, now))


def _take(tx: Connection, settings: PortalSettings, now: datetime) -> Taken:
    portals.lock(tx)
    writers = _Writers(portals.engine_role(tx), portals.grants(tx))
    accepted = refused = 0
    faults: list[Exception] = []
    for kind in _kinds(settings):
        orders = portals.waiting(tx, kind.name, ORDERS, writers.grants.values(), SHARE)
        batch = _Batch(kind, now, faults)
        _take_kind(tx, batch, orders, writers)
        portals.write_back(tx, kind.name, batch.outcomes, batch.remarks, now)
        bad = sum(why is not None for why in batch.outcomes.values())
        accepted, refused = accepted + len(batch.outcomes) - bad, refused + bad
    return Taken(accepted, refused, portals.number_events(tx, EVENTS), tuple(faults))


@dataclass(frozen=True, slots=True)
class _Writers:
    """Who may write for whom. On a database without roles whoever could write is the engine's own."""

    engine: str | None
    grants: Mapping[str, str]

    def fault(self, order: RowMapping) -> str | None:
        """Why an order is not this role's to give; None when it is."""
        role = order["written_by"]
        if self.engine is None or role == self.engine:
            return None
        if self.grants.get(role) == order["agency"]:
            return None
        return f"agency: bukan dinas Anda / not your agency: {role} may not write for {order['agency'][:64]}"


@dataclass(slots=True)
class _Batch:
    """Orders of one kind that are taken together, and what became of each by its id: None, or why it was refused."""

    kind: _Kind
    now: datetime
    faults: list[Exception]
    outcomes: dict[int, str | None] = field(default_factory=dict)
    remarks: dict[int, str] = field(default_factory=dict)  #: on what was accepted all the same


def _take_kind(tx: Connection, batch: _Batch, orders: Sequence[RowMapping], writers: _Writers) -> None:
    columns = batch.kind.columns
    good: dict[str, list[Row]] = {}
    for order in orders:
        row = writers.fault(order) or csv_import.checked(order["id"], _cells(order, columns), columns)
        if isinstance(row, Row):
            good.setdefault(row.values["agency"], []).append(row)
        else:
            batch.outcomes[order["id"]] = row if isinstance(row, str) else _reason(row)
    known = services.agencies(tx)
    for agency, rows in good.items():
        if agency in known:
            _of_agency(tx, batch, agency, known[agency]["id"], rows)
        else:
            batch.outcomes |= {row.line: f"agency: {agency} tidak dikenal / is not known here" for row in rows}


def _of_agency(tx: Connection, batch: _Batch, agency: str, agency_id: int, rows: list[Row]) -> None:
    actor = Actor.portal(agency)
    account = Account(agency, frozenset({Role.ADMINISTRATOR}), agency_id, agency)
    outcomes: dict[int, str | None] = {}
    done = ImportResult()
    for some in csv_import.batches(rows, batch.kind.key):
        outcomes |= _put(tx, batch, some, actor, account, done)
    if done.added or done.updated:
        detail = {"added": done.added, "updated": done.updated, "unchanged": done.unchanged}
        audit.record(tx, actor, f"portal.{batch.kind.name}", "agency", agency, detail, now=batch.now)
    if refusals := [why for why in outcomes.values() if why]:
        alerts.see(tx, "portal_refused", agency, f"{len(refusals)} baris {batch.kind.name} ditolak", batch.now)
    batch.outcomes |= outcomes
    batch.remarks |= {row.line: _remark(row) for row in rows if row.remarks}


def _put(
    tx: Connection, batch: _Batch, rows: list[Row], actor: Actor, account: Account, done: ImportResult
) -> dict[int, str | None]:
    """Put rows in as one; what the database refuses is found by putting them in one by one."""
    try:
        with tx.begin_nested():
            result = batch.kind.put(tx, rows, actor, account, batch.now)
    except Exception as error:
        if isinstance(error, DatabaseUnavailableError) or is_passing(error):
            raise  # a deadlock has undone the whole of it: the whole is done again
        if len(rows) == 1:
            return {rows[0].line: _unstored(batch, error)}
        parts = [_put(tx, batch, [row], actor, account, done) for row in rows]
        return {line: why for part in parts for line, why in part.items()}
    done.count(result)
    refused = {error.line: _reason(error) for error in result.errors}
    return {row.line: refused.get(row.line) for row in rows}


def _unstored(batch: _Batch, error: Exception) -> str:
    """What the database refuses is the order's fault; anything else is the program's, and told to its staff."""
    if not isinstance(error, DBAPIError):
        batch.faults.append(error)
    return f"-: tidak dapat disimpan / cannot be stored ({type(error).__name__})"


def _kinds(settings: PortalSettings) -> tuple[_Kind, ...]:
    def put_bills(tx: Connection, batch: list[Row], actor: Actor, account: Account, now: datetime) -> ImportResult:
        return bills.store(tx, batch, now=now, actor=actor, account=account)

    def put_applications(
        tx: Connection, batch: list[Row], actor: Actor, account: Account, now: datetime
    ) -> ImportResult:
        return applications.store(tx, batch, replies=settings.replies, now=now, actor=actor, account=account)

    def put_documents(tx: Connection, batch: list[Row], actor: Actor, account: Account, now: datetime) -> ImportResult:
        return documents.store(tx, batch, account, actor, now, settings.duties)

    return (
        _Kind("bill", "number", bills.COLUMNS, put_bills),
        _Kind("application", "reference", applications.COLUMNS, put_applications),
        _Kind("document", "number", DOCUMENT_COLUMNS, put_documents),
    )


def _cells(order: RowMapping, columns: Sequence[Column]) -> dict[str, str]:
    """What an order says, as a file would: a column that is NULL says nothing, and changes nothing."""
    return {
        column.name: _cell(order[column.name])
        for column in columns
        if column.name in order and order[column.name] is not None
    }


def _cell(value: Any) -> str:  # noqa: ANN401 - what the portal's columns hold
    return value.isoformat() if isinstance(value, date) else str(value)


def _remark(row: Row) -> str:
    return "; ".join(remark.removeprefix(f"line {row.line}, column ") for remark in row.remarks)


def _reason(error: RowError) -> str:
    return f"{error.column}: {error.reason}"
