"""The same entries in two formats of one account are stored once; two real equal payments stay two."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from mgov.domain.actor import Actor
from mgov.store.database import Database, temporary
from mgov.store.schema.money import bank_entry
from mgov.workflows.bank_import import ImportOutcome, TargetAccount, import_statement
from parsers.statements import build_dialects

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
RKUD = TargetAccount("0061234567", "RKUD")
HEADER = "booked_at,value_date,amount,type,reference,description,balance\n"
NAMES = ("booked_at", "value_date", "amount", "reference", "description", "balance")
COLUMNS = {**{name: name for name in NAMES}, "direction": "type"}
DIALECTS = build_dialects({"generic": {"title": "g", "header": HEADER.strip().split(","), "columns": COLUMNS}})
MT940 = """:20:STMT
:25:0061234567
:28C:1/1
:60F:C261012IDR0,
{}:62F:C261013IDR{},
"""


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    with temporary(migrated_url) as database:
        yield database


def taken(db: Database, text: str) -> ImportOutcome:
    """Import one statement, its format told by its content."""
    settings = {"format": "auto", "dialects": DIALECTS, "actor": Actor.system("test"), "now": NOW, "zone": ZONE}
    return import_statement(db, io.BytesIO(text.encode()), RKUD, **settings)  # type: ignore[arg-type]


def csv(*rows: tuple[str, int, str, str]) -> str:
    """A CSV statement: time, amount, reference and description of each credit."""
    lines = [f"2026-10-12T{at}+07:00,2026-10-12,{amount},CR,{ref},{text},\n" for at, amount, ref, text in rows]
    return HEADER + "".join(lines)


def swift(*rows: tuple[int, str, str]) -> str:
    """The same day as MT940: amount, reference and description of each credit."""
    lines = [f":61:2610121012C{amount},NTRF{ref}//{ref}\n:86:{text}\n" for amount, ref, text in rows]
    return MT940.format("".join(lines), sum(amount for amount, _, _ in rows))


def stored(db: Database) -> int:
    return int(db.read(lambda tx: tx.scalar(select(func.count()).select_from(bank_entry))) or 0)


TWO_CSV = csv(("09:00:00", 250000, "951669640586", "BI-FAST CR BRI"), ("10:30:00", 70000, "162445410309", "SETOR"))
TWO_SWIFT = swift((250000, "951669640586", "TRSF BI-FAST BRI/ASEP"), (70000, "162445410309", "SETORAN TUNAI"))


@pytest.mark.parametrize(("first", "second"), [(TWO_CSV, TWO_SWIFT), (TWO_SWIFT, TWO_CSV)])
def test_the_same_day_in_another_format_changes_nothing(db: Database, first: str, second: str) -> None:
    """Whichever format comes first: the reference, the amount and the day agree."""
    assert taken(db, first).new == 2
    again = taken(db, second)
    assert (again.entries, again.new) == (2, 0)
    assert any("another format" in remark for remark in again.remarks)
    assert stored(db) == 2
    assert taken(db, first).new == taken(db, second).new == 0


def test_two_real_equal_payments_stay_two_in_both_formats(db: Database) -> None:
    """Two equal rows are two; the other format brings none of them again, but brings a third."""
    row = ("09:00:00", 250000, "006097530", "TRF MASSAL")
    assert taken(db, csv(row, row)).new == 2
    equal = (250000, "006097530", "TRF MASSAL BANTEN")
    assert taken(db, swift(equal, equal)).new == 0
    assert taken(db, swift(equal, equal, equal)).new == 1
    assert taken(db, csv(row, row, row)).new == 0
    assert stored(db) == 3


def test_a_number_in_the_others_description_makes_a_twin(db: Database) -> None:
    """CSV has the bank's own number, MT940 the payer's proof: it stands in the description."""
    assert taken(db, csv(("09:00:00", 250000, "BB260000000012", "TRF/BRI/951669640586/PEMPROV"))).new == 1
    assert taken(db, swift((250000, "951669640586", "BI-FAST"))).new == 0


def test_what_only_the_amount_and_the_day_have_in_common_is_two(db: Database) -> None:
    """Other references are other payments, whatever the format; without one nothing is taken for a twin."""
    assert taken(db, csv(("09:00:00", 250000, "951669640586", "BI-FAST"))).new == 1
    assert taken(db, swift((250000, "951669640587", "BI-FAST"), (250000, "NONREF", "BI-FAST"))).new == 2


def test_within_one_format_another_time_is_another_payment(db: Database) -> None:
    """A batch reference used twice a day: the later statement of the same format brings the second payment."""
    assert taken(db, csv(("09:00:00", 250000, "006097530", "TRF MASSAL"))).new == 1
    assert taken(db, csv(("15:00:00", 250000, "006097530", "TRF MASSAL"))).new == 1
