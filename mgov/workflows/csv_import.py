"""CSV files from agencies: read row by row, each cell checked, a bad row reported with its line and column."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from parsers import phones

#: Rows that go to the database in one statement.
BATCH = 5000
#: Rows between two steps of a progress display.
TICK = 1000
#: Bytes whose encoding is checked at once.
_CHECKED_AT_ONCE = 1 << 20
LONGEST_LINE = 191
LONGEST_WORD = 64
#: The largest amount taken, in rupiah: what lies above is a slip of the keyboard.
LARGEST_AMOUNT = 10**15


class CsvError(Exception):
    """The whole file cannot be used; the text says why."""


class CellError(ValueError):
    """One cell is wrong; the text says what would be right."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that did not go in: `line` as an editor counts, the column, and why."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: how its cell is read, and whether it must be there."""

    name: str
    read: Callable[[str], Any]
    required: bool = False
    #: An unreadable cell is left empty, with a remark, instead of refusing the row.
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: `values` holds a value for each column that the file has (None for an empty cell)."""

    line: int
    values: Mapping[str, Any]
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportResult:
    """What an import did, and what it could not do."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def count(self, other: ImportResult) -> None:
        """Add what one batch did."""
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.errors += other.errors
        self.remarks += other.remarks

    @property
    def accepted(self) -> int:
        """The rows that the database holds now."""
        return self.added + self.updated + self.unchanged

    def __str__(self) -> str:
        return f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged, {len(self.errors)} refused"


def lines_of(source: bytes | Iterable[str]) -> Iterable[str]:
    """The lines of a file that came as bytes or as lines. Raises `CsvError` when any of it is not UTF-8.

    The file is never a text as a whole: that would take several times its size.
    """
    if not isinstance(source, bytes):
        return source
    _check_encoding(source)
    return io.TextIOWrapper(io.BytesIO(source), "utf-8", newline="")


def _check_encoding(source: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(source), _CHECKED_AT_ONCE):
        waiting = len(decoder.getstate()[0])  # a letter that the part before cut in two
        end = start + _CHECKED_AT_ONCE
        try:
            decoder.decode(source[start:end], final=end >= len(source))
        except UnicodeDecodeError as error:
            raise CsvError(f"not UTF-8: {error.reason} at byte {start - waiting + error.start}") from error


def read_rows(lines: Iterable[str], columns: Sequence[Column]) -> Iterator[Row | RowError]:
    """Read a file with a header; unknown columns are ignored. Raises `CsvError` when header or encoding are wrong."""
    try:
        source = iter(lines)
        header_line = next(source, "").removeprefix("\ufeff")
        delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
        header = [name.strip().lower() for name in next(csv.reader([header_line], delimiter=delimiter), [])]
        _check_header(header, columns)
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        yield from _rows(reader, header, columns)
    except UnicodeDecodeError as error:
        raise CsvError(f"not UTF-8: {error.reason} at byte {error.start}") from error
    except csv.Error as error:
        raise CsvError(f"not CSV: {error}") from error


def checked(line: int, cells: Mapping[str, str], columns: Sequence[Column]) -> Row | RowError:
    """A row that did not come from a file, under the same rules: `cells` by column, `line` names it in an error."""
    absent = next((column for column in columns if column.required and not cells.get(column.name, "").strip()), None)
    if absent is not None:
        return RowError(line, absent.name, "is empty")
    said = [column for column in columns if column.name in cells]
    return _row(line, [cells[column.name] for column in said], len(said), list(enumerate(said)))


def batches(rows: Iterable[Row], key: str, size: int = BATCH) -> Iterator[list[Row]]:
    """Rows in groups in which no key occurs twice, so that a group can go in as one statement."""
    batch: list[Row] = []
    seen: set[Any] = set()
    for row in rows:
        if len(batch) == size or row.values[key] in seen:
            yield batch
            batch, seen = [], set()
        batch.append(row)
        seen.add(row.values[key])
    if batch:
        yield batch


def good_rows(
    source: bytes | Iterable[str],
    columns: Sequence[Column],
    result: ImportResult,
    *,
    strict: bool,
    tick: Callable[[int], None],
) -> Iterable[Row]:
    """The good rows; the bad ones go to `result.errors`. When `strict` and one is bad, none at all.

    `tick` is called with the number of rows seen, for a progress display.
    """
    rows = _sorted_out(lines_of(source), columns, result, tick)
    if not strict:
        return rows
    everything = list(rows)
    return [] if result.errors else everything


def word(cell: str) -> str:
    """A code or state, up to 64 letters."""
    return _within(cell, LONGEST_WORD)


def line_of_text(cell: str) -> str:
    """A name or number, up to 191 letters."""
    return _within(" ".join(cell.split()), LONGEST_LINE)


def prose(cell: str) -> str:
    """Text of any length."""
    return cell.replace("\x00", "")


def reference(cell: str) -> str:
    """The number of a bill, application or document: upper case, as the parser of citizens' texts writes it."""
    return _within("-".join(cell.upper().split()), LONGEST_LINE)


