"""The payments desk: what a person decides. Nobody settles anything without a bank entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, desk, history, payments, settlements
from mgov.store.database import Database
from mgov.store.open_items import HELD
from mgov.store.schema.money import settlement
from mgov.workflows import access
from mgov.workflows.payment_answers import day_of, may_answer, rupiah, text_of

#: Rupiah from which a manual approval needs a second person.
FOUR_EYES_ABOVE = 10_000_000


class DeskError(Exception):
    """What was asked cannot be done; `code` is for machines, the text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class DeskOutcome:
    """What was done: `settled`, `proposed` (a second person must agree), `rejected`, `allocated`, `noted`, `undone`."""

    kind: str
    detail: str


def approve(
    db: Database, confirmation_id: int, entry: str, *, actor: Actor, now: datetime, limit: int = FOUR_EYES_ABOVE
) -> DeskOutcome:
    """Settle a confirmation by a bank entry (its reference, or `#id`). Raises `DeskError`."""
    note = _Note(actor, now, confirmation_id, {"entry": entry})
    return _guarded(db, note, lambda tx: _approve(tx, confirmation_id, entry, actor, now, limit))


def reject(db: Database, confirmation_id: int, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Refuse a confirmation, with the reason that its sender is told. Raises `DeskError`."""
    note = _Note(actor, now, confirmation_id, {"reason": reason})
    return _guarded(db, note, lambda tx: _reject(tx, confirmation_id, reason, actor, now))


def assign(db: Database, entry: str, bills: list[str], *, actor: Actor, now: datetime) -> DeskOutcome:
    """Allocate a credit to bills, each what it lacks, the rest to the last. Raises `DeskError`."""
    note = _Note(actor, now, entry, {"bills": bills}, tuple(bills))
    return _guarded(db, note, lambda tx: _assign(tx, entry, bills, actor, now))


def split(db: Database, entry: str, parts: list[tuple[str, int]], *, actor: Actor, now: datetime) -> DeskOutcome:
    """Allocate named amounts of a credit to bills. Raises `DeskError`."""
    note = _Note(actor, now, entry, {"parts": parts}, tuple(number for number, _ in parts))
    return _guarded(db, note, lambda tx: _split(tx, entry, parts, actor, now))


def other_income(db: Database, entry: str, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Say that a credit pays no bill. Raises `DeskError`."""

    def work(tx: Connection) -> DeskOutcome:
        row = _entry(tx, entry)
        if row.allocated:
            raise DeskError("entry_used", "dana ini sudah dipakai / this entry already pays a bill")
        desk.mark_entry(tx, row.id, "other_income")
        history.record(tx, "entry", row.id, to="other_income", at=now, actor=actor, cause="desk", detail=reason)
        return DeskOutcome("noted", f"#{row.id}")

    return _guarded(db, _Note(actor, now, entry, {"reason": reason}), work)


def refund(db: Database, entry: str, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Put what is free of a credit on the refund list. Raises `DeskError`."""

    def work(tx: Connection) -> DeskOutcome:
        row = _entry(tx, entry)
        amount = row.amount - row.allocated
        desk.add_refund(tx, bank_entry_id=row.id, amount=amount, reason=reason[:191], created_at=now)
        desk.mark_entry(tx, row.id, "other_income")
        history.record(tx, "entry", row.id, to="refund_due", at=now, actor=actor, cause="desk", detail=reason)
        return DeskOutcome("noted", rupiah(amount))

    return _guarded(db, _Note(actor, now, entry, {"reason": reason}), work)


def undo(db: Database, confirmation_id: int, *, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    """Take back what settled a confirmation; it waits for a person from then on. Raises `DeskError`."""
    note = _Note(actor, now, confirmation_id, {"reason": reason})
    return _guarded(db, note, lambda tx: _undo(tx, confirmation_id, reason, actor, now))


@dataclass(frozen=True, slots=True)
class _Note:
    """What the audit keeps of a decision: who, when, on which confirmation or entry, with what said."""

    actor: Actor
    now: datetime
    target: object
    said: dict[str, Any]
    bills: tuple[str, ...] = ()


def _require(tx: Connection, note: _Note) -> None:
    """Only cashiers decide; one of an agency on that agency's bills alone. Raises `RefusedError`."""
    account = access.require(tx, note.actor, Right.PAYMENT_DECIDE)
    if account.agency_id is None:
        return
    numbers = note.bills
    if isinstance(note.target, int):
        row = payments.get_confirmation(tx, note.target)
        numbers = (row.bill_number,) if row is not None else ()
    found = [payments.find_bill(tx, number) for number in numbers]
    agencies = [bill.agency_id if bill is not None else None for bill in found]
    access.require(tx, note.actor, Right.PAYMENT_DECIDE, agencies or [None])


def _guarded(db: Database, note: _Note, work: Callable[[Connection], DeskOutcome]) -> DeskOutcome:
    def audited(tx: Connection) -> DeskOutcome:
        _require(tx, note)
        outcome = work(tx)
        detail = {"result": outcome.detail, **note.said}
        audit.record(tx, note.actor, f"payment.{outcome.kind}", "payment", note.target, detail, now=note.now)
        return outcome

    try:
        outcome = db.transact(audited)
    except IntegrityError as error:
        raise DeskError("not_enough_money", "dana tidak cukup / the entry has not that much free") from error
    return outcome


def _approve(tx: Connection, confirmation_id: int, entry: str, actor: Actor, now: datetime, limit: int) -> DeskOutcome:
    row = _undecided(tx, confirmation_id)
    credit = _entry(tx, entry)
    bill = _payable_bill(tx, row.bill_number)
    case = desk.open_case(tx, row.id)
    amount = min(credit.amount - credit.allocated, max(bill.amount - bill.allocated, 0))
    if amount == 0:
        raise DeskError("bill_paid", "tagihan sudah lunas / the bill is already paid")
    if amount > limit and not _second_person(case, actor, entry):
        return _propose(tx, row, case, actor, entry, now)
    second = case.proposed_by if case is not None and amount > limit else None
    _allocate(tx, credit, bill, amount, row.id, second or str(actor), str(actor) if second else None, now)
    _close(tx, case, actor, f"approved by {entry}", now)
    _set_status(tx, row, "settled", "approved", actor, now, rule="manual", entry_id=credit.id, settled_at=now)
    _tell_settled(tx, row, bill, credit, amount, now)
    return DeskOutcome("settled", f"{bill.number} {rupiah(amount)}")


def _second_person(case: Row[Any] | None, actor: Actor, entry: str) -> bool:
    """Whether another person has proposed this very entry before."""
    if case is None or case.proposed_by is None:
        return False
    return bool(case.proposed_by != str(actor) and case.decision == f"proposed {entry}")


def _propose(
    tx: Connection, row: Row[Any], case: Row[Any] | None, actor: Actor, entry: str, now: datetime
) -> DeskOutcome:
    if case is None:
        settlements.change_confirmations(tx, [{"id": row.id, "status": "review"}])
        settlements.sync_cases(tx, now)
        case = desk.open_case(tx, row.id)
    assert case is not None  # noqa: S101 - just opened
    _changed_or_conflict(desk.change_case(tx, case, proposed_by=str(actor), decision=f"proposed {entry}"))
    history.record(tx, "confirmation", row.id, to="review", from_=row.status, at=now, actor=actor, cause="proposed")
    return DeskOutcome("proposed", "perlu persetujuan orang kedua / a second person must approve")


def _reject(tx: Connection, confirmation_id: int, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    row = _undecided(tx, confirmation_id)
    _close(tx, desk.open_case(tx, row.id), actor, f"rejected: {reason}", now)
    _set_status(tx, row, "rejected", reason[:64], actor, now)
    _answer(tx, row, text_of("rejected", bill=row.bill_number, why=reason), "rejected", now)
    return DeskOutcome("rejected", row.bill_number)


def _assign(tx: Connection, entry: str, numbers: list[str], actor: Actor, now: datetime) -> DeskOutcome:
    credit = _entry(tx, entry)
    left = credit.amount - credit.allocated
    bills = [_payable_bill(tx, number) for number in numbers]
    for index, bill in enumerate(bills):
        lacking = max(bill.amount - bill.allocated, 0)
        amount = left if index == len(bills) - 1 else min(left, lacking)
        if amount > 0:
            _allocate(tx, credit, bill, amount, None, str(actor), None, now)
            left -= amount
    return DeskOutcome("allocated", ", ".join(numbers))


def _split(tx: Connection, entry: str, parts: list[tuple[str, int]], actor: Actor, now: datetime) -> DeskOutcome:
    credit = _entry(tx, entry)
    if any(amount <= 0 for _, amount in parts) or sum(a for _, a in parts) > credit.amount - credit.allocated:
        raise DeskError("not_enough_money", "dana tidak cukup / the entry has not that much free")
    for number, amount in parts:
        _allocate(tx, credit, _payable_bill(tx, number), amount, None, str(actor), None, now)
    return DeskOutcome("allocated", ", ".join(number for number, _ in parts))


def _undo(tx: Connection, confirmation_id: int, reason: str, actor: Actor, now: datetime) -> DeskOutcome:
    row = payments.get_confirmation(tx, confirmation_id)
    if row is None or row.status != "settled":
        raise DeskError("not_settled", "konfirmasi ini tidak lunas / this confirmation is not settled")
    rows = settlements.net_settlements(tx, settlement.c.confirmation_id == row.id)
    settlements.undo(tx, rows, rule="undo", reasons=reason, actor=str(actor), now=now)
    _set_status(tx, row, "review", HELD, actor, now, detail=reason)
    settlements.sync_cases(tx, now)
    return DeskOutcome("undone", row.bill_number)


def _undecided(tx: Connection, confirmation_id: int) -> Row[Any]:
    row = payments.get_confirmation(tx, confirmation_id)
    if row is None:
        raise DeskError("unknown_payment", f"konfirmasi {confirmation_id} tidak ada / no such confirmation")
    if row.status in ("settled", "rejected"):
        raise DeskError("already_decided", f"sudah diputuskan: {row.status} / already decided")
    return row


def _entry(tx: Connection, name: str) -> Row[Any]:
    """The one credit of that name that still has money; without one nothing is approved."""
    rows = desk.entries_named(tx, name)
    if not rows:
        raise DeskError("unknown_entry", f"tidak ada dana {name} di bank / no such bank entry")
    free = [row for row in rows if row.amount > row.allocated and row.kind == "ordinary"]
    free = [row for row in free if not desk.is_reversed(tx, row.id)]
    if not free:
        raise DeskError("entry_used", f"dana {name} sudah dipakai atau ditarik / that entry is used or was undone")
    if len(free) > 1 and len({(row.amount, row.booked_at, row.description) for row in free}) > 1:
        raise DeskError("several_entries", "beberapa dana; sebut #id / several entries, name one by #id")
    return free[0]


def _payable_bill(tx: Connection, number: str) -> Row[Any]:
    bill = payments.find_bill(tx, number)
    if bill is None:
        raise DeskError("unknown_bill", f"tagihan {number} tidak ada / no such bill")
    if bill.state != "open":
        raise DeskError("bill_closed", f"tagihan {number}: {bill.state} / the bill takes no money")
    return bill


def _allocate(
    tx: Connection,
    credit: Row[Any],
    bill: Row[Any],
    amount: int,
    confirmation_id: int | None,
    actor: str,
    second: str | None,
    now: datetime,
) -> None:
    row = {"bank_entry_id": credit.id, "bill_id": bill.id, "confirmation_id": confirmation_id, "amount": amount}
    settlements.allocate(tx, [{**row, "rule": "manual", "actor": actor, "second_actor": second, "at": now}])
    history.record(
        tx, "bill", bill.id, to="allocated", at=now, actor=actor, cause="desk", detail=f"#{credit.id} {amount}"
    )


def _close(tx: Connection, case: Row[Any] | None, actor: Actor, decision: str, now: datetime) -> None:
    if case is not None:
        values = {"state": "decided", "decided_at": now, "decided_by": str(actor), "decision": decision}
        _changed_or_conflict(desk.change_case(tx, case, **values))


def _changed_or_conflict(changed: bool) -> None:
    if not changed:
        raise DeskError("conflict", "orang lain baru saja memutuskan / somebody else has just decided this case")


def _set_status(
    tx: Connection,
    row: Row[Any],
    status: str,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    rule: str | None = None,
    entry_id: int | None = None,
    settled_at: datetime | None = None,
    detail: str | None = None,
) -> None:
    values = {"status": status, "reason": reason, "rule": rule, "bank_entry_id": entry_id, "settled_at": settled_at}
    settlements.change_confirmations(tx, [{"id": row.id, **values}])
    history.record(
        tx, "confirmation", row.id, from_=row.status, to=status, at=now, actor=actor, cause=reason, detail=detail
    )


def _tell_settled(tx: Connection, row: Row[Any], bill: Row[Any], credit: Row[Any], amount: int, now: datetime) -> None:
    left = bill.amount - bill.allocated - amount
    values = {"bill": bill.number, "amount": rupiah(amount), "day": day_of(credit.booked_on)}
    text = (
        text_of("partly", left=rupiah(left), **values)
        if left > 0
        else text_of("settled", reference=credit.reference or "-", **values)
    )
    _answer(tx, row, text, "settled", now)


def _answer(tx: Connection, row: Row[Any], text: str, about: str, now: datetime) -> None:
    if may_answer(row.channel, row.sender):
        answer = {"channel": row.channel, "recipient": row.sender, "text": text, "in_reply_to": row.message_id}
        key = f"payment:{row.id}:{about}:{now.isoformat()}"
        settlements.queue_answers(tx, [{**answer, "subject_id": row.id, "dedupe_key": key}], now)
