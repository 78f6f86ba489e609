"""Guessing an unknown table's dialect from its header and rows: a proposal for a person, never used unseen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from parsers.statements.dialect import fold
from parsers.statements.figures import Cell, figure_of, moment_of, text_of
from parsers.statements.model import StatementError

Rows = Sequence[tuple[int, list[Cell]]]

#: What banks call a column, most telling first; the first field that a header fits takes it.
WORDS = (
    ("value_date", r"val|efektif|effective|valuta"),
    ("booked_at", r"tanggal|tgl|date|posting|waktu|time"),
    ("balance", r"saldo|balance"),
    (
        "direction",
        r"^(?:d|db|dr|debit|debet)\s*[/\-]\s*(?:c|k|cr|kr|credit|kredit)$|^(?:c|k|cr|kr|credit|kredit)\s*[/\-]\s*d",
    ),
    ("credit", r"kredit|credit|masuk|incoming|\bcr\b|setoran"),
    ("debit", r"debit|debet|keluar|outgoing|\bdb\b|penarikan"),
    ("amount", r"jumlah|amount|nominal|mutasi|nilai"),
    ("direction", r"type|jenis|d/k|db/cr|dc|tanda"),
    ("reference", r"ref|journal|jurnal|bukti|no\. ?trans|txn"),
    ("account", r"rekening|norek|account"),
    ("currency", r"ccy|currency|mata uang"),
    ("description", r"keterangan|uraian|rincian|desc|remark|berita|narasi|detail"),
)
_DAYS = ("dd/mm/yyyy", "dd/mm/yy", "dd-mm-yyyy", "dd-mm-yy", "dd.mm.yyyy", "dd MMM yyyy", "dd-MMM-yyyy", "dd MMM yy")
_MONTH_FIRST = ("mm/dd/yyyy", "mm/dd/yy")  # only where no layout with the day first reads as many rows
_TIMES = ("", " hh:mi:ss", " hh:mi", " hh.mi.ss")
LAYOUTS = (
    *(day + time for time in _TIMES for day in _DAYS),
    *("iso", "yyyy-mm-dd hh:mi:ss", "yyyy/mm/dd", "yyyymmdd"),
    *(day + time for time in _TIMES for day in _MONTH_FIRST),
)
STYLES = ((".", ","), (",", "."), (".", ""), (",", ""))
SAMPLE = 200  # rows looked at


def propose(rows: Rows, *, medium: str, delimiter: str) -> dict[str, Any]:
    """A dialect's table for these rows (as TOML would hold it); raises `StatementError` when none can be guessed."""
    header_at = next((i for i, (_, row) in enumerate(rows) if _is_header(row)), None)
    if header_at is None:
        raise StatementError("no_header", "tidak ada baris tajuk dengan tanggal dan jumlah / no header row found")
    header = [text_of(cell) for cell in rows[header_at][1]]
    columns = _columns(header)
    body = [row for _, row in rows[header_at + 1 : header_at + 1 + SAMPLE] if any(text_of(cell) for cell in row)]
    dates = [_dates(_column(body, columns[name])) for name in ("booked_at", "value_date") if name in columns]
    decimal, thousands = _style(
        body, [columns[name] for name in ("amount", "credit", "debit", "balance") if name in columns]
    )
    table = {
        "header": header,
        "medium": medium,
        "decimal": decimal,
        "thousands": thousands,
        "dates": list(dict.fromkeys(layout for some in dates for layout in some)),
        "columns": {name: index + 1 for name, index in columns.items()},
    }
    if "amount" in columns and "direction" not in columns and _has_minus(_column(body, columns["amount"])):
        table["fixed_type"] = "CR"  # what has a minus goes out
    return table | ({"delimiter": delimiter} if medium == "csv" else {})


def _column(body: Sequence[list[Cell]], place: int) -> list[Cell]:
    return [row[place] for row in body if len(row) > place]


def _has_minus(cells: Sequence[Cell]) -> bool:
    return any(re.match(r"^[-(]\s*(?:Rp\.?\s*)?\d", text_of(cell)) for cell in cells)


def _is_header(row: list[Cell]) -> bool:
    names = _columns([text_of(cell) for cell in row])
    return "booked_at" in names and ("amount" in names or {"credit", "debit"} <= names.keys())


def _columns(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, title in enumerate(header):
        for name, words in WORDS:
            if title and name not in found and re.search(words, fold(title)):
                found[name] = index
                break
    if "booked_at" not in found and "value_date" in found:
        found["booked_at"] = found.pop("value_date")
    return found


def _dates(cells: Sequence[Cell]) -> list[str]:
    """The layouts that read every row which any of them reads (footers are none)."""
    read = {layout: sum(_reads_date(cell, layout) for cell in cells) for layout in LAYOUTS}
    best = max(read.values(), default=0)
    if not best:
        raise StatementError("bad_date", "bentuk tanggal tidak dikenal / no known date layout")
    return [layout for layout, count in read.items() if count == best][:1]


def _reads_date(cell: Cell, layout: str) -> bool:
    try:
        moment_of(cell, (layout,), None, 0)
    except StatementError:
        return False
    return True


def _style(body: Sequence[list[Cell]], places: Sequence[int]) -> tuple[str, str]:
    """The number style that reads most cells; `1.000` alone reads both ways, so decimals decide."""
    cells = [row[i] for row in body for i in places if i < len(row)]
    return max(STYLES, key=lambda style: sum(_reads_figure(cell, *style) for cell in cells))


def _reads_figure(cell: Cell, decimal: str, thousands: str) -> bool:
    text = re.sub(r"\s*(?:CR|DB|K|D)$", "", text_of(cell), flags=re.IGNORECASE)
    if re.search(rf"{re.escape(decimal)}\d{{3}}$", text):  # 150.000 is a hundred and fifty thousand
        return False
    try:
        return figure_of(text, decimal, thousands, 0) is not None
    except StatementError:
        return False
