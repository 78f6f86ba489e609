"""Hostile statements, tables and names of files: refused with a reason, and nothing outside is read or written."""

from __future__ import annotations

import io
import os
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from mgov.domain.actor import Actor
from mgov.store.database import Database
from mgov.store.schema.money import bank_entry
from mgov.workflows.bank_import import TargetAccount, import_statement
from mgov.workflows.bills import COLUMNS, import_bills
from mgov.workflows.csv_import import CsvError
from mgov.workflows.drop_folder import import_dropped
from parsers.statements import StatementError, build_dialects, read_statements
from tests.security.hostile import BY_HAND, mutated

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
_DIALECT = {
    "title": "generic",
    "header": ["booked_at", "amount", "type", "description"],
    "columns": {"booked_at": "booked_at", "amount": "amount", "direction": "type", "description": "description"},
}
GENERIC = build_dialects({"generic": _DIALECT, "sheet": {**_DIALECT, "medium": "sheet"}})
MT940 = (
    b":20:R\n:25:0061234567001\n:28C:1/1\n:60F:C261101IDR100,\n:61:2611051105C500000,NTRF12345//FT26111AAA\n"
    b":86:SETORAN PKB-2026-000001 BUDI\n:62F:C261130IDR500100,\n"
)
CAMT = (
    b'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
    b"<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr><Id>0061234567001</Id></Othr></Id><Ccy>IDR</Ccy></Acct>"
    b'<Ntry><Amt Ccy="IDR">500000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-05</Dt></BookgDt>'
    b"<ValDt><Dt>2026-11-05</Dt></ValDt><AcctSvcrRef>FT1</AcctSvcrRef></Ntry></Stmt></BkToCstmrStmt></Document>"
)
CSV = b"booked_at,amount,type,description\n2026-11-05,500000,CR,PKB-2026-000001 BUDI\n2026-11-06,1,DB,biaya\n"
BILLS = (
    b"number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    b"PKB-2026-000001,BAPENDA,3604014107900003,SITI,081200000002,A 1234 BC,Pajak,500000,2026-12-20\n"
)


def _workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in (("booked_at", "amount", "type", "description"), ("2026-11-05", 500000, "CR", "PKB")):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def db(migrated_sqlite_url: str) -> Database:
    return Database(migrated_sqlite_url)


@pytest.mark.parametrize("valid", [MT940, CAMT, CSV, _workbook()], ids=["mt940", "camt", "csv", "xlsx"])
def test_a_thousand_spoilt_statements_are_refused_or_read(valid: bytes) -> None:
    """Each mutation is a statement or a `StatementError` with a code and a sentence; nothing else, and quickly."""
    form = "csv:sheet" if valid.startswith(b"PK") else "auto"
    read_statements(valid, form, GENERIC)
    began = time.process_time()
    for data in mutated(valid, 300 if valid.startswith(b"PK") else 1000):
        with suppress(StatementError):
            read_statements(data, form, GENERIC)
    assert time.process_time() - began < 60


def test_spoilt_statements_never_bring_in_more_than_they_say(db: Database) -> None:
    """Through the import into the database: what is refused leaves nothing behind, what is read adds up."""
    for number, data in enumerate(mutated(MT940, 150, seed=7)):
        before = _count(db, bank_entry)
        try:
            outcome = import_statement(
                db,
                io.BytesIO(data),
                TargetAccount("0061234567001"),
                format="auto",
                dialects=GENERIC,
                actor=Actor.staff("kasir"),
                now=NOW,
                zone=ZONE,
                file_name=f"../../etc/{number}\x1b[31m.sta",
            )
        except StatementError:
            assert _count(db, bank_entry) == before
        else:
            assert _count(db, bank_entry) == before + outcome.new


@pytest.mark.parametrize("depth", [10, 10_000, 200_000])
def test_deep_xml_ends_in_a_sentence(depth: int) -> None:
    """Elements nested without end do not exhaust the stack."""
    data = CAMT.replace(b"<Ntry>", b"<x>" * depth + b"<Ntry>", 1)
    with pytest.raises(StatementError):
        read_statements(data, "auto", GENERIC)


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>',
    ],
)
def test_entities_and_outside_files_are_never_read_from_xml(doctype: bytes) -> None:
    """XXE and entity bombs are refused as unsafe."""
    with pytest.raises(StatementError) as caught:
        read_statements(CAMT.replace(b"?>", b"?>" + doctype, 1), "auto", GENERIC)
    assert caught.value.code == "unsafe_xml"


