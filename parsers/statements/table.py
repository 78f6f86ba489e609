"""A bank's table (CSV or sheet) as a stream of records: preamble, header, rows, footer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from parsers.statements.dialect import Dialect, fold
from parsers.statements.figures import Cell, days_in, figure_of, text_of
from parsers.statements.model import Entry, Record, StatementError, StatementHead
from parsers.statements.table_row import Columns
from parsers.statements.tally import ControlTotal, Tally

Row = tuple[int, list[Cell]]

HEADER_WITHIN = 60  # rows: the longest preamble seen has 15
_ANY_DAY = date(2000, 1, 1)  # for a pending row, of which only the amount is looked at


def csv_rows(lines: Iterable[tuple[int, str]], delimiter: str) -> Iterator[Row]:
    """The rows of a delimited text with the line on which each ends."""
    reader = csv.reader((line for _, line in lines), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise StatementError("bad_csv", f"CSV rusak / broken CSV: {error}", reader.line_num) from error
        yield reader.line_num, list(row)


def is_header(dialect: Dialect, row: list[Cell]) -> bool:
    """Whether the row holds all of the dialect's column names."""
    return _has_names(dialect.names, row)


def _has_names(names: frozenset[str], row: list[Cell]) -> bool:
    """Whether each name is a cell; of most rows the first cells tell that it is not so."""
    found, spare = set(), len(row) - len(names)
    for cell in row:
        text = fold(text_of(cell))
        if text in names:
            found.add(text)
        else:
            spare -= 1
        if spare < 0:
            return False
    return found == names


def read_table(rows: Iterable[Row], dialect: Dialect) -> Iterator[Record]:
    """The records of one table. A row that is neither entry, label, header nor empty raises `StatementError`."""
    reader = _Reader(dialect)
    for line, row in rows:
        yield from reader.take(line, row)
    yield from reader.end()


@dataclass(slots=True)
class _Facts:
    """What preamble and footer say."""

    account: str = ""
    number: str = ""
    currency: str = ""
    days: list[date] = field(default_factory=list)
    opening: Decimal | None = None
    closing: Decimal | None = None
    credit_total: ControlTotal = field(default_factory=ControlTotal)
    debit_total: ControlTotal = field(default_factory=ControlTotal)


