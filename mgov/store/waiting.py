"""What still waits for money: claims to look at again, credits that name a bill, proofs that are nearly a credit's."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select

from mgov.domain.matching import Bill, Claim, Policy, descriptions, keys, near, proofs
from mgov.store.belonging import NearPairs
from mgov.store.bulk import among, portions, update_many
from mgov.store.open_items import IS_CREDIT, IS_OPEN, Scope, bill_query, bills_of, claim_query, claims_of
from mgov.store.schema.money import bank_entry, bank_entry_key, bill, confirmation, review_case

OWED = ("open", "partly_paid")
#: Ids that are fetched at once.
IDS_AT_ONCE = 10_000
#: Reasons with which a claim may go on waiting as long as nothing else concerns it.
CALM = ("no_money_yet", "not_found", "bill_unknown")

#: Whether an untouched credit names the bill of a claim.
_UNTOUCHED = and_(IS_CREDIT, bank_entry.c.allocated == 0)
_BILL_IS_NAMED = (
    *(
        exists().where(bank_entry_key.c.key == column, bank_entry.c.id == bank_entry_key.c.bank_entry_id, _UNTOUCHED)
        for column in (bill.c.number_key, bill.c.code_key)
    ),
    exists().where(bank_entry.c.amount == bill.c.unique_amount, _UNTOUCHED),
)
_HAS_CREDIT = exists().where(bank_entry_key.c.key == confirmation.c.proof_key)


def resolve_bills(tx: Connection) -> int:
    """Tie open claims to bills that came after them, by number or by a pay code that one bill only has."""
    unknown = and_(IS_OPEN, confirmation.c.bill_id.is_(None))
    rows = tx.execute(
        select(confirmation.c.id, bill.c.id.label("bill_id"), bill.c.number)
        .join(bill, bill.c.number == confirmation.c.bill_number)
        .where(unknown)
    ).all()
    coded = (
        select(confirmation.c.id, func.min(bill.c.id).label("bill_id"), func.min(bill.c.number).label("number"))
        .join(bill, bill.c.pay_code == confirmation.c.bill_number)
        .where(unknown)
        .group_by(confirmation.c.id)
        .having(func.count() == 1)
    )
    by_number = {row.id for row in rows}
    found = [*rows, *(row for row in tx.execute(coded) if row.id not in by_number)]
    update_many(tx, confirmation, [{"id": r.id, "bill_id": r.bill_id, "bill_number": r.number} for r in found])
    return len(found)


def credits_naming_bills(tx: Connection) -> array[int]:
    """The ids of untouched credits that name a bill which is owed: by number, pay code or unique amount; by amount."""
    owed = bill.c.status.in_(OWED)
    named = bank_entry_key.c.bank_entry_id == bank_entry.c.id
    query = (
        select(bank_entry.c.id)
        .where(_UNTOUCHED)
        .where(
            or_(
                exists().where(named, bill.c.number_key == bank_entry_key.c.key, owed),
                exists().where(named, bill.c.code_key == bank_entry_key.c.key, owed),
                exists().where(bill.c.unique_amount == bank_entry.c.amount, owed),
            )
        )
        .order_by(bank_entry.c.amount, bank_entry.c.id)
    )
    return _ids(tx, query)


def credits_for_closed_bills(tx: Connection) -> list[Row[Any]]:
    """Untouched credits that name a bill which takes no money, and that nobody was shown yet: `entry, bill, status`."""
    shown = exists().where(review_case.c.bank_entry_id == bank_entry.c.id)
    claimed = exists().where(
        confirmation.c.bill_id == bill.c.id, confirmation.c.status.in_(("awaiting_funds", "review"))
    )
    found: dict[int, Row[Any]] = {}
    for column in (bill.c.number_key, bill.c.code_key):
        query = (
            select(
                bank_entry.c.id.label("entry"),
                bill.c.id.label("bill"),
                bill.c.number,
                bill.c.status,
                bill.c.state,
                bank_entry.c.amount,
            )
            .select_from(bank_entry)
            .join(bank_entry_key, bank_entry_key.c.bank_entry_id == bank_entry.c.id)
            .join(bill, column == bank_entry_key.c.key)
            .where(IS_CREDIT, bank_entry.c.allocated == 0, bill.c.status.in_(("paid", "cancelled")), ~shown, ~claimed)
            .order_by(bank_entry.c.id)
        )
        for row in tx.execute(query):
            found.setdefault(row.entry, row)
    return list(found.values())


def restless(tx: Connection, near_claims: set[int]) -> array[int]:
    """The ids of open claims whose decision may be another than to go on waiting.

    Asked once a run: PostgreSQL hashes all keys of credits for it, however few claims are asked for. In the order of
    their bills' amounts: what is matched together then has few sums, and the bills that owe these are few.
    """
    calm = and_(
        confirmation.c.status.in_(("awaiting_funds", "expired")),
        confirmation.c.reason.in_(CALM),
        or_(confirmation.c.bill_id.is_(None), bill.c.status == "open"),  # what paid a part may be confirmed again
        or_(confirmation.c.bill_id.is_(None), confirmation.c.reason != "bill_unknown"),
        ~_HAS_CREDIT,
    )
    concerned = or_(among(confirmation.c.id, near_claims), *_BILL_IS_NAMED)
    query = (
        select(confirmation.c.id)
        .outerjoin(bill, bill.c.id == confirmation.c.bill_id)
        .where(IS_OPEN, or_(~calm, concerned))
        .order_by(func.coalesce(bill.c.amount, 0), confirmation.c.id)
    )
    return _ids(tx, query)


def _ids(tx: Connection, query: Select[Any]) -> array[int]:
    """The ids that a query finds, eight bytes each: there may be a million."""
    with tx.scalars(query.execution_options(yield_per=IDS_AT_ONCE)) as found:
        return array("q", found)


def still_open(tx: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Those of some claims that nobody decided meanwhile."""
    query = claim_query()
    return [
        row for portion in portions(ids) for row in tx.execute(query.where(among(confirmation.c.id, portion))).all()
    ]


