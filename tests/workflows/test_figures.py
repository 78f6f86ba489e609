"""The executive figures say what the ledger says, by value date, and a closed month never changes silently."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.figures import parse_period, read_topics
from mgov.store import services
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.money import bank_account, bank_entry, bank_statement, bill, settlement
from mgov.store.schema.services import application, service
from mgov.workflows import figures_closing, figures_page, staff
from mgov.workflows.answer import AnswerSettings, answer_next
from mgov.workflows.figures import Figures, FiguresSettings, broken_down, figures_for
from mgov.workflows.handlers.request import HandlerSettings
from mgov.workflows.receive import receive_text
from scheduler.calendar import Calendar
from tests.workflows.citizen import CONFIG, REPLIES

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
IN_USE = datetime(2026, 10, 5, tzinfo=UTC)
SETTINGS = FiguresSettings(read_topics(tomllib.loads((CONFIG / "topics.toml").read_text(encoding="utf-8"))), Calendar())


class Books:
    """Bills and money by hand."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.agencies = db.transact(lambda tx: services.ensure_agencies(tx, ["BAPENDA", "DISNAKERTRANS"], IN_USE))
        self.account = self._new(bank_account, number="1", name="kas", created_at=NOW)
        self._entries = 0
        for code, sector, agency in (("PKB", "pajak", "BAPENDA"), ("IMTA", "ketenagakerjaan", "DISNAKERTRANS")):
            self._new(
                service, code=code, name=code, sector=sector, agency_id=self.agencies[agency], requirements="",
                updated_at=NOW, updated_by="t",
            )  # fmt: skip

    def bill(self, number: str, amount: int, due: date | None, agency: str = "BAPENDA", **values: Any) -> int:  # noqa: ANN401
        """One bill."""
        owner = self.agencies[agency]
        dated = {"created_at": NOW, "updated_at": NOW} | values
        return self._new(bill, number=number, agency_id=owner, amount=amount, due_date=due, **dated)

    def pay(self, bill_id: int, amount: int, on: date) -> int:
        """Money that came in on a value date and settled a bill."""
        self._entries += 1
        statement = self.statement(on, on)
        entry = self._new(
            bank_entry, account_id=self.account, identity=f"e{self._entries}", statement_id=statement,
            booked_at=on.isoformat(), booked_on=on, value_date=on, amount=amount, type="CR", description="",
            created_at=NOW,
        )  # fmt: skip
        paid = {"bank_entry_id": entry, "bill_id": bill_id, "rule": "exact", "actor": "t", "at": NOW}
        return self._new(settlement, amount=amount, **paid)

    def statement(self, first: date, last: date) -> int:
        """A statement that covers some days."""
        return self._new(
            bank_statement, account_id=self.account, file_digest="d", format="generic", entries=0, entries_new=0,
            covers_from=first, covers_to=last, imported_at=NOW, imported_by="t",
        )  # fmt: skip

    def figures(self, topic: str, period: str | None = None, **more: Any) -> Figures:  # noqa: ANN401
        """What a leader reads."""
        found = self.db.read(lambda tx: figures_for(tx, SETTINGS, topic, period, TODAY, **more))
        assert found is not None
        return found

    def _new(self, table: Any, **values: Any) -> int:  # noqa: ANN401
        made = self.db.transact(lambda tx: tx.execute(insert(table).values(**values)).inserted_primary_key)
        return int(made[0])  # type: ignore[index]


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


def test_a_topic_counts_by_prefix_and_by_sector(books: Books) -> None:
    """PAJAK has the bills of tax prefixes and those of agencies with tax services, KETENAGAKERJAAN its own."""
    books.bill("PKB-2026-1", 100, date(2026, 12, 5))
    books.bill("TAGIHAN-7", 200, date(2026, 12, 6))
    books.bill("IMTA-2026-1", 400, date(2026, 12, 7), "DISNAKERTRANS")
    assert books.figures("pajak").billed == 300
    assert books.figures("pkb").billed == 100
    assert books.figures("ketenagakerjaan").billed == 400
    assert books.figures("pad").billed == 700
    assert books.figures("disnakertrans").billed == 400
    assert books.figures("pad", sector="pajak").billed == 300


def test_a_bill_belongs_to_the_days_when_it_falls_due(books: Books) -> None:
    """One without a due date belongs to the day on which it was entered, in the office's time."""
    books.bill("PKB-1", 100, date(2026, 12, 31))
    books.bill("PKB-2", 200, date(2027, 1, 1))
    books.bill("PKB-3", 400, None, created_at=datetime(2026, 11, 30, 17, 30, tzinfo=UTC))  # 1 December in Jakarta
    books.bill("PKB-4", 800, date(2026, 12, 1), state="cancelled")
    assert (books.figures("PAD", "2026-12").bills, books.figures("PAD", "2026-12").billed) == (2, 500)
    assert books.figures("PAD", "2026").billed == 500


