"""Which format a file has, told by its content: names lie."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from itertools import islice
from typing import BinaryIO

from parsers.statements.dialect import Dialect
from parsers.statements.model import StatementError
from parsers.statements.sheet import XLS_MAGIC, sheet_rows
from parsers.statements.table import HEADER_WITHIN, Row, csv_rows, is_header
from parsers.statements.text import lines_of

_HEAD = 64 * 1024  # bytes that tell the format
_SWIFT = re.compile(r"^(?:\{1:.*\{4:|@@)?:(?:20|25|28C?|60[FM]|61):", re.MULTILINE)
_UNKNOWN = (
    "bentuk berkas tidak dikenal; yang dikenal: MT940/942, camt.052/053/054, CSV dan XLSX menurut bank_dialects.toml. "
    "Untuk tabel lain: mgov bank learn BERKAS / no known statement format; teach an unknown table by mgov bank learn"
)
DELIMITERS = (",", ";", "\t", "|")


def detect(stream: BinaryIO, dialects: Mapping[str, Dialect]) -> str:
    """`mt940`, `camt` or `csv:DIALECT` (also for sheets); raises `StatementError` when it is none.

    Rewinds the stream.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    if not head.strip():
        raise StatementError("empty", "berkas kosong / the file is empty")
    if head.startswith((b"PK", XLS_MAGIC)):
        return _sheet(stream, dialects)
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace").lstrip()
    if text.startswith("<"):
        return "camt"
    if _SWIFT.search(text.replace("\r", "\n")):
        return "mt940"
    return _csv(stream, dialects)


def _csv(stream: BinaryIO, dialects: Mapping[str, Dialect]) -> str:
    lines = _first_lines(stream)
    tables = [list(csv_rows(lines, delimiter)) for delimiter in DELIMITERS]
    csvs = [d for d in dialects.values() if d.medium == "csv"]
    return _best([d for d in csvs if any(_among(d, rows) for rows in tables)])


def delimiter_of(stream: BinaryIO, dialect: Dialect) -> str:
    """What parts the cells: the bank's own, else what a spreadsheet program put there when the file was saved again.

    Rewinds the stream.
    """
    lines = _first_lines(stream)
    tried = (dialect.delimiter, *DELIMITERS)
    return next((mark for mark in tried if _among(dialect, list(csv_rows(lines, mark)))), dialect.delimiter)


def _first_lines(stream: BinaryIO) -> list[tuple[int, str]]:
    lines = list(islice(lines_of(stream), HEADER_WITHIN))
    stream.seek(0)
    return lines


def _sheet(stream: BinaryIO, dialects: Mapping[str, Dialect]) -> str:
    copy = io.BytesIO(stream.read())
    stream.seek(0)
    rows = list(islice(sheet_rows(copy), HEADER_WITHIN))
    return _best([d for d in dialects.values() if d.medium == "sheet" and _among(d, rows)])


def _among(dialect: Dialect, rows: list[Row]) -> bool:
    return any(is_header(dialect, row) for _, row in rows)


def _best(found: list[Dialect]) -> str:
    """The dialect that explains most columns."""
    if not found:
        raise StatementError("unknown_format", _UNKNOWN)
    return "csv:" + max(found, key=lambda dialect: len(dialect.names)).name
