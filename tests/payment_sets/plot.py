"""What happened: bills, entries, texts, and what is true of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from tests.payment_sets.people import People, Person
from tests.payment_sets.wording import said

WIB = timezone(timedelta(hours=7))
FIRST_DAY = datetime(2026, 10, 12, tzinfo=WIB)
DAYS = 24

SETTLED = frozenset({"settled"})
DOUBT = frozenset({"settled", "review"})
NEVER = frozenset({"review", "rejected"})
NO_MONEY = frozenset({"awaiting_funds", "review", "rejected", "expired"})
REPEATED = frozenset({"settled", "review", "rejected"})

PAID = frozenset({"paid"})
PERHAPS = frozenset({"paid", "open"})
PARTLY = frozenset({"partly_paid", "open"})
SHORT = frozenset({"paid", "partly_paid", "open"})
OPEN = frozenset({"open"})


@dataclass
class Bill:
    """A bill, the statuses in which it may end, and when its file comes (None: first of all)."""

    number: str
    agency: str
    payer: Person
    amount: int
    due_on: date
    accept: frozenset[str]
    status: str = "open"
    comes_at: datetime | None = None


@dataclass
class Entry:
    """A row of the statement and the bills that its money is for."""

    at: datetime
    amount: int
    reference: str
    description: str
    pays: tuple[str, ...] = ()
    direction: str = "CR"
    over: bool = False  #: more than its bills are for


@dataclass
class Text:
    """A confirmation and the statuses in which it may end; `honest`: its rightful payer's, and it has money."""

    sender: str
    words: str
    at: datetime
    bills: tuple[str, ...]
    proof: str
    accept: frozenset[str]
    kind: str
    honest: bool


@dataclass
class Plot:
    """A whole set."""

    seed: int
    bills: list[Bill] = field(default_factory=list)
    changes: list[Bill] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


class Stage:
    """Where kinds are told: makes bills, money and texts of one story after the other."""

    def __init__(self, seed: int, *, crowded: bool = False) -> None:
        self.chance = random.Random(f"payments {seed}")
        self.people = People(self.chance, crowded=crowded)
        self._hours = (9 * 60, 9 * 60 + 20) if crowded else (7 * 60, 21 * 60 + 50)
        self.plot = Plot(seed)
        self.kind = ""
        self.numbers: set[str] = set()
        self._serial = self.chance.randrange(10_000, 60_000)

    def moment(self) -> datetime:
        """When somebody pays."""
        day = FIRST_DAY + timedelta(days=self.chance.randrange(DAYS - 6))
        return day + timedelta(minutes=self.chance.randrange(*self._hours), seconds=self.chance.randrange(60))

    def bill(self, amount: int | None = None, payer: Person | None = None, accept: frozenset[str] = PAID) -> Bill:
        """One more bill."""
        prefix, agency = self.people.prefix()
        while True:
            self._serial += self.chance.choice([1, 1, 2, 3, 7, 11])
            if (number := f"{prefix}-2026-{self._serial:06d}") not in self.numbers:
                break
        self.numbers.add(number)
        found = Bill(
            number,
            agency,
            payer or self.people.person(),
            amount or self.people.amount(),
            (FIRST_DAY + timedelta(days=self.chance.randrange(20, 60))).date(),
            accept,
        )
        self.plot.bills.append(found)
        return found

    def money(
        self, bills: list[Bill], amount: int, at: datetime, reference: str, description: str, direction: str = "CR"
    ) -> Entry:
        """Money that comes for `bills`."""
        pays = tuple(bill.number for bill in bills)
        over = amount > sum(bill.amount for bill in bills)
        found = Entry(at, amount, reference, description, pays, direction, over)
        self.plot.entries.append(found)
        return found

    def text(
        self,
        sender: str,
        bills: list[Bill],
        proof: str,
        amount: int | None,
        paid_at: datetime,
        bank: str,
        accept: frozenset[str],
        *,
        at: datetime | None = None,
        honest: bool = True,
        plain: bool = False,
    ) -> Text:
        """A confirmation, ten minutes to two hours after the payment unless `at` says when."""
        words = said(self.chance, [bill.number for bill in bills], proof, amount, paid_at, bank, plain=plain)
        at = at or paid_at + timedelta(minutes=self.chance.randrange(3, 150))
        found = Text(sender, words, at, tuple(b.number for b in bills), proof, accept, self.kind, honest)
        self.plot.texts.append(found)
        return found

    def sender_of(self, bill: Bill) -> str:
        """The recorded phone, or in a fifth of all cases another."""
        return bill.payer.phone if self.chance.random() < 0.8 else self.people.phone()

    def soon(self, at: datetime, low: int = 5, high: int = 40) -> datetime:
        """Some seconds later."""
        return at + timedelta(seconds=self.chance.randrange(low, high))