def test_money_counts_by_value_date(books: Books) -> None:
    """What the bank valued in October is October's, whenever it was imported; so is what was paid elsewhere."""
    first = books.bill("PKB-1", 1_000, date(2026, 11, 30))
    books.pay(first, 300, date(2026, 10, 31))
    books.pay(first, 200, date(2026, 11, 1))
    books.bill("PKB-2", 50, date(2026, 11, 30), state="paid_elsewhere", paid_on=date(2026, 10, 2))
    assert books.figures("PAD", "2026-10").realised == 350
    november = books.figures("PAD", "November 2026")
    assert (november.realised, november.outstanding) == (200, 500)
    assert books.figures("PAD", "TW4").realised == 550


def test_a_closed_month_never_changes_silently(books: Books) -> None:
    """What comes in of a closed month later is its correction, in the month, the year and each agency."""
    first = books.bill("PKB-1", 1_000, date(2026, 10, 20))
    books.pay(first, 300, date(2026, 10, 21))
    assert figures_closing.close_due(books.db, SETTINGS, TODAY, 10, NOW) == ["2026-10"]
    books.pay(first, 200, date(2026, 10, 22))
    books.pay(first, 70, date(2026, 11, 2))
    october, year = books.figures("PAD", "2026-10"), books.figures("PAD", "2026")
    assert (october.as_closed, october.correction, october.realised) == (300, 200, 500)
    assert (year.as_closed, year.correction, year.paid, year.closed_months) == (370, 200, 570, 1)
    books.bill("PKB-2", 40, date(2026, 10, 25))
    assert books.figures("PAD", "2026-10").billed_correction == 40
    assert books.figures("PKB", "2026-10", agency_id=books.agencies["BAPENDA"]).correction == 200
    assert figures_closing.close_due(books.db, SETTINGS, TODAY, 10, NOW) == []
    with pytest.raises(figures_closing.FiguresError, match="closed already"):
        figures_closing.close_month(books.db, SETTINGS, "2026-10", TODAY, NOW, Actor.system("t"))


def test_what_was_before_this_site_is_not_closed(books: Books) -> None:
    """Figures of months that were loaded as history are computed: nobody was told of them here."""
    books.pay(books.bill("PKB-1", 1_000, date(2026, 9, 20)), 300, date(2026, 9, 21))
    assert figures_closing.close_due(books.db, SETTINGS, TODAY, 10, NOW) == ["2026-10"]
    assert books.figures("PAD", "2026-09").closed_months == 0


def test_a_month_is_not_closed_before_its_day(books: Books) -> None:
    """The statements of its last days need time to come in."""
    books.pay(books.bill("PKB-1", 1_000, date(2026, 10, 20)), 300, date(2026, 10, 21))
    assert figures_closing.close_due(books.db, SETTINGS, date(2026, 11, 9), 10, NOW) == []
    assert figures_closing.close_due(books.db, SETTINGS, date(2026, 11, 10), 10, NOW) == ["2026-10"]
    with pytest.raises(figures_closing.FiguresError, match="not ended"):
        figures_closing.close_month(books.db, SETTINGS, "2026-11", TODAY, NOW, Actor.system("t"))


def test_the_year_is_measured_against_its_target_and_the_year_before(books: Books) -> None:
    """Per cent of the year's target until the end of the period; the same days of last year, up to today's."""
    table = "topic,agency,year,amount\nPAD,,2026,1000\nPKB,BAPENDA,2026,500\nKOPI,,2026,1\nPAD,,x,1\n"
    outcome = figures_closing.import_targets(books.db, SETTINGS, table.encode(), NOW, Actor.system("t"))
    assert (outcome.accepted, [line for line, _, _ in outcome.faults]) == (2, [4, 5])
    first = books.bill("PKB-1", 5_000, date(2026, 10, 20))
    books.pay(first, 100, date(2026, 3, 1))
    books.pay(first, 250, date(2026, 10, 1))
    books.pay(first, 40, date(2025, 11, 24))
    books.pay(first, 1_000, date(2025, 11, 25))  # after today's day of last year
    year = books.figures("PAD")
    assert (year.target, year.percent, year.last_year) == (1_000, 35.0, 40)
    october = books.figures("PAD", "2026-10")
    assert (october.realised, october.so_far, october.percent) == (250, 350, 35.0)
    assert books.figures("PKB", agency_id=books.agencies["BAPENDA"]).percent == 70.0
    assert books.figures("SKRD").percent is None


def test_the_figures_say_until_when_the_bank_is_known(books: Books) -> None:
    """As of the last day that all accounts' statements cover, with the banking days that are missing."""
    books.statement(date(2026, 11, 2), date(2026, 11, 6))
    books.statement(date(2026, 11, 11), date(2026, 11, 20))
    november = books.figures("PAD", "2026-11")
    assert november.as_of == date(2026, 11, 20)
    assert november.missing_days == 3  # the 9th, the 10th, and Monday the 23rd


