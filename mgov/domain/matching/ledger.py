"""The ledger while it is being filled: what is still free of each credit and still due of each bill.

It refuses what the database would refuse: a credit never gives more than it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from mgov.domain.matching.records import Allocation, Bill, Credit


class OverallocatedError(Exception):
    """More was taken from a credit than came in."""


class Ledger:
    """Free money and paid bills, in rupiah, as allocations are added."""

    def __init__(self, bills: Sequence[Bill], credits_: Sequence[Credit]) -> None:
        self._paid = {bill.number: bill.paid for bill in bills}
        self._free = {credit.id: credit.free for credit in credits_}
        self._bills_of = {credit.id: set(credit.allocations) for credit in credits_}
        self._credits_of: dict[str, set[int]] = defaultdict(set)
        for credit in credits_:
            for number in credit.allocations:
                self._credits_of[number].add(credit.id)

    def free(self, credit: Credit) -> int:
        """What is left of a credit."""
        return self._free[credit.id]

    def due(self, bill: Bill, day: date) -> int:
        """What is left to pay of a bill by the amount valid on `day`; never negative."""
        return max(0, bill.amount_on(day) - self._paid[bill.number])

    def is_paid(self, bill: Bill) -> bool:
        """Whether the newest amount of a bill is covered."""
        return self._paid[bill.number] >= bill.amounts[-1][0]

    def bills_of(self, credit: Credit) -> set[str]:
        """The bills that a credit was allocated to."""
        return self._bills_of[credit.id]

    def credits_of(self, number: str) -> set[int]:
        """The ids of the credits that were allocated to a bill."""
        return self._credits_of.get(number, set())

    def add(self, allocation: Allocation) -> None:
        """Book one allocation. Raises `OverallocatedError` when the credit has not that much."""
        if allocation.amount <= 0 or allocation.amount > self._free[allocation.credit]:
            raise OverallocatedError(
                f"credit {allocation.credit}: {allocation.amount} of {self._free[allocation.credit]}"
            )
        self._free[allocation.credit] -= allocation.amount
        self._paid[allocation.bill] += allocation.amount
        self._bills_of[allocation.credit].add(allocation.bill)
        self._credits_of[allocation.bill].add(allocation.credit)
