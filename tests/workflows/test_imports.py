"""Files from agencies: good rows go in, bad ones are named, and the same file again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mgov.domain.actor import Actor
from mgov.store import bills, services
from mgov.store.database import Database
from mgov.store.schema.money import bill, bill_amount, review_case
from mgov.store.schema.services import SECTORS, contact
from mgov.workflows import csv_import as cells
from mgov.workflows.bills import import_bills, plate_of
from mgov.workflows.csv_import import CsvError
from mgov.workflows.services import import_services

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
STAFF = Actor.staff("tester")
HEADER = "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date,status,extra\n"
ONE = "PKB-2026-000001,BAPENDA,3604014107900003,SITI,081200000002,a1234bc,Pajak,1000000,2026-12-20,,x\n"
CATALOGUE = Path(__file__).parents[2] / "config" / "services.csv"


def file_of(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


def row_of(db: Database) -> dict[str, object]:
    return dict(db.read(lambda tx: tx.execute(select(bill)).mappings().one()))


def test_the_same_file_again_changes_nothing(database: Database) -> None:
    """A bill is added once, with its plate, its phone in E.164 and one amount valid from the beginning."""
    first = import_bills(database, file_of(ONE), STAFF, NOW)
    again = import_bills(database, file_of(ONE), STAFF, LATER)
    assert (first.added, again.added, again.updated, again.unchanged) == (1, 0, 0, 1)
    row = row_of(database)
    assert (row["plate"], row["payer_phone"], row["status"]) == ("A 1234 BC", "+6281200000002", "open")
    amounts = database.read(lambda tx: list(tx.execute(select(bill_amount.c.amount, bill_amount.c.valid_from))))
    assert [tuple(line) for line in amounts] == [(1000000, None)]
    assert database.read(lambda tx: tx.execute(select(contact.c.state)).scalar_one()) == "verified"


def test_a_changed_amount_has_a_start_and_the_first_has_none(database: Database) -> None:
    """The first amount is valid from the beginning, the later one from when it was told."""
    import_bills(database, file_of(ONE), STAFF, NOW)
    import_bills(database, file_of(ONE.replace("1000000", "1010000")), STAFF, LATER)
    lines = database.read(lambda tx: list(bills.amounts_of(tx, row_id(tx))))
    assert [(line["amount"], line["valid_from"]) for line in lines] == [(1000000, None), (1010000, LATER)]
    assert row_of(database)["amount"] == 1010000


def row_id(tx: object) -> int:
    return int(tx.execute(select(bill.c.id)).scalar_one())  # type: ignore[attr-defined]


def test_bad_rows_are_named_and_the_others_go_in(database: Database) -> None:
    """An unreadable amount is never zero: the row is refused with its line and column."""
    bad = ONE.replace("000001", "000002").replace("1000000", "1.000.000")
    worse = ONE.replace("000001", "000003").replace("2026-12-20", "31/02/2026")
    result = import_bills(database, file_of(bad, ONE, worse), STAFF, NOW)
    assert result.added == 1
    assert [(error.line, error.column) for error in result.errors] == [(2, "amount"), (4, "due_date")]


def test_strict_is_all_or_nothing(database: Database) -> None:
    """With one bad row a strict import takes none."""
    bad = ONE.replace("000001", "000002").replace("1000000", "x")
    result = import_bills(database, file_of(ONE, bad), STAFF, NOW, strict=True)
    assert (result.added, len(result.errors)) == (0, 1)
    assert database.read(lambda tx: tx.execute(select(bill.c.id)).all()) == []


def test_a_bill_twice_in_one_file_is_one_bill(database: Database) -> None:
    """The later row of a number is a change of the earlier one."""
    result = import_bills(database, file_of(ONE, ONE.replace("1000000", "900000")), STAFF, NOW)
    assert (result.added, result.updated) == (1, 1)
    assert row_of(database)["amount"] == 900000


def test_cancelled_and_paid_elsewhere_and_open_again(database: Database) -> None:
    """The status of a file moves the bill; a file without a status leaves it."""
    import_bills(database, file_of(ONE), STAFF, NOW)
    for said, status in (("cancelled", "cancelled"), ("", "cancelled"), ("paid", "paid"), ("open", "open")):
        import_bills(database, file_of(ONE.replace(",,x", f",{said},x")), STAFF, LATER)
        assert row_of(database)["status"] == status


def test_the_raise_of_a_paid_bill_reopens_it_and_tells_a_person(database: Database) -> None:
    """What was paid in full and is raised is partly paid, and a case waits for a person."""
    import_bills(database, file_of(ONE), STAFF, NOW)
    database.transact(lambda tx: tx.execute(update(bill).values(allocated=1000000)))
    assert row_of(database)["status"] == "paid"
    import_bills(database, file_of(ONE.replace("1000000", "1200000")), STAFF, LATER)
    assert row_of(database)["status"] == "partly_paid"
    assert database.read(lambda tx: tx.execute(select(review_case.c.kind)).scalar_one()) == "bill_raised"


def test_an_odd_phone_is_a_remark_and_the_bill_goes_in(database: Database) -> None:
    """A bill can be paid without the phone of its payer."""
    result = import_bills(database, file_of(ONE.replace("081200000002", "tidak ada")), STAFF, NOW)
    assert (result.added, len(result.remarks)) == (1, 1)


@pytest.mark.parametrize(
    "data", [b"a,b\n1,2\n", b"\xff\xfe\x00", b"", b"number,agency,amount,amount\nx,y,1,1\n"], ids=str
)
def test_what_is_no_file_of_bills_is_refused(migrated_sqlite_url: str, data: bytes) -> None:
    """A wrong header, another encoding and an empty file are refused as a whole."""
    db = Database(migrated_sqlite_url)
    try:
        with pytest.raises(CsvError):
            import_bills(db, data, STAFF, NOW)
    finally:
        db.close()


def test_semicolons_and_a_byte_order_mark_are_read() -> None:
    """Files as Excel writes them here are read, quoted newlines among them."""
    columns = (cells.Column("a", cells.word, required=True), cells.Column("b", cells.prose))
    rows = list(cells.read_rows(cells.lines_of('\ufeffA;b\n1;"x\ny"\n'.encode()), columns))
    assert [row.values for row in rows if isinstance(row, cells.Row)] == [{"a": "1", "b": "x\ny"}]


@pytest.mark.parametrize(
    ("billed", "plate"),
    [("A 1234 BC", "A 1234 BC"), ("b3108nlt", "B 3108 NLT"), ("LOKASI CIPUTAT 55", None), ("", None), (None, None)],
)
def test_a_plate_is_known_from_what_is_billed(billed: str | None, plate: str | None) -> None:
    """Only what is a plate as a whole is one."""
    assert plate_of(billed) == plate


def test_the_shipped_catalogue_is_right(database: Database) -> None:
    """Every shipped service has a sector of the five, requirements and a legal basis, and goes in without a remark."""
    result = import_services(database, CATALOGUE.read_bytes(), STAFF, NOW)
    assert (result.errors, result.remarks) == ([], [])
    rows = database.read(services.listing)
    assert {row["sector"] for row in rows} == set(SECTORS)
    assert all(row["requirements"] and row["legal_basis"] for row in rows)
    assert import_services(database, CATALOGUE.read_bytes(), STAFF, LATER).unchanged == len(rows)


def test_a_letter_that_is_wrong_far_into_the_file_refuses_all_of_it_and_says_where() -> None:
    """A file is checked as a whole before any row goes in; a letter across two parts of it is right."""
    good = b"a,b\n1," + b"x" * ((1 << 20) - 7) + "é\n".encode()
    assert "".join(cells.lines_of(good)).encode() == good
    with pytest.raises(cells.CsvError, match=f"at byte {len(good)}"):
        cells.lines_of(good + b"\xff\n")
