"""One `Ntry` of a camt message as entries.

Source: ISO 20022 Cash Management, ReportEntry (all versions 001.01 to 001.13; names are compared without namespace).
CdtDbtInd is the direction as the account feels it, also when RvslInd is true: it is never turned round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element

from parsers.statements.model import Entry, EntryType, StatementError

_AMOUNT = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF"})
_NAMES = ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")
_ACCOUNTS = ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency, as ActiveCurrencyAndAmount gives it; never negative."""

    amount: Decimal
    currency: str


def strip_namespaces(element: Element) -> None:
    """Rename the element and all below it to their local names, so that any prefix and version reads alike."""
    for node in element.iter():
        if isinstance(node.tag, str) and "}" in node.tag:
            node.tag = node.tag.rpartition("}")[2]


def text_at(element: Element | None, *paths: str) -> str:
    """The first text that one of the paths leads to, blanks collapsed; empty when none does."""
    if element is None:
        return ""
    for path in paths:
        words = " ".join((element.findtext(path) or "").split())
        if words:
            return words
    return ""


def money_of(element: Element | None, line: int) -> Money:
    """An `Amt`; raises `StatementError` when it is missing or no plain decimal."""
    text = "" if element is None else (element.text or "").strip()
    if element is None or not _AMOUNT.fullmatch(text):
        raise StatementError("bad_amount", f"jumlah tidak terbaca / unreadable amount: {text[:40]!r}", line)
    return Money(Decimal(text), (element.get("Ccy") or "").strip().upper())


def direction_of(element: Element, line: int) -> EntryType:
    """CdtDbtInd as an entry type; raises `StatementError` when it is missing or neither."""
    mark = text_at(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise StatementError("bad_direction", f"CdtDbtInd tidak dikenal / unknown CdtDbtInd: {mark!r}", line)
    return "CR" if mark == "CRDT" else "DB"


def moment_of(element: Element | None, line: int) -> datetime | date | None:
    """A DateAndDateTimeChoice: a date, a datetime with or without zone, or None when absent."""
    stamp = text_at(element, "DtTm", "Dt")
    if not stamp:
        return None
    try:
        if "T" in stamp:
            return datetime.fromisoformat(stamp)
        return date.fromisoformat(stamp[:10])
    except ValueError as error:
        raise StatementError("bad_date", f"tanggal tidak terbaca / unreadable date: {stamp[:40]!r}", line) from error


def day_of(moment: datetime | date) -> date:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def is_booked(entry: Element) -> bool:
    """Whether the entry moved the booked balance: not pending, not information, not future."""
    return text_at(entry, "Sts/Cd", "Sts/Prtry", "Sts").upper() in ("", "BOOK", "BOOKED")


def entries_of(entry: Element, fallback: date | None, line: int, *, expand: bool) -> Iterator[Entry]:
    """The entry, or with `expand` its transactions when there are several and their amounts come to the entry's.

    `fallback` is the day of the message, for an entry that tells none. Raises `StatementError`.
    """
    money = money_of(entry.find("Amt"), line)
    whole = _entry(entry, entry.findall("NtryDtls/TxDtls"), money, direction_of(entry, line), fallback, line)
    parts = _parts(entry, whole, money, fallback, line) if expand else []
    yield from parts or [whole]


def _parts(entry: Element, whole: Entry, money: Money, fallback: date | None, line: int) -> list[Entry]:
    details = entry.findall("NtryDtls/TxDtls")
    if len(details) < 2:
        return []
    parts = []
    for detail in details:
        amount = _detail_money(detail, line)
        if amount is None or amount.currency != money.currency:
            return []
        way = direction_of(detail, line) if detail.find("CdtDbtInd") is not None else whole.type
        parts.append(_entry(entry, [detail], amount, way, fallback, line))
    return parts if sum(part.signed for part in parts) == whole.signed else []


def _detail_money(detail: Element, line: int) -> Money | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = detail.find(path)
        if found is not None:
            return money_of(found, line)
    return None


def _entry(entry: Element, details: list[Element], money: Money, way: EntryType, day: date | None, line: int) -> Entry:
    value = moment_of(entry.find("ValDt"), line)
    booked = moment_of(entry.find("BookgDt"), line) or value or day
    if booked is None:
        raise StatementError("no_date", "tanpa tanggal pembukuan / no booking date", line)
    single = details[0] if len(details) == 1 else None
    customer = _reference(single, "Refs/EndToEndId", "Refs/InstrId", "Refs/PmtInfId")
    bank = _reference(single, "Refs/AcctSvcrRef") or _reference(entry, "AcctSvcrRef") or _reference(single, "Refs/TxId")
    name, account = _other_side(single, way)
    return Entry(
        booked_at=booked,
        value_date=day_of(value or booked),
        amount=money.amount,
        type=way,
        reference=bank or _reference(entry, "NtryRef") or customer,
        customer_reference=customer,
        description=_description(entry, details, name, customer if bank else ""),
        is_reversal=text_at(entry, "RvslInd").lower() in ("true", "1"),
        currency=money.currency,
        counterparty=name,
        counterparty_account=account,
        line=line,
    )


def _reference(element: Element | None, *paths: str) -> str:
    for path in paths:
        found = text_at(element, path)
        if found.upper() not in _NO_REFERENCE:
            return found
    return ""


def _other_side(detail: Element | None, way: EntryType) -> tuple[str, str]:
    """Name and account of who paid (for a credit) or was paid."""
    side = "Dbtr" if way == "CR" else "Cdtr"
    name = text_at(detail, *(f"RltdPties/{role}/{path}" for role in (side, f"Ultmt{side}") for path in _NAMES))
    return name, text_at(detail, *(f"RltdPties/{side}Acct/{path}" for path in _ACCOUNTS))


def _description(entry: Element, details: list[Element], name: str, customer: str) -> str:
    words: list[str] = []
    for detail in details:
        words += (node.text or "" for node in detail.iterfind("RmtInf/Ustrd"))
        words += (text_at(node, "Ref", "CdtrRef") for node in detail.iterfind("RmtInf/Strd/CdtrRefInf"))
        words += (node.text or "" for node in detail.iterfind("RmtInf/Strd/AddtlRmtInf"))
        words.append(text_at(detail, "AddtlTxInf"))
    words += [name, text_at(entry, "AddtlNtryInf"), customer]
    # each once, in order: banks repeat the remittance in AddtlTxInf and AddtlNtryInf
    unique = dict.fromkeys(" ".join(word.split()) for word in words)
    return " ".join(word for word in unique if word)
