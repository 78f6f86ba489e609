"""The steps of the desk, each inside the transaction of its decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.actor import Actor
from mgov.replies import rupiah
from mgov.store import desk, history, payments, settlements
from mgov.store.bank_twins import TWIN
from mgov.workflows import desk_deputies
from mgov.workflows.payment_answers import Answers

#: Rupiah from which what a person decides needs a second one.
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


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who decides, when, up to which sum alone (rupiah), what tells citizens (None: nobody is told), and why."""

    actor: Actor
    now: datetime
    limit: int = FOUR_EYES_ABOVE
    told: Answers | None = None
    reason: str = ""


def approve(tx: Connection, by: Sitting, confirmation_id: int, entry: str) -> DeskOutcome:
    """Settle a confirmation by a credit, as far as its bill lacks money."""
    row = undecided(tx, confirmation_id)
    credit = _entry(tx, entry)
    bill = _payable_bill(tx, row.bill_number)
    amount = min(credit.amount - credit.allocated, max(bill.amount - bill.allocated, 0))
    if amount == 0:
        raise DeskError("bill_paid", "tagihan sudah lunas / the bill is already paid")
    case = desk.open_case(tx, row.id) or _case_for(tx, row, by)
    alone = amount + desk.moved_alone(tx, credit.id, [bill.id])
    first = _first_of_two(tx, by, case, f"approve #{credit.id}", alone)
    if first is _PROPOSED:
        history.record(
            tx, "confirmation", row.id, to="review", from_=row.status, at=by.now, actor=by.actor, cause="proposed"
        )
        return _PROPOSED
    _allocate(tx, by, credit, bill, amount, row.id, first)
    close(tx, case, by, f"approved by {entry}")
    settled = {"rule": "manual", "bank_entry_id": credit.id, "settled_at": by.now}
    set_status(tx, by, row, "settled", "approved", by.reason or None, **settled)
    _tell_settled(tx, by, row, bill, credit, amount)
    left, free = bill.amount - bill.allocated - amount, credit.amount - credit.allocated - amount
    still = f", sisa / left {rupiah(left)}" if left > 0 else ""
    unused = f"; #{credit.id}: {rupiah(free)} belum dipakai / not used yet" if free > 0 else ""
    return DeskOutcome("settled", f"{bill.number} {rupiah(amount)}{still}{unused}")


def reject(tx: Connection, by: Sitting, confirmation_id: int, reason: str) -> DeskOutcome:
    """Refuse a confirmation and say why."""
    row = undecided(tx, confirmation_id)
    close(tx, desk.open_case(tx, row.id), by, f"rejected: {reason}")
    set_status(tx, by, row, "rejected", reason[:64])
    tell(tx, by, row, "rejected", {"bills": row.bill_number, "why": reason})
    return DeskOutcome("rejected", row.bill_number)


def assign(tx: Connection, by: Sitting, entry: str, numbers: list[str]) -> DeskOutcome:
    """Allocate a credit to bills in their order; what is too much stays visible on the last."""
    credit = _entry(tx, entry)
    bills = [_payable_bill(tx, number) for number in dict.fromkeys(numbers)]
    left, parts = credit.amount - credit.allocated, []
    for bill in bills[:-1]:
        part = min(left, max(bill.amount - bill.allocated, 0))
        parts.append((bill, part))
        left -= part
    parts.append((bills[-1], left))
    return _divide(tx, by, credit, [(bill, part) for bill, part in parts if part > 0])


def split(tx: Connection, by: Sitting, entry: str, parts: list[tuple[str, int]]) -> DeskOutcome:
    """Allocate named amounts of a credit."""
    credit = _entry(tx, entry)
    if any(amount <= 0 for _, amount in parts):
        raise DeskError("no_amount", "setiap bagian harus lebih dari nol / each part must be more than nothing")
    total, free = sum(amount for _, amount in parts), credit.amount - credit.allocated
    if total > free:
        told = f"{rupiah(total)} diminta, {rupiah(free)} tersedia / asked for more than is free of the entry"
        raise DeskError("not_enough_money", told)
    return _divide(tx, by, credit, [(_payable_bill(tx, number), amount) for number, amount in parts])


