"""Writing the ledger and everything that changes with it, many rows a statement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    case,
    exists,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import aliased

from mgov.domain.matching import Reason, sentence
from mgov.store import audit, counters, outbox
from mgov.store.bulk import among, insert_many, update_many
from mgov.store.database import wake
from mgov.store.schema.messages import PRIORITIES, outbound_message
from mgov.store.schema.money import bank_entry, bill, confirmation, refund, review_case, settlement
from mgov.store.schema.services import counter
from mgov.store.schema.staff import transition

Rows = Sequence[dict[str, Any]]


#: Rows after which PostgreSQL's statistics are too old to plan the next queries by.
STALE_AFTER = 5_000
#: Allocations that the audit names one by one; of more it keeps number, sum and digest.
MOST_TOLD = 20


def allocate(tx: Connection, rows: Rows) -> None:
    """Insert allocations; the database refuses what a credit does not have. The audit keeps what they were."""
    insert_many(tx, settlement, rows)
    if rows:
        ledger = [(row["bank_entry_id"], row["bill_id"], row["amount"]) for row in rows]
        total = sum(amount for _, _, amount in ledger)
        told: dict[str, Any] = {"rows": len(ledger), "sum": total, "sha256": _digest(ledger)}
        if len(ledger) <= MOST_TOLD:
            told["allocations"] = ledger
        audit.record(tx, rows[0]["actor"], "payment.allocate", "settlement", rows[0]["rule"], told, now=rows[0]["at"])


def _digest(ledger: list[tuple[int, int, int]]) -> str:
    return hashlib.sha256(json.dumps(ledger).encode()).hexdigest()


def refresh_statistics(tx: Connection) -> None:
    """After a mass of new rows, tell PostgreSQL how many there are: its planner would still think of empty tables."""
    if tx.dialect.name != "postgresql":
        return
    planned = text("select coalesce(sum(greatest(reltuples, 0)), 0) from pg_class where oid = cast(:name as regclass)")
    for table, also in ((bill, ""), (confirmation, ""), (bank_entry, ", bank_entry_key"), (settlement, "")):
        newest = tx.scalar(select(func.max(table.c.id))) or 0
        if newest > 2 * (tx.scalar(planned, {"name": table.name}) or 0) + STALE_AFTER:
            tx.execute(text(f"analyze {table.name}{also}"))


#: The counter of what is told by `tell_news`.
_NEWS = "payment-news"

#: The row that is the lock; it is there after the first time, however many ask at once.
_MAKE_LOCK = {
    "sqlite": text("insert or ignore into counter (name, value) values ('ledger', 0)"),
    "postgresql": text("insert into counter (name, value) values ('ledger', 0) on conflict do nothing"),
    "mysql": text("insert ignore into counter (name, value) values ('ledger', 0)"),
}


def lock(tx: Connection) -> None:
    """Whoever changes the ledger does so alone until the transaction ends: machine and people never decide at once."""
    take = update(counter).where(counter.c.name == "ledger").values(value=counter.c.value + 1)
    if tx.execute(take).rowcount == 0:
        tx.execute(_MAKE_LOCK.get(tx.dialect.name, _MAKE_LOCK["mysql"]))
        tx.execute(take)


def change_confirmations(tx: Connection, rows: Rows) -> None:
    """Update confirmations: each row has its `id` and the same columns as the first."""
    update_many(tx, confirmation, rows)


def record_transitions(tx: Connection, rows: Rows) -> None:
    """Add to the history of states."""
    insert_many(tx, transition, rows)


def queue_answers(tx: Connection, rows: Rows, now: datetime) -> int:
    """Queue texts (`channel, recipient, text, in_reply_to, subject_id, dedupe_key`) in one statement."""
    if rows:
        shared = {
            "priority": "transaction",
            "urgency": PRIORITIES["transaction"],
            "state": "queued",
            "queued_at": now,
            "not_before": now,
            "subject_kind": "payment",
        }
        insert_many(tx, outbound_message, [{**shared, **row} for row in rows])
        wake(tx, "outbox")
    return len(rows)


def not_yet_queued(tx: Connection, rows: Rows) -> list[dict[str, Any]]:
    """Those whose `dedupe_key` no message has yet."""
    known = outbox.known_keys(tx, [row["dedupe_key"] for row in rows])
    return [dict(row) for row in rows if row["dedupe_key"] not in known]


def net_settlements(tx: Connection, *conditions: Any) -> list[Row[Any]]:  # noqa: ANN401 - clauses of SQLAlchemy
    """Allocations that were not undone, oldest first."""
    undo = aliased(settlement)
    undone = exists().where(undo.c.reverses_id == settlement.c.id)
    query = select(settlement).where(settlement.c.amount > 0, ~undone, *conditions).order_by(settlement.c.id)
    return list(tx.execute(query))


def undo(tx: Connection, rows: Sequence[Row[Any]], *, rule: str, reasons: str, actor: str, now: datetime) -> None:
    """Take allocations back: a new row with the negative amount for each."""
    allocate(
        tx,
        [
            {
                "bank_entry_id": row.bank_entry_id,
                "bill_id": row.bill_id,
                "confirmation_id": row.confirmation_id,
                "amount": -row.amount,
                "rule": rule,
                "reasons": reasons,
                "reverses_id": row.id,
                "actor": actor,
                "at": now,
            }
            for row in rows
        ],
    )


def sync_cases(tx: Connection, now: datetime) -> int:
    """Open a case for each confirmation in review that has none; close those whose confirmation left it."""
    in_review = select(confirmation.c.id).where(confirmation.c.status == "review")
    tx.execute(
        update(review_case)
        .where(review_case.c.state == "open", review_case.c.confirmation_id.is_not(None))
        .where(review_case.c.confirmation_id.not_in(in_review))
        .values(state="closed", decided_at=now, decided_by="system:engine", decision="settled by itself")
    )
    has_case = exists().where(review_case.c.confirmation_id == confirmation.c.id, review_case.c.state == "open")
    missing = select(confirmation).where(confirmation.c.status == "review", ~has_case).order_by(confirmation.c.id)
    rows = [
        {
            "kind": "confirmation",
            "confirmation_id": row.id,
            "bill_id": row.bill_id,
            "reasons": _in_words(row.reason),
            "candidates": "[]",
            "state": "open",
            "opened_at": now,
        }
        for row in tx.execute(missing)
    ]
    insert_many(tx, review_case, rows)
    return len(rows)


def _in_words(reason: str | None) -> str:
    return sentence(Reason(reason)) if reason in set(Reason) else reason or ""


def put_cases(tx: Connection, rows: Rows, now: datetime) -> None:
    """Open or bring up to date the cases of confirmations (`confirmation_id, bill_id, reasons, candidates`)."""
    ids = [row["confirmation_id"] for row in rows]
    mine = (review_case.c.state == "open") & among(review_case.c.confirmation_id, ids)
    columns = (review_case.c.confirmation_id, review_case.c.id)
    known = {row.confirmation_id: row.id for row in tx.execute(select(*columns).where(mine))}
    fresh = [row for row in rows if row["confirmation_id"] not in known]
    shared = {"kind": "confirmation", "state": "open", "opened_at": now}
    insert_many(tx, review_case, [{**shared, **row} for row in fresh])
    update_many(
        tx,
        review_case,
        [
            {"id": known[row["confirmation_id"]], "reasons": row["reasons"], "candidates": row["candidates"]}
            for row in rows
            if row["confirmation_id"] in known
        ],
    )


def open_credit_cases(tx: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    """Put credits for bills that take no money before a person (`entry, bill, number, status, state`)."""
    insert_many(
        tx,
        review_case,
        [
            {
                "kind": "credit",
                "bank_entry_id": row.entry,
                "bill_id": row.bill,
                "reasons": f"dana untuk tagihan {row.number} yang {_CLOSED[row.state]}",
                "candidates": f'[{{"entry": {row.entry}}}]',
                "state": "open",
                "opened_at": now,
            }
            for row in rows
        ],
    )


_CLOSED = {
    "open": "sudah lunas / money for a bill that is already paid",
    "cancelled": "dibatalkan / money for a bill that was cancelled",
    "paid_elsewhere": "dibayar di tempat lain / money for a bill that was paid elsewhere",
}


def count_statuses(tx: Connection) -> dict[str, int]:
    """How many confirmations are in each status."""
    query = select(confirmation.c.status, func.count()).group_by(confirmation.c.status)
    return {row[0]: row[1] for row in tx.execute(query)}


def sync_refunds(tx: Connection, now: datetime) -> int:
    """Put on the refund list what bills hold beyond their amount, or hold although cancelled or paid elsewhere.

    What is listed and is no surplus any more is dropped, unless it was given back already. The few rupiah that made an
    amount unique are booked as such and not given back. Nor is what the bank took back of a credit that a person put on
    the list: it would go back twice. Returns how many are new on the list.
    """
    _drop_refunds_of_reversed(tx, now)
    surplus = case((bill.c.state == "open", bill.c.overpaid), else_=bill.c.allocated)
    _drop_refunds(tx, surplus, now)
    listed = _listed()
    known = func.coalesce(listed.c.amount, 0)
    query = (
        select(bill.c.id, bill.c.state, bill.c.unique_suffix, known.label("known"), (surplus - known).label("missing"))
        .outerjoin(listed, listed.c.bill_id == bill.c.id)
        .where(bill.c.allocated > 0, surplus > known)
    )
    rows = [
        {"bill_id": row.id, "amount": amount, "state": state, "reason": reason, "created_at": now}
        for row in tx.execute(query)
        for amount, state, reason in _surplus_of(row)
        if amount > 0
    ]
    insert_many(tx, refund, rows)
    return sum(1 for row in rows if row["state"] == "due")


def _listed() -> Any:  # noqa: ANN401 - a subquery
    return (
        select(refund.c.bill_id, func.sum(refund.c.amount).label("amount"))
        .where(refund.c.state != "dropped")
        .group_by(refund.c.bill_id)
        .subquery()
    )


def _drop_refunds(tx: Connection, surplus: Any, now: datetime) -> None:  # noqa: ANN401 - a clause of SQLAlchemy
    listed = _listed()
    query = select(bill.c.id).join(listed, listed.c.bill_id == bill.c.id).where(listed.c.amount > surplus)
    stale = refund.c.state.in_(("due", "booked")) & among(refund.c.bill_id, list(tx.scalars(query)))
    tx.execute(update(refund).where(stale).values(state="dropped", decided_at=now, decided_by="system:engine"))


def _drop_refunds_of_reversed(tx: Connection, now: datetime) -> None:
    """Of a credit that the bank undid, only what it left stays on the list."""
    undone = (
        select(bank_entry.c.reverses_id.label("credit"), func.sum(bank_entry.c.amount).label("sum"))
        .where(bank_entry.c.reverses_id.is_not(None))
        .group_by(bank_entry.c.reverses_id)
        .subquery()
    )
    left = bank_entry.c.amount - bank_entry.c.allocated - undone.c.sum
    query = (
        select(refund, left.label("left"))
        .join(bank_entry, bank_entry.c.id == refund.c.bank_entry_id)
        .join(undone, undone.c.credit == bank_entry.c.id)
        .where(refund.c.state == "due", refund.c.amount > left)
    )
    rows = tx.execute(query).all()
    dropped = {"state": "dropped", "decided_at": now, "decided_by": "system:engine"}
    update_many(tx, refund, [{"id": row.id, **dropped} for row in rows])
    kept = [row for row in rows if row.left > 0]
    same = {"state": "due", "created_at": now}
    insert_many(
        tx, refund, [{"bank_entry_id": r.bank_entry_id, "amount": r.left, "reason": r.reason, **same} for r in kept]
    )


def _surplus_of(row: Row[Any]) -> list[tuple[int, str, str]]:
    """What to list of a bill's surplus: its unique rupiah, once, and the rest."""
    unique = min(row.missing, row.unique_suffix) if row.state == "open" and row.known == 0 else 0
    return [(unique, "booked", "unique amount"), (row.missing - unique, "due", "surplus")]


