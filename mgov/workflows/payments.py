"""A confirmation comes in: it is recorded as a claim, and waits for the funds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.actor import Actor
from mgov.domain.matching import proofs
from mgov.store import history, payments
from mgov.workflows.payment_answers import day_of, rupiah, text_of


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
    amount: int | None = None,
    paid_at: datetime | None = None,
    paid_on: date | None = None,
    bank: str | None = None,
    paid_via: str | None = None,
) -> ClaimOutcome:
    """Record a row for each bill of a confirmation; the same sender's repetition is folded into the first.

    `paid_at` is aware. Nothing is matched here: `match_all` does that when this transaction is done.
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
        "received_at": now,
    }
    rows = [_record_one(tx, number, shared) for number in numbers]
    ids = tuple(row_id for row_id, _ in rows)
    known = [row for _, row in rows if row is not None]
    if len(known) == len(rows) and known:
        return _repeated(tx, known, ids)
    missing = [number for number in numbers if payments.find_bill(tx, number) is None]
    kind = "unknown" if missing else "received"
    return ClaimOutcome(kind, text_of(kind, bill=", ".join(missing or numbers)), ids, "awaiting_funds")


def _record_one(tx: Connection, number: str, shared: dict[str, Any]) -> tuple[int, Row[Any] | None]:
    identity = _identity(shared, number)
    known = payments.find_confirmation(tx, identity)
    if known is not None:
        payments.count_repeat(tx, known.id)
        return known.id, known
    bill = payments.find_bill(tx, number)
    confirmation_id = payments.add_confirmation(
        tx,
        identity=identity,
        bill_number=bill.number if bill else number,
        bill_id=bill.id if bill else None,
        status="awaiting_funds",
        reason="no_money_yet" if bill else "bill_unknown",
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


def _identity(shared: dict[str, Any], number: str) -> str:
    """One payment of one sender: bill and proof; without a proof the text itself."""
    proof = proofs.normalise(shared["proof"] or "") or f"message:{shared['message_id']}"
    return _digest(shared["sender"], number, proof)


def _group_key(sender: str, numbers: list[str], proof: str | None, message_id: int | None) -> str:
    return _digest(sender, *numbers, proof or "", str(message_id))[:64]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _repeated(tx: Connection, rows: list[Row[Any]], ids: tuple[int, ...]) -> ClaimOutcome:
    """Tell again where a known confirmation stands; LUNAS can be asked for again."""
    row = rows[0]
    bills = ", ".join(r.bill_number for r in rows)
    paid = payments.settled_facts(tx, row.id) if row.status == "settled" else None
    if paid is not None and paid.status == "paid":
        text = text_of(
            "settled",
            bill=bills,
            amount=rupiah(paid.allocated),
            day=day_of(paid.booked_on),
            reference=paid.reference or "-",
        )
        return ClaimOutcome("settled", text, ids, row.status)
    return ClaimOutcome("repeated", text_of("repeated", bill=bills), ids, row.status)