def test_permits_are_counted_by_topic_and_agency(books: Books) -> None:
    """In progress, and of these overdue after fourteen days; what has ended is neither."""
    own = {"agency_id": books.agencies["DISNAKERTRANS"], "service_id": 2, "created_at": NOW, "updated_at": NOW}
    for number, (status, day) in enumerate(
        (("diproses", date(2026, 11, 20)), ("diproses", date(2026, 10, 1)), ("terbit", date(2026, 10, 1)))
    ):
        books._new(application, reference=f"IZN-{number}", status=status, submitted_on=day, **own)
    labour = books.figures("KETENAGAKERJAAN")
    assert (labour.in_progress, labour.overdue) == (2, 1)
    assert books.figures("PENDIDIKAN").in_progress == 0
    assert books.figures("PERIZINAN", "2026-10").in_progress == 1


def test_a_breakdown_adds_up(books: Books) -> None:
    """The sum over agencies, and over months, is the whole."""
    books.pay(books.bill("PKB-1", 1_000, date(2026, 2, 1)), 300, date(2026, 2, 2))
    books.pay(books.bill("IMTA-1", 500, date(2026, 3, 1), "DISNAKERTRANS"), 500, date(2026, 4, 2))
    whole = books.figures("PAD")
    for by in ("agency", "month", "sector"):
        parts = books.db.read(lambda tx, by=by: list(broken_down(tx, SETTINGS, "PAD", "2026", TODAY, by)))  # type: ignore[misc]
        assert sum(part.realised for part in parts) == whole.realised == 800
        assert sum(part.billed for part in parts) == whole.billed


def test_a_page_has_charts_and_hides_no_markup(books: Books) -> None:
    """Bars as inline SVG, nothing loaded from elsewhere, names escaped."""
    books.pay(books.bill("PKB-1", 1_000, date(2026, 2, 1)), 300, date(2026, 2, 2))
    whole = books.figures("PAD")
    page = books.db.read(lambda tx: figures_page.page(tx, SETTINGS, whole, TODAY))
    assert page.count("<svg") >= 1
    assert "Rp300" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_a_workbook_holds_the_rows(books: Books, tmp_path: Path) -> None:
    """What is written can be read back."""
    rows = [books.figures("PAD").as_values()]
    figures_page.workbook(tmp_path / "f.xlsx", rows)
    sheet = load_workbook(tmp_path / "f.xlsx").active
    assert [cell.value for cell in sheet[1]] == list(rows[0])  # type: ignore[index]
    assert sheet["A2"].value == "PAD"  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        (None, date(2026, 1, 1), date(2027, 1, 1)),
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
        ("12/2026", date(2026, 12, 1), date(2027, 1, 1)),
        ("oktober 2025", date(2025, 10, 1), date(2025, 11, 1)),
        ("Mei", date(2026, 5, 1), date(2026, 6, 1)),
        ("TW2", date(2026, 4, 1), date(2026, 7, 1)),
        ("Q4 2025", date(2025, 10, 1), date(2026, 1, 1)),
        ("triwulan 1", date(2026, 1, 1), date(2026, 4, 1)),
    ],
)
def test_periods_are_read(text: str | None, first: date, after: date) -> None:
    """A year, a month in many spellings, a quarter; none is this year."""
    found = parse_period(text, TODAY)
    assert found is not None
    assert (found.first, found.after) == (first, after)


@pytest.mark.parametrize("text", ["2026-13", "0000", "99999", "kemarin", "TW5", "'; drop table bill; --", "9999-12"])
def test_what_is_no_period_is_said(text: str) -> None:
    """None, never an error."""
    assert parse_period(text, TODAY) is None


def test_a_leader_gets_the_page_by_mail(books: Books) -> None:
    """LAPORAN in a mail from a leader's address with his PIN is answered with the charts; a wrong PIN locks nobody."""
    staff.add(
        books.db, "kepala", ["leader"], now=NOW, actor=Actor.system("t"), phone="+628119990001",
        email="kepala@example.go.id", pin="773019",
    )  # fmt: skip
    books.pay(books.bill("PKB-1", 1_000, date(2026, 2, 1)), 300, date(2026, 2, 2))
    wrong = _mail(books.db, "LAPORAN PAD 2026 111111")
    assert "hanya untuk pimpinan" in wrong["text"]
    assert wrong["html"] is None
    right = _mail(books.db, "LAPORAN PAD 2026 773019")
    assert "Rp300" in right["text"]
    assert "<svg" in right["html"]
    assert right["recipient"].lower() == "kepala@example.go.id"


def _mail(db: Database, words: str) -> RowMapping:
    values = {"channel": "email", "sender": "Kepala@example.go.id", "text": words, "identity": words}
    moments = {"sent_at": NOW, "received_at": NOW}
    db.transact(lambda tx: receive_text(tx, **values, **moments))
    settings = AnswerSettings(HandlerSettings(figures=SETTINGS), REPLIES)
    handled = answer_next(db, settings, NOW)
    assert handled is not None
    rows = db.read(lambda tx: tx.execute(select(outbound_message).order_by(outbound_message.c.id)).mappings().all())
    return rows[-1]
