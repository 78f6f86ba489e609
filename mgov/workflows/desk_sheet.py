"""The review sheet: what waits for a person as an XLSX file, and the filled-in sheet back.

The desk is not at the NOC: a sheet goes there by mail, is filled in (`decision`, `entry`, `reason`), and comes back.
Whoever imports it decides, and is named so; who filled it in may be said in `decided_by` and is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from mgov.domain.actor import Actor
from mgov.domain.sheet_cells import safe_cell
from mgov.store.database import Database
from mgov.workflows import access, desk
from mgov.workflows.desk_age import Ages
from mgov.workflows.desk_steps import DeskError
from mgov.workflows.payment_answers import Answers

TOLD = ("id", "version", "bill", "sender", "proof", "amount", "paid_at", "received_at", "age", "reasons", "candidates")
FILLED_IN = ("decision", "entry", "reason", "decided_by")
DECISIONS = ("approve", "reject")
#: What people write instead.
_SAID = {"setuju": "approve", "setujui": "approve", "terima": "approve", "tolak": "reject", "ditolak": "reject"}
_WIDTHS = {"reasons": 60, "candidates": 60, "bill": 22, "proof": 20, "sender": 18, "reason": 40, "entry": 20}


class SheetError(Exception):
    """The file is no review sheet; the text says why."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one row: `outcome` when it was done, `problem` when not; `line` as the spreadsheet counts."""

    line: int
    payment: int
    outcome: str = ""
    problem: str = ""


def write(rows: Sequence[Mapping[str, Any]], stream: BinaryIO, ages: Ages) -> int:
    """Write the rows of the review list (with `reasons, candidates, opened_at, version`); returns how many."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # here: it takes 0.2 s that only a sheet is worth
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    book = Workbook()
    sheet = book.active
    sheet.title = "review"
    sheet.append([*TOLD, *FILLED_IN])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, name in enumerate((*TOLD, *FILLED_IN), 1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = _WIDTHS.get(name, 14)
    sheet.freeze_panes = "A2"
    entry = len(TOLD) + FILLED_IN.index("entry") + 1
    for line, row in enumerate(rows, 2):
        sheet.append([safe_cell(_cell(row, name, ages)) for name in TOLD])
        sheet.cell(line, entry).number_format = "@"  # else a spreadsheet takes the zeros off 0083296793
    book.save(stream)
    return len(rows)


def take(
    db: Database,
    stream: BinaryIO,
    *,
    actor: Actor,
    now: datetime,
    limit: int = desk.FOUR_EYES_ABOVE,
    told: Answers | None = None,
) -> list[Decided]:
    """Do what a filled-in sheet says, each row for itself; rows without a decision are left alone.

    Raises `SheetError` when the file is no review sheet.
    """
    return [_decide(db, row, actor, now, limit, told) for row in _rows(stream)]


def _cell(row: Mapping[str, Any], name: str, ages: Ages) -> object:
    if name == "age":
        return ages.of(row["opened_at"]) if row.get("opened_at") else None
    if name == "candidates":
        return "\n".join(f"#{c['entry']} {c['reference']} {c['amount']} {c['booked_at']}" for c in row["candidates"])
    value = row.get(name)
    if isinstance(value, datetime):
        return value.astimezone(ages.zone).isoformat(timespec="minutes")
    return str(value) if name in ("proof", "sender", "paid_at") and value is not None else value


@dataclass(frozen=True, slots=True)
class _Filled:
    line: int
    payment: int
    version: int
    decision: str
    entry: str
    reason: str
    decided_by: str


def _rows(stream: BinaryIO) -> Iterator[_Filled]:
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(stream, read_only=True, data_only=True).worksheets[0]
    except Exception as error:
        raise SheetError(f"bukan berkas XLSX / not an XLSX file: {error}") from error
    lines = sheet.iter_rows(values_only=True)
    header = [str(name or "").strip().lower() for name in next(lines, ())]
    lacking = [name for name in ("id", "version", *FILLED_IN[:3]) if name not in header]
    if lacking:
        raise SheetError(f"kolom tidak ada / the sheet lacks {', '.join(lacking)}")
    for number, cells in enumerate(lines, 2):
        row = {name: _text(cell) for name, cell in zip(header, cells, strict=False)}
        if row.get("decision"):
            yield _filled(number, row)


def _filled(number: int, row: Mapping[str, str]) -> _Filled:
    """One row; an id or version that is none becomes -1, which no payment has."""
    return _Filled(
        line=number,
        payment=int(row["id"]) if row["id"].isdigit() else -1,
        version=int(row["version"]) if row["version"].isdigit() else -1,
        decision=_SAID.get(row["decision"].lower(), row["decision"].lower()),
        entry=row["entry"].lstrip("'"),
        reason=row["reason"],
        decided_by=row.get("decided_by", ""),
    )


def _text(cell: object) -> str:
    """A cell as text; a spreadsheet makes 1234.0 of a number."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _decide(db: Database, row: _Filled, actor: Actor, now: datetime, limit: int, told: Answers | None) -> Decided:
    problem = _problem_of(row)
    if problem:
        return Decided(row.line, row.payment, problem=problem)
    said = {"sheet_line": row.line, "decided_by": row.decided_by, "reason": row.reason, "version": row.version}
    try:
        if row.decision == "approve":
            outcome = desk.approve(
                db, row.payment, row.entry, actor=actor, now=now, limit=limit, told=told, said=said, version=row.version
            )
        else:
            outcome = desk.reject(
                db, row.payment, reason=row.reason, actor=actor, now=now, told=told, said=said, version=row.version
            )
    except DeskError as error:
        return Decided(row.line, row.payment, problem=f"{error.code}: {error}")
    except access.RefusedError as error:
        return Decided(row.line, row.payment, problem=str(error))
    return Decided(row.line, row.payment, outcome=f"{outcome.kind}: {outcome.detail}")


def _problem_of(row: _Filled) -> str:
    if row.decision not in DECISIONS:
        return f"keputusan / decision: {row.decision[:20]}; approve (setuju) atau/or reject (tolak)"
    if row.decision == "approve" and not row.entry:
        return "tanpa dana bank / no bank entry: nobody approves without one"
    return "" if row.reason else "tanpa alasan / no reason"
