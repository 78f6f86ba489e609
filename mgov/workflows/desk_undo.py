"""Taking back at the desk: what a person or the machine settled, and what the bank took back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.matching import Reason, sentence
from mgov.replies import rupiah
from mgov.store import desk, history, payments, reversals, settlements
from mgov.store.open_items import HELD
from mgov.store.schema.money import settlement
from mgov.workflows import desk_steps
from mgov.workflows.desk_steps import DeskError, DeskOutcome, Sitting


def confirm_reversal(tx: Connection, by: Sitting, confirmation_id: int) -> DeskOutcome:
    """Tell the sender, and the payer who was told that his bill is paid, that the bank took the money back.

    Whoever confirmed what somebody else had confirmed before hears of the same money; the payer hears it once.
    """
    row = desk_steps.undecided(tx, confirmation_id)
    if row.reason != Reason.CREDIT_REVERSED:
        raise DeskError("not_reversed", "dana ini tidak ditarik bank / the bank undid nothing of this")
    amount = settlements.taken_back(tx, row.id)
    desk_steps.close(tx, desk.open_case(tx, row.id), by, "reversal confirmed")
    desk_steps.set_status(tx, by, row, "rejected", str(Reason.CREDIT_REVERSED))
    values = {"bills": row.bill_number, "amount": amount or settlements.last_taken_back(tx, row.bill_id)}
    desk_steps.tell(tx, by, row, "reversed", values)
    if amount:
        desk_steps.tell_payer(tx, by, row, payments.find_bill(tx, row.bill_number), "reversed", values)
    return DeskOutcome("rejected", f"{row.bill_number}: ditarik bank / reversed")


def undo(tx: Connection, by: Sitting, confirmation_id: int, reason: str) -> DeskOutcome:
    """Take back what settled a confirmation, or its refusal; the machine leaves it to people from then on.

    So it does with those that confirmed the same payment. All who heard that the bill is paid hear the correction.
    """
    row = payments.get_confirmation(tx, confirmation_id)
    if row is not None and row.status == "rejected" and row.reason != Reason.CREDIT_REVERSED:
        return _take_up_again(tx, by, row, reason)
    if row is None or row.status != "settled":
        raise DeskError("not_settled", "konfirmasi ini tidak lunas / this confirmation is not settled")
    rows = settlements.net_settlements(tx, settlement.c.confirmation_id == row.id)
    if not rows:
        _require_no_money_of_another(tx, row)
    _take_back(tx, by, rows, reason)
    amount = sum(taken.amount for taken in rows)
    repeats = settlements.repeats_of(tx, row.bill_id, {taken.bank_entry_id for taken in rows})
    for heard in (row, *(repeat for repeat in repeats if repeat.id != row.id)):
        _reopen(tx, by, heard, rows, reason)
    if amount:
        bill = payments.find_bill(tx, row.bill_number)
        values = {"bills": row.bill_number, "amount": amount, "until": _promise(by)}
        desk_steps.tell_payer(tx, by, row, bill, "undone", values)
    return DeskOutcome("undone", f"{row.bill_number} {rupiah(amount)}" if amount else row.bill_number)


def undo_entry(tx: Connection, by: Sitting, entry: str, reason: str) -> DeskOutcome:
    """Take back what was done with a credit without a confirmation: divided, other income, refund, or booked on the
    bill that the bank named. Who confirmed such a payment later, and heard that it is paid, hears the correction.
    """
    credit = _decided_entry(tx, entry)
    mine = (settlement.c.bank_entry_id == credit.id) & settlement.c.confirmation_id.is_(None)
    rows = settlements.net_settlements(tx, mine)
    if not rows and credit.kind != "other_income":
        raise DeskError("nothing_to_undo", _told_of_nothing(tx, credit, entry))
    _take_back(tx, by, rows, reason)
    if credit.kind == "other_income":
        desk.drop_refunds_of(tx, credit.id, str(by.actor), by.now)
        desk.mark_entry(tx, credit.id, "ordinary")
    history.record(tx, "entry", credit.id, to="undone", at=by.now, actor=by.actor, cause="desk", detail=reason)
    still_held = reversals.bills_held(tx, credit.id)
    for bill_id in dict.fromkeys(row.bill_id for row in rows if row.bill_id not in still_held):
        for heard in settlements.repeats_of(tx, bill_id, {credit.id}):
            _reopen(tx, by, heard, [row for row in rows if row.bill_id == bill_id], reason)
    numbers = [desk.bill_by_id(tx, row.bill_id).number for row in rows]
    return DeskOutcome("undone", ", ".join((f"#{credit.id}", *numbers)))


def _take_back(tx: Connection, by: Sitting, rows: Sequence[Row[Any]], reason: str) -> None:
    settlements.undo(tx, rows, rule="undo", reasons=reason, actor=str(by.actor), now=by.now)


def _take_up_again(tx: Connection, by: Sitting, row: Row[Any], reason: str) -> DeskOutcome:
    """Examine after all what was refused by mistake: its sender hears until when."""
    promise = _promise(by)
    why = f"penolakan ditarik kembali / the refusal was taken back: {reason}"
    candidates = desk.candidates_again(tx, row.id, [])
    case = {"confirmation_id": row.id, "bill_id": row.bill_id, "reasons": why, "candidates": candidates}
    desk_steps.set_status(tx, by, row, "review", HELD, detail=reason, promised_on=promise)
    settlements.put_cases(tx, [case], by.now)
    desk_steps.tell(tx, by, row, "review", {"bills": row.bill_number, "until": promise})
    return DeskOutcome("undone", f"{row.bill_number}: diperiksa lagi / before a person again")


def _reopen(tx: Connection, by: Sitting, heard: Row[Any], taken: Sequence[Row[Any]], reason: str) -> None:
    """Put a confirmation before a person again, with the money that it had, and tell its sender."""
    promise = _promise(by)
    candidates = desk.candidates_again(tx, heard.id, [row.bank_entry_id for row in taken])
    why = f"{sentence(Reason.UNDONE)}: {reason}"
    case = {"confirmation_id": heard.id, "bill_id": heard.bill_id, "reasons": why, "candidates": candidates}
    desk_steps.set_status(tx, by, heard, "review", HELD, detail=reason, promised_on=promise)
    settlements.put_cases(tx, [case], by.now)
    amount = sum(row.amount for row in taken)
    desk_steps.tell(tx, by, heard, "undone", {"bills": heard.bill_number, "amount": amount, "until": promise})


def _require_no_money_of_another(tx: Connection, row: Row[Any]) -> None:
    """Refuse to undo a repetition while the payment that it repeats stands: its bill is paid. Raises `DeskError`."""
    of_its_bill = settlement.c.bill_id == row.bill_id
    for booked in settlements.net_settlements(tx, settlement.c.bank_entry_id == row.bank_entry_id, of_its_bill):
        what = booked.confirmation_id or f"#{booked.bank_entry_id}"
        told = f"dananya dicatat pada yang lain; batalkan {what} / its money is booked on another; undo {what}"
        raise DeskError("repeats_another", told)


def _told_of_nothing(tx: Connection, credit: Row[Any], entry: str) -> str:
    """Why there is nothing to undo; where a confirmation has the money, which."""
    booked = settlements.net_settlements(tx, settlement.c.bank_entry_id == credit.id)
    owners = ", ".join(str(row.confirmation_id) for row in booked)
    if owners:
        return f"dana {entry} melunasi konfirmasi {owners}; batalkan itu / it settled that confirmation; undo that"
    return f"tidak ada putusan atas dana {entry} / nobody decided on that entry"


def _promise(by: Sitting) -> date | None:
    """Until when it is examined; None where nobody is told."""
    return by.told.until(by.now) if by.told is not None else None


def _decided_entry(tx: Connection, name: str) -> Row[Any]:
    rows = desk.entries_named(tx, name)
    if not rows:
        raise DeskError("unknown_entry", f"tidak ada dana {name} di bank / no such bank entry")
    if len(rows) > 1:
        told = ", ".join(f"#{row.id}" for row in rows)
        raise DeskError("several_entries", f"beberapa dana; sebut salah satu / several entries, name one: {told}")
    return rows[0]
