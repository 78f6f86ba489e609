"""The shipped dialects: each reads its bank's layout to the rupiah."""

from __future__ import annotations

import io
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from parsers.statements import Statement, StatementError, build_dialects, read_statements
from parsers.statements.dialect import DialectError

DIALECTS = build_dialects(
    tomllib.loads((Path(__file__).parents[3] / "config" / "bank_dialects.toml").read_text(encoding="utf-8"))
)

BCA = """No. Rekening,=,'0061234567
Nama,=,CONTOH
Mata Uang,=,IDR

Tanggal,Keterangan,Cabang,Jumlah,,Saldo
'27/06/2026,TRSF E-BANKING CR 2606/FTSCY/WS95031 100000.00BUDI CONTOH,'0000,100000.00,CR,4964637.00
'28/06/2026,BIAYA ADM,'0000,4637.00,DB,4960000.00
PEND,TRSF E-BANKING CR 250.00 BUDI,'0000,250.00,CR,4960250.00
Saldo Awal,=,4864637.00
Kredit,=,100250.00
Debet,=,4637.00
Saldo Akhir,=,4960250.00
"""
BCA_EN = """Account No.,=,'0061234567
Date,Description,Branch,Amount,,Balance
'01/01/2026,TRSF E-BANKING CR 0101/FTSCY/WS95271 807400.00SF CONTOH,'0000,807400.00,CR,4637271.73
Starting Balance,=,3829871.73
Ending Balance,=,4637271.73
"""
BCA_BISNIS = """"Informasi Rekening - Mutasi Rekening"
"No. rekening : 0061234567"
"Periode : 01/08/2026 - 09/08/2026"
"Kode Mata Uang : Rp"
"Tanggal Transaksi","Keterangan","Cabang","Jumlah","Saldo"
"08/08/2026","TRSF E-BANKING CR 0808/FTSCY/WS95271 BUDI","0000","8,520,000.00 CR","162,896,421.00"
"09/08","BIAYA ADM","0000","896,421.00 DB",""
"Saldo Awal : 154,376,421.00"
"Mutasi Debet : 896,421.00","1"
"Mutasi Kredit : 8,520,000.00","1"
"Saldo Akhir : 162,000,000.00"
"""
BCA_TAB = (
    "No\tTanggal\tKeterangan\tDebit\tKredit\tSaldo\n"
    "1\t02/01/2026\tTRANSFER E-BANKING\tRp 100.000,00\t-\tRp 900.000,00\n"
)
KOPRA = """AccountNo;Ccy;PostDate;Remarks;AdditionalDesc;Credit Amount;Debit Amount;Close Balance
1060000000000;IDR;07 August 2026 10:16:54;PT CONTOH      ;Trf Inw CN;1000000.00;0.00;14838932.64
1060000000000;IDR;08 Agustus 2026 11:00:00;PT CONTOH;Biaya;0.00;932.64;14838000.00
"""
MCM = """Account No,Date,Val. Date,Transaction Code,Description,Description,Reference No.,Debit,Credit
0060000000000,22/01/26,23/01/26,7820,"MCM InhouseTrf  DARI PT CONTOH","G0750709 2201", ,".00","41,300.00"
"""
BRI_CMS = (
    '"ID","NOREK","TGL_TRAN","TGL_EFEKTIF","JAM_TRAN","SEQ","DESK_TRAN","SALDO_AWAL_MUTASI","MUTASI_DEBET",'
    '"MUTASI_KREDIT","SALDO_AKHIR_MUTASI","GLSIGN"\n'
    '"1","000001000000000","2026-06-27 00:04:26","2026-06-27 00:04:26","426","4074000","OnUs 1 260707 001999000000 TK '
    'AMT:20.100.000,00MDR:100.000,00","4116652.00",".00","20000000.00","24116652.00","Cr"\n'
)
BRI_IB = (
    "Tanggal Transaksi,Uraian Transaksi,Teller,Debet,Kredit,Saldo\n"
    '27/06/26,TRANSFER BUDI,8888,"0,00","1.234.567,00","2.234.567,00"\n'
)
BNI = (
    "Post Date,Branch,Journal No,Description,Debit,Credit,Balance\n"
    '27/06/26 10:11:12,0259,123456,TRF BUDI,0.00,"1,500,000.00","2,500,000.00"\n'
)
MERCHANT = 'Tanggal : 05/07/2026\nMerchant Name,ID,Frequency,Amount\nTOKO CONTOH,885000000000,12,"1,250,000.00"\n'
DANA = (
    "SETTLEMENT_TXN_ID;TXN_ID;TXN_TYPE;ACQUIREMENT_ID;MID;SETTLE_DATE;MERCHANT_NAME;TXN_AMOUNT;TXN_CURRENCY;X\n"
    "1;T1;ACQUIRING_ORDER;A1;216;2026-07-05T00:10:00+07:00;TOKO;12500000;IDR;\n"
    "2;T2;REFUND;A1;216;2026-07-05T01:10:00+07:00;TOKO;2500000;IDR;\n"
)
DISBURSEMENT = (
    "REQUEST_ID,FUND_AMOUNT,FUND_AMOUNT_CURRENCY,CHARGE_AMOUNT,FEE,WHT,VAT,PAID_TOTAL_AMOUNT,PAYER_ROLE_ID,"
    "DEPOSIT_ACCOUNT_NO,MERCHANT_NAME,TRANSACTION_DATE,SOURCE,REPORT_DATE,BENEFICIARY_BANK_ACCOUNT,"
    "BENEFICIARY_BANK_NAME\n"
    "R1,50000,IDR,2500,2500,0,0,52500,1,99,TOKO,20260705 10:11:12,API,20260706,123,BNI\n"
    "R2,50000,IDR,0,0,0,0,-50000,1,99,TOKO,20260705 11:11:12,API,20260706,123,BNI\n"
)


