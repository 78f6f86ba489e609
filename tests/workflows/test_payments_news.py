"""Matching looks again after whatever may change its decisions, and only then."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import insert, update

from mgov.store.bank_twins import TWIN
from mgov.store.database import Database
from mgov.store.schema.money import bank_entry
from mgov.workflows import desk, payments_matching
from mgov.workflows.bank_import import TargetAccount, import_statement
from mgov.workflows.payments_matching import Rematching
from tests.workflows.payment_world import CASHIER, NOW, PAID_AT, POLICY, WIB, PaymentWorld
from tests.workflows.test_bank_import import DIALECTS

BILL = "SKRD-2026-004512"
PROOF = "353107343110"


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    world = PaymentWorld(database)
    world.bill(BILL, 250_000)
    return world


def calm(world: PaymentWorld) -> Rematching:
    """One that has seen all there is."""
    rematching = Rematching(world.db, POLICY)
    for _ in range(3):
        rematching.run(NOW)
    assert not rematching.has_news()
    return rematching


def test_without_news_nothing_is_matched(world: PaymentWorld) -> None:
    """Also after a run that settled something: one more look, then quiet."""
    world.claim(BILL, proof=PROOF)
    world.entry(PROOF, 250_000)
    rematching = Rematching(world.db, POLICY)
    done = [rematching.run(NOW) for _ in range(3)]
    assert [run.settled if run else None for run in done] == [1, 0, None]


def test_what_comes_while_it_matches_is_not_forgotten(world: PaymentWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that comes behind the matcher's back, in the middle of a run, is matched by the next."""
    world.entry(PROOF, 250_000)
    rematching, real = Rematching(world.db, POLICY), payments_matching.match_all

    def meanwhile(*given: object) -> object:
        done = real(*given)  # type: ignore[arg-type]
        world.claim(BILL, proof=PROOF)
        return done

    monkeypatch.setattr(payments_matching, "match_all", meanwhile)
    rematching.run(NOW)
    monkeypatch.setattr(payments_matching, "match_all", real)
    rematching.run(NOW)
    assert world.statuses() == ["settled"]


def test_money_that_is_separate_settles_at_once(world: PaymentWorld) -> None:
    """A person says that an entry is no other format's twin: its claim need not wait for the next text."""
    entry = world.entry(PROOF, 250_000)
    twin = update(bank_entry).where(bank_entry.c.id == entry).values(kind=TWIN)
    world.db.transact(lambda tx: tx.execute(twin))
    world.claim(BILL, proof=PROOF)
    rematching = calm(world)
    assert world.statuses() == ["awaiting_funds"]
    desk.separate(world.db, f"#{entry}", reason="dua pembayaran", actor=CASHIER, now=NOW)
    rematching.run(NOW)
    assert world.statuses() == ["settled"]


def test_money_that_comes_back_from_other_income_settles_at_once(world: PaymentWorld) -> None:
    """Nobody sends a text for it: the decision itself is the news."""
    world.entry(PROOF, 250_000)
    desk.other_income(world.db, PROOF, reason="sewa", actor=CASHIER, now=NOW)
    world.claim(BILL, proof=PROOF)
    rematching = calm(world)
    desk.undo_entry(world.db, PROOF, reason="keliru", actor=CASHIER, now=NOW)
    rematching.run(NOW)
    assert world.statuses() == ["settled"]


def test_what_a_claim_says_later_is_news(world: PaymentWorld) -> None:
    """The first text had a slip in its proof and told no time; the second tells it."""
    world.entry(PROOF, 250_000)
    world.claim(BILL, proof="353107343119", paid_at=None)
    rematching = calm(world)
    world.claim(BILL, proof="353107343119", paid_at=PAID_AT)
    assert rematching.has_news()


def test_a_statement_whose_numbers_are_older_is_news(world: PaymentWorld) -> None:
    """Of two imports at the same time the one that began first may end last: its entries have the smaller ids."""
    on = PAID_AT.date()
    late = {"id": 1_000_000, "account_id": world.account, "statement_id": world.statement, "identity": "late"}
    said = {"booked_at": str(on), "booked_on": on, "value_date": on, "amount": 1, "type": "CR", "description": ""}
    world.db.transact(lambda tx: tx.execute(insert(bank_entry).values(**late, **said, created_at=NOW)))
    rematching = calm(world)
    text = f"booked_at,value_date,amount,type,reference,description,balance\n{on},{on},5,CR,1,X,\n"
    settings = {"format": "auto", "dialects": DIALECTS, "actor": CASHIER, "now": NOW, "zone": WIB}
    import_statement(world.db, io.BytesIO(text.encode()), TargetAccount("0099"), **settings)  # type: ignore[arg-type]
    assert rematching.has_news()
