"""The figures as a page with charts (HTML with inline SVG, nothing loaded from elsewhere), a workbook, and a mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.replies import day, rupiah
from mgov.store import outbox, staff
from mgov.store.database import Database
from mgov.workflows.figures import Figures, FiguresSettings, broken_down

_WIDTH, _ROW, _LABEL = 640, 26, 150
_WORDS = {
    "bills": ("Tagihan", "Bills"), "realised": ("Masuk", "Received"), "outstanding": ("Sisa", "Outstanding"),
    "correction": ("Koreksi bulan yang sudah ditutup", "Correction of closed months"),
    "target": ("Target tahun", "Target of the year"), "last_year": ("Masa yang sama tahun lalu", "Same time last year"),
    "in_progress": ("Izin diproses", "Permits in progress"), "overdue": ("Izin lewat waktu", "Permits overdue"),
    "by_month": ("Masuk per bulan", "Received by month"), "by_agency": ("Masuk per dinas", "Received by agency"),
    "by_sector": ("Masuk per sektor", "Received by sector"), "as_of": ("Rekening koran s.d.", "Statements as of"),
    "missing": ("hari kerja tanpa rekening koran", "banking days without a statement"),
}  # fmt: skip


def page(
    tx: Connection,
    settings: FiguresSettings,
    whole: Figures,
    today: date,
    *,
    agency_id: int | None = None,
    language: str = "id",
) -> str:
    """A page of its own: the sums as a table, then bars by month, agency and sector."""
    charts = []
    for by in ("month", "agency", "sector"):
        rows = list(
            broken_down(tx, settings, whole.topic, whole.period, today, by, agency_id=agency_id, language=language)
        )
        if len(rows) > 1:
            charts.append(_chart(_word(f"by_{by}", language), [(row.title, row.realised) for row in rows]))
    title = f"{whole.title} {whole.period} {whole.agency}".strip()
    return _PAGE.format(
        language=language, title=escape(title), table=_table(whole, language), charts="".join(charts),
        note=escape(_note(whole, language)),
    )  # fmt: skip


def workbook(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """One sheet with a heading; `rows` are cells that are safe already."""
    # here: the daemon, which writes no sheet, need not load it
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = "mgov"
    if rows:
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(
                [value.isoformat() if isinstance(value, (date, datetime)) else value for value in row.values()]
            )
        for number, name in enumerate(rows[0], 1):
            sheet.column_dimensions[get_column_letter(number)].width = max(12, len(str(name)) + 2)
    sheet.freeze_panes = "A2"
    book.save(path)


def send(db: Database, actor: Actor, whole: Figures, html: str, now: datetime) -> bool:
    """Mail the page to whoever asks, at the address of his account; False when it has none."""

    def work(tx: Connection) -> bool:
        account = staff.by_login(tx, actor.name)
        if account is None or not account["email"]:
            return False
        queue(tx, str(account["email"]), whole, html, now, actor)
        return True

    return db.transact(work)


def queue(tx: Connection, address: str, whole: Figures, html: str, now: datetime, actor: Actor) -> int:
    """Queue the page as a mail, with the sums as plain text for those who read no HTML."""
    subject = f"{whole.topic} {whole.period} {whole.agency}".strip()
    return outbox.queue_text(
        tx, to=address, text=plain(whole), subject=subject, html=html, now=now, channel="email", actor=actor,
        cause="figures",
    )  # fmt: skip


def _decimal(number: str, language: str) -> str:
    """A decimal comma where the language writes one."""
    return number if language == "en" else number.replace(".", ",")


def _table(whole: Figures, language: str) -> str:
    rows = [("bills", f"{whole.bills} = {rupiah(whole.billed)}"), ("realised", rupiah(whole.realised))]
    if whole.correction:
        rows.append(("correction", rupiah(whole.correction)))
    if whole.target is not None:
        rows.append(("target", f"{rupiah(whole.target)} ({_decimal(f'{whole.percent}', language)}%)"))
    change = "" if whole.change is None else f" ({_decimal(f'{whole.change:+}', language)}%)"
    rows += [
        ("last_year", f"{rupiah(whole.last_year)}{change}"),
        ("outstanding", rupiah(whole.outstanding)),
        ("in_progress", str(whole.in_progress)),
        ("overdue", str(whole.overdue)),
    ]
    return "".join(f"<tr><th>{escape(_word(name, language))}</th><td>{escape(value)}</td></tr>" for name, value in rows)


def _chart(title: str, bars: Sequence[tuple[str, int]]) -> str:
    """Horizontal bars, the longest of which is as wide as the chart; a negative sum has no bar."""
    most = max((value for _, value in bars), default=0) or 1
    space = _WIDTH - _LABEL - 150
    lines = []
    for number, (label, value) in enumerate(bars):
        top, width = number * _ROW, max(0, round(space * value / most))
        lines.append(
            f'<text x="{_LABEL - 8}" y="{top + 17}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{_LABEL}" y="{top + 4}" width="{width}" height="{_ROW - 8}" fill="#1f6f8b"/>'
            f'<text x="{_LABEL + width + 6}" y="{top + 17}">{escape(rupiah(value))}</text>'
        )
    height = len(bars) * _ROW
    return (
        f'<h2>{escape(title)}</h2><svg role="img" aria-label="{escape(title)}" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" font-size="12" font-family="sans-serif">{"".join(lines)}</svg>'
    )


def _note(whole: Figures, language: str) -> str:
    note = f"{_word('as_of', language)} {day(whole.as_of)}"
    return f"{note}; {whole.missing_days} {_word('missing', language)}." if whole.missing_days else f"{note}."


def plain(whole: Figures) -> str:
    """A line a figure, without those that nobody knows."""
    return "\n".join(f"{name}: {value}" for name, value in whole.as_values().items() if value is not None)


def _word(name: str, language: str) -> str:
    return _WORDS[name][language == "en"]


_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: sans-serif; max-width: 44rem; margin: 1rem auto; color: #222 }}
th {{ text-align: left; font-weight: normal; padding-right: 1rem }} td {{ text-align: right }}
tr + tr > * {{ border-top: 1px solid #ddd }} svg {{ max-width: 100% }}
</style></head><body><h1>{title}</h1><table>{table}</table><p>{note}</p>{charts}</body></html>
"""