def _only(text: str, format_: str = "auto") -> Statement:
    statements = read_statements(text.encode("cp1252"), format_, DIALECTS)
    assert len(statements) == 1
    return statements[0]


@pytest.mark.parametrize(
    ("text", "credits_", "debits", "closing", "adds_up"),
    [
        (BCA, "100000.00", "4637.00", "4960000.00", True),
        (BCA_EN, "807400.00", "0", "4637271.73", True),
        (BCA_BISNIS, "8520000.00", "896421.00", "162000000.00", True),
        (BCA_TAB, "0", "100000.00", "900000.00", True),
        (KOPRA, "1000000.00", "932.64", "14838000.00", True),
        (MCM, "41300.00", "0", None, None),
        (BRI_CMS, "20000000.00", "0", "24116652.00", True),
        (BRI_IB, "1234567.00", "0", "2234567.00", True),
        (BNI, "1500000.00", "0", "2500000.00", True),
        (MERCHANT, "1250000.00", "0", None, None),
        (DANA, "125000.00", "25000.00", None, None),
        (DISBURSEMENT, "50000", "52500", None, None),
    ],
)
def test_layout_is_found_and_read(
    text: str, credits_: str, debits: str, closing: str | None, adds_up: bool | None
) -> None:
    """Every described layout is told by its header and read with the right signs and sums."""
    statement = _only(text)
    assert (statement.credit_sum, statement.debit_sum) == (Decimal(credits_), Decimal(debits))
    assert statement.closing == (None if closing is None else Decimal(closing))
    assert statement.adds_up is adds_up, statement.problems


def test_bca_keeps_account_and_leaves_pending_out() -> None:
    """Apostrophes go, a PEND row is no booking, and its share of the control totals is known."""
    statement = _only(BCA)
    assert statement.account == "0061234567"
    assert statement.entry_count == 2
    assert any("PEND" in remark for remark in statement.remarks)


def test_wrong_control_total_is_a_problem() -> None:
    """A footer that counts another sum than the rows do is not believed, and not the rows either."""
    assert (
        _only(BCA_BISNIS.replace('"Mutasi Kredit : 8,520,000.00","1"', '"Mutasi Kredit : 8,520,001.00","1"')).adds_up
        is False
    )
    assert (
        _only(BCA_BISNIS.replace('"Mutasi Kredit : 8,520,000.00","1"', '"Mutasi Kredit : 8,520,000.00","2"')).adds_up
        is False
    )


def test_period_gives_the_year() -> None:
    """A date without year is of the year of the declared period, which is what the statement covers."""
    statement = _only(BCA_BISNIS)
    assert statement.entries[1].booked_at == date(2026, 8, 9)
    assert (statement.covers_from, statement.covers_to) == (date(2026, 8, 1), date(2026, 8, 9))


def test_month_names_and_times() -> None:
    """English and Indonesian month names are read, with their time."""
    first, second = _only(KOPRA).entries
    assert first.booked_at == datetime(2026, 8, 7, 10, 16, 54)  # noqa: DTZ001
    assert second.booked_on == date(2026, 8, 8)
    assert first.description == "PT CONTOH Trf Inw CN"


