"""The payments desk: what a person decides. Nobody settles anything without a bank entry.

Whatever moves more than a limit needs a second person: the first proposes, the second does the very same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from mgov.domain.actor import Actor
from mgov.domain.matching import Reason
from mgov.domain.roles import Right
from mgov.store import audit, payments, settlements
from mgov.store import desk as desk_store
from mgov.store.database import Database
from mgov.workflows import access, desk_deputies, desk_steps, desk_undo
from mgov.workflows.desk_steps import FOUR_EYES_ABOVE, DeskError, DeskOutcome, Sitting
from mgov.workflows.payment_answers import Answers

__all__ = ["FOUR_EYES_ABOVE", "DeskError", "DeskOutcome"]


def approve(
    db: Database,
    confirmation_id: int,
    entry: str,
    *,
    actor: Actor,
    now: datetime,
    limit: int = FOUR_EYES_ABOVE,
    told: Answers | None = None,
    said: Mapping[str, object] = MappingProxyType({}),
    version: int | None = None,
) -> DeskOutcome:
    """Settle a confirmation by a bank entry (its reference, or `#id`). Raises `DeskError`.

    `said` goes into the audit as well; `version` is that of the case which the decision is about, if it is known.
    """
    sitting = Sitting(actor, now, limit, told, str(said.get("reason", "")))
    note = _Note(sitting, confirmation_id, {"entry": entry, **said}, version=version)
    return _guarded(db, note, lambda tx: desk_steps.approve(tx, note.sitting, confirmation_id, entry))


def reject(
    db: Database,
    confirmation_id: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    told: Answers | None = None,
    said: Mapping[str, object] = MappingProxyType({}),
    version: int | None = None,
) -> DeskOutcome:
    """Refuse a confirmation, with the reason that its sender is told. Raises `DeskError`; see `approve`."""
    because = _because(reason)
    note = _Note(Sitting(actor, now, told=told), confirmation_id, {**because, **said}, version=version)
    return _guarded(db, note, lambda tx: _reject(tx, note.sitting, confirmation_id, reason))


def confirm_reversal(
    db: Database, confirmation_id: int, *, actor: Actor, now: datetime, told: Answers | None = None
) -> DeskOutcome:
    """Confirm that the bank took the money back: whoever was told of it is told the correction. Raises `DeskError`."""
    note = _Note(Sitting(actor, now, told=told), confirmation_id, {})
    return _guarded(db, note, lambda tx: desk_undo.confirm_reversal(tx, note.sitting, confirmation_id))


def assign(
    db: Database,
    entry: str,
    bills: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    limit: int = FOUR_EYES_ABOVE,
    reason: str = "",
) -> DeskOutcome:
    """Allocate a credit to bills, each what it lacks, the rest to the last. Raises `DeskError`."""
    said = {"bills": list(bills), "reason": reason}
    note = _Note(Sitting(actor, now, limit, reason=reason), entry, said, tuple(bills))
    return _guarded(db, note, lambda tx: desk_steps.assign(tx, note.sitting, entry, list(bills)))


def split(
    db: Database,
    entry: str,
    parts: Sequence[tuple[str, int]],
    *,
    actor: Actor,
    now: datetime,
    limit: int = FOUR_EYES_ABOVE,
    reason: str = "",
) -> DeskOutcome:
    """Allocate named amounts of a credit to bills. Raises `DeskError`."""
    said = {"parts": list(parts), "reason": reason}
    note = _Note(Sitting(actor, now, limit, reason=reason), entry, said, tuple(number for number, _ in parts))
    return _guarded(db, note, lambda tx: desk_steps.split(tx, note.sitting, entry, list(parts)))


def other_income(db: Database, entry: str, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Say that a credit pays no bill. Raises `DeskError`."""
    note = _Note(Sitting(actor, now), entry, _because(reason))
    return _guarded(db, note, lambda tx: desk_steps.other_income(tx, note.sitting, entry, reason))