def other_income(tx: Connection, by: Sitting, entry: str, reason: str) -> DeskOutcome:
    """Say that a credit pays no bill, so that matching leaves it alone."""
    row = _entry(tx, entry)
    if row.allocated:
        raise DeskError("entry_used", "dana ini sudah dipakai / this entry already pays a bill")
    desk.mark_entry(tx, row.id, "other_income")
    close(tx, desk.open_entry_case(tx, row.id), by, f"other income: {reason}")
    history.record(tx, "entry", row.id, to="other_income", at=by.now, actor=by.actor, cause="desk", detail=reason)
    return DeskOutcome("noted", f"#{row.id}")


def separate(tx: Connection, by: Sitting, entry: str, reason: str) -> DeskOutcome:
    """Say that an entry which another format seemed to tell is money of its own: matching takes it from now on."""
    twins = [row for row in desk.entries_named(tx, entry) if row.kind == TWIN]
    if len(twins) != 1:
        raise DeskError("no_twin", f"{entry}: bukan mutasi kembar / no entry that another format may have told; #id")
    [row] = twins
    desk.mark_entry(tx, row.id, "ordinary")
    close(tx, desk.open_entry_case(tx, row.id), by, f"separate: {reason}")
    history.record(tx, "entry", row.id, to="ordinary", at=by.now, actor=by.actor, cause="desk", detail=reason)
    return DeskOutcome("noted", f"#{row.id}")


def refund(tx: Connection, by: Sitting, entry: str, reason: str) -> DeskOutcome:
    """Put what is free of a credit on the refund list."""
    row = _entry(tx, entry)
    amount = row.amount - row.allocated
    desk.add_refund(tx, bank_entry_id=row.id, amount=amount, reason=reason[:191], created_at=by.now)
    desk.mark_entry(tx, row.id, "other_income")
    close(tx, desk.open_entry_case(tx, row.id), by, f"refund: {reason}")
    history.record(tx, "entry", row.id, to="refund_due", at=by.now, actor=by.actor, cause="desk", detail=reason)
    return DeskOutcome("noted", rupiah(amount))


def close_case(tx: Connection, by: Sitting, case_id: int, reason: str) -> DeskOutcome:
    """Close a case that no confirmation belongs to."""
    case = desk.case_by_id(tx, case_id)
    if case is None or case.state != "open" or case.confirmation_id is not None:
        raise DeskError("unknown_case", f"kasus {case_id} tidak terbuka / no such open case without a confirmation")
    close(tx, case, by, reason)
    return DeskOutcome("noted", f"case {case_id}")


def _divide(tx: Connection, by: Sitting, credit: Row[Any], parts: list[tuple[Row[Any], int]]) -> DeskOutcome:
    what = "divide " + " ".join(f"{bill.number}={amount}" for bill, amount in parts)
    total = sum(amount for _, amount in parts) + desk.moved_alone(tx, credit.id, [bill.id for bill, _ in parts])
    case = desk.open_entry_case(tx, credit.id)
    if total > by.limit and case is None:
        told = ", ".join(f"{bill.number} {rupiah(amount)}" for bill, amount in parts)
        case = desk.add_entry_case(tx, credit.id, parts[0][0].id, f"usul pembagian / proposed: {told}", by.now)
    first = _first_of_two(tx, by, case, what, total)
    if first is _PROPOSED:
        return _PROPOSED
    for bill, amount in parts:
        _allocate(tx, by, credit, bill, amount, None, first)
    close(tx, case, by, what)
    return DeskOutcome("allocated", ", ".join(_booked(bill, amount) for bill, amount in parts))


def _booked(bill: Row[Any], amount: int) -> str:
    over = min(amount, bill.allocated + amount - bill.amount)
    too_much = f" (lebih / too much {rupiah(over)})" if over > 0 else ""
    return f"{bill.number} {rupiah(amount)}{too_much}"


_PROPOSED = DeskOutcome("proposed", "perlu persetujuan orang kedua / a second person must approve")


def _first_of_two(
    tx: Connection, by: Sitting, case: Row[Any] | None, what: str, amount: int
) -> str | DeskOutcome | None:
    """Who proposed this very thing before, None when nobody need have; `_PROPOSED` when this is the proposal.

    `amount` is all that one person alone would have moved from this entry or to this bill: parts do not escape.
    """
    if amount <= by.limit:
        return None
    assert case is not None  # noqa: S101 - whatever needs two persons has a case
    proposal = f"proposed {what}"
    if case.proposed_by is not None and case.decision == proposal:
        proposer = Actor.staff(case.proposed_by.removeprefix("staff:"))
        if not desk_deputies.same_seat(tx, proposer, by.actor, by.now):
            return str(case.proposed_by)
    _changed_or_conflict(desk.change_case(tx, case, proposed_by=str(by.actor), decision=proposal))
    return _PROPOSED


