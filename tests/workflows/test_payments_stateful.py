"""For any order of bills, claims, entries, reversals, changes and undoings, the books add up."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mgov.store import migrate
from mgov.store.database import Database
from mgov.workflows import desk
from mgov.workflows.desk import DeskError
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, STRANGER, PaymentWorld

PROOFS = st.sampled_from(["111222333444", "555666777888", "FT26288BX094"])
NUMBERS = [f"SKRD-2026-00000{n}" for n in range(3)]
BILLS = st.sampled_from(NUMBERS)
AMOUNTS = st.sampled_from([100_000, 250_000, 243_500])


class Books(RuleBasedStateMachine):
    """A small world that anything may happen to."""

    @initialize()
    def open_books(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name) / 'books.db'}"
        migrate.upgrade(url)
        self.db = Database(url)
        self.world = PaymentWorld(self.db)
        self.bills: dict[str, int] = {}

    @rule(number=BILLS, amount=AMOUNTS)
    def bill_arrives_or_changes(self, number: str, amount: int) -> None:
        if number in self.bills:
            self.world.reprice(self.bills[number], amount, NOW)
        else:
            self.bills[number] = self.world.bill(number, amount)

    @rule(number=BILLS, proof=PROOFS, sender=st.sampled_from([CITIZEN, STRANGER]), amount=st.none() | AMOUNTS)
    def claim_arrives(self, number: str, proof: str, sender: str, amount: int | None) -> None:
        self.world.claim(number, proof=proof, sender=sender, amount=amount)

    @rule(proof=PROOFS, amount=AMOUNTS, type_=st.sampled_from(["CR", "CR", "DB"]))
    def entry_arrives(self, proof: str, amount: int, type_: str) -> None:
        self.world.entry(proof, amount, type_=type_)

    @rule()
    def matching_runs(self) -> None:
        self.world.match()
        assert self.world.match().settled == 0

    @rule(payment=st.integers(1, 4))
    def cashier_undoes(self, payment: int) -> None:
        try:
            desk.undo(self.db, payment, reason="salah", actor=CASHIER, now=NOW)
        except DeskError:
            return

    @rule(payment=st.integers(1, 4), proof=PROOFS)
    def cashier_approves(self, payment: int, proof: str) -> None:
        try:
            desk.approve(self.db, payment, proof, actor=CASHIER, now=NOW)
        except DeskError:
            return

    @invariant()
    def books_add_up(self) -> None:
        """Money in is allocated plus free; the ledger, the entries and the bills say the same."""
        if hasattr(self, "world"):
            came, allocated, ledger = self.world.books()
            assert 0 <= allocated == ledger <= came

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
