"""Numbers and dates of a bank's table, read strictly as its dialect writes them: what does not fit is an error."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from parsers.statements.model import StatementError

Cell = str | int | float | Decimal | datetime | date | None

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb februari february peb pebruari",
            "mar maret march mrt",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agustus august aug agt agst ags",
            "sep september sept",
            "okt oktober october oct",
            "nov november nopember nop",
            "des desember december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_TOKENS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<year>\d{2})",
    "MMM": r"(?P<name>[A-Za-z]{3,9})\.?",
    "mm": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "mi": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's serial number has no zone
_CURRENCY_WORDS = re.compile(r"^(?:rp\.?|idr)\s*", re.IGNORECASE)


def text_of(cell: Cell) -> str:
    """A cell as text, blanks collapsed; a whole number without a decimal point."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def figure_of(cell: Cell, decimal: str, thousands: str, line: int) -> Decimal | None:
    """An amount, None for an empty cell or a dash; raises `StatementError` for anything that is no such number."""
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return _number(cell, line)
    text = _CURRENCY_WORDS.sub("", text_of(cell)).replace("\u00a0", "")
    if text in ("", "-"):
        return None
    negative = text.startswith("-") or (text.startswith("(") and text.endswith(")"))
    digits = text.strip("-()").strip()
    if not _shape(decimal, thousands).fullmatch(digits) or not re.search(r"\d", digits):
        raise StatementError("bad_amount", f"jumlah tidak terbaca / unreadable amount: {text[:40]!r}", line)
    plain = digits.replace(thousands, "") if thousands else digits
    value = Decimal(plain.replace(decimal, "."))
    return -value if negative else value


def _number(cell: int | float | Decimal, line: int) -> Decimal:
    value = Decimal(str(int(cell) if isinstance(cell, float) and cell.is_integer() else round(cell, 5)))
    if not value.is_finite():
        raise StatementError("bad_amount", f"jumlah tidak terbaca / unreadable amount: {cell!r}", line)
    return value


@lru_cache
def _shape(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
    return re.compile(rf"(?:{grouped}\d*)(?:{re.escape(decimal)}\d{{1,5}})?", re.ASCII)


@lru_cache
def _pattern(layout: str) -> re.Pattern[str]:
    regex = re.sub("yyyy|yy|MMM|mm|dd|hh|mi|ss|.", lambda m: _TOKENS.get(m[0], re.escape(m[0])), layout)
    return re.compile(regex, re.ASCII)


def moment_of(cell: Cell, layouts: tuple[str, ...], year: int | None, line: int) -> datetime | date:
    """A date or datetime in one of the dialect's layouts (`dd/mm/yyyy`, `iso`, …), or a sheet's own date or serial.

    `year` is for layouts without one. Raises `StatementError`.
    """
    if isinstance(cell, datetime):
        return cell if cell.time() != datetime.min.time() else cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and 20000 < cell < 80000:
        moment = _EXCEL_EPOCH + timedelta(seconds=round(float(cell) * 86400))
        return moment_of(moment, layouts, year, line)
    text = text_of(cell).lstrip("'’")
    for layout in layouts:
        found = _read(text, layout, year)
        if found is not None:
            return found
    raise StatementError("bad_date", f"tanggal tidak terbaca / unreadable date: {text[:40]!r}", line)


def _read(text: str, layout: str, year: int | None) -> datetime | date | None:
    try:
        if layout == "iso":
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        match = _pattern(layout).fullmatch(text)
        return None if match is None else _built(match.groupdict(), year)
    except ValueError:
        return None


def _built(parts: dict[str, str], year: int | None) -> datetime | date:
    if "name" in parts:
        parts["month"] = str(_MONTHS.get(parts["name"].lower(), 0))
    if "year" in parts:
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    if year is None:
        raise ValueError("no year")
    day = date(year, int(parts["month"]), int(parts["day"]))
    if "hour" not in parts:
        return day
    return datetime(  # noqa: DTZ001 - the bank's local time; the caller knows the zone
        day.year, day.month, day.day, int(parts["hour"]), int(parts["minute"]), int(parts.get("second") or 0)
    )


def days_in(text: str, layouts: tuple[str, ...]) -> list[date]:
    """Every date inside a text, in its order: for `Periode : 01/06/2026 - 30/06/2026`."""
    for layout in layouts:
        if layout == "iso":
            layout = "yyyy-mm-dd"
        if "yy" not in layout:
            continue
        found = [_read(match[0], layout, None) for match in _pattern(layout).finditer(text)]
        days = [d.date() if isinstance(d, datetime) else d for d in found if d is not None]
        if days:
            return days
    return []
