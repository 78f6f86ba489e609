"""What a bank statement is, whatever file it came in: frozen records, money as exact decimals.

A file is read as a flat stream of records: a `StatementHead`, its `Entry` records in the order of the file, then the
`Statement` that sums them up and says whether its balances add up. So a statement of a million entries costs no more
memory than one of ten. `parsers.statements.read_statements` collects the stream for those who want a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

EntryType = Literal["CR", "DB"]


class StatementError(Exception):
    """The file is no statement, or says something that cannot be read without guessing.

    `code` is for machines, `detail` a sentence for people (Indonesian, then English), `line` the line, sheet row or
    element of the file, None when it concerns the whole file.
    """

    def __init__(self, code: str, detail: str, line: int | None = None) -> None:
        super().__init__(detail if line is None else f"baris {line} / line {line}: {detail}")
        self.code = code
        self.detail = detail
        self.line = line


@dataclass(frozen=True, slots=True)
class StatementHead:
    """The start of a statement: whose account it is. Empty texts where the file does not say."""

    account: str = ""
    number: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked movement on the account.

    `amount` is never negative; `type` tells where the money went: `CR` into the account, `DB` out of it, also for a
    reversal (a reversed credit is a `DB` with `is_reversal`). `booked_at` is a date when the bank tells no time, a
    naive datetime when it tells no zone. `reference` is the bank's own where there is one, else the customer's.
    `gross` and `fee` are those of a QRIS or card settlement line whose gross less fee is `amount`.
    `line` is where it stands in the file.
    """

    booked_at: datetime | date
    value_date: date
    amount: Decimal
    type: EntryType
    reference: str = ""
    description: str = ""
    is_reversal: bool = False
    balance: Decimal | None = None
    currency: str = ""
    customer_reference: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    gross: Decimal | None = None
    fee: Decimal | None = None
    line: int = 0

    @property
    def signed(self) -> Decimal:
        """The amount as the balance feels it: positive for `CR`, negative for `DB`."""
        return self.amount if self.type == "CR" else -self.amount

    @property
    def booked_on(self) -> date:
        """The day of booking."""
        return self.booked_at.date() if isinstance(self.booked_at, datetime) else self.booked_at


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement summed up, after its last entry.

    `opening` and `closing` are signed (an overdrawn account is negative), None when the file has none. `adds_up` is
    None when there was nothing to check against, False when `problems` says what disagrees. `covers_from` and
    `covers_to` are the declared period, else the days of the first and last entry. `remarks` are for the person who
    imports (no balances, rows left out). `entries` is filled by `read_statements` only.
    """

    account: str
    number: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    opening_on: date | None
    closing_on: date | None
    covers_from: date | None
    covers_to: date | None
    credits: int
    debits: int
    credit_sum: Decimal
    debit_sum: Decimal
    adds_up: bool | None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def entry_count(self) -> int:
        """How many entries were booked."""
        return self.credits + self.debits


Record = StatementHead | Entry | Statement
