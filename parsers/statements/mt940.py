"""MT940 (customer statement) and MT942 (interim report) as a stream of records, a line at a time.

Our own reader: the libraries hold the whole file, and a statement of a million entries must not cost more memory than
one of ten. Source: SWIFT Standards MT, Category 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from parsers.statements.model import Record, StatementError, StatementHead
from parsers.statements.mt940_line import date_of, decimal_of, entry_of, is_expected
from parsers.statements.tally import ControlTotal, Tally

_TAG = re.compile(r":(13[CD]?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|79|86|90[CD]|NS):")
_BALANCE = re.compile(r"(?P<mark>[CD])(?P<on>\d{6})(?P<currency>[A-Z]{3})?(?P<amount>[\d.,]+)\s*$", re.IGNORECASE)
_TOTAL = re.compile(r"(?P<count>\d*)(?P<currency>[A-Z]{3})(?P<amount>[\d.,]+)\s*$", re.IGNORECASE)
_FLOOR = re.compile(r"(?P<currency>[A-Z]{3})", re.IGNORECASE)
_HEADER = re.compile(r"^\s*(?:\{[1235]:|-\}|\{4:)")
_FINTS_BREAK = "@@"  #: how online banking (HBCI, FinTS) writes a line's end
_MAX_FIELD = 64 * 1024  # characters; a :86: has 390


@dataclass(slots=True)
class _Field:
    tag: str
    line: int
    parts: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.parts).strip()


def _fields(lines: Iterable[tuple[int, str]]) -> Iterator[_Field]:
    """Cut the file into its fields; what stands before the first one and between messages is left out."""
    current: _Field | None = None
    size = 0
    for number, raw in _broken(lines):
        line = _without_blocks(raw.rstrip())
        tag = _TAG.match(line)
        if tag:
            if current:
                yield current
            current, size = _Field(tag[1], number, [line[tag.end() :]]), 0
        elif current and line.strip() not in ("", "-", "-}"):
            size += len(line)
            if size > _MAX_FIELD:
                raise StatementError("field_too_long", f"bidang :{current.tag}: terlalu panjang / too long", number)
            current.parts.append(line)
    if current:
        yield current


def _broken(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines; of a file that begins with FinTS's sign for a line's end, broken where it stands."""
    raw = None
    for number, line in lines:
        if raw is None and line.strip():
            raw = line.lstrip().startswith(_FINTS_BREAK + ":")
        yield from ((number, part) for part in line.split(_FINTS_BREAK)) if raw else ((number, line),)


def _without_blocks(line: str) -> str:
    """The line without SWIFT's block brackets ({1:…}{2:…}{4: in front, -} behind)."""
    if _HEADER.match(line):
        start = line.find("{4:")
        return line[start + 3 :] if start >= 0 else ""
    return line


@dataclass(slots=True)
class _Open:
    """The statement being read, and the :61: that waits for its :86:."""

    head: StatementHead = field(default_factory=StatementHead)
    tally: Tally = field(default_factory=lambda: Tally(StatementHead()))
    announced: bool = False
    closed: bool = False
    waiting: _Field | None = None
    details: list[str] = field(default_factory=list)
    expected: int = 0


