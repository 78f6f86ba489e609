"""Importing statements, on every database: all or nothing, nothing twice, two equal payments are two."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from mgov.domain.actor import Actor
from mgov.store.database import Database, temporary
from mgov.store.schema.money import bank_account, bank_entry, bank_statement
from mgov.workflows.bank_import import ImportOutcome, TargetAccount, import_statement
from mgov.workflows.drop_folder import import_dropped
from parsers.statements import StatementError, build_dialects

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
RKUD = TargetAccount("0061234567", "RKUD", "BANTEN", "PEMPROV BANTEN")
BRI = TargetAccount("0331999888", "PENAMPUNG", "BRI", "PEMPROV BANTEN")
HEADER = "booked_at,value_date,amount,type,reference,description,balance\n"
DIALECTS = build_dialects(
    {
        "generic": {
            "title": "generic",
            "header": HEADER.strip().split(","),
            "columns": {
                **{name: name for name in ("booked_at", "value_date", "amount", "reference", "description", "balance")},
                "direction": "type",
            },
        }
    }
)
A = "2026-10-12T11:12:21+07:00,2026-10-12,967000,CR,951669640586,BI-FAST CR BRI,967000\n"
B = "2026-10-12T14:33:21+07:00,2026-10-12,213500,CR,162445410309,BI-FAST CR BRI,1180500\n"
C = "2026-10-13T09:00:00+07:00,2026-10-13,1180500,DB,BB261012335045,PEMINDAHBUKUAN KE RKUD,0\n"


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    with temporary(migrated_url) as database:
        yield database


def _import(db: Database, text: str, account: TargetAccount = RKUD, **more: object) -> ImportOutcome:
    settings = {"format": "auto", "dialects": DIALECTS, "actor": Actor.staff("kasir"), "now": NOW, "zone": ZONE, **more}
    return import_statement(db, io.BytesIO(text.encode()), account, **settings)  # type: ignore[arg-type]


def _count(db: Database, table: object = bank_entry) -> int:
    return int(db.read(lambda tx: tx.scalar(select(func.count()).select_from(table))))  # type: ignore[arg-type]


def test_same_and_overlapping_statements_change_nothing(db: Database) -> None:
    """The same file again writes nothing; an overlapping one brings only what is new."""
    assert _import(db, HEADER + A + B).new == 2
    assert _import(db, HEADER + A + B).new == 0
    assert _count(db, bank_statement) == 1
    again = _import(db, HEADER + B + C)
    assert (again.entries, again.new) == (2, 1)
    assert _count(db) == 3
    assert _count(db, bank_account) == 1


def test_two_equal_payments_are_two(db: Database) -> None:
    """Equal in everything, twice on one statement: two payments, also after an overlapping import."""
    twin = A.replace(",967000\n", ",\n")
    assert _import(db, HEADER + twin + twin).new == 2
    assert _import(db, HEADER + twin + twin + B.replace(",1180500\n", ",\n")).new == 1


def test_a_statement_that_does_not_add_up_leaves_nothing(db: Database) -> None:
    """A broken balance or an unreadable line in the last row undoes the whole import."""
    for text in (A + B.replace("1180500\n", "1180501\n"), A + B.replace("213500,CR", "2I3500,CR")):
        with pytest.raises(StatementError):
            _import(db, HEADER + text)
    assert (_count(db), _count(db, bank_statement), _count(db, bank_account)) == (0, 0, 0)


def test_only_rupiah_and_only_this_account(db: Database) -> None:
    """Another currency or another account's statement is refused."""
    swift = ":20:R\n:25:{}\n:28C:1\n:60F:C261001{}0,\n:61:2610121012C5,NTRFA//B\n:62F:C261031{}5,\n"
    with pytest.raises(StatementError, match="rupiah"):
        _import(db, swift.format("0061234567", "USD", "USD"))
    with pytest.raises(StatementError, match="rekening"):
        _import(db, swift.format("0069999999", "IDR", "IDR"))
    assert _import(db, swift.format("BANTEN/0061234567", "IDR", "IDR")).new == 1


def test_a_dot_for_thousands_is_never_a_small_sum(db: Database) -> None:
    """`150.000` in a file with decimal dots is refused with what to write, not booked as 150 rupiah."""
    with pytest.raises(StatementError, match=r"line 2: 150\.000: titik ribuan\? tulis 150000"):
        _import(db, HEADER + "2026-10-12,2026-10-12,150.000,CR,951669640586,TRF,\n")
    assert _count(db) == 0


