"""What became of a set, against what is true of it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from mgov.domain.matching.proofs import normalise
from mgov.store.database import Database
from mgov.store.schema.money import bank_entry, bill, confirmation, settlement
from tests.payment_sets.plot import Plot, Text

Allocated = tuple[str, int, str, str, int]  #: reference, entry's amount, booked at, bill, rupiah
Told = tuple[str, str, str]  #: sender, bill, proof
Became = tuple[str, str, str]  #: status, reason, rule


@dataclass
class Outcome:
    """What the database holds in the end."""

    allocated: list[Allocated]
    bills: dict[str, tuple[str, int]]
    told: dict[Told, Became]
    overdrawn: int

    def digest(self) -> str:
        """The same for the same outcome, whatever the database."""
        parts = [sorted(self.allocated), sorted(self.bills.items()), sorted(self.told.items())]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass
class Verdict:
    """What is wrong, in words, and how many honest confirmations needed nobody."""

    false_approvals: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    misjudged: list[str] = field(default_factory=list)
    honest: int = 0
    settled: int = 0
    left_to_people: Counter[str] = field(default_factory=Counter)
    overdrawn: int = 0

    @property
    def share(self) -> float:
        """Honest confirmations settled without a person, of one."""
        return self.settled / max(1, self.honest)

    def is_clean(self) -> bool:
        """Nothing false, nothing used twice, nothing lost, every status one that is acceptable."""
        return not (self.false_approvals or self.lost or self.misjudged or self.overdrawn)


def outcome(database: Database) -> Outcome:
    """Read what became of everything."""
    return database.read(lambda tx: Outcome(_allocated(tx), _bills(tx), _told(tx), _overdrawn(tx)))


def _allocated(tx: Connection) -> list[Allocated]:
    """What each entry holds for each bill, after undoing."""
    total = func.sum(settlement.c.amount)
    query = (
        select(bank_entry.c.reference, bank_entry.c.amount, bank_entry.c.booked_at, bill.c.number, total)
        .join(bank_entry, bank_entry.c.id == settlement.c.bank_entry_id)
        .join(bill, bill.c.id == settlement.c.bill_id)
        .group_by(bank_entry.c.id, bank_entry.c.reference, bank_entry.c.amount, bank_entry.c.booked_at, bill.c.number)
        .having(total != 0)
    )
    return [(row[0] or "", int(row[1]), row[2], row[3], int(row[4])) for row in tx.execute(query)]


def _bills(tx: Connection) -> dict[str, tuple[str, int]]:
    query = select(bill.c.number, bill.c.status, bill.c.allocated)
    return {number: (status, int(held)) for number, status, held in tx.execute(query)}


def _told(tx: Connection) -> dict[Told, Became]:
    return {
        (row.sender, row.bill_number, normalise(row.proof or "")): (row.status, row.reason or "", row.rule or "")
        for row in tx.execute(select(confirmation))
    }


def _overdrawn(tx: Connection) -> int:
    """Entries of which more was allocated than came in, counted from the ledger and not from what triggers keep."""
    spent = (
        select(settlement.c.bank_entry_id, func.sum(settlement.c.amount).label("spent"))
        .group_by(settlement.c.bank_entry_id)
        .subquery()
    )
    over = select(func.count()).join(spent, spent.c.bank_entry_id == bank_entry.c.id)
    return int(tx.scalar(over.select_from(bank_entry).where(spent.c.spent > bank_entry.c.amount)) or 0)


def judge(plot: Plot, found: Outcome) -> Verdict:
    """Compare."""
    verdict = Verdict(overdrawn=found.overdrawn)
    _judge_money(plot, found, verdict)
    _judge_texts(plot.texts, found, verdict)
    _judge_bills(plot, found, verdict)
    return verdict


def _judge_money(plot: Plot, found: Outcome, verdict: Verdict) -> None:
    pays: dict[tuple[str, int, datetime], set[str]] = defaultdict(set)
    for entry in plot.entries:
        if entry.direction == "CR":
            pays[entry.reference, entry.amount, entry.at] |= set(entry.pays)
    for reference, amount, at, number, rupiah in found.allocated:
        if number not in pays[reference, amount, datetime.fromisoformat(at)]:
            verdict.false_approvals.append(f"{number} holds {rupiah} of {reference} ({amount})")


def _judge_texts(texts: Iterable[Text], found: Outcome, verdict: Verdict) -> None:
    for text in texts:
        rows = [found.told.get((text.sender, number, normalise(text.proof))) for number in text.bills]
        became = [row for row in rows if row is not None]
        if len(became) < len(rows):
            verdict.lost.append(f"{text.kind}: {text.words}")
        elif not {status for status, _, _ in became} <= text.accept:
            verdict.misjudged.append(f"{text.kind}: {became}: {text.words}")
        if text.honest:
            _count(text, became, len(rows), verdict)


def _count(text: Text, became: list[Became], wanted: int, verdict: Verdict) -> None:
    """An honest confirmation needed nobody when each bill that it names is settled."""
    verdict.honest += 1
    left = [reason for status, reason, _ in became if status != "settled"]
    if left or len(became) < wanted:
        verdict.left_to_people[f"{text.kind}: {left[0] if left else 'lost'}"] += 1
    else:
        verdict.settled += 1


def _judge_bills(plot: Plot, found: Outcome, verdict: Verdict) -> None:
    over = {number for entry in plot.entries if entry.over for number in entry.pays}
    for wanted in plot.bills:
        status, held = found.bills.get(wanted.number, ("missing", 0))
        if wanted.number not in over and held > wanted.amount:
            verdict.false_approvals.append(f"{wanted.number} of {wanted.amount} holds {held}")
        if status not in wanted.accept:
            verdict.misjudged.append(f"bill {wanted.number} of {wanted.amount} is {status} and holds {held}")
