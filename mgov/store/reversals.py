"""Money that goes back: the bank undoes a credit, or a credit turns out to have come from an account of ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, union, update
from sqlalchemy.orm import aliased

from mgov.domain.matching import descriptions, keys
from mgov.store.bank_twins import TWIN
from mgov.store.bulk import among, insert_many
from mgov.store.schema.money import (
    bank_account,
    bank_entry,
    bank_entry_key,
    bill,
    confirmation,
    review_case,
    settlement,
)
from mgov.store.settlements import record_transitions

#: Days after which the bank undoes a credit no more, where only its text or the amount tells which.
WINDOW = timedelta(days=62)

_UNDOES_NOTHING_YET = (
    bank_entry.c.type == "DB",
    bank_entry.c.reverses_id.is_(None),
    bank_entry.c.kind.in_(("ordinary", "reversal")),
)

_IS_DECIDED = exists().where(review_case.c.bank_entry_id == bank_entry.c.id, review_case.c.state != "open")


def equal(tx: Connection) -> list[tuple[int, str, list[int]]]:
    """Debits of the same account, reference and amount as a credit, booked on that day or later.

    Each with its reference and the credits it may undo that no other debit undid, unspent ones first.
    """
    credit, debit = aliased(bank_entry), bank_entry
    query = (
        select(debit.c.id, debit.c.reference, credit.c.id)
        .join(
            credit,
            and_(
                credit.c.reference == debit.c.reference,
                credit.c.account_id == debit.c.account_id,
                credit.c.amount == debit.c.amount,
                credit.c.type == "CR",
                credit.c.kind != TWIN,
                credit.c.booked_on <= debit.c.booked_on,
            ),
        )
        .where(*_UNDOES_NOTHING_YET, debit.c.reference.is_not(None), debit.c.reference != "")
        .where(~_is_undone(credit.c.id))
        .order_by(debit.c.id, credit.c.allocated, credit.c.id)
    )
    found: dict[int, tuple[int, str, list[int]]] = {}
    for debit_id, reference, credit_id in tx.execute(query):
        found.setdefault(debit_id, (debit_id, reference, []))[2].append(credit_id)
    return list(found.values())


def unexplained(tx: Connection, words: Collection[str]) -> list[Row[Any]]:
    """Debits that the bank marks as a reversal or words so, which undo nothing yet and which nobody decided about."""
    said = func.upper(bank_entry.c.description)
    worded = [said.contains(word, autoescape=True) for word in sorted(words)]
    query = _movements().where(*_UNDOES_NOTHING_YET, ~_IS_DECIDED).where(or_(bank_entry.c.kind == "reversal", *worded))
    rows = tx.execute(query.order_by(bank_entry.c.id))
    return [row for row in rows if row.kind == "reversal" or descriptions.says_one_of(row.description, words)]


def equal_to_a_credit(tx: Connection) -> list[Row[Any]]:
    """Ordinary debits with the amount of a credit of the same account before them, which nobody decided about."""
    credit, debit = aliased(bank_entry), bank_entry
    same = and_(
        credit.c.amount == debit.c.amount,
        credit.c.account_id == debit.c.account_id,
        credit.c.type == "CR",
        credit.c.booked_on <= debit.c.booked_on,
    )
    query = _movements().where(*_UNDOES_NOTHING_YET, debit.c.kind == "ordinary", ~_IS_DECIDED, exists().where(same))
    return list(tx.execute(query.order_by(debit.c.id)))


def undoable(tx: Connection, debit: Row[Any], numbers: Collection[int]) -> list[Row[Any]]:
    """The credits of a debit's account before it that have its amount or one of these keys; unspent ones first."""
    same = bank_entry.c.amount == debit.amount
    keyed = select(bank_entry_key.c.bank_entry_id).where(among(bank_entry_key.c.key, sorted(numbers)))
    here = and_(
        bank_entry.c.account_id == debit.account_id,
        bank_entry.c.type == "CR",
        bank_entry.c.kind.in_(("ordinary", "other_income")),
        bank_entry.c.booked_on.between(debit.booked_on - WINDOW, debit.booked_on),
    )
    ids = union(select(bank_entry.c.id).where(here, same), select(bank_entry.c.id).where(bank_entry.c.id.in_(keyed)))
    found = tx.scalars(ids).all()
    query = _movements().where(among(bank_entry.c.id, sorted(found)), here, ~_is_undone(bank_entry.c.id))
    return list(tx.execute(query.order_by(bank_entry.c.allocated, bank_entry.c.id)))