class _Reader:
    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._names = dialect.names
        self._columns: Columns | None = None
        self._facts = _Facts(currency=dialect.currency)
        self._tally: Tally | None = None
        self._pending: list[tuple[Decimal, str]] = []

    def take(self, line: int, row: list[Cell]) -> Iterator[Record]:
        if self._dialect.compact:
            row = [cell for cell in row if text_of(cell)]
        if not any(text_of(cell) for cell in row):
            return
        if _has_names(self._names, row):
            self._columns = self._columns or Columns.of(self._dialect, [text_of(cell) for cell in row])
        elif not self._label(line, row) and not self._ignored(row):
            yield from self._body(line, row)

    def _body(self, line: int, row: list[Cell]) -> Iterator[Record]:
        if self._columns is None:
            if line > HEADER_WITHIN:
                raise StatementError("no_header", f"tajuk kolom {self._dialect.name} tidak ada / no such header", line)
            return
        if self._dialect.compact and len(row) != len(self._dialect.header):
            raise StatementError("bad_row", "jumlah sel berbeda dari tajuk / cells do not fit the header", line)
        year = self._facts.days[-1].year if self._facts.days else None
        if self._dialect.pending and fold(text_of(self._columns.cell(row, "booked_at"))) in self._dialect.pending:
            pending = self._columns.entry(row, year, line, day=_ANY_DAY)
            self._pending.append((pending.amount, pending.type))
            return
        entry = self._columns.entry(
            row, year, line, day=None if "booked_at" in self._columns.places else self._day(line)
        )
        yield from self._add(entry, self._columns.text(row, "account"))

    def _day(self, line: int) -> date:
        if not self._facts.days:
            raise StatementError("no_date", "tidak ada tanggal pada baris atau kepala / no date on row or above", line)
        return self._facts.days[-1]

    def _add(self, entry: Entry, account: str) -> Iterator[Record]:
        head = StatementHead(
            account or self._facts.account, self._facts.number, (entry.currency or self._facts.currency).upper()
        )
        if self._tally is not None and (self._tally.head.account, self._tally.head.currency) != (
            head.account,
            head.currency,
        ):
            yield self._tally.statement()
            self._tally = None
        if self._tally is None:
            self._tally = Tally(head)
            yield head
        yield self._tally.add(entry)

    def _ignored(self, row: list[Cell]) -> bool:
        if not self._dialect.ignore:
            return False
        text = " ".join(text_of(cell) for cell in row).strip()
        return any(pattern.search(text) for pattern in self._dialect.ignore)

    def _label(self, line: int, row: list[Cell]) -> bool:
        """File a row such as `Saldo Awal : 1,000.00` or `No. Rekening,=,'123`; False when it is none."""
        cells = [text for cell in row if (text := text_of(cell))]
        first = fold(cells[0])
        for kind, labels in self._dialect.labels.items():
            for label in labels:
                if first.startswith(label) and (first == label or first[len(label)] in " :=("):
                    rest = [cells[0][len(label) :], *cells[1:]]
                    values = [text for cell in rest if (text := cell.strip(" :=’'"))]
                    self._file(kind, values, line)
                    return True
        return False

    def _file(self, kind: str, values: list[str], line: int) -> None:
        facts = self._facts
        if not values:
            return
        if kind == "period":
            facts.days = days_in(" ".join(values), self._dialect.dates) or facts.days
        elif kind in ("account", "number", "currency"):
            word = values[0]
            setattr(facts, kind, "IDR" if kind == "currency" and fold(word).startswith("rp") else word)
        else:
            amount = figure_of(values[0], self._dialect.decimal, self._dialect.thousands, line)
            count = int(values[1]) if len(values) > 1 and values[1].isdigit() else None
            setattr(facts, kind, ControlTotal(amount, count) if kind.endswith("_total") else amount)

    def end(self) -> Iterator[Record]:
        """Close the last statement with what the footer said."""
        if self._columns is None:
            raise StatementError("no_header", f"tajuk kolom {self._dialect.name} tidak ada / its header is not there")
        facts, tally = self._facts, self._tally
        if tally is None:
            head = StatementHead(facts.account, facts.number, facts.currency)
            tally = Tally(head)
            yield head
        tally.opening, tally.closing = facts.opening, facts.closing
        tally.credit_total, tally.debit_total = facts.credit_total, facts.debit_total
        if facts.days:
            tally.covers_from, tally.covers_to = min(facts.days), max(facts.days)
        if self._pending:
            self._without_pending(tally)
        yield tally.statement()

    def _without_pending(self, tally: Tally) -> None:
        """Take pending rows out of the footer's figures where these include them, and say so."""
        sides = {way: [amount for amount, t in self._pending if t == way] for way in ("CR", "DB")}
        for way, control, booked in (
            ("CR", tally.credit_total, tally.credit_sum),
            ("DB", tally.debit_total, tally.debit_sum),
        ):
            waiting = sum(sides[way], Decimal(0))
            if control.amount is not None and waiting and control.amount == booked + waiting:
                control.amount = booked
                control.count = None if control.count is None else control.count - len(sides[way])
        net = sum(sides["CR"], Decimal(0)) - sum(sides["DB"], Decimal(0))
        if tally.closing is not None and tally.opening is not None:
            reached = tally.opening + tally.credit_sum - tally.debit_sum
            tally.closing = reached if tally.closing == reached + net else tally.closing
        tally.remarks.append(f"{len(self._pending)} baris PEND belum dibukukan, dilewati / pending rows left out")
