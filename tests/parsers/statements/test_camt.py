"""camt.052, camt.053 and camt.054: any version and prefix, booked money only, batches whole or in parts."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from parsers.statements import Entry, Statement, StatementError, read_statements, stream_statements


def _balance(code: str, amount: str, way: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='IDR'>{amount}</Amt>"
        f"<CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt></Bal>"
    )


def _entry(amount: str, way: str = "CRDT", inner: str = "", status: str = "<Sts>BOOK</Sts>") -> str:
    return (
        f"<Ntry><NtryRef>N1</NtryRef><Amt Ccy='IDR'>{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{status}"
        f"<BookgDt><Dt>2026-01-05</Dt></BookgDt>{inner}</Ntry>"
    )


def _message(*inner: str, kind: str = "Stmt", space: str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08") -> bytes:
    account = "<Id>S1</Id><Acct><Id><Othr><Id>0012345678</Id></Othr></Id><Ccy>IDR</Ccy></Acct>"
    return f"<Document xmlns='{space}'><B><{kind}>{account}{''.join(inner)}</{kind}></B></Document>".encode()


def _read(*inner: str, kind: str = "Stmt") -> Statement:
    (statement,) = read_statements(_message(*inner, kind=kind), "auto", {})
    return statement


PARTS = (
    "<NtryDtls>"
    "<TxDtls><Refs><AcctSvcrRef>A1</AcctSvcrRef><EndToEndId>E1</EndToEndId></Refs><Amt Ccy='IDR'>30</Amt>"
    "<RmtInf><Ustrd>SKRD-2026-1</Ustrd></RmtInf></TxDtls>"
    "<TxDtls><Refs><AcctSvcrRef>A2</AcctSvcrRef></Refs><Amt Ccy='IDR'>70</Amt>"
    "<RmtInf><Ustrd>SKRD-2026-2</Ustrd></RmtInf></TxDtls>"
    "</NtryDtls>"
)


def test_balances_and_directions() -> None:
    """Opening and closing are signed and checked; a reversal keeps the direction the account felt."""
    reversal = _entry("5.12345", "DBIT", "<RvslInd>true</RvslInd>")
    statement = _read(_balance("OPBD", "100", "DBIT"), _balance("CLBD", "5.12345", "DBIT"), _entry("100"), reversal)
    assert (statement.opening, statement.closing) == (Decimal(-100), Decimal("-5.12345"))
    assert statement.adds_up is True
    assert [(e.type, e.is_reversal) for e in statement.entries] == [("CR", False), ("DB", True)]


def test_wrong_closing_is_a_problem() -> None:
    """A closing balance that is not reached is said."""
    assert _read(_balance("OPBD", "1"), _balance("CLBD", "3"), _entry("1")).adds_up is False


@pytest.mark.parametrize("status", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts><Cd>INFO</Cd></Sts>"])
def test_pending_is_not_booked(status: str) -> None:
    """Pending and informational entries are left out with a remark."""
    statement = _read(_entry("7", status=status), _entry("1"), kind="Rpt")
    assert statement.entry_count == 1
    assert any("not booked" in remark for remark in statement.remarks)


def test_prefix_and_no_namespace() -> None:
    """Elements are told by their local names."""
    bare = _message(_entry("1")).replace(b" xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'", b"")
    prefixed = (
        bare.replace(b"<", b"<n:").replace(b"<n:/", b"</n:").replace(b"<n:Document", b"<n:Document xmlns:n='urn:x'")
    )
    for data in (bare, prefixed):
        (statement,) = read_statements(data, "auto", {})
        assert (statement.account, statement.credit_sum) == ("0012345678", Decimal(1))


def test_batch_counts_as_its_entry_and_expands_when_the_parts_add_up() -> None:
    """A batch is one entry to look at, its transactions to import; parts that do not come to it are not believed."""
    data = _message(_entry("100", inner=PARTS))
    (whole,) = read_statements(data, "auto", {})
    assert whole.entry_count == 1
    assert whole.entries[0].description == "SKRD-2026-1 SKRD-2026-2"
    parts = [r for r in stream_statements(io.BytesIO(data), "auto", {}, expand_batches=True) if isinstance(r, Entry)]
    assert [(p.amount, p.reference) for p in parts] == [(Decimal(30), "A1"), (Decimal(70), "A2")]
    odd = io.BytesIO(_message(_entry("101", inner=PARTS)))
    assert [r.amount for r in stream_statements(odd, "auto", {}, expand_batches=True) if isinstance(r, Entry)] == [101]


def test_control_totals_of_a_statement() -> None:
    """TxsSummry is checked against the entries."""
    summary = "<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>{}</Sum></TtlCdtNtries></TxsSummry>"
    assert _read(summary.format("9"), _entry("9")).adds_up is True
    assert _read(summary.format("8"), _entry("9")).adds_up is False


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (_entry("12..34"), "bad_amount"),
        (_entry("-5"), "bad_amount"),
        (_entry("1", "CREDIT"), "bad_direction"),
        (_entry("1").replace("2026-01-05", "2026-02-31"), "bad_date"),
    ],
)
def test_unreadable_entries_are_errors(entry: str, code: str) -> None:
    """An amount, direction or date that cannot be read is never guessed."""
    with pytest.raises(StatementError) as caught:
        _read(entry)
    assert caught.value.code == code