def test_booking_time_is_kept_as_the_statement_says(db: Database) -> None:
    """An offset, a bare day and a naive time each keep what they say; the last gets the office's zone."""
    rows = [A, "2026-10-13,2026-10-13,5,CR,x,d,967005\n", "2026-10-14T01:02:03,2026-10-14,5,CR,y,d,967010\n"]
    _import(db, HEADER + "".join(rows))
    found = db.read(lambda tx: list(tx.scalars(select(bank_entry.c.booked_at).order_by(bank_entry.c.id))))
    assert found == ["2026-10-12T11:12:21+07:00", "2026-10-13", "2026-10-14T01:02:03+07:00"]


def test_coverage_and_gap(db: Database) -> None:
    """A statement covers its entries' days or what the person says; an opening that does not follow is shown."""
    first = _import(db, HEADER + A, covers=(date(2026, 10, 1), date(2026, 10, 12)))
    assert (first.covers_from, first.covers_to, first.gaps) == (date(2026, 10, 1), date(2026, 10, 12), ())
    second = _import(db, HEADER + C.replace(",0\n", ",500\n"))
    assert (second.covers_from, second.covers_to) == (date(2026, 10, 13), date(2026, 10, 13))
    assert "967000" in second.gaps[0]


def test_a_statement_that_starts_inside_another_shows_no_gap(db: Database) -> None:
    """Overlapping weeks and a day in two halves follow each other; a half that is missing is still seen."""
    row = "2026-10-{}T09:00:00+07:00,2026-10-{},{},CR,{},d,{}\n"
    _import(db, HEADER + row.format("01", "01", 10, "a1", 10))
    week = row.format("05", "05", 5, "b1", 15) + row.format("09", "09", 5, "b2", 20)
    assert _import(db, HEADER + week).gaps == ()
    inside = row.format("07", "07", 0, "b3", 15) + row.format("09", "09", 5, "b2", 20)
    assert _import(db, HEADER + inside).gaps == ()
    morning, evening = row.format("12", "12", 7, "c1", 27), row.format("12", "12", 3, "c2", 30)
    assert _import(db, HEADER + morning).gaps == ()
    assert _import(db, HEADER + evening).gaps == ()
    assert len(_import(db, HEADER + row.format("12", "12", 1, "c3", 40)).gaps) == 1


def test_sweep_between_own_accounts_is_paired(db: Database) -> None:
    """The nightly sweep is neither money in nor a reversal; a citizen's credit of the same amount stays."""
    _import(db, HEADER + A + B + C, BRI)
    credit = "2026-10-13T09:00:05+07:00,2026-10-13,1180500,CR,{},{},{}\n"
    rows = credit.format("BB261012335045", "PEMINDAHBUKUAN DARI BRI", 1180500)
    outcome = _import(db, HEADER + rows + credit.format("99", "TRF BUDI", 2361000))
    assert outcome.own_transfers == 1
    kinds = db.read(lambda tx: list(tx.scalars(select(bank_entry.c.kind).order_by(bank_entry.c.id))))
    assert kinds == ["ordinary", "ordinary", "own_transfer", "own_transfer", "ordinary"]


def test_drop_folder_sets_a_bad_file_aside_with_its_reason(db: Database, tmp_path: Path) -> None:
    """A good file is imported and kept, a bad one lies apart with its reason, one still written to is left."""
    folder = tmp_path / "drop"
    (folder / "RKUD").mkdir(parents=True)
    files = {"good.csv": HEADER + A, "bad.csv": "nothing", "young.csv": HEADER + A}
    for name, text in files.items():
        path = folder / "RKUD" / name
        path.write_text(text)
        age = timedelta(seconds=0 if name == "young.csv" else 60)
        os.utime(path, times=((NOW - age).timestamp(),) * 2)
    results = import_dropped(db, folder, [RKUD], dialects=DIALECTS, actor=Actor.system("drop"), now=NOW, zone=ZONE)
    assert {r.name: r.outcome is not None for r in results} == {"good.csv": True, "bad.csv": False}
    assert (folder / "done" / "good.csv").exists()
    assert (folder / "failed" / "bad.csv").exists()
    assert "format" in (folder / "failed" / "bad.csv.reason.txt").read_text()
    assert (folder / "RKUD" / "young.csv").exists()
    assert _count(db) == 1


def test_the_payers_own_reference_is_kept_beside_the_banks(db: Database) -> None:
    """SWIFT's `FT26316ABC12//BJB99887`: either may be the proof number on the payer's receipt."""
    swift = ":20:R\n:25:0061234567\n:28C:1\n:60F:C261112IDR0,\n"
    swift += ":61:2611121112C5,NTRFFT26316ABC12//BJB99887\n:86:TRF\n:62F:C261112IDR5,\n"
    assert _import(db, swift).new == 1
    query = select(bank_entry.c.reference, bank_entry.c.description)
    assert db.read(lambda tx: tuple(tx.execute(query).one())) == ("BJB99887", "TRF FT26316ABC12")
    assert _import(db, swift.replace(":28C:1\n", ":28C:2\n")).new == 0
