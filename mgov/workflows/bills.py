"""Bills come in from agencies: new, changed, cancelled, paid elsewhere. Every amount keeps its start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Right, Role
from mgov.replies import rupiah
from mgov.store import authors, bills, history, parties, services, unique_amounts
from mgov.store.database import Database
from mgov.workflows import csv_import as cells
from mgov.workflows.csv_import import Column, ImportResult, Row, RowError
from mgov.workflows.imports import Import, digest_of, may_change, not_his

COLUMNS = (
    Column("number", cells.reference, required=True),
    Column("agency", cells.word, required=True),
    Column("payer_id", cells.word),
    Column("payer_name", cells.line_of_text),
    Column("payer_phone", cells.phone, lenient=True),
    Column("object", cells.line_of_text),
    Column("description", cells.line_of_text),
    Column("amount", cells.amount, required=True),
    Column("due_date", cells.day),
    Column("status", cells.one_of("open", "cancelled", "paid")),
    Column("paid_on", cells.day),
    Column("paid_ref", cells.line_of_text),
    Column("pay_code", cells.code_digits),
)
#: How long a sum stays a bill's own after it was last changed or paid.
UNIQUE_FOR = timedelta(days=90)
_STATES = {"open": "open", "cancelled": "cancelled", "paid": "paid_elsewhere"}
_PLATE = re.compile(r"([A-Z]{1,2})[\s-]?(\d{1,4})[\s-]?([A-Z]{1,3})")
_PLAIN = (
    *("payer_id", "payer_name", "payer_phone", "object", "description"),
    *("due_date", "pay_code", "paid_on", "paid_ref"),
)


def import_bills(
    db: Database,
    source: bytes | Iterable[str],
    actor: Actor,
    now: datetime,
    *,
    strict: bool = False,
    tick: Callable[[int], None] = lambda _count: None,
) -> ImportResult:
    """Take a file of bills; the same rows again change nothing. Raises `CsvError` for a file that is none.

    Batches are transactions of their own, unless `strict`: then all of it is one, or nothing when a row is bad.
    """
    result = ImportResult()
    rows = cells.good_rows(source, COLUMNS, result, strict=strict, tick=tick)
    job = Import(db, actor, Right.BILL_IMPORT, "bill", now, digest_of(source))

    def put(tx: Connection, account: Account, batch: list[Row]) -> ImportResult:
        return store(tx, batch, now=now, actor=actor, account=account)

    job.run(cells.batches(rows, "number"), put, result, strict=strict)
    return result


def store(
    tx: Connection, batch: list[Row], *, now: datetime, actor: Actor, account: Account | None = None
) -> ImportResult:
    """Put rows with distinct numbers in: insert the new, change what differs, leave the rest alone.

    Without an account nothing is refused: the caller has asked.
    """
    agencies = services.ensure_agencies(tx, (row.values["agency"] for row in batch), now)
    known = bills.by_numbers(tx, [row.values["number"] for row in batch])
    refused = _refused(tx, account, batch, known, agencies)
    batch = [row for row in batch if row.values["number"] not in refused]
    people = _parties(tx, batch, now, actor)
    wanted = {row.values["number"]: _wanted(row, agencies, people) for row in batch}
    fresh = [values for number, values in wanted.items() if number not in known]
    _add(tx, fresh, now, actor)
    changed = _change(tx, wanted, {number: known[number] for number in wanted if number in known}, now, actor)
    remarks = _give_unique_amounts(tx, wanted, set(agencies.values()), now) if fresh or changed else []
    unchanged = len(batch) - len(fresh) - changed
    errors = list(refused.values())
    return ImportResult(added=len(fresh), updated=changed, unchanged=unchanged, errors=errors, remarks=remarks)


def _give_unique_amounts(
    tx: Connection, wanted: dict[str, dict[str, Any]], agency_ids: set[int], now: datetime
) -> list[str]:
    """Give the bills of agencies that chose so their unique rupiah; says for how many none was left."""
    choosing = unique_amounts.agencies_that_want(tx, agency_ids)
    numbers = [number for number, values in wanted.items() if values["agency_id"] in choosing]
    rows = bills.by_numbers(tx, numbers) if numbers else {}
    lacking = [row["id"] for row in rows.values() if row["unique_suffix"] == 0 or row["updated_at"] == now]
    _, none_left = unique_amounts.give(tx, lacking, now - UNIQUE_FOR)
    return [f"{none_left} tagihan tanpa jumlah unik / bills found no unique amount"] if none_left else []


def _refused(
    tx: Connection, account: Account | None, batch: list[Row], known: dict[str, RowMapping], agencies: dict[str, int]
) -> dict[str, RowError]:
    """The numbers of bills that differ from the row and that this account may not change."""
    if account is None or (account.holds(Role.ADMINISTRATOR) and account.agency is None):
        return {}
    rows = {row.values["number"]: row for row in batch if row.values["number"] in known}
    differ = [number for number, row in rows.items() if _differing(known[number], _said(row, agencies))]
    made_by = authors.of_bills(tx, [known[number]["id"] for number in differ])
    return {
        number: not_his(rows[number], "number")
        for number in differ
        if not may_change(account, known[number], made_by.get(known[number]["id"]))
    }


def plate_of(billed: str | None) -> str | None:
    """The plate `A 1234 BC` when what is billed is one."""
    found = _PLATE.fullmatch((billed or "").upper().strip())
    return " ".join(found.groups()) if found else None


def _parties(tx: Connection, batch: list[Row], now: datetime, actor: Actor) -> dict[str, int]:
    """The payers by NIK or NIB; their phones are on the agency's record."""
    named = [row.values for row in batch if row.values.get("payer_id")]
    names = {values["payer_id"]: values.get("payer_name") or values["payer_id"] for values in named}
    found = parties.ensure_all(tx, names, now=now, actor=actor)
    phones = ((found[v["payer_id"]], "phone", v["payer_phone"]) for v in named if v.get("payer_phone"))
    parties.record_contacts(tx, phones, now=now, actor=actor)
    return found


