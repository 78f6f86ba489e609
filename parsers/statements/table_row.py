"""One row of a bank's table as an entry, and its settlement figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from parsers.statements.dialect import Dialect, Place, fold
from parsers.statements.figures import Cell, figure_of, moment_of, text_of
from parsers.statements.model import Entry, EntryType, StatementError
from parsers.statements.settlement_line import settled

_MARK_BEHIND = re.compile(r"^(?P<amount>.*?\d)\s*(?P<mark>[A-Za-z]{1,6})$")


@dataclass(frozen=True, slots=True)
class Columns:
    """A dialect laid over the header that a file really has."""

    dialect: Dialect
    places: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, dialect: Dialect, header: list[str]) -> Columns:
        """Find each column; an optional one that is not there is left out."""
        places: dict[str, tuple[int, ...]] = {}
        for name, wanted in dialect.columns.items():
            found = tuple(index for place in wanted if (index := _index(place, header)) is not None)
            if found:
                places[name] = found
        return cls(dialect, places)

    def cell(self, row: list[Cell], name: str) -> Cell:
        """The field's first cell that is not empty."""
        for place in self.places.get(name, ()):
            if place < len(row) and text_of(row[place]):
                return row[place]
        return None

    def text(self, row: list[Cell], name: str) -> str:
        """All of the field's cells as one text."""
        if name not in self.places:
            return ""
        words = [text_of(row[i]).lstrip("'") for i in self.places[name] if i < len(row)]
        return " ".join(word for word in words if word)

    def figure(self, row: list[Cell], name: str, line: int) -> Decimal | None:
        """The field as an amount; None when empty."""
        if name not in self.places:
            return None
        return self._scaled(figure_of(self.cell(row, name), self.dialect.decimal, self.dialect.thousands, line))

    def _scaled(self, value: Decimal | None) -> Decimal | None:
        return value if value is None or not self.dialect.scale else value.scaleb(-self.dialect.scale)

    def entry(self, row: list[Cell], year: int | None, line: int, day: date | None = None) -> Entry:
        """The row as an entry; `day` stands in for a date that is not there. Raises `StatementError`."""
        dialect = self.dialect
        booked = day or self._moment(row, "booked_at", year, line)
        valued = self._moment(row, "value_date", year, line) if self.text(row, "value_date") and not day else booked
        amount, way = self._movement(row, line)
        entry = Entry(
            booked_at=booked,
            value_date=valued.date() if isinstance(valued, datetime) else valued,
            amount=amount,
            type=way,
            reference=self.text(row, "reference"),
            description=self.text(row, "description"),
            balance=self._balance(row, line),
            currency=self.text(row, "currency") or dialect.currency,
            counterparty=self.text(row, "counterparty"),
            gross=self.figure(row, "gross", line),
            fee=self.figure(row, "fee", line),
            line=line,
        )
        return settled(entry, dialect.settlement)

    def _balance(self, row: list[Cell], line: int) -> Decimal | None:
        balance = self.figure(row, "balance", line)
        if balance is None or balance <= 0 or "balance_sign" not in self.places:
            return balance
        overdrawn = fold(self.text(row, "balance_sign")) in self.dialect.debit_words
        return -balance if overdrawn else balance

    def _moment(self, row: list[Cell], name: str, year: int | None, line: int) -> datetime | date:
        return moment_of(self.cell(row, name), self.dialect.dates, year, line)

    def _movement(self, row: list[Cell], line: int) -> tuple[Decimal, EntryType]:
        if "amount" in self.places:
            return self._one_column(row, line)
        credit, debit = self.figure(row, "credit", line), self.figure(row, "debit", line)
        if bool(credit) == bool(debit):
            which = "keduanya / both" if credit else "tidak ada / neither"
            raise StatementError("bad_direction", f"kredit dan debit: {which} (credit and debit)", line)
        if credit:
            return _turned(credit, "CR")
        assert debit is not None  # noqa: S101 (one of the two is set, for the type checker)
        return _turned(debit, "DB")

    def _one_column(self, row: list[Cell], line: int) -> tuple[Decimal, EntryType]:
        dialect, cell = self.dialect, self.cell(row, "amount")
        mark = self.text(row, "direction") or dialect.fixed_type
        if not mark and isinstance(cell, str) and (match := _MARK_BEHIND.match(cell.strip())):
            cell, mark = match["amount"], match["mark"]
        amount = self._scaled(figure_of(cell, dialect.decimal, dialect.thousands, line))
        if amount is None:
            raise StatementError("bad_amount", "jumlah kosong / empty amount", line)
        if amount < 0 and not dialect.fixed_type:
            raise StatementError("bad_amount", f"jumlah negatif / negative amount: {amount}", line)
        if fold(mark) in dialect.credit_words:
            return _turned(amount, "CR")
        if fold(mark) in dialect.debit_words:
            return _turned(amount, "DB")
        raise StatementError("bad_direction", f"bukan kredit atau debit / neither credit nor debit: {mark!r}", line)


def _index(place: Place, header: list[str]) -> int | None:
    if isinstance(place, int):
        return place - 1
    name = fold(place)
    return next((i for i, text in enumerate(header) if fold(text) == name), None)


def _turned(amount: Decimal, way: EntryType) -> tuple[Decimal, EntryType]:
    """A negative amount in a column of its own is money the other way."""
    if amount >= 0:
        return amount, way
    return -amount, "DB" if way == "CR" else "CR"
