"""The bank takes a credit back: what it settled opens again, and a person sees it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.matching import Reason, sentence
from mgov.store import settlements
from mgov.store.schema.money import settlement


def undo_reversed(tx: Connection, now: datetime, actor: str) -> int:
    """Find the debits that undo a credit, and take back what was allocated from it. Returns how many."""
    taken: set[int] = set()
    for debit_id, credit_ids in settlements.new_reversals(tx):
        credit_id = next((credit for credit in credit_ids if credit not in taken), None)
        if credit_id is not None:
            settlements.mark_reversal(tx, debit_id, credit_id)
            taken.add(credit_id)
    for credit_id in settlements.known_reversals_to_undo(tx):
        _take_back(tx, credit_id, now, actor)
    return len(taken)


def _take_back(tx: Connection, credit_id: int, now: datetime, actor: str) -> None:
    rows = settlements.net_settlements(tx, settlement.c.bank_entry_id == credit_id)
    reasons = sentence(Reason.CREDIT_REVERSED)
    settlements.undo(tx, rows, rule="reversal", reasons=reasons, actor=actor, now=now)
    settlements.reopen_settled_by(tx, credit_id, str(Reason.CREDIT_REVERSED), actor, now)
