"""camt.052, camt.053 and camt.054 as a stream of records, in memory that does not grow with the file.

Source: ISO 20022 BankToCustomerAccountReport, -Statement and -DebitCreditNotification. Every version and any namespace
prefix is read: elements are told by their local names. DTDs and entities are refused (defusedxml).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from parsers.statements.camt_balance import Balance, balance_of, closing_of, control_of, opening_of
from parsers.statements.camt_entry import entries_of, is_booked, strip_namespaces, text_at
from parsers.statements.model import Record, StatementError, StatementHead
from parsers.statements.tally import Tally

_ROOTS = {"Stmt": "053", "Rpt": "052", "Ntfctn": "054"}
_ACCOUNTS = ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN")


@dataclass(slots=True)
class _Open:
    """The statement being read."""

    kind: str  #: 052, 053 or 054
    tally: Tally = field(default_factory=lambda: Tally(StatementHead()))
    account: str = ""
    currency: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    balances: list[Balance] = field(default_factory=list)
    summary: Element | None = None
    created: date | None = None
    announced: bool = False
    entries: int = 0
    left_out: int = 0

    def head(self) -> StatementHead:
        number = next((self.numbers[k] for k in ("ElctrncSeqNb", "LglSeqNb", "Id") if self.numbers.get(k)), "")
        currency = self.currency or next((b.money.currency for b in self.balances), "")
        return StatementHead(self.account, number, currency)


def read_camt(stream: BinaryIO, *, expand_batches: bool = False) -> Iterator[Record]:
    """The records of a camt message; `expand_batches` gives a batch's transactions where they come to its amount.

    Raises `StatementError` for XML that is broken, unsafe or no such message.
    """
    count = 0
    try:
        for record in _Reader(expand_batches).read(stream):
            count += isinstance(record, StatementHead)
            yield record
    except ParseError as error:
        raise StatementError("bad_xml", f"XML rusak / broken XML: {error.msg}", error.position[0]) from error
    except DefusedXmlException as error:
        raise StatementError("unsafe_xml", "DTD atau entitas ditolak / DTDs and entities are refused") from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know
        raise StatementError("bad_xml", f"XML tidak terbaca / unreadable XML: {error}") from error
    if not count:
        raise StatementError("no_statement", "bukan camt.052/053/054 / no camt.052, 053 or 054 in it")


class _Reader:
    def __init__(self, expand: bool) -> None:
        self._expand = expand
        self._open: _Open | None = None
        self._created: date | None = None  # of the whole message

    def read(self, stream: BinaryIO) -> Iterator[Record]:
        path: list[Element] = []
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            name = element.tag.rpartition("}")[2]
            if event == "start":
                if name in _ROOTS and len(path) <= 3:
                    self._open = _Open(_ROOTS[name])
                path.append(element)
                continue
            path.pop()
            yield from self._end(name, element, path)

    def _end(self, name: str, element: Element, path: list[Element]) -> Iterator[Record]:
        parent = path[-1] if path else None
        now = self._open
        if now is None and name == "CreDtTm":
            self._created = _day(element.text)
        if now is None or parent is None:
            return
        if parent.tag.rpartition("}")[2] in _ROOTS:
            yield from self._child(now, name, element)
            parent.remove(element)  # what was read is let go, so memory stays flat
        elif name in _ROOTS and len(path) <= 3:
            yield from self._close(now)
            self._open = None
            parent.remove(element)

    def _child(self, now: _Open, name: str, element: Element) -> Iterator[Record]:
        strip_namespaces(element)
        if name == "Ntry":
            yield from self._entry(now, element)
        elif name == "Bal":
            now.balances.append(balance_of(element, now.entries + 1))
        else:
            _declare(now, name, element)

    def _entry(self, now: _Open, element: Element) -> Iterator[Record]:
        now.entries += 1
        if not is_booked(element):
            now.left_out += 1
            return
        yield from self._announce(now)
        for entry in entries_of(element, self._fallback(now), now.entries, expand=self._expand):
            now.currency = now.currency or entry.currency
            yield now.tally.add(entry)

    def _fallback(self, now: _Open) -> date | None:
        """The day of an entry that tells none: of the closing balance, of the statement, of the message."""
        closing = closing_of(now.balances, now.currency)
        return (closing.on if closing else None) or now.created or self._created

    def _announce(self, now: _Open) -> Iterator[Record]:
        if not now.announced:
            now.announced = True
            yield now.head()

    def _close(self, now: _Open) -> Iterator[Record]:
        yield from self._announce(now)
        tally, head = now.tally, now.head()
        tally.head = head
        opening, closing = opening_of(now.balances, head.currency), closing_of(now.balances, head.currency)
        if opening:
            tally.opening, tally.opening_on = opening.signed, opening.on
        if closing and closing is not opening:
            tally.closing, tally.closing_on = closing.signed, closing.on
        if now.left_out:
            tally.remarks.append(f"{now.left_out} mutasi belum dibukukan dilewati / not booked, left out")
        if now.kind == "052" and closing and closing.code == "ITBD" and not _reaches(tally):
            # an interim report may bring only what is new since the last one: its balance then proves nothing
            tally.opening, tally.opening_on = None, None
            tally.remarks.append("saldo sementara tidak dicocokkan / the interim balance was not checked")
        if now.kind == "053" and not now.left_out and (tally.opening is None or tally.closing is None):
            # where balances prove the entries, a summary that counts otherwise (pages, batches) proves nothing
            tally.credit_total = control_of(now.summary, "TtlCdtNtries", now.entries)
            tally.debit_total = control_of(now.summary, "TtlDbtNtries", now.entries)
        yield tally.statement()


def _reaches(tally: Tally) -> bool:
    if tally.opening is None:
        return True
    return tally.opening + tally.credit_sum - tally.debit_sum == tally.closing


def _declare(now: _Open, name: str, element: Element) -> None:
    if name == "Acct":
        now.account = text_at(element, *_ACCOUNTS)
        now.currency = text_at(element, "Ccy").upper()
    elif name in ("Id", "ElctrncSeqNb", "LglSeqNb"):
        now.numbers[name] = " ".join((element.text or "").split())
    elif name == "CreDtTm":
        now.created = _day(element.text)
    elif name == "FrToDt":
        now.tally.covers_from = _day(text_at(element, "FrDtTm", "FrDt"))
        now.tally.covers_to = _day(text_at(element, "ToDtTm", "ToDt"))
    elif name == "TxsSummry":
        now.summary = element


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None