def _wanted(row: Row, agencies: dict[str, int], people: dict[str, int]) -> dict[str, Any]:
    """The columns that this row says something about: a column that the file lacks changes nothing."""
    values = _said(row, agencies)
    if "payer_id" in row.values:
        values["party_id"] = people.get(row.values["payer_id"] or "")
    return values


def _said(row: Row, agencies: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {name: row.values[name] for name in _PLAIN if name in row.values}
    values |= {
        "number": row.values["number"],
        "agency_id": agencies[row.values["agency"]],
        "amount": row.values["amount"],
    }
    if "object" in row.values:
        values["plate"] = plate_of(row.values["object"])
    if row.values.get("status"):
        values["state"] = _STATES[row.values["status"]]
    return values


def _add(tx: Connection, fresh: list[dict[str, Any]], now: datetime, actor: Actor) -> None:
    columns = dict.fromkeys(name for values in fresh for name in values)
    blank: dict[str, Any] = {**dict.fromkeys(columns), "state": "open", "created_at": now, "updated_at": now}
    bills.add_all(tx, [blank | values for values in fresh])
    ids = bills.ids_of(tx, [values["number"] for values in fresh])
    stored = [{**blank, **values, "id": ids[values["number"]]} for values in fresh]
    bills.add_amounts(tx, [_amount(row, row["amount"], None, now, actor) for row in stored])
    for row in stored:
        if row["state"] != "open":
            _record(tx, row, None, row["state"], now, actor)


def _change(
    tx: Connection, wanted: dict[str, dict[str, Any]], known: dict[str, RowMapping], now: datetime, actor: Actor
) -> int:
    updates = [(row, _differing(row, wanted[number])) for number, row in known.items()]
    updates = [(row, difference) for row, difference in updates if difference]
    columns = list(dict.fromkeys(name for _, difference in updates for name in difference))
    bills.change_all(
        tx,
        [
            {"id": row["id"], **{name: difference.get(name, row[name]) for name in columns}, "updated_at": now}
            for row, difference in updates
        ],
    )
    _note_amounts(tx, updates, now, actor)
    for row, difference in updates:
        if "state" in difference:
            _record(tx, row, row["state"], difference["state"], now, actor)
    return len(updates)


def _differing(row: RowMapping, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if row[name] != value}


def _note_amounts(
    tx: Connection, updates: list[tuple[RowMapping, dict[str, Any]]], now: datetime, actor: Actor
) -> None:
    """A changed amount is valid from now on; the raise of a paid bill reopens it and is put before a person."""
    raised = [(row, new["amount"]) for row, new in updates if "amount" in new]
    bills.add_amounts(tx, [_amount(row, value, now, now, actor) for row, value in raised])
    for row, value in raised:
        detail = f"{row['amount']} -> {value}"
        history.record(
            tx, "bill", row["id"], to="amount_changed", at=now, actor=actor, cause="bill import", detail=detail
        )
    bills.open_cases(tx, [_case(row, value, now) for row, value in raised if _reopens(row, value)])


def _reopens(row: RowMapping, value: int) -> bool:
    was_paid = row["state"] == "open" and row["allocated"] > 0 and row["allocated"] >= row["amount"]
    return bool(was_paid and row["allocated"] < value)


def _case(row: RowMapping, value: int, now: datetime) -> dict[str, Any]:
    said = f"tagihan {row['number']} sudah lunas, lalu dinaikkan dari {rupiah(row['amount'])} ke {rupiah(value)}"
    reason = f"{said} / the bill was paid and its amount was raised"
    return {"kind": "bill_raised", "bill_id": row["id"], "reasons": reason, "candidates": "[]", "opened_at": now}


def _amount(
    row: Mapping[str, Any] | RowMapping, value: int, since: datetime | None, now: datetime, actor: Actor
) -> dict[str, Any]:
    return {
        "bill_id": row["id"],
        "amount": value,
        "valid_from": since,
        "recorded_at": now,
        "recorded_by": str(actor),
    }


def _record(
    tx: Connection, row: Mapping[str, Any] | RowMapping, old: str | None, new: str, now: datetime, actor: Actor
) -> None:
    history.record(tx, "bill", row["id"], from_=old, to=new, at=now, actor=actor, cause="bill import")