def refund(db: Database, entry: str, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Put what is free of a credit on the refund list. Raises `DeskError`."""
    note = _Note(Sitting(actor, now), entry, _because(reason))
    return _guarded(db, note, lambda tx: desk_steps.refund(tx, note.sitting, entry, reason))


def separate(db: Database, entry: str, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Say that what looked like an entry of another format is money of its own. Raises `DeskError`."""
    note = _Note(Sitting(actor, now), entry, _because(reason))
    return _guarded(db, note, lambda tx: desk_steps.separate(tx, note.sitting, entry, reason))


def undo(
    db: Database, confirmation_id: int, *, reason: str, actor: Actor, now: datetime, told: Answers | None = None
) -> DeskOutcome:
    """Take back what settled a confirmation; it waits for a person from then on. Raises `DeskError`."""
    note = _Note(Sitting(actor, now, told=told), confirmation_id, _because(reason))
    return _guarded(db, note, lambda tx: desk_undo.undo(tx, note.sitting, confirmation_id, reason))


def undo_entry(
    db: Database, entry: str, *, reason: str, actor: Actor, now: datetime, told: Answers | None = None
) -> DeskOutcome:
    """Take back what was done with a credit without a confirmation. Raises `DeskError`."""
    note = _Note(Sitting(actor, now, told=told), entry, _because(reason))
    return _guarded(db, note, lambda tx: desk_undo.undo_entry(tx, note.sitting, entry, reason))


def close_case(db: Database, case_id: int, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Say that a case without a confirmation (a raised bill) was seen, and what came of it. Raises `DeskError`."""
    note = _Note(Sitting(actor, now), f"case {case_id}", _because(reason))
    return _guarded(db, note, lambda tx: desk_steps.close_case(tx, note.sitting, case_id, reason))


def _reject(tx: Connection, by: Sitting, confirmation_id: int, reason: str) -> DeskOutcome:
    """One that a reversal reopened gets the correction instead of the refusal."""
    row = payments.get_confirmation(tx, confirmation_id)
    if row is not None and row.reason == Reason.CREDIT_REVERSED and row.status == "review":
        return desk_undo.confirm_reversal(tx, by, confirmation_id)
    return desk_steps.reject(tx, by, confirmation_id, reason)


def _because(reason: str) -> dict[str, Any]:
    """What is said of a decision that needs a reason. Raises `DeskError` where none is given."""
    if not reason.strip():
        raise DeskError("no_reason", "tulis alasannya / say why")
    return {"reason": reason}


@dataclass(frozen=True, slots=True)
class _Note:
    """What the audit keeps of a decision: who, when, on which confirmation or entry, with what said."""

    sitting: Sitting
    target: object
    said: dict[str, Any] = field(default_factory=dict)
    bills: tuple[str, ...] = ()
    version: int | None = None


def _guarded(db: Database, note: _Note, work: Callable[[Connection], DeskOutcome]) -> DeskOutcome:
    """Decide alone, with the right to, and put it in the audit; all of it or nothing."""
    sitting = note.sitting

    def audited(tx: Connection) -> DeskOutcome:
        settlements.lock(tx)
        standing_for = _require(tx, note)
        _same_version(tx, note)
        outcome = work(tx)
        settlements.tell_news(tx)
        detail = {"result": outcome.detail, **note.said, **({"deputy_for": standing_for} if standing_for else {})}
        audit.record(tx, sitting.actor, f"payment.{outcome.kind}", "payment", note.target, detail, now=sitting.now)
        return outcome

    try:
        return db.transact(audited)
    except IntegrityError as error:
        raise DeskError("not_enough_money", "dana tidak cukup / the entry has not that much free") from error


def _same_version(tx: Connection, note: _Note) -> None:
    """Refuse what was decided about a case that somebody has changed since. Raises `DeskError`."""
    if note.version is None or not isinstance(note.target, int):
        return
    case = desk_store.open_case(tx, note.target)
    if case is None or case.version != note.version:
        raise DeskError("conflict", "kasus berubah sejak lembar dibuat / the case has changed since the sheet was made")


def _require(tx: Connection, note: _Note) -> str | None:
    """Only cashiers decide, and their deputies; one of an agency on that agency's bills alone.

    Returns for whom a deputy stands in. Raises `RefusedError`.
    """
    try:
        _require_of(tx, note.sitting.actor, note)
    except access.RefusedError:
        for absent in desk_deputies.stands_in_for(tx, note.sitting.actor, note.sitting.now):
            _require_of(tx, absent, note)
            return str(absent)
        raise
    return None


def _require_of(tx: Connection, actor: Actor, note: _Note) -> None:
    account = access.require(tx, actor, Right.PAYMENT_DECIDE)
    if account.agency_id is None:
        return
    numbers = note.bills
    if isinstance(note.target, int):
        row = payments.get_confirmation(tx, note.target)
        numbers = (row.bill_number,) if row is not None else ()
    found = [payments.find_bill(tx, number) for number in numbers]
    agencies = [bill.agency_id if bill is not None else None for bill in found]
    access.require(tx, actor, Right.PAYMENT_DECIDE, agencies or [None])
