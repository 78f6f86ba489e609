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
from mgov.store.schema.money import bank_entry, review_case
from mgov.workflows import desk
from mgov.workflows.bank_import import ImportOutcome, TargetAccount, import_statement
from parsers.statements import build_dialects
from tests.workflows.payment_world import STRANGER, WIB, PaymentWorld

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PAID = datetime(2026, 10, 12, 9, 0, tzinfo=WIB)
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


def taken_as(db: Database, name: str, text: str) -> ImportOutcome:
    """The same as a CSV of another dialect."""
    settings = {"format": f"csv:{name}", "actor": Actor.system("test"), "now": NOW, "zone": ZONE}
    dialects = build_dialects({name: {"title": name, "header": HEADER.strip().split(","), "columns": COLUMNS}})
    return import_statement(db, io.BytesIO(text.encode()), RKUD, dialects=dialects, **settings)  # type: ignore[arg-type]


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


def kinds(db: Database) -> list[str]:
    """What the entries are, oldest first."""
    return db.read(lambda tx: list(tx.scalars(select(bank_entry.c.kind).order_by(bank_entry.c.id))))


def cases(db: Database) -> list[int]:
    """The entries of which a person is asked whether they are twins."""
    mine = (review_case.c.kind == "twin") & (review_case.c.state == "open")
    return db.read(lambda tx: list(tx.scalars(select(review_case.c.bank_entry_id).where(mine))))


DAY = [("09:00:00", 250000), ("10:00:00", 70000), ("11:00:00", 480500), ("12:00:00", 70000), ("13:00:00", 90100)]
DAY_CSV = csv(*((at, amount, f"JRN{n:09d}", f"KREDIT {n}") for n, (at, amount) in enumerate(DAY)))
DAY_SWIFT = [(amount, f"95166964058{n}", "BI-FAST") for n, (_, amount) in enumerate(DAY)]


@pytest.mark.parametrize("first_csv", [True, False])
def test_a_day_with_other_numbers_throughout_is_still_that_day(db: Database, first_csv: bool) -> None:
    """The formats number differently, but all sums of the day are in both: nothing is there twice, nobody is asked."""
    both = [DAY_CSV, swift(*DAY_SWIFT)]
    first, second = both if first_csv else reversed(both)
    assert taken(db, first).new == 5
    again = taken(db, second)
    assert (again.entries, again.new) == (5, 0)
    assert kinds(db) == ["ordinary"] * 5 + ["twin"] * 5
    assert cases(db) == []
    assert taken(db, second).new == taken(db, first).new == 0


def test_what_the_other_format_has_more_often_is_new(db: Database) -> None:
    """Two equal sums in one format and three in the other are three payments."""
    assert taken(db, DAY_CSV).new == 5
    more = taken(db, swift(*DAY_SWIFT, (70000, "951669640599", "BI-FAST")))
    assert more.new == 1
    assert kinds(db).count("ordinary") == 6
    assert cases(db) == []


def test_one_sum_in_common_is_shown_to_a_person(db: Database) -> None:
    """Other references may be other payments: what tells no number is the twin, it settles nothing, a case asks."""
    assert taken(db, csv(("09:00:00", 250000, "951669640586", "BI-FAST"))).new == 1
    outcome = taken(db, swift((250000, "951669640587", "BI-FAST"), (250000, "NONREF", "BI-FAST")))
    assert outcome.new == 1
    assert any("mgov payment cases" in remark for remark in outcome.remarks)
    assert kinds(db) == ["ordinary", "ordinary", "twin"]
    [asked] = cases(db)
    assert asked == 3
    desk.separate(db, f"#{asked}", reason="transfer lain", actor=Actor.system("test"), now=NOW)
    assert (kinds(db), cases(db)) == (["ordinary"] * 3, [])


def test_where_numbers_agree_another_number_is_doubted(db: Database) -> None:
    """Most of the day agrees by number; the one that does not may be another payment, so a person looks."""
    assert taken(db, csv(*((at, amount, f"95166964058{n}", "X") for n, (at, amount) in enumerate(DAY)))).new == 5
    outcome = taken(db, swift(*DAY_SWIFT[:4], (90100, "951669640777", "BI-FAST")))
    assert outcome.new == 0
    assert len(cases(db)) == 1


def test_equal_balances_prove_a_statement_the_same(db: Database) -> None:
    """One entry a day, other numbers; but both begin and end with the same balances on the same days."""
    row = "2026-10-12T09:00:00+07:00,2026-10-12,250000,CR,JRN1,KREDIT,250000\n"
    dialect = HEADER + row + "2026-10-13T09:00:00+07:00,2026-10-13,5000,DB,JRN2,BIAYA,245000\n"
    assert taken(db, dialect).new == 2
    lines = ":61:2610121012C250000,NTRF951669640586//951669640586\n:86:BI-FAST\n"
    lines += ":61:2610131013D5000,NMSCNONREF\n:86:BIAYA ADM\n"
    assert taken(db, MT940.format(lines, 245000)).new == 0
    assert (kinds(db), cases(db)) == (["ordinary"] * 2 + ["twin"] * 2, [])


def test_another_time_of_the_day_is_another_payment(db: Database) -> None:
    """Where both formats tell the time and the times are hours apart, neither is the other's twin."""
    assert taken(db, csv(("09:00:00", 250000, "951669640586", "BI-FAST"))).new == 1
    other = taken_as(db, "other", csv(("15:00:00", 250000, "JRN1", "KREDIT")))
    assert (other.new, kinds(db)) == (1, ["ordinary", "ordinary"])


def test_a_twin_is_no_money_for_a_second_bill(database: Database) -> None:
    """The credit settled a bill; a claim with the other format's number for the same money finds none."""
    world = PaymentWorld(database)
    world.bill("SKRD-2026-000001", 250_000)
    world.bill("SKRD-2026-000002", 250_000, payer_name="JOKO LAIN SEKALI")
    world.claim("SKRD-2026-000001", proof="951669640586", paid_at=PAID)
    world.claim("SKRD-2026-000002", proof="880000000001", sender=STRANGER, paid_at=PAID)
    assert taken(database, swift((250000, "951669640586", "BI-FAST"))).new == 1
    assert taken(database, csv(("09:00:00", 250000, "880000000001", "KREDIT"))).new == 0
    world.match()
    assert world.statuses() == ["settled", "awaiting_funds"]
    assert world.bill_status("SKRD-2026-000002") == "open"


def test_within_one_format_another_time_is_another_payment(db: Database) -> None:
    """A batch reference used twice a day: the later statement of the same format brings the second payment."""
    assert taken(db, csv(("09:00:00", 250000, "006097530", "TRF MASSAL"))).new == 1
    assert taken(db, csv(("15:00:00", 250000, "006097530", "TRF MASSAL"))).new == 1
