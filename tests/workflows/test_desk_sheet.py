"""The review sheet goes out as XLSX and comes back filled in, each row for itself."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from sqlalchemy import insert

from mgov.domain.actor import Actor
from mgov.store import audit, staff
from mgov.store.database import Database
from mgov.store.schema.staff import agency
from mgov.workflows import desk_sheet, payments_view
from mgov.workflows.desk_age import Ages
from mgov.workflows.desk_sheet import Decided, SheetError
from scheduler.calendar import Calendar
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, POLICY, SECOND, STRANGER, TOLD, PaymentWorld

BILL, OTHER = "SKRD-2026-004512", "SKRD-2026-009999"
PROOF = "353107343110"
AGES = Ages(Calendar(), POLICY.zone, NOW)


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    """Two people claim one credit: both wait for a person."""
    world = PaymentWorld(database)
    world.bill(BILL, 250_000)
    world.bill(OTHER, 250_000, payer_name="JOKO LAIN SEKALI")
    world.claim(BILL, proof=PROOF)
    world.claim(OTHER, proof=PROOF, sender=STRANGER)
    world.entry(PROOF, 250_000)
    world.match()
    return world


def sheet_of(world: PaymentWorld) -> Any:  # noqa: ANN401 - openpyxl ships no types
    """The exported sheet, opened."""
    stream = io.BytesIO()
    rows = payments_view.reviewed(world.db, CASHIER, AGES)
    assert desk_sheet.write(rows, stream, AGES) == len(rows)
    return openpyxl.load_workbook(stream)


def fill_in(book: Any, line: int, **cells: str) -> None:  # noqa: ANN401 - the same
    """Write into a row of the sheet by the names of its columns."""
    header = [cell.value for cell in book.active[1]]
    for name, value in cells.items():
        book.active.cell(line, header.index(name) + 1, value)


def taken(world: PaymentWorld, book: Any, **who: Any) -> list[Decided]:  # noqa: ANN401 - the same
    """Import a sheet."""
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return desk_sheet.take(world.db, stream, **{"actor": CASHIER, "now": NOW, "told": TOLD, **who})


def test_a_filled_in_sheet_decides_with_actor_and_reason(world: PaymentWorld) -> None:
    """One is approved by the bank entry, the other refused; both are told, both are in the audit with the reason."""
    book = sheet_of(world)
    fill_in(book, 2, decision="approve", entry=PROOF, reason="rekening koran cocok", decided_by="Bu Ani")
    fill_in(book, 3, decision="reject", reason="bukti milik orang lain")
    decided = taken(world, book)
    assert [row.problem for row in decided] == ["", ""]
    assert world.statuses() == ["settled", "rejected"]
    assert world.texts(CITIZEN)[-1].startswith("LUNAS")
    assert "bukti milik orang lain" in world.texts(STRANGER)[-1]
    rows = world.db.read(lambda tx: [r for r in audit.rows(tx) if r["object_kind"] == "payment"])
    assert [(r["actor"], "cocok" in r["detail"], "Bu Ani" in r["detail"]) for r in rows[:1]] == [
        ("staff:ani", True, True)
    ]


def test_decisions_may_be_written_in_indonesian(world: PaymentWorld) -> None:
    """`Setuju` approves and `tolak` refuses."""
    book = sheet_of(world)
    fill_in(book, 2, decision="Setuju", entry=PROOF, reason="rekening koran cocok")
    fill_in(book, 3, decision="tolak", reason="bukti milik orang lain")
    assert [row.problem for row in taken(world, book)] == ["", ""]
    assert world.statuses() == ["settled", "rejected"]


def test_what_cannot_be_done_is_said_and_the_rest_is_done(world: PaymentWorld) -> None:
    """Without an entry, without a reason, with a word that is no decision: refused by the row."""
    book = sheet_of(world)
    fill_in(book, 2, decision="approve", reason="yakin")
    fill_in(book, 3, decision="reject", reason="bukan miliknya")
    first, second = taken(world, book)
    assert "bank entry" in first.problem
    assert second.outcome.startswith("rejected")
    assert world.statuses() == ["review", "rejected"]


def test_a_case_that_changed_since_is_not_decided_by_an_old_sheet(world: PaymentWorld) -> None:
    """Two cashiers with a sheet each: the second is told that somebody was first."""
    book, again = sheet_of(world), sheet_of(world)
    fill_in(book, 2, decision="reject", reason="satu")
    fill_in(again, 2, decision="approve", entry=PROOF, reason="dua")
    taken(world, book)
    [late] = taken(world, again, actor=SECOND)
    assert late.problem.startswith("conflict")
    assert world.statuses()[0] == "rejected"
    assert world.books()[1] == 0


def test_a_row_of_another_agency_stops_no_other(world: PaymentWorld) -> None:
    """Who belongs to one agency imports the sheet of all: his rows are done, the others are said."""
    dishub = world.db.transact(
        lambda tx: tx.execute(insert(agency).values(code="DISHUB", name="Dishub", created_at=NOW)).inserted_primary_key
    )
    values = {"login": "eka", "agency_id": dishub[0], "created_at": NOW}
    world.db.transact(lambda tx: staff.add(tx, ["cashier"], created_by="test", **values))
    world.bill("RTR-2026-000001", 100_000, agency_id=dishub[0])
    world.claim("RTR-2026-000001", proof="777666555444", amount=100_000)
    world.entry("777666555444", 90_000)
    world.match()
    book = sheet_of(world)
    for line in (2, 4):
        fill_in(book, line, decision="tolak", reason="bukan miliknya")
    first, last = taken(world, book, actor=Actor.staff("eka"))
    assert (first.outcome, "dinas" in first.problem) == ("", True)
    assert last.outcome.startswith("rejected")


def test_a_reference_keeps_its_zeros_in_a_spreadsheet(world: PaymentWorld) -> None:
    """The cell for the entry is text: 0083296793 typed there does not become 83296793."""
    book = sheet_of(world)
    header = [cell.value for cell in book.active[1]]
    assert [row[header.index("entry")].number_format for row in book.active.iter_rows(min_row=2)] == ["@", "@"]


def test_rows_without_a_decision_are_left_alone(world: PaymentWorld) -> None:
    """An untouched sheet changes nothing."""
    assert taken(world, sheet_of(world)) == []
    assert world.statuses() == ["review", "review"]


def test_another_file_is_refused_as_a_whole(world: PaymentWorld) -> None:
    """What is no sheet, or not ours, says so."""
    with pytest.raises(SheetError):
        desk_sheet.take(world.db, io.BytesIO(b"id;decision"), actor=CASHIER, now=NOW)
    with pytest.raises(SheetError, match="version"):
        taken(world, openpyxl.Workbook())


def test_a_text_of_a_citizen_never_becomes_a_formula(world: PaymentWorld) -> None:
    """A proof that begins with an equals sign is text in the sheet."""
    world.claim(BILL, proof='=HYPERLINK("http://example.invalid")353107343110', sender="+628111000999")
    world.match()
    cells = [cell.value for row in sheet_of(world).active.iter_rows() for cell in row]
    assert not [value for value in cells if isinstance(value, str) and value.startswith("=")]


def test_the_age_counts_working_days(world: PaymentWorld) -> None:
    """From Tuesday to next Monday: four working days, and so too old."""
    [row, _] = payments_view.reviewed(world.db, CASHIER, Ages(Calendar(), POLICY.zone, NOW + timedelta(days=6)))
    assert (row["age"], row["late"]) == (4, True)
    [row, _] = payments_view.reviewed(world.db, CASHIER, AGES)
    assert (row["age"], row["late"]) == (0, False)
