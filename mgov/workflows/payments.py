"""A confirmation comes in: it is recorded as a claim, and waits for the funds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.actor import Actor
from mgov.domain.matching import Reason, proofs
from mgov.replies import Replies
from mgov.store import history, payments, settlements
from mgov.workflows.payment_answers import is_told_at_once


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """What a confirmation became: `kind` names the answer, `text` is it, `ids` are the rows, one a bill."""

    kind: str
    text: str
    ids: tuple[int, ...]
    status: str


def record_claim(
    tx: Connection,
    *,
    message_id: int | None,
    sender: str,
    channel: str,
    bills: list[str],
    proof: str | None,
    now: datetime,
    until: date | None = None,
    amount: int | None = None,
    paid_at: datetime | None = None,
    paid_on: date | None = None,
    bank: str | None = None,
    paid_via: str | None = None,
    replies: Replies,
    language: str | None = None,
) -> ClaimOutcome:
    """Record a row for each bill of a confirmation; the same sender's repetition is folded into the first.

    `until` is the day by which a person decides on a claim for a bill that takes no money, None: no day is told.
    `paid_at` is aware; `language` is that of the text, None: the site's. Nothing is matched here: `match_all` does that
    when this transaction is done.
    """
    numbers = list(dict.fromkeys(bills))
    group = _group_key(sender, numbers, proof, message_id) if len(numbers) > 1 else None
    shared: dict[str, Any] = {
        "message_id": message_id,
        "group_key": group,
        "sender": sender,
        "channel": channel,
        "proof": proof,
        "amount": amount,
        "paid_at": paid_at,
        "paid_on": paid_on or (paid_at.date() if paid_at else None),
        "bank": bank,
        "paid_via": paid_via,
        "language": language,
        "received_at": now,
    }
    rows = [_record_one(tx, number, shared) for number in numbers]
    ids = tuple(row_id for row_id, _ in rows)
    known = [row for _, row in rows if row is not None]
    if len(known) == len(rows) and known:
        name, values = _standing(tx, known)
        return ClaimOutcome(name, replies.render(f"pay_{name}", values, language), ids, known[0].status)
    found = {number: payments.find_bill(tx, number) for number in numbers}
    name, values = _fresh(found, _closed(tx, found, proof), until)
    return ClaimOutcome(name, replies.render(f"pay_{name}", values, language), ids, "awaiting_funds")


def _closed(tx: Connection, bills: dict[str, Row[Any] | None], proof: str | None) -> dict[str, str]:
    """Why which bills take no money; not those that money with this very proof paid, as that is the same payment."""
    closed = {number: reason for number, row in bills.items() if row is not None and (reason := closed_reason(row))}
    return {n: reason for n, reason in closed.items() if not _is_paid_with(tx, bills[n], reason, proof)}


def _is_paid_with(tx: Connection, bill: Row[Any] | None, reason: str | None, proof: str | None) -> bool:
    return bill is not None and reason == Reason.BILL_PAID and payments.is_paid_with(tx, bill.id, proof or "")


def _fresh(
    bills: dict[str, Row[Any] | None], closed: dict[str, str], until: date | None
) -> tuple[str, dict[str, object]]:
    """What a new confirmation is answered: one text, which also says that a bill is unknown or takes no money."""
    missing = [number for number, row in bills.items() if row is None]
    if missing:
        return "unknown", {"bills": ", ".join(missing)}
    if not closed:
        return "received", {"bills": ", ".join(bills)}
    first = next(iter(closed.values()))
    same = [number for number, reason in closed.items() if reason == first]
    return "closed", {"bills": ", ".join(same), "cancelled": first == Reason.BILL_CANCELLED, "until": until}


def closed_reason(bill: Row[Any]) -> str | None:
    """Why a bill takes no money, None when it does: a person looks at a claim for it, as its answer says."""
    if bill.state == "cancelled":
        return str(Reason.BILL_CANCELLED)
    if bill.state == "paid_elsewhere":
        return str(Reason.BILL_PAID_ELSEWHERE)
    return str(Reason.BILL_PAID) if bill.status == "paid" else None


def _record_one(tx: Connection, number: str, shared: dict[str, Any]) -> tuple[int, Row[Any] | None]:
    identity = _identity(shared, number)
    known = payments.find_confirmation(tx, identity)
    if known is not None:
        if _fill_in(tx, known, shared):
            return known.id, None
        payments.count_repeat(tx, known.id)
        return known.id, known
    bill = payments.find_bill(tx, number)
    confirmation_id = payments.add_confirmation(
        tx,
        identity=identity,
        bill_number=bill.number if bill else number,
        bill_id=bill.id if bill else None,
        status="awaiting_funds",
        reason=_first_reason(tx, bill, shared["proof"]),
        **shared,
    )
    history.record(
        tx,
        "confirmation",
        confirmation_id,
        to="awaiting_funds",
        at=shared["received_at"],
        actor=Actor.sender(shared["channel"], shared["sender"]),
        cause="confirmed",
        detail=payments.as_json({"bill": number, "proof": shared["proof"], "amount": shared["amount"]}),
    )
    return confirmation_id, None


def _first_reason(tx: Connection, bill: Row[Any] | None, proof: str | None) -> str:
    if bill is None:
        return str(Reason.BILL_UNKNOWN)
    reason = closed_reason(bill)
    again = _is_paid_with(tx, bill, reason, proof)
    return str(Reason.NO_MONEY_YET) if again or reason is None else reason


#: What the next text of a conversation may add to a claim.
_LATER = ("amount", "paid_at", "paid_on", "bank", "paid_via")


def _fill_in(tx: Connection, known: Row[Any], shared: dict[str, Any]) -> bool:
    """Add what a claim did not say yet while it waits; what it said is never changed. Whether anything was added."""
    if known.status not in ("awaiting_funds", "review"):
        return False
    said = known._mapping
    new = {name: shared[name] for name in _LATER if said[name] is None and shared[name] is not None}
    if not {"paid_on", "amount"} & new.keys():
        return False
    payments.fill_in(tx, known.id, new)
    settlements.tell_news(tx)
    history.record(
        tx,
        "confirmation",
        known.id,
        from_=known.status,
        to=known.status,
        at=shared["received_at"],
        actor=Actor.sender(shared["channel"], shared["sender"]),
        cause="completed",
        detail=payments.as_json({name: str(value) for name, value in new.items()}),
    )
    return True


def _identity(shared: dict[str, Any], number: str) -> str:
    """One payment of one sender: bill and proof; without a proof the text itself."""
    proof = proofs.normalise(shared["proof"] or "") or f"message:{shared['message_id']}"
    return _digest(shared["sender"], number, proof)


def _group_key(sender: str, numbers: list[str], proof: str | None, message_id: int | None) -> str:
    return _digest(sender, *numbers, proof or "", str(message_id))[:64]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _standing(tx: Connection, rows: list[Row[Any]]) -> tuple[str, dict[str, object]]:
    """Where a known confirmation stands, as a text and its values; LUNAS can be asked for again."""
    row = rows[0]
    values: dict[str, object] = {"bills": ", ".join(r.bill_number for r in rows)}
    if row.status == "settled":
        return _paid(tx, row, values)
    if row.status == "rejected" and row.reason == Reason.CREDIT_REVERSED:
        return "reversed", {**values, "amount": settlements.taken_back(tx, row.id)}
    if row.status == "rejected":
        return "rejected", {**values, "why": row.reason or "-"}
    if row.status == "review" and row.promised_on is not None and is_told_at_once(row.reason):
        return "review", {**values, "until": row.promised_on}
    return "repeated", {**values, "since": row.received_at}


def _paid(tx: Connection, row: Row[Any], values: dict[str, object]) -> tuple[str, dict[str, object]]:
    paid = payments.settled_facts(tx, row.id)
    if paid is None:
        return "repeated", {**values, "since": row.received_at}
    told = {**values, "amount": paid.allocated, "day": paid.booked_on}
    if paid.status == "partly_paid":
        return "partly", {**told, "left": paid.amount - paid.allocated, "fee": False}
    return "settled", {**told, "reference": paid.reference or "-", "over": paid.overpaid}
