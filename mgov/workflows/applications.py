"""Applications change: by an agency's file, by staff, by a portal. Every change of status is told once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.permit import normal_status, spoken_status
from mgov.domain.roles import Account, Right
from mgov.replies import Replies
from mgov.store import applications, audit, history, outbox, parties, services
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows import csv_import as cells
from mgov.workflows.csv_import import Column, ImportResult, Row, RowError
from mgov.workflows.imports import Import, digest_of

JAKARTA = ZoneInfo("Asia/Jakarta")

COLUMNS = (
    Column("reference", cells.reference, required=True),
    Column("service", cells.word),
    Column("agency", cells.word, required=True),
    Column("applicant_id", cells.word),
    Column("applicant_name", cells.line_of_text),
    Column("phone", cells.phone, lenient=True),
    Column("status", cells.word, required=True),
    Column("status_note", cells.prose),
    Column("submitted_on", cells.day),
)


def import_applications(
    db: Database,
    source: bytes | Iterable[str],
    actor: Actor,
    now: datetime,
    *,
    replies: Replies | None = None,
    zone: ZoneInfo = JAKARTA,
    strict: bool = False,
    tick: Callable[[int], None] = lambda _count: None,
) -> ImportResult:
    """Take a file of permits in progress; the same rows again change nothing.

    Without `replies` nobody is told of a changed status. Raises `CsvError` for a file that is none.
    """
    result = ImportResult()
    rows = cells.good_rows(source, COLUMNS, result, strict=strict, tick=tick)
    job = Import(db, actor, Right.APPLICATION_CHANGE, "application", now, digest_of(source))

    def put(tx: Connection, account: Account, batch: list[Row]) -> ImportResult:
        return store(tx, batch, replies=replies, now=now, actor=actor, zone=zone, account=account)

    job.run(cells.batches(rows, "reference"), put, result, strict=strict)
    return result


def store(
    tx: Connection,
    batch: list[Row],
    *,
    replies: Replies | None,
    now: datetime,
    actor: Actor,
    zone: ZoneInfo = JAKARTA,
    account: Account | None = None,
) -> ImportResult:
    """Put rows with distinct references in, and tell the applicants whose status changed.

    An application is a citizen's: whoever works for its agency moves it on. Without an account nothing is refused.
    """
    result = ImportResult()
    agencies = services.ensure_agencies(tx, (row.values["agency"] for row in batch), now)
    catalogue = {row["code"].upper(): row["id"] for row in services.listing(tx)}
    people = _parties(tx, batch, now, actor)
    for row in batch:
        wanted = _wanted(row, agencies, catalogue, people)
        known = applications.by_reference(tx, row.values["reference"])
        if known is None:
            _add(tx, wanted, now, actor, zone)
            result.added += 1
        elif account is not None and not account.sees([known["agency_id"]]):
            result.errors.append(RowError(row.line, "reference", "punya dinas lain / another agency's"))
        elif _change(tx, known, wanted, replies=replies, now=now, actor=actor):
            result.updated += 1
        else:
            result.unchanged += 1
    return result


def set_status(
    db: Database, reference: str, status: str, note: str | None, *, replies: Replies, now: datetime, actor: Actor
) -> bool | None:
    """Give an application a new status; None when there is none of that reference, False when nothing changed."""

    def work(tx: Connection) -> bool | None:
        known = applications.by_reference(tx, reference)
        if known is None:
            return None
        access.require(tx, actor, Right.APPLICATION_CHANGE, [known["agency_id"]])
        wanted: dict[str, Any] = {"status": normal_status(status)}
        if note is not None or wanted["status"] != known["status"]:  # the last status's note says nothing of this one
            wanted["status_note"] = note
        changed = _change(tx, known, wanted, replies=replies, now=now, actor=actor)
        if changed:
            detail = {"from": known["status"], "to": wanted["status"]}
            audit.record(tx, actor, "application.set-status", "application", reference, detail, now=now)
        return changed

    return db.transact(work)


def _parties(tx: Connection, batch: list[Row], now: datetime, actor: Actor) -> dict[str, int]:
    named = [row.values for row in batch if row.values.get("applicant_id")]
    names = {values["applicant_id"]: values.get("applicant_name") or values["applicant_id"] for values in named}
    found = parties.ensure_all(tx, names, now=now, actor=actor)
    phones = ((found[v["applicant_id"]], "phone", v["phone"]) for v in named if v.get("phone"))
    parties.record_contacts(tx, phones, now=now, actor=actor)
    return found


def _wanted(row: Row, agencies: dict[str, int], catalogue: dict[str, int], people: dict[str, int]) -> dict[str, Any]:
    said = row.values
    plain = ("reference", "applicant_name", "phone", "status_note", "submitted_on")
    values = {name: said[name] for name in plain if said.get(name) is not None}
    values |= {"agency_id": agencies[said["agency"]], "status": normal_status(said["status"])}
    if said.get("service"):
        values |= {"service_code": said["service"], "service_id": catalogue.get(said["service"].upper())}
    if said.get("applicant_id"):
        values["party_id"] = people[said["applicant_id"]]
    return values


def _add(tx: Connection, values: dict[str, Any], now: datetime, actor: Actor, zone: ZoneInfo) -> None:
    submitted = values.get("submitted_on") or now.astimezone(zone).date()
    times = {"submitted_on": submitted, "created_at": now, "updated_at": now, "attended_at": now}
    application_id = applications.add(tx, **(values | times))
    history.record(tx, "application", application_id, to=values["status"], at=now, actor=actor, cause="import")


def _change(
    tx: Connection, known: RowMapping, wanted: dict[str, Any], *, replies: Replies | None, now: datetime, actor: Actor
) -> bool:
    differing = {name: value for name, value in wanted.items() if name != "reference" and known[name] != value}
    if not differing:
        return False
    applications.change(tx, known["id"], **differing, updated_at=now, attended_at=now)
    if "status" in differing:
        history.record(
            tx,
            "application",
            known["id"],
            from_=known["status"],
            to=differing["status"],
            at=now,
            actor=actor,
            cause="status set",
            detail=differing.get("status_note"),
        )
        if replies is not None:
            _tell(tx, dict(known) | differing, replies, now, actor)
    return True


def _tell(tx: Connection, row: dict[str, Any], replies: Replies, now: datetime, actor: Actor) -> None:
    """To the phone on the application, else to the phone or address that filed it."""
    to = row["phone"] or row["filed_by"]
    if not to:
        return
    by_mail = "@" in to
    values = {
        "reference": row["reference"],
        "service": row["service_code"] or "-",
        "status": spoken_status(row["status"], replies.language),
        "note": row["status_note"] or "",
    }
    outbox.queue_text(
        tx,
        to=to,
        text=replies.render("status_changed", values),
        now=now,
        actor=actor,
        cause="status changed",
        channel="email" if by_mail else "sms",
        subject=f"Permohonan {row['reference']}" if by_mail else None,
        subject_kind="application",
        subject_id=row["id"],
    )
