"""From decisions to rows: allocations, statuses, cases and answers, all of them first, then a statement a table."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Row

from mgov.domain.matching import Credit, Decision, DecisionKind, Reason, Rule, sentence
from mgov.store import payments, settlements
from mgov.store.open_items import OpenItems
from mgov.workflows.payment_answers import Answers, is_told_at_once
from mgov.workflows.payment_policy import ENGINE, PaymentPolicy

_STATUS = {DecisionKind.MATCHED: "settled", DecisionKind.AMBIGUOUS: "review", DecisionKind.NONE: "awaiting_funds"}
_CHANGED = ("status", "reason", "rule", "score", "bank_entry_id", "bill_id", "settled_at")


class Booking:
    """Turns decisions into rows, all of them first, then a statement a table."""

    def __init__(self, tx: Connection, now: datetime, policy: PaymentPolicy, items: OpenItems) -> None:
        self.tx, self.now, self.policy, self.items = tx, now, policy, items
        self.bills = {bill.number: bill for bill in items.bills}
        self.credits = {credit.id: credit for credit in items.credits}
        self.paid = {bill.number: bill.paid for bill in items.bills}
        self.allocations: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []
        self.transitions: list[dict[str, Any]] = []
        self.cases: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.told = policy.answers
        self.settled = self.unconfirmed = 0

    def apply(self, decisions: list[Decision]) -> None:
        """Book all decisions."""
        for decision in decisions:
            self._allocate(decision)
            if decision.claim is None:
                self.unconfirmed += 1
                continue
            for row in self.items.rows_of_claim[decision.claim]:
                self._change(row, decision)
            self._answer(self.items.rows_of_claim[decision.claim], decision)
        settlements.allocate(self.tx, self.allocations)
        settlements.change_confirmations(self.tx, self.changes)
        settlements.record_transitions(self.tx, self.transitions)
        settlements.put_cases(self.tx, self.cases, self.now)
        settlements.queue_answers(self.tx, self.answers, self.now)

    def _allocate(self, decision: Decision) -> None:
        rows = self.items.rows_of_claim.get(decision.claim or 0, [])
        row_of = {row.bill_number: row.id for row in rows}
        for allocation in decision.allocations:
            self.paid[allocation.bill] += allocation.amount
            self.allocations.append(
                {
                    "bank_entry_id": allocation.credit,
                    "bill_id": self.items.bill_ids[allocation.bill],
                    "confirmation_id": row_of.get(allocation.bill),
                    "amount": allocation.amount,
                    "rule": decision.rule,
                    "score": decision.score,
                    "reasons": _sentences(decision),
                    "actor": ENGINE,
                    "at": self.now,
                }
            )

    def _change(self, row: Row[Any], decision: Decision) -> None:
        status = _STATUS[decision.kind]
        reason = str(decision.reasons[0]) if decision.reasons else None
        if (row.status, row.reason) == (status, reason) or _would_forget(row, status):
            return
        bill_id = self.items.bill_ids.get(row.bill_number)
        self.settled += status == "settled"
        self.changes.append(
            {
                "id": row.id,
                "status": status,
                "reason": reason,
                "rule": str(decision.rule) if decision.rule else None,
                "score": decision.score or None,
                "bank_entry_id": decision.entry,
                "bill_id": bill_id,
                "settled_at": self.now if status == "settled" else None,
                "promised_on": self._promised(row, status, reason),
            }
        )
        detail = _detail(decision.rule, decision.score, decision.reasons)
        self.transitions.append(
            {
                "object_kind": "confirmation",
                "object_id": row.id,
                "from_state": row.status,
                "to_state": status,
                "at": self.now,
                "actor": ENGINE,
                "cause": reason or "matched",
                "detail": detail,
            }
        )
        if status == "review":
            candidates = payments.as_json([self._candidate(number) for number in decision.candidates])
            self.cases.append(
                {
                    "confirmation_id": row.id,
                    "bill_id": bill_id,
                    "reasons": _sentences(decision),
                    "candidates": candidates,
                }
            )

    def _promised(self, row: Row[Any], status: str, reason: str | None) -> date | None:
        """The day until which the sender is told that a person decides."""
        if status == row.status == "review":
            return cast("date | None", row.promised_on)
        if status != "review" or self.told is None or not is_told_at_once(reason):
            return None
        return self.told.until(self.now)

    def _candidate(self, credit_id: int) -> dict[str, Any]:
        credit = self.credits[credit_id]
        booked = credit.booked_at or credit.booked_on
        return {"entry": credit.id, "reference": credit.reference, "amount": credit.amount, "booked_at": str(booked)}

    def _answer(self, rows: list[Row[Any]], decision: Decision) -> None:
        first, status = rows[0], _STATUS[decision.kind]
        if self.told is None or status in (first.status, "awaiting_funds"):
            return
        if status == "settled":
            name, values = self._settled(rows, decision)
            self.answers += self.told.to_sender(first, name, values, self.now)
            if decision.rule is not Rule.DUPLICATE:
                self._tell_payers(self.told, rows, decision)
        elif is_told_at_once(reason := str(decision.reasons[0])) and all(row.reason != reason for row in rows):
            # A bill that took no money already when the text came: its answer said so.
            values = {"bills": _numbers(rows), "until": self.told.until(self.now)}
            self.answers += self.told.to_sender(first, "review", values, self.now)

    def _settled(self, rows: list[Row[Any]], decision: Decision) -> tuple[str, dict[str, object]]:
        """The name and the values of the text: paid, or what is left."""
        credit = self.credits[decision.entry or 0]
        left = sum(max(0, self._owed(row.bill_number)) for row in rows)
        over = sum(max(0, -self._owed(row.bill_number)) for row in rows)
        amount = sum(allocation.amount for allocation in decision.allocations) or credit.amount
        values = {"bills": _numbers(rows), "amount": amount, "day": credit.booked_on}
        if left:
            return "partly", {**values, "left": left, "fee": _fee_of(decision, credit)}
        return "settled", {**values, "reference": credit.reference or "-", "over": over}

    def _owed(self, number: str) -> int:
        """What a bill lacks now; negative when it has too much."""
        return self.bills[number].amounts[-1][0] - self.paid[number]

    def _tell_payers(self, told: Answers, rows: list[Row[Any]], decision: Decision) -> None:
        """The bill's recorded phone is told when someone else's claim settled it."""
        credit = self.credits[decision.entry or 0]
        for row in rows:
            bill = self.bills[row.bill_number]
            amount = sum(a.amount for a in decision.allocations if a.bill == bill.number)
            left = max(0, self._owed(bill.number))
            values = {"bills": bill.number, "amount": amount, "day": credit.booked_on, "left": left}
            self.answers += told.to_payer(row, bill.payer_phone, "told_payer", values, self.now)


def _fee_of(decision: Decision, credit: Credit) -> str:
    """The fee that is missing: `qris` (the merchant's, of which the bank tells the gross), `transfer`, or none."""
    if Reason.AMOUNT_LESS_FEE not in decision.reasons:
        return ""
    return "qris" if credit.gross > credit.amount else "transfer"


def _numbers(rows: list[Row[Any]]) -> str:
    return ", ".join(row.bill_number for row in rows)


def _sentences(decision: Decision) -> str:
    return _told(decision.reasons)


@lru_cache(maxsize=1000)  # there are few ways to decide, and many decisions
def _told(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(sentence(reason) for reason in reasons)


@lru_cache(maxsize=1000)
def _detail(rule: Rule | None, score: int, reasons: tuple[Reason, ...]) -> str:
    return payments.as_json({"rule": rule, "score": score, "reasons": _told(reasons)})


def _would_forget(row: Row[Any], status: str) -> bool:
    """What the bank took back stays with a person, and what was not found stays so, until money settles it."""
    taken_back = row.reason in (Reason.CREDIT_REVERSED, Reason.OWN_TRANSFER) and status != "settled"
    return bool(taken_back or (row.status == "expired" and status == "awaiting_funds"))
