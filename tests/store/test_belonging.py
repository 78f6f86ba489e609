"""Groups of what belongs together decide as the whole does."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select

from mgov.domain.matching import Decision, match
from mgov.store import bank
from mgov.store.bills import lookup_keys
from mgov.store.database import Database, temporary
from mgov.store.payments import add_confirmation
from mgov.store.schema.money import bill, confirmation, settlement
from mgov.workflows.payments_matching import PaymentPolicy, match_all
from tests.domain.synthetic_payments import EVERYDAY, HOSTILE, MESSY, World, world
from tests.workflows.payment_world import PaymentWorld

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=7)))
MIX = ((0.4, EVERYDAY), (0.27, MESSY), (0.33, HOSTILE))


def put(db: Database, given: World) -> dict[str, dict[Any, int]]:
    """Store a world; returns the ids of its bills, credits and claims."""
    books = PaymentWorld(db)
    shared = {"agency_id": books.agency, "created_at": NOW, "updated_at": NOW}
    rows = [
        {
            "number": b.number,
            "amount": b.amounts[0][0],
            "state": b.state,
            "payer_name": b.payer_name,
            "payer_phone": b.payer_phone,
            **shared,
        }
        for b in given.bills
    ]
    db.transact(lambda tx: tx.execute(insert(bill), [{**row, **lookup_keys(row)} for row in rows]))
    entries = [
        {
            "account_id": books.account,
            "identity": str(c.id),
            "statement_id": books.statement,
            "booked_at": c.booked_at.isoformat() if c.booked_at else str(c.booked_on),
            "booked_on": c.booked_on,
            "value_date": c.value_date,
            "amount": c.amount,
            "type": "CR",
            "reference": c.reference,
            "description": c.description,
            "created_at": NOW,
        }
        for c in given.credits
    ]
    for row in entries:
        db.transact(lambda tx, row=row: bank.add_new_entries(tx, books.account, [row]))
    bills = {row.number: row.id for row in db.read(lambda tx: tx.execute(select(bill.c.number, bill.c.id)).all())}
    claims: dict[Any, int] = {}
    for claim in given.claims:
        values = {
            "identity": f"claim {claim.id}",
            "sender": claim.sender,
            "channel": "sms",
            "bill_number": claim.bills[0],
            "bill_id": bills.get(claim.bills[0]),
            "proof": claim.proof,
            "amount": claim.amount,
            "paid_at": claim.paid_at,
            "paid_on": claim.paid_on,
            "received_at": claim.received_at,
            "status": "awaiting_funds",
            "reason": "no_money_yet",
        }
        claims[claim.id] = db.transact(lambda tx, values=values: add_confirmation(tx, **values))
    return {"claims": claims}


def decided(decision: Decision) -> str:
    return {"matched": "settled", "ambiguous": "review", "none": "awaiting_funds"}[decision.kind]


@pytest.mark.parametrize(("seed", "batch"), [(21, 7), (23, 4000)])
def test_groups_of_any_size_decide_as_the_whole_does(migrated_sqlite_url: str, seed: int, batch: int) -> None:
    """Whatever the size of the groups, statuses and allocations are those of matching everything at once."""
    with temporary(migrated_sqlite_url) as db:
        assert_decided_as_the_whole(db, seed, 400, batch)


def test_every_database_decides_as_the_rules_do(database: Database) -> None:
    """The same inputs give the same outcome on SQLite, PostgreSQL and MariaDB."""
    assert_decided_as_the_whole(database, 22, 150, 60)


def assert_decided_as_the_whole(db: Database, seed: int, cases: int, batch: int) -> None:
    """Match a world in groups in a database and as a whole in memory, and compare."""
    given = world(seed, cases, MIX)
    random.Random(seed).shuffle(given.credits)
    ids = put(db, given)["claims"]
    match_all(db, NOW, PaymentPolicy(batch=batch))
    whole = match(given.claims, given.credits, given.bills)
    query = select(confirmation.c.id, confirmation.c.status)
    found = {row.id: row.status for row in db.read(lambda tx: tx.execute(query).all())}
    assert {ids[d.claim]: decided(d) for d in whole if d.claim is not None} == found
    booked = db.read(
        lambda tx: tx.execute(
            select(bill.c.number, settlement.c.amount).join(bill, bill.c.id == settlement.c.bill_id)
        ).all()
    )
    assert sorted((a.bill, a.amount) for d in whole for a in d.allocations) == sorted((n, a) for n, a in booked)