def _case_for(tx: Connection, row: Row[Any], by: Sitting) -> Row[Any] | None:
    """A case for a confirmation that had none: it is before a person now."""
    settlements.change_confirmations(tx, [{"id": row.id, "status": "review"}])
    settlements.sync_cases(tx, by.now)
    return desk.open_case(tx, row.id)


def undecided(tx: Connection, confirmation_id: int) -> Row[Any]:
    """A confirmation that nobody decided yet. Raises `DeskError`."""
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
    if not free and any(row.kind == "other_income" for row in rows):
        told = f"dana {name} sudah disisihkan; batalkan dulu dengan undo / it was set aside: undo that first"
        raise DeskError("set_aside", told)
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
    by: Sitting,
    credit: Row[Any],
    bill: Row[Any],
    amount: int,
    confirmation_id: int | None,
    first: str | DeskOutcome | None,
) -> None:
    """Book money; `first` is who proposed it, when two persons had to."""
    actor, second = (str(first), str(by.actor)) if first else (str(by.actor), None)
    row = {"bank_entry_id": credit.id, "bill_id": bill.id, "confirmation_id": confirmation_id, "amount": amount}
    why = {"rule": "manual", "reasons": by.reason or None, "actor": actor, "second_actor": second}
    settlements.allocate(tx, [{**row, **why, "at": by.now}])
    detail = f"#{credit.id} {amount}" + (f": {by.reason}" if by.reason else "")
    history.record(tx, "bill", bill.id, to="allocated", at=by.now, actor=by.actor, cause="desk", detail=detail)


def close(tx: Connection, case: Row[Any] | None, by: Sitting, decision: str) -> None:
    """Close a case, if there is one. Raises `DeskError` when somebody else has just decided it."""
    if case is not None:
        values = {"state": "decided", "decided_at": by.now, "decided_by": str(by.actor), "decision": decision}
        _changed_or_conflict(desk.change_case(tx, case, **values))


def _changed_or_conflict(changed: bool) -> None:
    if not changed:
        raise DeskError("conflict", "orang lain baru saja memutuskan / somebody else has just decided this case")


def set_status(
    tx: Connection, by: Sitting, row: Row[Any], status: str, reason: str, detail: str | None = None, **values: object
) -> None:
    """Change a confirmation and its history."""
    blank = {"rule": None, "bank_entry_id": None, "settled_at": None}
    settlements.change_confirmations(tx, [{"id": row.id, **blank, "status": status, "reason": reason, **values}])
    history.record(
        tx, "confirmation", row.id, from_=row.status, to=status, at=by.now, actor=by.actor, cause=reason, detail=detail
    )


def _tell_settled(tx: Connection, by: Sitting, row: Row[Any], bill: Row[Any], credit: Row[Any], amount: int) -> None:
    left = bill.amount - bill.allocated - amount
    values = {"bills": bill.number, "amount": amount, "day": credit.booked_on}
    if left > 0:
        tell(tx, by, row, "partly", {**values, "left": left, "fee": ""})
    else:
        tell(tx, by, row, "settled", {**values, "reference": credit.reference or "-", "over": 0})
    tell_payer(tx, by, row, bill, "told_payer", {**values, "left": left})


def tell_payer(
    tx: Connection, by: Sitting, row: Row[Any], bill: Row[Any] | None, name: str, values: dict[str, object]
) -> None:
    """Tell the phone that a bill has on record, unless it is the sender's."""
    if by.told is not None and bill is not None:
        settlements.queue_answers(tx, by.told.to_payer(row, bill.payer_phone, name, values, by.now), by.now)


def tell(tx: Connection, by: Sitting, row: Row[Any], name: str, values: dict[str, object]) -> None:
    """Answer the sender of a confirmation."""
    if by.told is not None:
        settlements.queue_answers(tx, by.told.to_sender(row, name, values, by.now), by.now)
