"""Taking back at the desk: what a person or the machine settled, and what the bank took back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.matching import Reason
from mgov.replies import rupiah
from mgov.store import desk, history, payments, settlements
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
    """Take back what settled a confirmation; the machine leaves it to people from then on.

    So it does with those that confirmed the same payment. All who heard that the bill is paid hear the correction.
    """
    row = payments.get_confirmation(tx, confirmation_id)
    if row is None or row.status != "settled":
        raise DeskError("not_settled", "konfirmasi ini tidak lunas / this confirmation is not settled")
    rows = settlements.net_settlements(tx, settlement.c.confirmation_id == row.id)
    _take_back(tx, by, rows, reason)
    amount = sum(taken.amount for taken in rows)
    values: dict[str, object] = {"bills": row.bill_number, "amount": amount}
    for told in (row, *(settlements.repeats_of(tx, row) if amount else ())):
        desk_steps.set_status(tx, by, told, "review", HELD, detail=reason, promised_on=_promise(by))
        desk_steps.tell(tx, by, told, "undone", {**values, "until": _promise(by)})
    if amount:
        bill = payments.find_bill(tx, row.bill_number)
        desk_steps.tell_payer(tx, by, row, bill, "undone", {**values, "until": _promise(by)})
    settlements.sync_cases(tx, by.now)
    return DeskOutcome("undone", f"{row.bill_number} {rupiah(amount)}" if amount else row.bill_number)


def undo_entry(tx: Connection, by: Sitting, entry: str, reason: str) -> DeskOutcome:
    """Take back what people did with a credit that no confirmation belongs to: divided, other income, refund."""
    credit = _decided_entry(tx, entry)
    mine = (settlement.c.bank_entry_id == credit.id) & (settlement.c.rule == "manual")
    rows = settlements.net_settlements(tx, mine & settlement.c.confirmation_id.is_(None))
    if not rows and credit.kind != "other_income":
        raise DeskError("nothing_to_undo", f"tidak ada putusan atas dana {entry} / nobody decided on that entry")
    _take_back(tx, by, rows, reason)
    if credit.kind == "other_income":
        desk.drop_refunds_of(tx, credit.id, str(by.actor), by.now)
        desk.mark_entry(tx, credit.id, "ordinary")
    history.record(tx, "entry", credit.id, to="undone", at=by.now, actor=by.actor, cause="desk", detail=reason)
    numbers = [desk.bill_by_id(tx, row.bill_id).number for row in rows]
    return DeskOutcome("undone", ", ".join((f"#{credit.id}", *numbers)))


def _take_back(tx: Connection, by: Sitting, rows: Sequence[Row[Any]], reason: str) -> None:
    settlements.undo(tx, rows, rule="undo", reasons=reason, actor=str(by.actor), now=by.now)


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