def tell_news(tx: Connection) -> None:
    """Say that something changed which matching looks at and which neither a new id nor a bill's time shows."""
    counters.advance(tx, _NEWS)


def fingerprint(tx: Connection) -> str:
    """Changes whenever anything that matching looks at has: ids only grow, and changed bills carry their time."""
    parts = [
        select(counter.c.value).where(counter.c.name == _NEWS),
        select(func.max(confirmation.c.id)),
        select(func.max(bank_entry.c.id)),
        select(func.max(settlement.c.id)),
        select(func.max(bill.c.id)),
        select(func.max(bill.c.updated_at)),
        select(func.count()).select_from(confirmation).where(confirmation.c.status == literal("review")),
        select(func.count()).select_from(confirmation).where(confirmation.c.status == literal("awaiting_funds")),
    ]
    return "|".join(str(tx.scalar(part)) for part in parts)


def taken_back(tx: Connection, confirmation_id: int) -> int:
    """What the bank took back of the money that had settled a confirmation, in rupiah."""
    mine = (settlement.c.confirmation_id == confirmation_id) & (settlement.c.rule == "reversal")
    return -int(tx.scalar(select(func.coalesce(func.sum(settlement.c.amount), 0)).where(mine)) or 0)


def last_taken_back(tx: Connection, bill_id: int | None) -> int:
    """What the bank last took back of a bill's money, in rupiah."""
    mine = (settlement.c.bill_id == bill_id) & (settlement.c.rule == "reversal") & (settlement.c.amount < 0)
    return -int(tx.scalar(select(settlement.c.amount).where(mine).order_by(settlement.c.id.desc()).limit(1)) or 0)


def repeats_of(tx: Connection, bill_id: int | None, entry_ids: Collection[int]) -> list[Row[Any]]:
    """The confirmations that were settled since they tell a payment of a bill that was known, by these credits."""
    same = (confirmation.c.bill_id == bill_id) & among(confirmation.c.bank_entry_id, sorted(entry_ids))
    repeated = (confirmation.c.rule == "duplicate") & (confirmation.c.status == "settled")
    return list(tx.execute(select(confirmation).where(same, repeated).order_by(confirmation.c.id)))
