"""What staff do about consent: see the proofs, close the tasks that citizens' answers opened, keep a letter's wish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import agency_tasks, audit, consents, documents, history, holders, reminder_recheck, reminders
from mgov.store.database import Database
from mgov.workflows import access

#: What an agency may find of a "not me": the number is the holder's after all, or it was wrong and is corrected.
IS_HOLDERS, WAS_WRONG, SEEN = "is_holders", "was_wrong", "seen"
OUTCOMES = {"not_me": (IS_HOLDERS, WAS_WRONG), "extended": (SEEN,)}


class ConsentError(Exception):
    """What was asked cannot be done; the text says why."""


def tasks(db: Database, *, every: bool = False, agency_code: str | None = None) -> list[dict[str, Any]]:
    """What citizens said that an agency has to look at, oldest first; only the open ones unless `every`."""
    shown = ("id", "kind", "agency", "address", "holder_id", "holder_name", "documents", "said", "state")
    when = ("opened_at", "closed_at", "closed_by", "outcome", "note")

    def work(tx: Connection) -> list[dict[str, Any]]:
        rows = agency_tasks.listing(tx, every=every, agency_code=agency_code)
        return [{name: row[name] for name in (*shown, *when)} for row in rows]

    return db.read(work)


def close_task(
    db: Database, task_id: int, outcome: str, actor: Actor, now: datetime, *, today: date, note: str | None = None
) -> None:
    """Close a task; a holder who was suspended is reminded again. Raises ConsentError and RefusedError."""

    def work(tx: Connection) -> None:
        task = agency_tasks.get(tx, task_id)
        if task is None:
            raise ConsentError(f"tugas {task_id} tidak ada / no such task")
        access.require(tx, actor, Right.DOCUMENT_CHANGE, [task["agency_id"]])
        if outcome not in OUTCOMES[task["kind"]]:
            raise ConsentError(f"{outcome}: right for this task would be {' or '.join(OUTCOMES[task['kind']])}")
        if not agency_tasks.close(tx, task_id, outcome=outcome, by=actor, now=now, note=note):
            raise ConsentError(f"tugas {task_id} sudah ditutup / is closed already")
        history.record(tx, "task", task_id, from_="open", to="closed", at=now, actor=actor, cause=outcome, detail=note)
        audit.record(tx, actor, "consent.close-task", "task", task_id, {"outcome": outcome}, now=now)
        if task["kind"] == "not_me":
            _lift(tx, task, outcome, today, now)

    db.transact(work)


def set_reminders(db: Database, address: str, *, on: bool, why: str, actor: Actor, now: datetime, today: date) -> None:
    """Keep what a person asked of staff by letter or at the counter; `why` is the proof. Raises RefusedError."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.DOCUMENT_CHANGE)
        if on:
            reminders.reconsider(tx, today, addresses=consents.opt_in(tx, address))
        else:
            consents.opt_out(tx, address, now)
            reminder_recheck.withdraw_unwanted(tx, [address], now)
        act = consents.REMINDERS_ON if on else consents.REMINDERS_OFF
        consents.record(tx, address, act, said=None, wording=f"{actor}: {why}", now=now)
        audit.record(tx, actor, f"consent.{'on' if on else 'off'}", "address", address, now=now)

    db.transact(work)


def clear_bounce(db: Database, address: str, actor: Actor, now: datetime, *, today: date) -> None:
    """An address takes mail again. Raises ConsentError and RefusedError."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.DOCUMENT_CHANGE)
        if not consents.clear_bounced(tx, address):
            raise ConsentError(f"{address}: tidak ditandai / is not marked as undeliverable")
        reminders.reconsider(tx, today, addresses=[address])
        audit.record(tx, actor, "consent.clear-bounce", "address", address, now=now)

    db.transact(work)


def proofs(db: Database, address: str | None = None) -> list[dict[str, Any]]:
    """The kept proofs, oldest first."""
    shown = ("id", "at", "address", "act", "said", "wording", "message_id")
    return db.read(lambda tx: [{name: row[name] for name in shown} for row in consents.proofs(tx, address)])


def _lift(tx: Connection, task: RowMapping, outcome: str, today: date, now: datetime) -> None:
    """End the suspension that a "not me" began, unless another open task keeps it."""
    address, party_id = str(task["address"]), task["party_id"]
    if outcome == IS_HOLDERS:
        holders.restore_bindings(tx, address, party_id, now)
        if not agency_tasks.open_ones(tx, "not_me", address):
            consents.clear_not_me(tx, address)
            reminders.reconsider(tx, today, addresses=[address])
    if party_id is not None and agency_tasks.open_about_party(tx, "not_me", int(party_id)):
        return
    numbers = [number.strip() for number in str(task["documents"]).split(";")]
    holders.resume(tx, party_id, numbers)
    reminders.reconsider(tx, today, documents=_documents(tx, party_id, numbers))


def _documents(tx: Connection, party_id: int | None, numbers: Iterable[str]) -> set[int]:
    named = {int(row["id"]) for row in documents.by_numbers(tx, list(numbers)).values()}
    return named if party_id is None else named | documents.ids_of_party(tx, party_id)
