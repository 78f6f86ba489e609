"""Money goes back: what it settled opens again, and a person sees it.

The bank undoes a credit, in full or in part; or a credit that settled a bill turns out to have come from an account of
ours, since the statement with its debit came later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.matching import Policy, Reason, proofs, sentence
from mgov.domain.matching.undoing import Extent, Movement, equal_to, numbers_of, quoted_by, suspected_by, undone_by
from mgov.store import reversals, settlements
from mgov.store.schema.money import settlement

_NOT_FOUND = "mutasi ini membatalkan dana yang tidak jelas yang mana / it undoes a credit, but which is not clear"
_PART = "bank menarik kembali sebagian dana / the bank took back a part of the credit"
_WHOLE = "bank menarik kembali dana yang melunasi tagihan tanpa konfirmasi / it undoes what paid an unconfirmed bill"


def undo_reversed(tx: Connection, now: datetime, actor: str, policy: Policy) -> int:
    """Find the debits that undo a credit, and take back what was allocated from it. Returns how many."""
    undo = _Undo(tx, now, actor, policy)
    undo.pair_equal()
    undo.pair_by_words()
    undo.pair_by_numbers()
    undo.take_back()
    take_back_own_transfers(tx, now, actor)
    return len(undo.taken)


def take_back_own_transfers(tx: Connection, now: datetime, actor: str) -> None:
    """What an own transfer settled opens again; what a person decided is shown to a person and stays."""
    for credit_id in reversals.spent_own_transfers(tx):
        rows = settlements.net_settlements(tx, settlement.c.bank_entry_id == credit_id)
        why = sentence(Reason.OWN_TRANSFER)
        by_hand = any(row.rule == "manual" for row in rows)
        if not by_hand:
            settlements.undo(tx, rows, rule="own_transfer", reasons=why, actor=actor, now=now)
        reopened = 0 if by_hand else reversals.reopen_settled_by(tx, credit_id, str(Reason.OWN_TRANSFER), actor, now)
        if not reopened:
            case = _case(credit_id, rows[0].bill_id if rows else None, why, [])
            reversals.open_cases(tx, [case], now)


@dataclass(slots=True)
class _Undo:
    tx: Connection
    now: datetime
    actor: str
    policy: Policy
    taken: dict[int, int] = field(default_factory=dict)
    cases: list[dict[str, Any]] = field(default_factory=list)

    def pair_equal(self) -> None:
        """Debits with the credit's own reference and amount."""
        for debit_id, reference, credit_ids in reversals.equal(self.tx):
            if not proofs.is_guessable(proofs.normalise(reference)):
                self._mark(debit_id, credit_ids)

    def pair_by_words(self) -> None:
        """Debits that only their mark or their words give away, one by one: there are few."""
        for debit in reversals.unexplained(self.tx, self.policy.reversal_words):
            movement, credits_ = self._undoable(debit)
            found = undone_by(movement, credits_, self.policy.own_numbers)
            credit_id = None if found.extent is Extent.UNKNOWN else self._mark(debit.id, found.credits)
            if credit_id is None:
                self.cases.append(_case(debit.id, None, _NOT_FOUND, found.credits))
            elif found.extent is Extent.PART:
                bills = reversals.bills_held(self.tx, credit_id)
                self.cases.append(_case(debit.id, bills[0] if bills else None, _PART, [credit_id]))

    def pair_by_numbers(self) -> None:
        """Debits that quote the own number of a credit of their amount, whatever the bank calls that."""
        for debit in reversals.equal_to_a_credit(self.tx):
            if debit.id in self.taken:
                continue
            movement, credits_ = self._undoable(debit)
            found = quoted_by(movement, credits_, self.policy.own_numbers)
            if found.extent is not Extent.WHOLE or self._mark(debit.id, found.credits) is None:
                self._suspect(movement, credits_, found.credits)

    def _suspect(self, debit: Movement, credits_: Sequence[Movement], quoted: tuple[int, ...]) -> None:
        """Before a person, where a debit only may undo a credit: by its words, or by the bill that it names."""
        found = quoted or suspected_by(debit, credits_, self.policy.suspect_words)
        found = found or reversals.holding(self.tx, equal_to(debit, credits_), debit.description)
        if found:
            self.cases.append(_case(debit.id, None, _NOT_FOUND, found))

    def take_back(self) -> None:
        """Undo what the credits hold beyond what the bank left, and tell a person."""
        debit_of = {credit: debit for debit, credit in self.taken.items()}
        for credit_id, left in reversals.held_too_much(self.tx):
            bills = reversals.bills_held(self.tx, credit_id)
            reopened = self._take_back(credit_id, left)
            if not reopened and credit_id in debit_of:
                self.cases.append(_case(debit_of[credit_id], bills[0] if bills else None, _WHOLE, [credit_id]))
        reversals.close_cases(self.tx, self.taken, self.actor, self.now)
        reversals.open_cases(self.tx, list({row["bank_entry_id"]: row for row in self.cases}.values()), self.now)

    def _undoable(self, debit: Row[Any]) -> tuple[Movement, list[Movement]]:
        """A debit, and the credits that it may undo and that no other was found to."""
        movement = _movement(debit)
        keys = reversals.numbers_as_keys(numbers_of(movement, self.policy.own_numbers))
        rows = reversals.undoable(self.tx, debit, keys)
        return movement, [_movement(row) for row in rows if row.id not in self.taken.values()]

    def _mark(self, debit_id: int, credit_ids: Iterable[int]) -> int | None:
        free = (credit for credit in credit_ids if credit not in self.taken.values())
        credit_id = next(free, None)
        if credit_id is not None:
            reversals.mark(self.tx, debit_id, credit_id)
            self.taken[debit_id] = credit_id
        return credit_id

    def _take_back(self, credit_id: int, left: int) -> int:
        """Undo all of a credit; of what the bank left, the bills keep their share, by new rows."""
        rows = settlements.net_settlements(self.tx, settlement.c.bank_entry_id == credit_id)
        reasons = sentence(Reason.CREDIT_REVERSED)
        settlements.undo(self.tx, rows, rule="reversal", reasons=reasons, actor=self.actor, now=self.now)
        settlements.allocate(self.tx, self._kept(rows, left))
        return reversals.reopen_settled_by(self.tx, credit_id, str(Reason.CREDIT_REVERSED), self.actor, self.now)

    def _kept(self, rows: Sequence[Row[Any]], left: int) -> list[dict[str, Any]]:
        kept = []
        for row in rows:
            amount = min(left, row.amount)
            left -= amount
            share = {"bank_entry_id": row.bank_entry_id, "bill_id": row.bill_id, "amount": amount}
            why = {"confirmation_id": row.confirmation_id, "rule": "reversal", "reasons": _PART}
            if amount:
                kept.append({**share, **why, "actor": self.actor, "at": self.now})
        return kept


def _movement(row: Row[Any]) -> Movement:
    return Movement(row.id, row.amount, row.booked_on, row.reference or "", row.description, row.account)


def _case(entry_id: int, bill_id: int | None, reasons: str, credit_ids: Iterable[int]) -> dict[str, Any]:
    candidates = json.dumps([{"entry": credit_id} for credit_id in credit_ids])
    return {"bank_entry_id": entry_id, "bill_id": bill_id, "reasons": reasons, "candidates": candidates}