def amount(cell: str) -> int:
    """Whole rupiah, at most with .00 behind: another separator could be read in two ways."""
    if not re.fullmatch(r"\d+(\.00?)?", cell) or not cell.isascii():
        raise CellError(f'"{cell[:40]}" is not a whole amount in rupiah; right would be 1250000')
    rupiah = int(cell.partition(".")[0])
    if rupiah > LARGEST_AMOUNT:
        raise CellError(f"{cell[:40]} is too large")
    return rupiah


def day(cell: str) -> date:
    """A day as 2026-12-31."""
    try:
        return date.fromisoformat(cell) if len(cell) == len("2026-12-31") else datetime.fromisoformat(cell).date()
    except ValueError as error:
        raise CellError(f'"{cell[:40]}" is not a date; right would be 2026-12-31') from error


def phone(cell: str) -> str:
    """A phone number in E.164: 08… and 62… are Indonesian; with + any country."""
    number = phones.normalise(cell.removeprefix("'"))
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise CellError(f'"{cell[:40]}" is not a phone number; right would be +628123456789')
    return number


def code_digits(cell: str) -> str:
    """A payment code as it is stored: digits only, as on paper it stands in groups."""
    digits = re.sub(r"[\s.\-]", "", cell)
    if not digits.isascii() or not digits.isdigit():
        raise CellError(f'"{cell[:40]}" is not a payment code; right would be digits')
    return _within(digits, LONGEST_WORD)


def one_of(*known: str) -> Callable[[str], str]:
    """A reader that takes only these words, whatever the case of their letters."""

    def read(cell: str) -> str:
        if cell.lower() not in known:
            raise CellError(f'"{cell[:40]}" is not known; right would be one of {", ".join(known)}')
        return cell.lower()

    return read


def _within(cell: str, longest: int) -> str:
    if len(cell) > longest:
        raise CellError(f"is longer than {longest} letters")
    if not cell.isprintable():
        raise CellError("holds a control character")
    return cell


def _check_header(header: list[str], columns: Sequence[Column]) -> None:
    absent = [column.name for column in columns if column.required and column.name not in header]
    if absent:
        raise CsvError(f"the header lacks {', '.join(absent)}; right would be {','.join(c.name for c in columns)}")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise CsvError(f"the header names {twice[0]} twice")


def _rows(reader: Any, header: list[str], columns: Sequence[Column]) -> Iterator[Row | RowError]:  # noqa: ANN401 - csv.reader
    wanted = [(header.index(column.name), column) for column in columns if column.name in header]
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield _row(reader.line_num + 1, cells, len(header), wanted)


def _row(number: int, cells: list[str], width: int, wanted: Sequence[tuple[int, Column]]) -> Row | RowError:
    if len(cells) != width:
        return RowError(number, "-", f"has {len(cells)} cells, the header has {width}")
    values: dict[str, Any] = {}
    remarks: list[str] = []
    for index, column in wanted:
        cell = cells[index].strip()
        if not cell and column.required:
            return RowError(number, column.name, "is empty")
        try:
            values[column.name] = column.read(cell) if cell else None
        except CellError as error:
            if not column.lenient:
                return RowError(number, column.name, str(error))
            values[column.name] = None
            remarks.append(f"line {number}, column {column.name}: left empty: {error}")
    return Row(number, values, tuple(remarks))


def _sorted_out(
    lines: Iterable[str], columns: Sequence[Column], result: ImportResult, tick: Callable[[int], None]
) -> Iterator[Row]:
    for count, row in enumerate(read_rows(lines, columns), 1):
        if isinstance(row, RowError):
            result.errors.append(row)
        else:
            result.remarks += row.remarks
            yield row
        if count % TICK == 0:
            tick(count)