def test_duplicate_headers_are_told_by_position() -> None:
    """Two columns of one name are both read."""
    entry = _only(MCM).entries[0]
    assert entry.description == "MCM InhouseTrf DARI PT CONTOH G0750709 2201"
    assert (entry.booked_at, entry.value_date) == (date(2026, 1, 22), date(2026, 1, 23))


@pytest.mark.parametrize(
    ("amount", "words", "gross", "fee"),
    [
        ("342585", "QRISOnUs 1 261019 001999067083 PEMPROV BANTEN AMT:345.000,00MDR:2.415,00", 345_000, 2_415),
        ("99300", "KR OTOMATIS TANGGAL :24/10 MID : 885199619839 PEMDA QR : 100000.00 DDR: 700.00", 100_000, 700),
        ("99300", "KR OTOMATIS TANGGAL :24/10 MID : 885199619839 PEMDA QR : 100000.00 DDR: 701.00", None, None),
    ],
)
def test_a_settlement_line_is_understood_in_any_format(
    amount: str, words: str, gross: int | None, fee: int | None
) -> None:
    """Banks word it alike wherever it is exported to: in the generic table and in MT940; a wrong sum is no settlement."""
    table = "booked_at,value_date,amount,type,reference,description,balance\n"
    table += f'2026-10-19,2026-10-19,{amount},CR,509305122339,"{words}",\n'
    swift = f":20:S\n:25:0061\n:28C:1\n:60F:C261018IDR0,\n:61:2610191019C{amount},NTRF509305122339\n:86:{words}\n"
    swift += f":62F:C261019IDR{amount},\n"
    for text in (table, swift):
        [entry] = read_statements(text.encode(), "auto", DIALECTS)[0].entries
        assert (entry.gross, entry.fee) == (gross, fee)


def test_qris_settlement_line_tells_gross_and_fee() -> None:
    """Gross and fee are taken when gross less fee is what was credited, else not at all."""
    entry = _only(BRI_CMS).entries[0]
    assert (entry.gross, entry.fee) == (Decimal("20100000.00"), Decimal("100000.00"))
    assert _only(BRI_CMS.replace("MDR:100.000,00", "MDR:100.001,00")).entries[0].gross is None