def near_pairs(tx: Connection, scope: Scope, policy: Policy, batch: int) -> NearPairs:
    """Claims whose proof no credit carries, and the untouched credits of their amount and day that nearly do."""
    pairs = NearPairs()
    for rows in _without_credit(tx, batch):
        claims = claims_of(rows, scope.zone)
        bills = _bills_by_number(tx, rows, scope)
        wanted: dict[int, list[Claim]] = {}
        for claim, _ in claims.values():
            for key in _keys_of(claim, bills, policy):
                wanted.setdefault(key, []).append(claim)
        for key, credit in _credits_with(tx, wanted):
            for claim in wanted[key]:
                if _is_near(claim, credit, policy):
                    for row in claims[claim.id][1]:
                        pairs.add(row.id, credit.id)
    return pairs


def _without_credit(tx: Connection, batch: int) -> Iterator[list[Row[Any]]]:
    after = 0
    while True:
        query = (
            claim_query()
            .where(confirmation.c.id > after, ~_HAS_CREDIT)
            .where(confirmation.c.proof_key.is_not(None), confirmation.c.paid_on.is_not(None))
            .order_by(confirmation.c.id)
            .limit(batch)
        )
        rows = list(tx.execute(query))
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _bills_by_number(tx: Connection, rows: Sequence[Row[Any]], scope: Scope) -> dict[str, Bill]:
    ids = {row.bill_id for row in rows if row.bill_id is not None}
    found = [
        row for portion in portions(sorted(ids)) for row in tx.execute(bill_query().where(among(bill.c.id, portion)))
    ]
    return {item.number: item for item in bills_of(tx, found, scope.zone)}


def _keys_of(claim: Claim, bills: dict[str, Bill], policy: Policy) -> set[int]:
    assert claim.paid_on is not None  # noqa: S101 - the query asked for it
    mine = [bills[number] for number in claim.bills if number in bills]
    if len(mine) < len(claim.bills):
        return set()
    due = sum(max(0, item.amount_on(claim.paid_on) - item.paid) for item in mine)
    return keys.near_keys(near.sums_wanted(claim, due, mine, policy), claim.proof)


def _credits_with(tx: Connection, wanted: Iterable[int]) -> Iterator[tuple[int, Row[Any]]]:
    columns = (bank_entry.c.id, bank_entry.c.reference, bank_entry.c.description, bank_entry.c.booked_on)
    query = (
        select(bank_entry_key.c.key, *columns)
        .join(bank_entry, bank_entry.c.id == bank_entry_key.c.bank_entry_id)
        .where(IS_CREDIT, bank_entry.c.allocated == 0)
    )
    for portion in portions(sorted(wanted)):
        for row in tx.execute(query.where(among(bank_entry_key.c.key, portion))):
            yield row.key, row


def _is_near(claim: Claim, credit: Row[Any], policy: Policy) -> bool:
    assert claim.paid_on is not None  # noqa: S101 - the query asked for it
    if not -policy.days_before <= (credit.booked_on - claim.paid_on).days <= policy.days_after:
        return False
    said = proofs.normalise(claim.proof)
    numbers = (proofs.normalise(credit.reference or ""), *descriptions.tokens(credit.description))
    return any(proofs.is_near(said, number) for number in numbers)
