"""What belongs together: from a few claims or credits to everything that the matcher may have to look at with them.

Claims lead to the credits that carry their proof or nearly do, credits to the claims that name them and to the bills
that they name, bills to the other claims for them, until nothing more is found. Each such group can be matched by
itself, so that neither memory nor time depends on how much else there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from mgov.domain.matching import Around, Policy, descriptions, keys, proofs
from mgov.domain.matching.name_index import NameIndex
from mgov.store.bulk import among, portions, with_texts
from mgov.store.open_items import (
    IS_OPEN,
    OpenItems,
    Scope,
    bill_query,
    bills_of,
    claim_query,
    claims_of,
    credit_query,
    credits_of,
)
from mgov.store.resembling import resembling_bills
from mgov.store.schema.money import bank_entry, bank_entry_key, bill, confirmation, settlement

#: Payers' names that are fetched at once.
NAMES_AT_ONCE = 5_000


@dataclass(slots=True)
class NearPairs:
    """Claims and the credits that nearly carry their proof, both ways."""

    credits_of: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    claims_of: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, claim_row: int, credit: int) -> None:
        """Remember one pair."""
        self.credits_of[claim_row].add(credit)
        self.claims_of[credit].add(claim_row)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What one run knows of everything: near pairs, payers' names, prefixes of bill numbers, sums that many owe."""

    scope: Scope
    policy: Policy
    near: NearPairs
    names: NameIndex
    prefixes: frozenset[str]
    crowded: dict[int, bool] = field(default_factory=dict)


def knowledge(tx: Connection, scope: Scope, policy: Policy, near: NearPairs) -> Knowledge:
    """Look up what a run must know of all bills."""
    payers = select(bill.c.payer_name).distinct().execution_options(yield_per=NAMES_AT_ONCE)
    with tx.scalars(payers) as found:
        names = NameIndex(name for name in found if name)
    prefixes = frozenset(prefix for prefix in tx.scalars(select(bill.c.prefix).distinct()) if prefix)
    return Knowledge(scope, policy, near, names, prefixes)


