"""What the matcher is given and what it answers: frozen records, money in whole rupiah."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mgov.domain.matching.reasons import Reason


class DecisionKind(StrEnum):
    """What became of a claim or credit."""

    MATCHED = "matched"  #: beyond doubt: the allocations may be booked
    AMBIGUOUS = "ambiguous"  #: a person decides among the candidates
    NONE = "none"  #: no money fits yet


class Rule(StrEnum):
    """The rules that match, from certain to weak."""

    PROOF = "proof"  #: the proof is the bank's reference
    EMBEDDED_PROOF = "embedded_proof"  #: the proof stands inside the description
    FOLDED_PROOF = "folded_proof"  #: equal but for the letter O and the digit 0, or I and 1
    DUPLICATE = "duplicate"  #: the same payment was confirmed before
    NEAR_PROOF = "near_proof"  #: one character off, or the end of it only; amount and time agree
    BILL_NUMBER = "bill_number"  #: the description names the bill or its pay code, and the amount agrees
    UNIQUE_AMOUNT = "unique_amount"  #: only one bill has this amount with its unique rupiah


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill with every amount it had.

    `amounts` are pairs of amount and first day of validity, oldest first; None: from the beginning. `paid` is what is
    allocated so far. `state` is `open`, `cancelled` or `paid_elsewhere`. `payer_phone` is E.164 or empty. `marks` are
    the plate, the payer's identity and the place, by which a description may name it.
    """

    number: str
    amounts: tuple[tuple[int, date | None], ...]
    agency: str = ""
    paid: int = 0
    state: str = "open"
    payer_name: str = ""
    payer_phone: str = ""
    pay_code: str = ""
    unique_suffix: int = 0
    marks: tuple[str, ...] = ()

    def amount_on(self, day: date) -> int:
        """The amount that was valid on `day`."""
        valid = self.amounts[0][0]
        for amount, since in self.amounts:
            if since is None or since <= day:
                valid = amount
        return valid


@dataclass(frozen=True, slots=True)
class Claim:
    """What a citizen says in one text: that `bills` were paid, with `proof`.

    `paid_at` is aware, None when no time was said; `paid_on` is the day, None when no day was said.
    """

    id: int
    sender: str
    bills: tuple[str, ...]
    proof: str
    received_at: datetime
    amount: int | None = None
    paid_at: datetime | None = None
    paid_on: date | None = None
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Money on the account: one statement entry.

    `free` is what is not yet allocated, `allocations` the bills that the rest went to. `booked_at` is aware, None when
    the bank tells no time. `agencies` are those whose bills the account takes, None: all. `reversed`: it was undone.
    `named` are the payers (as words) that the description names, None when they were not looked up beforehand.
    `gross` is what was paid where the bank tells it beside its fee (QRIS), 0 where it does not. `account` is the number
    of the account that it came to, empty when it is not known. `confirmed_by` are the senders of the confirmations that
    it settled. `resembling` are bills of its sum that its description may name (see `resemblance`), None when they were
    not looked up beforehand. `taken_from` are bills from which a person took it back: only a person gives it again.
    """

    id: int
    reference: str
    description: str
    amount: int
    booked_on: date
    value_date: date
    free: int
    booked_at: datetime | None = None
    agencies: frozenset[str] | None = None
    reversed: bool = False
    allocations: tuple[str, ...] = ()
    named: tuple[tuple[str, ...], ...] | None = None
    gross: int = 0
    account: str = ""
    confirmed_by: frozenset[str] = frozenset()
    resembling: tuple[str, ...] | None = None
    taken_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of everything, when the records given are only those that belong together.

    `prefixes` are the letters that bill numbers begin with; None: those of the bills given.
    """

    prefixes: frozenset[str] | None = None
    common_proofs: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """Windows and tolerances.

    `fees` are rupiah that banks take off; days are calendar days around the day of payment; `near_minutes` is how close
    the told and the booked time must be where the proof is not exact. `own_numbers` (our accounts) are never a proof,
    and neither is what more than `most_hits` credits carry. A debit with one of `reversal_words` undoes a credit,
    with one of `suspect_words` and a credit's amount it may;
    a credit with one of `income_words` is no citizen's payment, unless it names the bill or its payer.
    """

    fees: frozenset[int] = frozenset({2_500, 6_500})
    days_before: int = 1
    days_after: int = 14
    near_minutes: int = 20
    unique_limit: int = 999
    own_numbers: frozenset[str] = frozenset()
    most_hits: int = 200
    income_words: frozenset[str] = frozenset()
    reversal_words: frozenset[str] = frozenset()
    suspect_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allocation:
    """`amount` rupiah of a credit for a bill."""

    credit: int
    bill: str
    amount: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What the matcher says of one claim, or of a credit that nobody confirmed (`claim` is None).

    `score` is 0 to 100. `candidates` are credits that a person should look at. `entry` is the credit that settles.
    """

    kind: DecisionKind
    claim: int | None
    rule: Rule | None = None
    score: int = 0
    reasons: tuple[Reason, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    candidates: tuple[int, ...] = ()
    entry: int | None = None
