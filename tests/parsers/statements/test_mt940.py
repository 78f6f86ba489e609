"""MT940 and MT942: signs, sums and texts as the field definitions say, and as banks really write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from parsers.statements import Statement, StatementError, read_statements

HEAD = ":20:REF\n:25:0012345678\n:28C:5/1\n:60F:C260101IDR1000,00\n"


def _read(body: str, closing: str = ":62F:C260131IDR1000,00\n") -> Statement:
    (statement,) = read_statements((HEAD + body + closing).encode(), "auto", {})
    return statement


@pytest.mark.parametrize(
    ("mark", "way", "reversal"), [("C", "CR", False), ("D", "DB", False), ("RC", "DB", True), ("RD", "CR", True)]
)
def test_direction_of_every_mark(mark: str, way: str, reversal: bool) -> None:
    """A reversed credit leaves the account, a reversed debit comes back."""
    closing = 1010 if way == "CR" else 990
    statement = _read(f":61:2601050105{mark}10,00NTRFNONREF//B1\n:86:X\n", f":62F:C260131IDR{closing},00\n")
    entry = statement.entries[0]
    assert (entry.type, entry.is_reversal, entry.amount) == (way, reversal, Decimal("10.00"))
    assert statement.adds_up is True


@pytest.mark.parametrize(
    ("line", "amount", "reference"),
    [
        (":61:2601050105CR10,NTRFKREF+//B1", "10", "B1"),
        (":61:260105C10,5NMSCNONREF", "10.5", ""),
        (":61:260105    C0000000010.50NMSC123", "10.50", "123"),
        (":61:2601050105C1.234,56NTRFA-1", "1234.56", "A-1"),
        (":61:2601050105CN,12345S103ABC//XYZ", "0.12345", "XYZ"),
        (":61:2601050105c7,00ntrfREF", "7.00", "REF"),
    ],
)
def test_ways_of_writing_a_line(line: str, amount: str, reference: str) -> None:
    """Funds codes, blanks for the entry date, points, five decimals, missing references."""
    (statement,) = read_statements((":20:R\n:25:1\n:28C:1\n" + line + "\n").encode(), "mt942", {})
    entry = statement.entries[0]
    assert (entry.amount, entry.reference, entry.type) == (Decimal(amount), reference, "CR")
    assert statement.adds_up is None


def test_entry_date_takes_the_year_that_is_nearest() -> None:
    """Booked on 2 January with a value date in December, and the other way round."""
    first, second = _read(":61:2512310102C1,00NTRFA\n:61:2601021231D1,00NTRFB\n").entries
    assert first.booked_at == date(2026, 1, 2)
    assert second.booked_at == date(2025, 12, 31)


def test_structured_details() -> None:
    """Subfields of :86: give remittance and the other side; a word cut by the width is whole again."""
    details = ":86:166?00TRANSFER?20SKRD-2026-004512 RETRIBUSI?21 PASAR?30BANK?31123456?32BUDI\n?33 CONTOH\n"
    entry = _read(":61:2601050105C1,00NTRFA\n" + details, ":62F:C260131IDR1001,00\n").entries[0]
    assert entry.description == "TRANSFER SKRD-2026-004512 RETRIBUSI PASAR BUDI CONTOH"
    assert (entry.counterparty, entry.counterparty_account) == ("BUDI CONTOH", "123456")


def test_free_details_cut_by_the_line_width() -> None:
    """A :86: line of full width runs on in the next; a shorter one ends a word."""
    full = "X" * 60 + "SKRD-"
    entry = _read(f":61:2601050105C1,00NTRFA\n:86:{full}\n2026-004512\nlunas\n", ":62F:C260131IDR1001,00\n").entries[0]
    assert entry.description == f"{full}2026-004512 lunas"


def test_several_statements_and_swift_blocks() -> None:
    """Each message of a file is a statement of its own, with block headers in front or not."""
    message = "{1:F01BANKIDJA}{2:O940}{4:\r\n" + HEAD.replace("\n", "\r\n") + ":62F:C260131IDR1000,00\r\n-}\r\n"
    statements = read_statements((message * 3).encode(), "auto", {})
    assert [s.account for s in statements] == ["0012345678"] * 3
    assert [s.number for s in statements] == ["5/1"] * 3


def test_balances_that_do_not_add_up_are_said() -> None:
    """A closing balance that the entries do not reach is a problem with both figures."""
    statement = _read(":61:2601050105C1,00NTRFA\n")
    assert statement.adds_up is False
    assert "1001.00" in statement.problems[0]
    assert "1000.00" in statement.problems[0]


def test_control_totals_of_mt942() -> None:
    """90C and 90D are checked; announced entries (EC, ED) are not money yet."""
    body = ":20:R\n:25:1\n:28C:1\n:34F:IDR0,\n:61:260105C5,NTRFA\n:61:260105EC9,NTRFB\n:90D:0IDR0,\n:90C:1IDR5,\n"
    (statement,) = read_statements(body.encode(), "auto", {})
    assert (statement.currency, statement.credits, statement.adds_up) == ("IDR", 1, True)
    (wrong,) = read_statements(body.replace(":90C:1IDR5,", ":90C:1IDR6,").encode(), "auto", {})
    assert wrong.adds_up is False


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (":61:2601050105X10,00NTRFA", "bad_entry"),
        (":61:2613050105C10,00NTRFA", "bad_date"),
        (":61:2601050105C1,0,0NTRFA", "bad_amount"),
        (":62F:X260131IDR1,00", "bad_balance"),
    ],
)
def test_unreadable_fields_are_errors_with_their_line(line: str, code: str) -> None:
    """Nothing that carries money or a date is guessed."""
    with pytest.raises(StatementError) as caught:
        read_statements((HEAD + line + "\n").encode(), "auto", {})
    assert (caught.value.code, caught.value.line) == (code, 5)


def test_lines_ended_as_online_banking_ends_them() -> None:
    """FinTS writes @@ for a line's end: recognised by content, and an @@ inside another file's words stays."""
    raw = b"@@:20:STARTUMS@@:25:72090900/98@@:28C:0@@:34F:EUR0,00@@:61:1604210421D0,02NMSCKREF+@@:86:177?00Transfer@@-"
    (statement,) = read_statements(raw, "auto", {})
    assert (statement.account, statement.debit_sum) == ("72090900/98", Decimal("0.02"))
    plain = _read(":61:2601310131C0,00NTRFREF\n:86:a@@b\n")
    assert plain.entries[0].description == "a@@b"
