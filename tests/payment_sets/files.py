"""A set on disk: bills, texts, overlapping statements, and the order in which they come."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

from tests.payment_sets.plot import DAYS, FIRST_DAY, Bill, Entry, Plot, Text

ACCOUNT = "RKUD"
_STATEMENT_DAYS = 4
_BILLS = [
    *("number", "agency", "payer_id", "payer_name", "payer_phone", "object", "description", "amount", "due_date"),
    "status",
]
_ENTRIES = ["booked_at", "value_date", "amount", "type", "reference", "description", "balance"]


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the file that it reads."""

    verb: str  #: bills, inject or bank
    file: Path
    at: datetime


def write(plot: Plot, folder: Path) -> list[Step]:
    """Write every file of a set; returns the steps in their order."""
    steps = [*_bills(plot, folder), *_statements(plot, folder)]
    steps += _texts(plot, folder, sorted({step.at for step in steps}))
    return sorted(steps, key=lambda step: step.at)


def _bills(plot: Plot, folder: Path) -> Iterator[Step]:
    """What is known at the beginning, then a file a day with what came or changed."""
    rows = [(FIRST_DAY if bill.comes_at is None else _evening(bill.comes_at), bill) for bill in plot.bills]
    rows += [(_evening(bill.comes_at or FIRST_DAY), bill) for bill in plot.changes]
    for at in sorted({at for at, _ in rows}):
        path = folder / f"bills_{at:%m%d%H%M}.csv"
        _write(path, _BILLS, [_bill_row(bill) for when, bill in rows if when == at])
        yield Step("bills", path, max(at, FIRST_DAY))


def _evening(at: datetime) -> datetime:
    return max(FIRST_DAY + timedelta(minutes=1), at.replace(hour=5, minute=30, second=0))


def _bill_row(bill: Bill) -> list[object]:
    words = {"PKB": "Pajak Kendaraan Bermotor 2026"}.get(bill.number[:3], "Retribusi 2026")
    payer = [bill.payer.identity, bill.payer.name, bill.payer.phone]
    return [bill.number, bill.agency, *payer, "", words, bill.amount, bill.due_on, bill.status]


def _statements(plot: Plot, folder: Path) -> Iterator[Step]:
    """One every four days, each with the last day of the one before; the third comes late, the first twice."""
    days = _by_day(plot.entries)
    starts = [FIRST_DAY + timedelta(days=n) for n in range(0, DAYS + 10, _STATEMENT_DAYS)]
    for place, start in enumerate(starts):
        end = start + timedelta(days=_STATEMENT_DAYS)
        rows = [row for day in days if start.date() <= day.date() <= end.date() for row in days[day]]
        path = folder / f"statement_{place + 1}.csv"
        with_balance = place % 3 != 2
        _write(path, _ENTRIES, [row if with_balance else [*row[:-1], ""] for row in rows])
        late = timedelta(days=_STATEMENT_DAYS, hours=1) if place == 2 else timedelta()
        yield Step("bank", path, end.replace(hour=23, minute=59) + late)
        if place == 0:
            yield Step("bank", path, end + timedelta(days=9))


def _by_day(entries: Iterable[Entry]) -> dict[datetime, list[list[object]]]:
    """The rows of each day with their balances, and the sweep that empties the account each night."""
    days: dict[datetime, list[Entry]] = {}
    for entry in sorted(entries, key=lambda e: e.at):
        days.setdefault(entry.at.replace(hour=0, minute=0, second=0), []).append(entry)
    return {day: _with_balances([*found, *_sweep(day, found)]) for day, found in days.items()}


def _sweep(day: datetime, entries: list[Entry]) -> list[Entry]:
    total = sum(_signed(entry) for entry in entries)
    direction, words = ("DB", "KE") if total > 0 else ("CR", "DARI")
    night = day.replace(hour=23, minute=59, second=59)
    words = f"PEMINDAHBUKUAN {words} RKUD PROVINSI BANTEN"
    return [Entry(night, abs(total), f"BB{day:%y%m%d}000001", words, (), direction)] if total else []


def _signed(entry: Entry) -> int:
    return entry.amount if entry.direction == "CR" else -entry.amount


def _with_balances(entries: list[Entry]) -> list[list[object]]:
    balances = accumulate(map(_signed, entries))
    return [_entry_row(entry, balance) for entry, balance in zip(entries, balances, strict=True)]


def _entry_row(entry: Entry, balance: int) -> list[object]:
    at = entry.at.isoformat()
    return [at, entry.at.date(), entry.amount, entry.direction, entry.reference, entry.description, balance]


def _texts(plot: Plot, folder: Path, cuts: list[datetime]) -> Iterator[Step]:
    """The texts between two other steps are one file."""
    ordered = sorted(plot.texts, key=lambda text: text.at)
    borders = [*cuts, datetime.max.replace(tzinfo=FIRST_DAY.tzinfo)]
    for place, (start, end) in enumerate(zip([FIRST_DAY, *borders], borders, strict=False)):
        part = [text for text in ordered if start <= text.at < end]
        if part:
            path = folder / f"texts_{place:03d}.jsonl"
            path.write_text("".join(_line(text) for text in part), encoding="utf-8")
            yield Step("inject", path, part[-1].at)


def _line(text: Text) -> str:
    given = {"from": text.sender, "text": text.words, "received_at": text.at.isoformat(timespec="seconds")}
    return json.dumps(given, ensure_ascii=False) + "\n"


def _write(path: Path, header: list[str], rows: Iterable[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
