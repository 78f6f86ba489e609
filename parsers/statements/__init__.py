"""Bank statements in: MT940, MT942, camt.052/053/054, CSV dialects and XLSX, detected by content.

Sources: SWIFT Standards Category 9 (MT940, MT942), ISO 20022 camt.052/053/054, and the banks' own exports, which are
described as data (see `parsers.statements.dialect`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO

from parsers.statements.camt import read_camt
from parsers.statements.detect import DELIMITERS, delimiter_of, detect
from parsers.statements.dialect import Dialect, DialectError, build_dialects
from parsers.statements.learn import propose
from parsers.statements.model import Entry, EntryType, Record, Statement, StatementError, StatementHead
from parsers.statements.mt940 import read_mt940
from parsers.statements.settlement_line import settled_commonly
from parsers.statements.sheet import XLS_MAGIC, sheet_rows
from parsers.statements.table import Row, csv_rows, read_table
from parsers.statements.text import lines_of

__all__ = [
    "Dialect",
    "DialectError",
    "Entry",
    "EntryType",
    "Record",
    "Statement",
    "StatementError",
    "StatementHead",
    "build_dialects",
    "format_of",
    "propose_dialect",
    "read_statements",
    "stream_statements",
]

LEARN_ROWS = 300  # rows that a proposal is made from
FORMATS = ("auto", "mt940", "mt942", "camt052", "camt053", "camt054", "xlsx", "csv:DIALECT")


def stream_statements(
    stream: BinaryIO,
    format: str,  # noqa: A002 - the word of the command line
    dialects: Mapping[str, Dialect],
    *,
    expand_batches: bool = False,
) -> Iterator[Record]:
    """The records of a seekable file, in memory that does not grow with it.

    `format` is one of `FORMATS`; `auto` and `xlsx` look at the content. `expand_batches` gives the transactions of a
    camt batch instead of its sum. Balances are judged in the `Statement` that ends each statement.
    Raises `StatementError`, also after entries were given: the caller's transaction must then be rolled back.
    """
    for record in _records(stream, format_of(stream, format, dialects), dialects, expand_batches):
        yield settled_commonly(record) if isinstance(record, Entry) else record


def _records(stream: BinaryIO, name: str, dialects: Mapping[str, Dialect], expand_batches: bool) -> Iterator[Record]:
    stream.seek(0)
    if name.startswith("mt94"):
        yield from read_mt940(lines_of(stream))
    elif name.startswith("camt"):
        yield from read_camt(stream, expand_batches=expand_batches)
    else:
        dialect = _dialect(name, dialects)
        yield from read_table(_rows(stream, dialect), dialect)


def format_of(stream: BinaryIO, format: str, dialects: Mapping[str, Dialect]) -> str:  # noqa: A002 - as above
    """The name of a file's format, found by its content where `format` is `auto` or `xlsx`. Raises `StatementError`."""
    return detect(stream, dialects) if format in ("auto", "xlsx") else format


def propose_dialect(stream: BinaryIO) -> dict[str, Any]:
    """A dialect's table guessed for an unknown CSV or XLSX: for a person to check. Raises `StatementError`."""
    stream.seek(0)
    if stream.read(8).startswith((b"PK", XLS_MAGIC)):
        return propose(list(islice(sheet_rows(stream), LEARN_ROWS)), medium="sheet", delimiter="")
    lines = list(islice(lines_of(stream), LEARN_ROWS))
    failed: StatementError | None = None
    for delimiter in DELIMITERS:
        try:
            return propose(list(csv_rows(lines, delimiter)), medium="csv", delimiter=delimiter)
        except StatementError as error:
            # What a table with a header lacks says more than that another delimiter shows none.
            failed = error if failed is None or failed.code == "no_header" else failed
    assert failed is not None  # noqa: S101 - there are delimiters
    raise failed


def _rows(stream: BinaryIO, dialect: Dialect) -> Iterator[Row]:
    if dialect.medium == "sheet":
        return sheet_rows(stream)
    delimiter = delimiter_of(stream, dialect)
    return csv_rows(lines_of(stream), delimiter)


def _dialect(name: str, dialects: Mapping[str, Dialect]) -> Dialect:
    found = dialects.get(name.removeprefix("csv:").removeprefix("xlsx:"))
    if found is None:
        known = ", ".join(sorted(dialects))
        raise StatementError("unknown_format", f"format tidak dikenal / unknown format: {name!r} (csv:{known})")
    return found


def read_statements(data: bytes, format: str, dialects: Mapping[str, Dialect]) -> list[Statement]:  # noqa: A002
    """Every statement of a file with its entries; for files that fit into memory. Raises `StatementError`."""
    statements: list[Statement] = []
    entries: list[Entry] = []
    for record in stream_statements(io.BytesIO(data), format, dialects):
        if isinstance(record, Entry):
            entries.append(record)
        elif isinstance(record, Statement):
            statements.append(replace(record, entries=tuple(entries)))
            entries = []
    return statements