def _xlsx_with(name: str, content: bytes) -> bytes:
    source, target = io.BytesIO(_workbook()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, content)
    return target.getvalue()


def test_a_workbook_with_an_entity_a_bomb_or_a_path_outside_does_no_harm(tmp_path: Path) -> None:
    """XML entities in a sheet, a part of 100 MB of zeros, and parts named outside of the archive."""
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
    )
    for data in (
        _xlsx_with("xl/workbook.xml", entity),
        _xlsx_with("xl/worksheets/sheet1.xml", entity),
        _xlsx_with("xl/worksheets/sheet1.xml", b"0" * 100_000_000),
    ):
        with pytest.raises(StatementError):
            read_statements(data, "csv:sheet", GENERIC)
    before = sorted(os.listdir(tmp_path))
    read_statements(_xlsx_with("../../../../tmp/mgov-palsu", b"x"), "csv:sheet", GENERIC)
    assert not Path("/tmp/mgov-palsu").exists()
    assert sorted(os.listdir(tmp_path)) == before


def test_names_in_the_drop_folder_lead_nowhere_else(db: Database, tmp_path: Path) -> None:
    """Links, pipes, devices, hidden files and names with controls: nothing outside is read, moved or overwritten."""
    drop, secret = tmp_path / "drop", tmp_path / "secret.sta"
    (drop / "RKUD").mkdir(parents=True)
    secret.write_bytes(MT940)
    (drop / "RKUD" / "link.sta").symlink_to(secret)
    (drop / "outside").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(drop / "RKUD" / "pipe.sta")
    (drop / "RKUD" / ".hidden.sta").write_bytes(MT940)
    names = ["a\nb.sta", "\x1b[31m.sta", "-rf.sta", "a" * 200 + ".sta", "$(id).sta", "..sta"]
    for name in names:
        (drop / "RKUD" / name).write_bytes(MT940)
    (drop / "failed").mkdir()
    for path in drop.rglob("*"):
        os.utime(path, (0, 0), follow_symlinks=False)
    account = TargetAccount("0061234567001", "RKUD")
    results = import_dropped(db, drop, [account], dialects=GENERIC, actor=Actor.system("drop"), now=NOW, zone=ZONE)
    assert secret.read_bytes() == MT940
    assert {result.name for result in results if result.outcome is None} == {"link.sta", "outside"}
    assert _count(db, bank_entry) == 1
    assert sorted(path.name for path in (drop / "done").iterdir()) == sorted(n for n in names if not n.startswith("."))


def test_a_thousand_spoilt_csv_files_are_refused_by_row_or_as_a_whole(db: Database) -> None:
    """Bills: a bad row has its line and column; what is kept is what the columns allow."""
    for data in mutated(BILLS, 300):
        with suppress(CsvError):
            result = import_bills(db, data, Actor.staff("petugas"), NOW)
            assert all(problem.line and problem.column and problem.reason for problem in result.errors)


@pytest.mark.parametrize("words", BY_HAND, ids=range(len(BY_HAND)))
def test_every_cell_takes_every_hostile_text_or_refuses_it(db: Database, words: str) -> None:
    """Each text of the table in each column of a bill: one row, added or refused; the next file still goes in."""
    names = [column.name for column in COLUMNS]
    good = {"number": "PKB-2026-000001", "agency": "BAPENDA", "amount": "1000"}
    lines = [",".join(names)]
    for name in names:
        cells = {**good, "number": f"PKB-2026-{len(lines):06d}", name: words}
        lines.append(",".join('"' + cells.get(column, "").replace('"', '""') + '"' for column in names))
    data = "\n".join(lines).encode("utf-8", "replace")
    try:
        result = import_bills(db, data, Actor.staff("petugas"), NOW)
    except CsvError:
        return
    assert result.accepted + len(result.errors) == len(names)


def _count(db: Database, table: object) -> int:
    return int(db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))  # type: ignore[arg-type]
