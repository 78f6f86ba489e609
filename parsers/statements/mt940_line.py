"""Fields :61: (statement line) and :86: (details) of MT940 and MT942.

Source: SWIFT Standards MT, Category 9, MT940 field 61 (6!n[4!n]2a[1!a]15d1!a3!c16x[//16x][34x]) and the banks' ways of
departing from it: blanks for the entry date, a decimal point, a missing transaction code, longer references. The
structured :86: follows the German DK annex (GVC?00…?63); other countries use `~`, `<` or `^` for the question mark.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from parsers.statements.model import Entry, EntryType, StatementError

_LINE_61 = re.compile(
    r"""(?P<value>\d{6})
    (?P<entry>\d{4}|\ {4})?
    (?P<mark>R[CD]|E[CD]|[CD])
    (?P<funds>[A-Z])?\ ?             # third letter of the currency
    (?P<amount>\d[\d.,]*|,\d+)
    (?P<code>[A-Z][A-Z0-9\ ]{3})?    # N, F or S and three characters
    (?P<references>[^\n]*)
    (?:\n(?P<supplement>.*))?$""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_STRUCTURED = re.compile(r"(?:\d{3})?(?P<mark>[?~<>^|])(?=\d\d)")
_EMPTY_REFERENCES = frozenset({"", "NONREF", "NOREF"})
_WIDTH_86 = 65  # characters of a :86: line
_WIDTH_SUBFIELD = 27  # characters of a DK subfield


@dataclass(frozen=True, slots=True)
class Details:
    """A :86: taken apart: what it was for, and the other side where the bank names it."""

    text: str = ""
    counterparty: str = ""
    account: str = ""


def decimal_of(text: str, line: int) -> Decimal:
    """A SWIFT amount: comma (or, with some banks, a point) before the decimals.

    With both, the last one stands before the decimals; anything else that is no number raises `StatementError`.
    """
    plain = text.strip()
    if "," in plain and "." in plain:
        thousands = "." if plain.rfind(",") > plain.rfind(".") else ","
        plain = plain.replace(thousands, "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"\d*\.?\d*", plain, re.ASCII) or not re.search(r"\d", plain):
        raise StatementError("bad_amount", f"jumlah tidak terbaca / unreadable amount: {text!r}", line)
    return Decimal(plain)


def date_of(yymmdd: str, line: int) -> date:
    """A six-digit SWIFT date; 80 to 99 is the last century. A day past the
    month's end (30 February of 30/360 interest) is its last day."""
    if not re.fullmatch(r"\d{6}", yymmdd, re.ASCII):
        raise StatementError("bad_date", f"tanggal tidak terbaca / unreadable date: {yymmdd!r}", line)
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return _date(year + (1900 if year >= 80 else 2000), month, day, yymmdd, line)


def _date(year: int, month: int, day: int, text: str, line: int) -> date:
    if 1 <= month <= 12 and 28 < day <= 31:
        day = min(day, calendar.monthrange(year, month)[1])
    try:
        return date(year, month, day)
    except ValueError as error:
        raise StatementError("bad_date", f"tanggal tidak ada / no such date: {text!r}", line) from error


def _entry_date(mmdd: str, value: date, line: int) -> date:
    """The booking day: month and day only, so of the year that brings it nearest to the value date."""
    months = value.month - int(mmdd[:2])
    year = value.year + (1 if months > 6 else -1 if months < -6 else 0)
    return _date(year, int(mmdd[:2]), int(mmdd[2:]), mmdd, line)


def is_expected(text: str) -> bool:
    """Whether a :61: announces money (marks EC, ED of MT942) instead of booking it."""
    match = _LINE_61.match(text)
    return match is not None and match["mark"].upper().startswith("E")


def entry_of(text: str, details: str, currency: str, line: int) -> Entry:
    """One :61: with the :86: that follows it; raises `StatementError` when date, mark or amount cannot be read."""
    match = _LINE_61.match(text)
    if match is None:
        raise StatementError("bad_entry", f"baris :61: tidak terbaca / unreadable :61:: {text[:60]!r}", line)
    value = date_of(match["value"], line)
    entry_on = match["entry"].strip() if match["entry"] else ""
    customer, bank = _references(match["references"])
    parts = details_of(details)
    supplement = " ".join((match["supplement"] or "").split())
    described = parts.text if supplement in parts.text else f"{supplement} {parts.text}".strip()
    return Entry(
        booked_at=_entry_date(entry_on, value, line) if entry_on else value,
        value_date=value,
        amount=decimal_of(match["amount"], line),
        type=_direction(match["mark"]),
        reference=bank or customer,
        customer_reference=customer,
        description=described,
        is_reversal=match["mark"].upper().startswith("R"),
        currency=currency,
        counterparty=parts.counterparty,
        counterparty_account=parts.account,
        line=line,
    )


def _direction(mark: str) -> EntryType:
    """Where the money went: a reversed credit (RC) leaves the account, a reversed debit (RD) comes back."""
    return "CR" if mark.upper() in ("C", "RD") else "DB"


def _references(text: str) -> tuple[str, str]:
    """Customer's and bank's reference; the placeholder NONREF is none."""
    customer, _, bank = text.partition("//")
    cleaned = [" ".join(part.split()) for part in (customer, bank)]
    own, theirs = ("" if part.upper() in _EMPTY_REFERENCES else part for part in cleaned)
    return own, theirs


def details_of(text: str) -> Details:
    """A :86:, structured or free. Lines as wide as the field allows were cut by it, so they join without a blank."""
    flat = text.replace("\n", "")
    match = _STRUCTURED.match(flat)
    if match is None:
        return Details(_joined(text.split("\n"), _WIDTH_86))
    fields = _subfields(flat[match.start("mark") :], match["mark"])
    purpose = [v for k, v in fields if "20" <= k <= "29" or "60" <= k <= "63"]
    named = _joined([v for k, v in fields if k in ("32", "33")], _WIDTH_SUBFIELD)
    posting = " ".join(v for k, v in fields if k == "00")
    words = [posting, _joined(purpose, _WIDTH_SUBFIELD), named]
    account = next((v.strip() for k, v in fields if k in ("38", "31") and v.strip()), "")
    return Details(" ".join(word for word in words if word), named, account)


def _subfields(text: str, mark: str) -> list[tuple[str, str]]:
    pieces = re.split(re.escape(mark) + r"(?=\d\d)", text)
    return [(piece[:2], piece[2:]) for piece in pieces if piece]


def _joined(lines: list[str], width: int) -> str:
    joined = "".join(line if len(line) >= width else line + " " for line in lines)
    return " ".join(joined.split())