def read_mt940(lines: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """The records of a SWIFT statement file, in its order.

    Raises `StatementError` when money or a date cannot be read, or nothing of a statement is in it.
    """
    reader = _Reader()
    for item in _fields(lines):
        yield from reader.take(item)
    yield from reader.end()
    if not reader.count:
        raise StatementError("no_statement", "tidak ada rekening koran di dalamnya / no statement in it")


class _Reader:
    """Files each field where it belongs; a statement ends where the next begins."""

    def __init__(self) -> None:
        self.count = 0
        self._open: _Open | None = None
        self._reference_came = False

    def take(self, item: _Field) -> Iterator[Record]:
        if item.tag == "20":
            # some banks repeat :20: before each entry: only what follows tells whether a statement begins
            self._reference_came = True
            return
        if self._begins(item):
            yield from self.end()
            self._open = _Open()
        self._reference_came = False
        if self._open is None:
            self._open = _Open()
        yield from self._file(self._open, item)

    def _begins(self, item: _Field) -> bool:
        if item.tag not in ("25", "25P", "28", "28C", "60", "60F", "60M", "34F", "13", "13D"):
            return False
        now = self._open
        return now is not None and (
            self._reference_came or (now.closed and item.tag in ("25", "25P", "60F", "60M", "60"))
        )

    def _file(self, now: _Open, item: _Field) -> Iterator[Record]:
        tag = item.tag
        if tag == "61":
            yield from self._flush(now)
            now.waiting = item
        elif tag in ("86", "NS"):
            if now.waiting is not None:
                now.details.append(item.text)
        else:
            yield from self._flush(now)
            _declare(now, item)

    def _flush(self, now: _Open) -> Iterator[Record]:
        """The waiting :61: is complete: nothing more of its details can come."""
        item, now.waiting = now.waiting, None
        details, now.details = "\n".join(now.details), []
        if item is None:
            return
        if is_expected(item.text):
            now.expected += 1
            return
        yield from self._announce(now)
        yield now.tally.add(entry_of(item.text, details, now.head.currency, item.line))

    def _announce(self, now: _Open) -> Iterator[Record]:
        if not now.announced:
            now.announced = True
            self.count += 1
            yield now.head

    def end(self) -> Iterator[Record]:
        """Close the open statement, if there is one worth the name."""
        now, self._open = self._open, None
        if now is None:
            return
        yield from self._flush(now)
        if not (now.announced or now.head.account or now.tally.closing is not None):
            return
        yield from self._announce(now)
        if now.expected:
            now.tally.remarks.append(
                f"{now.expected} mutasi baru diumumkan, tidak dihitung / only announced, not counted"
            )
        now.tally.head = now.head
        yield now.tally.statement()


def _declare(now: _Open, item: _Field) -> None:
    """What a statement says of itself: account, number, balances, control totals."""
    tag, tally = item.tag, now.tally
    if tag.startswith("25"):
        now.head = replace(now.head, account=item.text.split("\n")[0].strip())
    elif tag.startswith("28"):
        now.head = replace(now.head, number=item.text.split("\n")[0].strip())
    elif tag.startswith("60"):
        tally.opening, tally.opening_on, currency = _balance(item)
        now.head = replace(now.head, currency=currency or now.head.currency)
    elif tag.startswith("62"):
        tally.closing, tally.closing_on, currency = _balance(item)
        now.head = replace(now.head, currency=now.head.currency or currency)
        now.closed = True
    elif tag == "34F":
        match = _FLOOR.match(item.text)
        now.head = replace(now.head, currency=now.head.currency or (match[1].upper() if match else ""))
    elif tag in ("90C", "90D"):
        total = _total(item)
        tally.credit_total = total if tag == "90C" else tally.credit_total
        tally.debit_total = total if tag == "90D" else tally.debit_total


def _balance(item: _Field) -> tuple[Decimal, date, str]:
    match = _BALANCE.match(item.text.split("\n")[0])
    if match is None:
        raise StatementError("bad_balance", f":{item.tag}: tidak terbaca / unreadable: {item.text[:40]!r}", item.line)
    amount = decimal_of(match["amount"], item.line)
    signed = amount if match["mark"].upper() == "C" else -amount
    return signed, date_of(match["on"], item.line), (match["currency"] or "").upper()


def _total(item: _Field) -> ControlTotal:
    match = _TOTAL.match(item.text.split("\n")[0])
    if match is None:
        raise StatementError("bad_total", f":{item.tag}: tidak terbaca / unreadable: {item.text[:40]!r}", item.line)
    count = int(match["count"]) if match["count"] else None
    return ControlTotal(decimal_of(match["amount"], item.line), count)
