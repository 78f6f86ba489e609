"""For any order of bills, claims, entries, reversals, changes, decisions and crashes, the books add up."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, func, select

from mgov.domain.actor import Actor
from mgov.store import migrate, settlements
from mgov.store.database import Database
from mgov.store.schema.money import bank_entry, bill, confirmation, refund, review_case, settlement
from mgov.workflows import desk
from mgov.workflows.bills import import_bills
from mgov.workflows.desk import DeskError
from mgov.workflows.payments_matching import MatchSummary
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, SECOND, STRANGER, PaymentWorld

PROOFS = st.sampled_from(["111222333444", "555666777888", "FT26288BX094"])
NUMBERS = [f"SKRD-2026-00000{n}" for n in range(3)]
BILLS = st.sampled_from(NUMBERS)
AMOUNTS = st.sampled_from([100_000, 250_000, 243_500, 6_000_000, 12_000_000])
PEOPLE = st.sampled_from([CASHIER, SECOND])
PAYMENTS = st.integers(1, 5)
HEADER = "number,agency,payer_name,amount,status\n"


class CrashError(Exception):
    """The process ends in the middle of a transaction."""


class Books(RuleBasedStateMachine):
    """A small world that anything may happen to."""

    @initialize()
    def open_books(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name) / 'books.db'}"
        migrate.upgrade(url)
        self.db = Database(url)
        self.world = PaymentWorld(self.db)
        self.clock = NOW
        for number, amount in zip(NUMBERS, (100_000, 250_000, 12_000_000), strict=True):
            self.bill_arrives_or_changes(number, amount, "open")
        self.matched = True

    @rule(number=BILLS, proof=PROOFS, amount=AMOUNTS, undone=st.sampled_from([False, False, True]))
    def payment_is_made_and_told(self, number: str, proof: str, amount: int, *, undone: bool) -> None:
        """Money and confirmation agree; matching runs, and sometimes the bank takes it back after it."""
        self.world.entry(proof, amount)
        self.world.claim(number, proof=proof, amount=amount)
        self.matching_runs()
        if undone:
            self.world.entry(proof, amount, type_="DB", text="REVERSAL")
            self.matching_runs()

    @rule(number=BILLS, amount=AMOUNTS)
    def payment_goes_back(self, number: str, amount: int) -> None:
        """A credit of its own, told and taken back by the bank: it pays nothing any more."""
        reference = f"8{self.world.serial:011d}"
        entry = self.world.entry(reference, amount)
        self.world.claim(number, proof=reference, amount=amount)
        self.matching_runs()
        self.world.entry(reference, amount, type_="DB", text="REVERSAL")
        self.matching_runs()
        held = select(bank_entry.c.allocated).where(bank_entry.c.id == entry)
        assert self.db.read(lambda tx: tx.scalar(held)) == 0

    @rule(number=BILLS, amount=AMOUNTS, who=PEOPLE)
    def cashier_divides_new_money(self, number: str, amount: int, who: Actor) -> None:
        """A credit of its own, that nobody confirmed, by a person who is one of two."""
        reference = f"9{self.world.serial:011d}"
        self.world.entry(reference, amount)
        self._decide(lambda: desk.split(self.db, reference, [(number, amount)], actor=who, now=NOW))

    @rule(number=BILLS, amount=AMOUNTS, status=st.sampled_from(["open", "open", "open", "cancelled", "paid"]))
    def bill_arrives_or_changes(self, number: str, amount: int, status: str) -> None:
        row = f"{number},BAPENDA,SITI NURAENI PUTRI,{amount},{status}\n"
        import_bills(self.db, (HEADER + row).encode(), Actor.system("test"), NOW)
        self.matched = False

    @rule(number=BILLS, proof=PROOFS, sender=st.sampled_from([CITIZEN, STRANGER]), amount=st.none() | AMOUNTS)
    def claim_arrives(self, number: str, proof: str, sender: str, amount: int | None) -> None:
        self.world.claim(number, proof=proof, sender=sender, amount=amount)

    @rule(proof=PROOFS)
    def claim_for_two_bills_arrives(self, proof: str) -> None:
        self.world.claim(*NUMBERS[:2], proof=proof)

    @rule(proof=PROOFS, amount=AMOUNTS, type_=st.sampled_from(["CR", "CR", "DB"]), text=st.sampled_from(["", *NUMBERS]))
    def entry_arrives(self, proof: str, amount: int, type_: str, text: str) -> None:
        self.world.entry(proof, amount, type_=type_, text=text)

    @rule()
    def matching_runs(self) -> None:
        self._match()
        self.matched = True
        before = self._everything()
        again = self._match()
        assert (again.settled, again.reversed, again.refunds) == (0, 0, 0)
        assert self._everything() == before

    def _match(self) -> MatchSummary:
        """A run of matching, a minute after whatever was before."""
        self.clock += timedelta(minutes=1)
        return self.world.match(self.clock)

    @rule(step=st.sampled_from(["allocate", "put_cases", "queue_answers", "sync_refunds", "record_transitions"]))
    def matching_crashes(self, step: str) -> None:
        """Whatever step it dies in, what is there is whole; the next run goes on."""
        with mock.patch.object(settlements, step, side_effect=CrashError):
            try:
                self._match()
            except CrashError:
                self.matched = False

    @rule(payment=PAYMENTS, who=PEOPLE)
    def cashier_undoes(self, payment: int, who: Actor) -> None:
        self._decide(lambda: desk.undo(self.db, payment, reason="salah", actor=who, now=NOW))

    @rule(payment=PAYMENTS, proof=PROOFS, who=PEOPLE)
    def cashier_approves(self, payment: int, proof: str, who: Actor) -> None:
        self._decide(lambda: desk.approve(self.db, payment, proof, actor=who, now=NOW))

    @rule(proof=PROOFS, numbers=st.lists(BILLS, min_size=1, max_size=3), who=PEOPLE)
    def cashier_assigns(self, proof: str, numbers: list[str], who: Actor) -> None:
        self._decide(lambda: desk.assign(self.db, proof, numbers, actor=who, now=NOW))

    @rule(proof=PROOFS, number=BILLS, amount=AMOUNTS, who=PEOPLE)
    def cashier_splits(self, proof: str, number: str, amount: int, who: Actor) -> None:
        self._decide(lambda: desk.split(self.db, proof, [(number, amount)], actor=who, now=NOW))

    @rule(proof=PROOFS, who=PEOPLE)
    def cashier_says_other_income(self, proof: str, who: Actor) -> None:
        self._decide(lambda: desk.other_income(self.db, proof, reason="jasa giro", actor=who, now=NOW))

    @rule(payment=PAYMENTS, who=PEOPLE)
    def cashier_rejects(self, payment: int, who: Actor) -> None:
        self._decide(lambda: desk.reject(self.db, payment, reason="bukan", actor=who, now=NOW))

    def _decide(self, act: Any) -> None:  # noqa: ANN401 - a decision of the desk
        try:
            act()
        except DeskError:
            return
        self.matched = False

    @invariant()
    def books_add_up(self) -> None:
        """Money in is allocated plus free; the ledger, the entries and the bills say the same."""
        if hasattr(self, "world"):
            came, allocated, ledger = self.world.books()
            assert 0 <= allocated == ledger <= came
            self.db.read(self._bills_agree)
            self.db.read(self._large_decisions_have_two_people)

    @invariant()
    def nothing_is_overpaid_unnoticed(self) -> None:
        """Once matching has run, what a bill holds beyond its amount is on the refund list to the rupiah."""
        if hasattr(self, "world") and self.matched:
            self.db.read(self._surplus_is_listed)

    @invariant()
    def what_the_bank_took_back_pays_nothing(self) -> None:
        """Once matching has run, a credit that was undone holds no bill."""
        if hasattr(self, "world") and self.matched:
            undone = select(bank_entry.c.reverses_id).where(bank_entry.c.reverses_id.is_not(None))
            held = select(func.sum(bank_entry.c.allocated)).where(bank_entry.c.id.in_(undone))
            assert not self.db.read(lambda tx: tx.scalar(held))

    @staticmethod
    def _bills_agree(tx: Connection) -> None:
        ledger = dict(
            tx.execute(select(settlement.c.bill_id, func.sum(settlement.c.amount)).group_by(settlement.c.bill_id)).all()
        )
        for row in tx.execute(select(bill)):
            assert row.allocated == ledger.get(row.id, 0) >= 0
            assert row.overpaid == max(0, row.allocated - row.amount)
            if row.status == "paid" and row.state == "open":
                assert row.allocated >= row.amount

    @staticmethod
    def _surplus_is_listed(tx: Connection) -> None:
        valid = select(refund.c.bill_id, func.sum(refund.c.amount)).where(refund.c.state != "dropped")
        listed = dict(tx.execute(valid.group_by(refund.c.bill_id)).all())
        for row in tx.execute(select(bill)):
            surplus = row.overpaid if row.state == "open" else row.allocated
            assert listed.get(row.id, 0) == surplus

    @staticmethod
    def _large_decisions_have_two_people(tx: Connection) -> None:
        """Neither at once nor in parts does one person alone move more than the limit, from a credit or to a bill."""
        undone = set(tx.scalars(select(settlement.c.reverses_id).where(settlement.c.reverses_id.is_not(None))))
        alone: Counter[tuple[str, int]] = Counter()
        for row in tx.execute(select(settlement).where(settlement.c.rule == "manual")):
            assert row.second_actor != row.actor
            if row.second_actor is None and row.id not in undone:
                alone.update({("entry", row.bank_entry_id): row.amount, ("bill", row.bill_id): row.amount})
        assert all(moved <= desk.FOUR_EYES_ABOVE for moved in alone.values())

    def _everything(self) -> tuple[object, ...]:
        def read(tx: Connection) -> tuple[object, ...]:
            tables = (bank_entry, bill, settlement, refund, review_case, confirmation)
            return tuple(tuple(map(tuple, tx.execute(select(t).order_by(t.c.id)))) for t in tables)

        return self.db.read(read)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=20, stateful_step_count=16, deadline=None)