def test_qris_of_bca_with_a_blank_for_the_point() -> None:
    """BCA's narrative sometimes has a blank where the decimal point was."""
    text = "KR OTOMATIS TANGGAL :09/07 MID : 885000000000 TOKO CONTOH QR : 9669670 00 DDR: 67687.69"
    row = f"'10/07/2026,{text},'0000,9601982.31,CR,9601982.31\n"
    entry = _only("Tanggal,Keterangan,Cabang,Jumlah,,Saldo\n" + row).entries[0]
    assert (entry.gross, entry.fee) == (Decimal("9669670.00"), Decimal("67687.69"))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('27/06/26,X,1,"0,00","1.2345,00","1"', "bad_amount"),
        ('27/06/26,X,1,"0,00",abc,"1"', "bad_amount"),
        ('27/06/26,X,1,"1,00","1,00","1"', "bad_direction"),
        ('27/06/26,X,1,"0,00","0,00","1"', "bad_direction"),
        ('31/06/26,X,1,"0,00","1,00","1"', "bad_date"),
        ('27/06/26,X,1,"0,00","100000.00","1"', "bad_amount"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_line(row: str, code: str) -> None:
    """An unreadable number is never zero; neither or both of credit and debit is never guessed."""
    with pytest.raises(StatementError) as caught:
        _only("Tanggal Transaksi,Uraian Transaksi,Teller,Debet,Kredit,Saldo\n" + row + "\n")
    assert (caught.value.code, caught.value.line) == (code, 2)


def test_newest_first_is_read_as_well() -> None:
    """A table that runs from new to old chains backwards."""
    rows = [
        "2026-10-03,2026-10-03,5,DB,c,,125",
        "2026-10-02,2026-10-02,20,CR,b,,130",
        "2026-10-01,2026-10-01,10,CR,a,,110",
    ]
    statement = _only("booked_at,value_date,amount,type,reference,description,balance\n" + "\n".join(rows) + "\n")
    assert (statement.opening, statement.closing, statement.adds_up) == (Decimal(100), Decimal(125), True)


def test_broken_chain_names_its_line() -> None:
    """A balance that does not follow from the one before is refused."""
    rows = [
        "2026-10-01,2026-10-01,10,CR,a,,110",
        "2026-10-02,2026-10-02,20,CR,b,,131",
        "2026-10-03,2026-10-03,5,DB,c,,125",
    ]
    statement = _only("booked_at,value_date,amount,type,reference,description,balance\n" + "\n".join(rows) + "\n")
    assert statement.adds_up is False
    assert statement.problems[0].startswith("baris ")


def _workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


LIVIN = [
    ["e-Statement"],
    ["Nomor Rekening/Account Number", ":", "1060000000000"],
    ["Periode/Period", ":", "01 Jun 2026 - 30 Jun 2026"],
    ["No", "Tanggal", "Keterangan", "Dana Masuk (IDR)", "Dana Keluar (IDR)", "Saldo (IDR)"],
    ["1", "27 Jun 2026", "Transfer BUDI", "100.000,00", "-", "1.100.000,00"],
    ["2", "28 Jun 2026", "Biaya", None, "2.500,00", "1.097.500,00"],
]
KORAN = [
    ["Tgl.", "Tgl. Val.", "Rincian Transaksi", "No. Referensi", "Debit", "Kredit", "Saldo", "Branch Code"],
    [datetime(2026, 6, 27), datetime(2026, 6, 28), "TRF", "REF1", 0, 100000.1, 1100000.1, "001"],  # noqa: DTZ001
]
BNI_SHEET = [
    ["Posting Date", None, "Effective Date", "Branch", "Journal", "Description", "Amount", "DB/CR", "Balance"],
    [46200.5, None, 46200, "0259", "123", "TRF BUDI", None, 1500000, "K", 2500000],
    ["Posting Date", "Effective Date", "Branch", "Journal", "Description", "Amount", "DB/CR", "Balance"],
    [46201, 46201, "0259", "124", "BIAYA", 2500, "D", None, 2497500],
]
JATIM = [
    [
        "Post Date",
        "Effective Date",
        "Account",
        "Name",
        "Description",
        "Currency",
        "Debit",
        "Credit",
        "Balance",
        "Reference No",
    ],
    ["27/06/2026 10:00:00", "27/06/2026", "0011234567", "CONTOH", "TRF", "IDR", "0.00", "1,000.00", "2,000.00", "R1"],
]


@pytest.mark.parametrize(
    ("rows", "credits_", "debits", "closing"),
    [
        (LIVIN, "100000", "2500", "1097500"),
        (KORAN, "100000.1", "0", "1100000.1"),
        (BNI_SHEET, "1500000", "2500", "2497500"),
        (JATIM, "1000", "0", "2000"),
    ],
)
def test_sheets(rows: list[list[object]], credits_: str, debits: str, closing: str) -> None:
    """Workbooks are read like tables: real dates, serial numbers, shifted cells and repeated headers included."""
    (statement,) = read_statements(_workbook(rows), "auto", DIALECTS)
    figures = (statement.credit_sum, statement.debit_sum, statement.closing)
    assert figures == (Decimal(credits_), Decimal(debits), Decimal(closing))
    assert statement.adds_up is True


def test_livin_account_and_period() -> None:
    """The header block of an e-statement tells account and period."""
    (statement,) = read_statements(_workbook(LIVIN), "xlsx", DIALECTS)
    assert statement.account == "1060000000000"
    assert (statement.covers_from, statement.covers_to) == (date(2026, 6, 1), date(2026, 6, 30))


def test_wrong_dialects_are_refused() -> None:
    """A dialect whose column is not in its header, or with an unknown key, is refused when it is loaded."""
    with pytest.raises(DialectError, match="not in its header"):
        build_dialects({"x": {"title": "X", "header": ["a"], "columns": {"amount": "b"}}})
    with pytest.raises(DialectError, match="unknown key"):
        build_dialects({"x": {"title": "X", "header": ["a"], "columns": {"amount": "a"}, "decimals": ","}})


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("format_", ["auto", "csv:generic"])
def test_a_csv_saved_again_by_a_spreadsheet_program_is_read_all_the_same(mark: str, format_: str) -> None:
    """An Indonesian spreadsheet program parts cells by semicolons: what parts them is found in the file."""
    text = (
        "booked_at,value_date,amount,type,reference,description,balance\n"
        "2026-06-27T10:11:12+07:00,2026-06-27,1500000,CR,FT123,TRF BUDI,2500000\n"
    )
    (statement,) = read_statements(text.replace(",", mark).encode("utf-8-sig"), format_, DIALECTS)
    assert [(entry.amount, entry.reference) for entry in statement.entries] == [(Decimal(1500000), "FT123")]
    assert statement.adds_up
