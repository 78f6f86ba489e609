"""Adding up: what a statement's entries come to, and whether its balances and control totals agree with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from parsers.statements.model import Entry, Statement, StatementHead

ZERO = Decimal(0)
NO_BALANCES = "tidak ada saldo untuk dicocokkan / no balances to check against"


def plain(amount: Decimal) -> str:
    """An amount as people write it: no exponent."""
    return format(amount, "f")


@dataclass(slots=True)
class BalanceChain:
    """Whether each balance follows from the one before, oldest first or newest first, as banks do both.

    Rows without a balance are bridged by their sum.
    """

    up_break: int | None = None  #: line where the chain breaks when read oldest first
    down_break: int | None = None  #: the same, newest first
    break_told: tuple[Decimal, Decimal] | None = None  #: what the balance where it breaks should be, and what it is
    seen: int = 0
    _sum: Decimal = ZERO  # of all rows so far
    _first: tuple[Decimal, Decimal, Decimal] | None = None  # (balance, sum before, sum after) of the first with one
    _last: tuple[Decimal, Decimal, Decimal] | None = None

    def add(self, entry: Entry) -> None:
        """Take the next row of the file."""
        before, self._sum = self._sum, self._sum + entry.signed
        if entry.balance is None:
            return
        self.seen += 1
        here = (entry.balance, before, self._sum)
        if self._last is not None:
            self._compare(here, entry.line)
        self._first = self._first or here
        self._last = here

    def _compare(self, here: tuple[Decimal, Decimal, Decimal], line: int) -> None:
        assert self._last is not None  # noqa: S101 (only called from add, for the type checker)
        balance, before, after = here
        last, last_before, last_after = self._last
        if self.up_break is None and balance - last != after - last_after:
            self.up_break = line
            self.break_told = (last + after - last_after, balance)
        if self.down_break is None and last - balance != before - last_before:
            self.down_break = line

    @property
    def ascending(self) -> bool:
        """Oldest first, or as good as."""
        return self.up_break is None

    @property
    def broken_at(self) -> int | None:
        """The line where the better of the two readings breaks; None when the balances chain."""
        if self.up_break is None or self.down_break is None:
            return None
        return max(self.up_break, self.down_break)

    def ends(self) -> tuple[Decimal, Decimal] | None:
        """Opening and closing balance as the rows tell them; None without balances or when they do not chain."""
        if self._first is None or self._last is None or self.broken_at is not None:
            return None
        if self.ascending:
            opening = self._first[0] - self._first[2]
            return opening, opening + self._sum
        # newest first: the sum runs backwards from the closing balance
        closing = self._first[0] + self._first[1]
        return closing - self._sum, closing


@dataclass(slots=True)
class ControlTotal:
    """What the file itself says its credits or debits come to; None where it does not say."""

    amount: Decimal | None = None
    count: int | None = None


@dataclass(slots=True)
class Tally:
    """One statement being added up. Readers fill in what the file declares; `statement` closes it."""

    head: StatementHead
    opening: Decimal | None = None
    closing: Decimal | None = None
    opening_on: date | None = None
    closing_on: date | None = None
    covers_from: date | None = None
    covers_to: date | None = None
    credit_total: ControlTotal = field(default_factory=ControlTotal)
    debit_total: ControlTotal = field(default_factory=ControlTotal)
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    credits: int = 0
    debits: int = 0
    credit_sum: Decimal = ZERO
    debit_sum: Decimal = ZERO
    chain: BalanceChain = field(default_factory=BalanceChain)
    _first_on: date | None = None
    _last_on: date | None = None

    def add(self, entry: Entry) -> Entry:
        """Count one entry and hand it on."""
        if entry.type == "CR":
            self.credits += 1
            self.credit_sum += entry.amount
        else:
            self.debits += 1
            self.debit_sum += entry.amount
        self.chain.add(entry)
        day = entry.booked_on
        self._first_on = day if self._first_on is None else min(self._first_on, day)
        self._last_on = day if self._last_on is None else max(self._last_on, day)
        return entry

    def statement(self) -> Statement:
        """Close the statement: check what there is to check and sum it up."""
        checked = [self._check_chain(), self._check_balances(), self._check_controls()]
        adds_up = (not self.problems) if any(checked) or self.problems else None
        if adds_up is None:
            self.remarks.append(NO_BALANCES)
        return Statement(
            account=self.head.account,
            number=self.head.number,
            currency=self.head.currency,
            opening=self.opening,
            closing=self.closing,
            opening_on=self.opening_on,
            closing_on=self.closing_on,
            covers_from=self.covers_from or self._first_on or self.opening_on,
            covers_to=self.covers_to or self._last_on or self.closing_on,
            credits=self.credits,
            debits=self.debits,
            credit_sum=self.credit_sum,
            debit_sum=self.debit_sum,
            adds_up=adds_up,
            problems=tuple(self.problems),
            remarks=tuple(self.remarks),
        )

    def _check_chain(self) -> bool:
        if not self.chain.seen:
            return False
        line = self.chain.broken_at
        if line is not None:
            told = f"baris {line}: saldo tidak menyambung / line {line}: the balance does not follow"
            if self.chain.break_told is not None and line == self.chain.up_break:
                due, is_ = (plain(figure) for figure in self.chain.break_told)
                told += f": seharusnya {due}, tertulis {is_} / it should be {due}, the file says {is_}"
            self.problems.append(told)
            return True
        ends = self.chain.ends()
        if ends is not None:
            self.opening = ends[0] if self.opening is None else self.opening
            self.closing = ends[1] if self.closing is None else self.closing
            if ends != (self.opening, self.closing):
                self._differ(
                    "saldo baris dan saldo awal/akhir / row balances and opening/closing", ends[1], self.closing
                )
        return True

    def _check_balances(self) -> bool:
        if self.opening is None or self.closing is None:
            return False
        reached = self.opening + self.credit_sum - self.debit_sum
        if reached != self.closing:
            self._differ("saldo akhir / closing balance", reached, self.closing)
        return True

    def _check_controls(self) -> bool:
        sides = (
            ("kredit / credits", self.credit_total, self.credit_sum, self.credits),
            ("debit / debits", self.debit_total, self.debit_sum, self.debits),
        )
        checked = False
        for name, control, amount, count in sides:
            if control.amount is not None:
                checked = True
                if control.amount != amount:
                    self._differ(f"jumlah {name}", amount, control.amount)
            if control.count is not None and control.count != count:
                self._differ(f"banyaknya {name}", Decimal(count), Decimal(control.count))
        return checked

    def _differ(self, what: str, counted: Decimal, said: Decimal) -> None:
        found, wanted = plain(counted), plain(said)
        self.problems.append(f"{what}: terhitung {found}, tertulis {wanted} / counted {found}, the file says {wanted}")