class Belonging:
    """Grows one group; `items` are its records when it is complete."""

    def __init__(self, tx: Connection, known: Knowledge) -> None:
        self.tx, self.known = tx, known
        self.claims: dict[int, Row[Any]] = {}
        self.credits: dict[int, Row[Any]] = {}
        self.bills: dict[int, Row[Any]] = {}
        self._hits: dict[int, list[int]] = {}
        self._asked: set[int] = set()
        self._claimed: set[int] = set()
        self._common: set[int] = set()

    def grow(self, claims: Collection[Row[Any]] = (), credit_ids: Collection[int] = ()) -> None:
        """Add claims and credits, and everything that belongs to them."""
        new_claims = self._keep_claims(claims)
        new_credits = self._load_credits(set(credit_ids))
        while new_claims or new_credits:
            found = self._credits_of_claims(new_claims)
            rows = [*self._claims_of_claims(new_claims), *self._claims_of_credits(new_credits)]
            new_credits = self._load_credits(found)
            new_claims = self._keep_claims(rows)

    @property
    def around(self) -> Around:
        """What the matcher must know beside the records."""
        return Around(self.known.prefixes, frozenset(self._common))

    def items(self) -> OpenItems:
        """The records of the group, with the bills that its credits, senders and payers bring in."""
        zone = self.known.scope.zone
        self._load_credits(self._spent_on_claimed_bills())
        named = self._payers_named()
        self._load_bills(bill.c.payer_key, {key for names in named.values() for key in _payer_keys(names)})
        self._load_senders_bills()
        items = OpenItems()
        for claim, rows in claims_of(self.claims.values(), zone).values():
            items.claims.append(claim)
            items.rows_of_claim[claim.id] = rows
        self._load_lookalikes(items)
        found = resembling_bills(self.tx, self.credits.values(), named.keys(), self.known.policy, self.known.crowded)
        self._read_bills({number for ids in found.values() for number in ids})
        resembling = {entry: [self.bills[number].number for number in ids] for entry, ids in found.items()}
        rows = sorted(self.bills.values(), key=lambda row: int(row.id))
        items.bill_ids = {row.number: row.id for row in rows}
        items.bills = bills_of(self.tx, rows, zone)
        credits_ = sorted(self.credits.values(), key=lambda row: int(row.id))
        items.credits = credits_of(self.tx, credits_, self.known.scope, named, resembling)
        return items

    def _keep_claims(self, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
        new = {row.id: row for row in rows if row.id not in self.claims}
        self.claims.update(new)
        return list(new.values())

    def _load_credits(self, ids: set[int]) -> list[Row[Any]]:
        new: list[Row[Any]] = []
        for portion in portions(sorted(ids - self.credits.keys())):
            new += self.tx.execute(credit_query().where(among(bank_entry.c.id, portion))).all()
        self.credits.update((row.id, row) for row in new)
        return new

    def _load_bills(self, column: Any, wanted: Collection[Any]) -> list[Row[Any]]:  # noqa: ANN401 - a column of `bill`
        """The bills of which a column is one of some numbers; those that are here already are not read again."""
        ids: set[int] = set()
        for portion in portions(sorted(wanted)):
            ids |= set(
                portion
                if column is bill.c.id
                else self.tx.scalars(select(bill.c.id).where(among(column, portion))).all()
            )
        self._read_bills(ids)
        return [self.bills[number] for number in sorted(ids) if number in self.bills]

    def _read_bills(self, ids: set[int]) -> None:
        for portion in portions(sorted(ids - self.bills.keys())):
            rows = self.tx.execute(bill_query().where(among(bill.c.id, portion))).all()
            self.bills.update((row.id, row) for row in rows)

    def _credits_of_claims(self, claims: list[Row[Any]]) -> set[int]:
        found = {credit for row in claims for credit in self.known.near.credits_of.get(row.id, ())}
        wanted = {row.proof_key for row in claims if row.proof_key is not None} - self._hits.keys() - self._common
        hits: dict[int, list[int]] = defaultdict(list)
        for portion in portions(sorted(wanted)):
            for key, entry in self.tx.execute(select(bank_entry_key).where(among(bank_entry_key.c.key, portion))).all():
                hits[key].append(entry)
        for key, entries in hits.items():
            if len(entries) > self.known.policy.most_hits:
                self._common.add(key)
            else:
                self._hits[key] = entries
                found.update(entries)
        return found

    def _claims_of_claims(self, claims: list[Row[Any]]) -> list[Row[Any]]:
        """Those of the same text, with the same proof, for the same bill."""
        groups = {row.group_key for row in claims if row.group_key}
        rows = self._open_claims(confirmation.c.group_key.in_(groups)) if groups else []
        rows += self._claims_with_proofs({row.proof_key for row in claims if row.proof_key is not None})
        bills = {row.bill_id for row in claims if row.bill_id is not None}
        return rows + self._claims_for_bills(bills)

    def _claims_of_credits(self, credits_: list[Row[Any]]) -> list[Row[Any]]:
        """Those that name a credit, or nearly do, and those for the bills that a credit names."""
        near = {claim for row in credits_ for claim in self.known.near.claims_of.get(row.id, ())}
        rows = self._open_claims(among(confirmation.c.id, near)) if near else []
        said = {key for row in credits_ for key in keys.said_by(row.reference or "", row.description)}
        rows += self._claims_with_proofs(said)
        named = self._load_bills(bill.c.number_key, said) + self._load_bills(bill.c.code_key, said)
        named += self._load_bills(bill.c.unique_amount, {row.amount for row in credits_ if not row.allocated})
        unique = {row.amount + row.unique_suffix for row in named if row.unique_suffix}
        self._load_bills(bill.c.amount, unique)
        return rows + self._claims_for_bills({row.id for row in named})

    def _claims_with_proofs(self, wanted: set[int]) -> list[Row[Any]]:
        new = wanted - self._asked
        self._asked |= new
        return self._open_claims(*(among(confirmation.c.proof_key, portion) for portion in portions(sorted(new))))

    def _claims_for_bills(self, ids: set[int]) -> list[Row[Any]]:
        new = ids - self._claimed
        self._claimed |= new
        self._load_bills(bill.c.id, new)
        return self._open_claims(*(among(confirmation.c.bill_id, portion) for portion in portions(sorted(new))))

    def _open_claims(self, *conditions: Any) -> list[Row[Any]]:  # noqa: ANN401 - clauses of SQLAlchemy
        """Open claims that fulfil one of the conditions and are not here yet."""
        ids: set[int] = set()
        for condition in conditions:
            ids |= set(self.tx.scalars(select(confirmation.c.id).where(IS_OPEN, condition)).all())
        rows: list[Row[Any]] = []
        for portion in portions(sorted(ids - self.claims.keys())):
            rows += self.tx.execute(claim_query().where(among(confirmation.c.id, portion))).all()
        return rows

    def _payers_named(self) -> dict[int, tuple[tuple[str, ...], ...]]:
        return {
            row.id: tuple(sorted(found))
            for row in self.credits.values()
            if (found := self.known.names.find(row.description))
        }

    def _spent_on_claimed_bills(self) -> set[int]:
        """The credits that hold money for a bill of an open claim: it may speak of one of them once more."""
        claimed = {row.bill_id for row in self.claims.values() if row.bill_id is not None}
        self._load_bills(bill.c.id, claimed)
        paid = [number for number in claimed if (row := self.bills.get(number)) is not None and row.allocated]
        query = select(settlement.c.bank_entry_id)
        spent = (self.tx.scalars(query.where(among(settlement.c.bill_id, some))) for some in portions(sorted(paid)))
        return {entry for some in spent for entry in some}

    def _load_senders_bills(self) -> None:
        """Bills that name the phone of a claim that has a credit: whoever claims may have another bill of that sum."""
        phones = sorted({row.sender for row in self.claims.values()}) if self.credits else []
        self._read_bills({row.id for row in with_texts(self.tx, select(bill.c.id), bill.c.payer_phone, phones)})

    def _load_lookalikes(self, items: OpenItems) -> None:
        """Bills whose number is one slip from that of a claim whose amount is not what came."""
        owed = {row.number: row.amount - row.allocated for row in self.bills.values()}
        numbers = {
            claim.bills[0]
            for claim in items.claims
            if len(claim.bills) == 1 and self._came_otherwise(items.rows_of_claim[claim.id][0], owed)
        }
        slips = {slip for number in numbers for slip in proofs.slips(descriptions.bill_key(number))}
        self._load_bills(bill.c.number_key, {keys.digest("b", slip) for slip in slips})

    def _came_otherwise(self, row: Row[Any], owed: Mapping[str, int]) -> bool:
        """Whether a claim has a credit of another amount than its bill's."""
        ids = {*self._hits.get(row.proof_key or 0, ()), *self.known.near.credits_of.get(row.id, ())}
        found = (self.credits[number] for number in ids if number in self.credits)
        return any(credit.amount - credit.allocated != owed.get(row.bill_number) for credit in found)


def _payer_keys(names: Iterable[tuple[str, ...]]) -> set[int]:
    return {key for name in names if (key := keys.payer_key(" ".join(name))) is not None}
