"""A dialect proposed for an unknown table reads that table."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from parsers.statements import StatementError, build_dialects, propose_dialect, read_statements

UNKNOWN = (
    "BANK CONTOH\nRekening: 001\n"
    "Tgl Transaksi;Uraian;No Ref;Debet;Kredit;Saldo Akhir\n"
    '03-11-2026;TRF BUDI;R1;0,00;"1.500.000,00";"2.500.000,00"\n'
    '14-11-2026;BIAYA;R2;"2.500,00";0,00;"2.497.500,00"\n'
)


def test_proposal_reads_the_table_it_was_made_from() -> None:
    """Columns, dates and number style are found from header and rows."""
    table = propose_dialect(io.BytesIO(UNKNOWN.encode()))
    dialects = build_dialects({"kami": {"title": "kami", **table}})
    (statement,) = read_statements(UNKNOWN.encode(), "csv:kami", dialects)
    assert (statement.credit_sum, statement.debit_sum) == (Decimal("1500000.00"), Decimal("2500.00"))
    assert (statement.opening, statement.closing, statement.adds_up) == (1_000_000, Decimal("2497500.00"), True)
    assert [entry.reference for entry in statement.entries] == ["R1", "R2"]


@pytest.mark.parametrize(
    "text",
    [
        "Tgl Transaksi;Tgl Efektif;Uraian;Mutasi Debet;Mutasi Kredit;Saldo Akhir\n"
        "01-10-2026 08:12:13;01-10-2026;SETORAN;0,00;1.250.000,00;2.250.000,00\n"
        "02-10-2026 09:12:13;02-10-2026;BIAYA;6.500,00;0,00;2.243.500,00\n",
        "No,Transaction Date,Description,Debit/Credit,Amount,Balance\n"
        '1,2026-10-13 08:09:10,SETORAN,Cr,"1,250,000.00","2,250,000.00"\n'
        '2,2026-10-14 08:09:10,BIAYA,Db,"6,500.00","2,243,500.00"\n',
        'Date,Details,Amount,Balance\n10/13/2026,Deposit,"1,250,000.00","2,250,000.00"\n'
        '10/14/2026,Fee,"-6,500.00","2,243,500.00"\n',
    ],
    ids=["two layouts of dates", "one column says debit or credit", "month first, a minus for what goes out"],
)
def test_a_table_of_another_make_is_learnt(text: str) -> None:
    """Signs, sums and balances come out right, whatever columns the bank has."""
    dialects = build_dialects({"kami": {"title": "kami", **propose_dialect(io.BytesIO(text.encode()))}})
    (statement,) = read_statements(text.encode(), "csv:kami", dialects)
    assert (statement.credit_sum, statement.debit_sum, statement.adds_up) == (1_250_000, 6_500, True)


def test_a_lone_dot_before_three_digits_parts_thousands() -> None:
    """`150.000` is no amount with three decimals."""
    table = propose_dialect(io.BytesIO(b"Tanggal,Uraian,D/K,Jumlah\n01/02/2026,A,K,150.000\n"))
    assert (table["decimal"], table["thousands"]) == (",", ".")


def test_what_the_table_lacks_is_said_rather_than_that_it_has_no_header() -> None:
    """Its header is found; that no date can be read is what a person must know."""
    with pytest.raises(StatementError, match="no known date layout"):
        propose_dialect(io.BytesIO(b"Tanggal,Uraian,Jumlah\nkemarin,A,150000\n"))


def test_nothing_to_propose_is_said() -> None:
    """A table without date and amount columns is refused, not guessed."""
    with pytest.raises(StatementError):
        propose_dialect(io.BytesIO(b"nama,alamat\nBUDI,SERANG\n"))