def holding(tx: Connection, credit_ids: Collection[int], description: str) -> tuple[int, ...]:
    """Those of the credits that hold money for a bill which a description names."""
    named = [keys.digest("b", number) for number in descriptions.bill_keys(description)]
    query = (
        select(settlement.c.bank_entry_id)
        .join(bill, bill.c.id == settlement.c.bill_id)
        .where(among(settlement.c.bank_entry_id, sorted(credit_ids)), bill.c.number_key.in_(named))
        .group_by(settlement.c.bank_entry_id)
        .having(func.sum(settlement.c.amount) > 0)
    )
    return tuple(tx.scalars(query.order_by(settlement.c.bank_entry_id))) if named else ()


def numbers_as_keys(numbers: Collection[str]) -> set[int]:
    """The keys by which credits with these numbers are found."""
    return {key for number in numbers if (key := keys.proof_key(number)) is not None}


def mark(tx: Connection, debit_id: int, credit_id: int) -> None:
    """Say which credit a debit undoes."""
    tx.execute(update(bank_entry).where(bank_entry.c.id == debit_id).values(kind="reversal", reverses_id=credit_id))


def held_too_much(tx: Connection) -> list[tuple[int, int]]:
    """Credits that hold more for bills than the bank left of them, with what it left, in rupiah."""
    debit = aliased(bank_entry)
    left = bank_entry.c.amount - func.sum(debit.c.amount)
    query = (
        select(bank_entry.c.id, left)
        .join(debit, debit.c.reverses_id == bank_entry.c.id)
        .where(bank_entry.c.allocated > 0)
        .group_by(bank_entry.c.id, bank_entry.c.amount, bank_entry.c.allocated)
        .having(bank_entry.c.allocated > left)
        .order_by(bank_entry.c.id)
    )
    return [(int(row[0]), max(0, int(row[1]))) for row in tx.execute(query)]


def spent_own_transfers(tx: Connection) -> list[int]:
    """Credits from an account of ours that hold a bill by a machine's decision, or whose case nobody opened yet."""
    seen = exists().where(review_case.c.bank_entry_id == bank_entry.c.id)
    query = select(bank_entry.c.id).where(
        bank_entry.c.type == "CR", bank_entry.c.kind == "own_transfer", bank_entry.c.allocated > 0, ~seen
    )
    return list(tx.scalars(query.order_by(bank_entry.c.id)))


def open_cases(tx: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Put entries before a person (`bank_entry_id, bill_id, reasons, candidates`) that have no open case yet."""
    wanted = [row["bank_entry_id"] for row in rows]
    mine = (review_case.c.state == "open") & among(review_case.c.bank_entry_id, wanted)
    known = set(tx.scalars(select(review_case.c.bank_entry_id).where(mine)))
    shared = {"kind": "reversal", "state": "open", "opened_at": now}
    insert_many(tx, review_case, [{**shared, **row} for row in rows if row["bank_entry_id"] not in known])


def close_cases(tx: Connection, debit_ids: Collection[int], actor: str, now: datetime) -> None:
    """Close the cases of debits whose credit was found after all."""
    mine = (review_case.c.state == "open") & (review_case.c.kind == "reversal")
    values = {"state": "closed", "decided_at": now, "decided_by": actor, "decision": "the credit was found"}
    tx.execute(update(review_case).where(mine, among(review_case.c.bank_entry_id, sorted(debit_ids))).values(values))


def bills_held(tx: Connection, credit_id: int) -> list[int]:
    """The bills that a credit holds money for."""
    query = select(settlement.c.bill_id).where(settlement.c.bank_entry_id == credit_id).group_by(settlement.c.bill_id)
    return list(tx.scalars(query.having(func.sum(settlement.c.amount) > 0).order_by(settlement.c.bill_id)))


def reopen_settled_by(tx: Connection, credit_id: int, reason: str, actor: str, now: datetime) -> int:
    """Send the confirmations that a credit settled to a person; returns how many."""
    mine = and_(confirmation.c.bank_entry_id == credit_id, confirmation.c.status == "settled")
    ids = list(tx.scalars(select(confirmation.c.id).where(mine)))
    values = {"status": "review", "reason": reason, "bank_entry_id": None, "settled_at": None, "rule": None}
    tx.execute(update(confirmation).where(mine).values(values))
    told = {"object_kind": "confirmation", "from_state": "settled", "to_state": "review", "at": now, "actor": actor}
    record_transitions(tx, [{**told, "object_id": row_id, "cause": reason} for row_id in ids])
    return len(ids)


def _movements() -> Any:  # noqa: ANN401 - a select
    e = bank_entry.c
    columns = (e.id, e.account_id, e.amount, e.booked_on, e.reference, e.description, e.kind)
    return select(*columns, bank_account.c.number.label("account")).join(
        bank_account, bank_account.c.id == e.account_id
    )


def _is_undone(credit_id: Any) -> Any:  # noqa: ANN401 - clauses of SQLAlchemy
    taken = aliased(bank_entry)
    return exists().where(taken.c.reverses_id == credit_id)
