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


def test_nothing_to_propose_is_said() -> None:
    """A table without date and amount columns is refused, not guessed."""
    with pytest.raises(StatementError):
        propose_dialect(io.BytesIO(b"nama,alamat\nBUDI,SERANG\n"))
