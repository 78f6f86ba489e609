"""A bank statement comes in: one transaction, balances checked, nothing twice.

An entry's identity is a digest of its own content and its number among equal ones on the statement: the same or an
overlapping statement changes nothing, and two real equal payments stay two. Between formats see `bank_twins`.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.number_table import NumberTable
from mgov.domain.roles import Right
from mgov.store import audit, bank, settlements
from mgov.store.bank_twins import TWIN
from mgov.store.database import Database
from mgov.workflows import access, own_transfers
from mgov.workflows.bank_twins import Span, Twins
from parsers.statements import Dialect, Entry, Statement, StatementError, StatementHead, format_of, stream_statements

BATCH = 1000  # entries written at once
DAYS_REMEMBERED = 31  # booking days whose equal entries are told apart at a time
RUPIAH = frozenset({"", "IDR", "RP", "RP."})


@dataclass(frozen=True, slots=True)
class TargetAccount:
    """The account that a statement is imported for. `number` is its identity; the rest is for people."""

    number: str
    name: str = ""
    bank: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did: entries read and new, the period it covers, gaps and remarks for the person."""

    statements: int = 0
    entries: int = 0
    new: int = 0
    covers_from: date | None = None
    covers_to: date | None = None
    own_transfers: int = 0
    gaps: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def import_statement(
    db: Database,
    stream: BinaryIO,
    account: TargetAccount,
    *,
    format: str,  # noqa: A002 - the word of the command line
    dialects: Mapping[str, Dialect],
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    file_name: str = "",
    covers: tuple[date, date] | None = None,
) -> ImportOutcome:
    """Import a seekable file for one account, all of it or nothing; `now` is aware, `zone` that of naive times.

    Raises `StatementError` when it cannot be read, does not add up, or is not in rupiah.
    """
    digest = _digest_of(stream)
    name = format_of(stream, format, dialects)
    request = _Request(account, name, dialects, str(actor), now, zone, file_name, covers, digest)

    def work(tx: Connection) -> ImportOutcome:
        access.require(tx, actor, Right.BANK_IMPORT)
        outcome = _import(tx, stream, request)
        if outcome.new:
            told = {"entries": outcome.entries, "new": outcome.new, "file": file_name[:191], "file_sha256": digest}
            audit.record(tx, actor, "bank.import", "account", account.number, told, now=now)
        return outcome

    return db.transact(work)


@dataclass(frozen=True, slots=True)
class _Request:
    account: TargetAccount
    format: str
    dialects: Mapping[str, Dialect]
    actor: str
    now: datetime
    zone: ZoneInfo
    file_name: str
    covers: tuple[date, date] | None
    digest: str

    @property
    def family(self) -> str:
        """The format without its variant: camt.052 and camt.053, MT940 and MT942 tell a movement the same way."""
        variants = {"camt": "camt", "mt94": "mt940"}
        return variants.get(self.format[:4], self.format[:64])


def _digest_of(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _import(tx: Connection, stream: BinaryIO, request: _Request) -> ImportOutcome:
    account = request.account
    account_id = bank.ensure_account(
        tx, account.number, name=account.name, bank=account.bank, holder=account.holder, now=request.now
    )
    if request.covers is None and bank.is_imported(tx, account_id, request.digest):
        return ImportOutcome(remarks=("berkas ini sudah pernah diimpor / this file was already imported",))
    writer = _Writer(tx, request, account_id)
    for record in stream_statements(stream, request.format, request.dialects, expand_batches=True):
        writer.take(record)
    return writer.outcome()


@dataclass(slots=True)
class _Writer:
    """Files the records of one import as they come."""

    tx: Connection
    request: _Request
    account_id: int
    statement_id: int = 0
    batch: list[dict[str, Any]] = field(default_factory=list)
    occurrences: _Occurrences = field(default_factory=lambda: _Occurrences())
    new: int = 0
    fractions: int = 0
    twins: Twins = field(init=False)
    spans: list[Span] = field(default_factory=list)
    done: ImportOutcome = field(default_factory=ImportOutcome)

    def __post_init__(self) -> None:
        self.twins = Twins(self.tx, self.account_id, self.request.family)

    def take(self, record: StatementHead | Entry | Statement) -> None:
        """File one record."""
        if isinstance(record, StatementHead):
            self._begin(record)
        elif isinstance(record, Entry):
            self.batch.append(self._row(record))
            if len(self.batch) >= BATCH:
                self._flush()
        else:
            self._end(record)

    def _begin(self, head: StatementHead) -> None:
        _check_account(head, self.request.account)
        _check_currency(head.currency)
        self.new = 0
        self.statement_id = bank.add_statement(
            self.tx,
            account_id=self.account_id,
            file_name=self.request.file_name[:191],
            file_digest=self.request.digest,
            format=self.request.family,
            number=head.number[:191],
            imported_at=self.request.now,
            imported_by=self.request.actor[:191],
        )

    def _row(self, entry: Entry) -> dict[str, Any]:
        _check_currency(entry.currency)
        _check_thousands(entry)
        amount = int(entry.amount.to_integral_value(ROUND_DOWN))  # never more than came in
        self.fractions += amount != entry.amount
        return {
            "account_id": self.account_id,
            "identity": self.occurrences.identity(entry),
            "statement_id": self.statement_id,
            "booked_at": booked_text(entry.booked_at, self.request.zone),
            "booked_on": entry.booked_on,
            "value_date": entry.value_date,
            "amount": amount,
            "type": entry.type,
            "kind": "reversal" if entry.is_reversal else "ordinary",
            "reference": entry.reference[:191],
            "description": _described(entry),
            "balance": entry.balance,
            "gross": None if entry.gross is None else int(entry.gross),
            "fee": None if entry.fee is None else int(entry.fee),
            "created_at": self.request.now,
        }

    def _flush(self) -> None:
        if self.batch:
            new = self.twins.without(bank.unknown_entries(self.tx, self.account_id, self.batch))
            bank.insert_entries(self.tx, self.account_id, new)
            self.new += sum(1 for row in new if row["kind"] != TWIN)
            self.batch = []

    def _end(self, statement: Statement) -> None:
        self._flush()
        if statement.adds_up is False:
            raise StatementError("does_not_add_up", "; ".join(statement.problems))
        start, end = self.request.covers or (statement.covers_from, statement.covers_to)
        gap = self._gap(statement, start)
        bank.close_statement(
            self.tx,
            self.statement_id,
            opening=statement.opening,
            closing=statement.closing,
            covers_from=start,
            covers_to=end,
            entries=statement.entry_count,
            entries_new=self.new,
            gap=gap[:191] if gap else None,
        )
        self.spans.append(Span(self.statement_id, start, end, statement.opening, statement.closing))
        self.done = _added(self.done, statement, self.new, start, end, gap)

    def _gap(self, statement: Statement, start: date | None) -> str | None:
        if statement.opening is None or start is None:
            return None
        last = bank.last_closing(self.tx, self.account_id, start, self.statement_id)
        if last is None or last.closing == statement.opening or self._goes_on(statement.opening, start):
            return None
        opening, closing = format(statement.opening, "f"), format(Decimal(last.closing).normalize(), "f")
        return f"saldo awal / opening {opening}, saldo terakhir / last closing {closing} ({last.covers_to})"

    def _goes_on(self, opening: Decimal, start: date) -> bool:
        """Whether it starts inside a statement of several days, or follows one of its own first day."""
        others = bank.touching(self.tx, self.account_id, start, self.statement_id)
        return any(other.covers_from < start or opening in (other.opening, other.closing) for other in others)

    def outcome(self) -> ImportOutcome:
        """The import as a whole: own transfers paired, what another format may have told put before a person."""
        self.twins.decide(self.spans, self.request.now)
        remarks = dict.fromkeys(self.done.remarks)
        if self.fractions:
            remarks[f"{self.fractions} mutasi dengan sen dibulatkan ke bawah / entries with cents rounded down"] = None
        if self.twins.found:
            text = f"{self.twins.found} mutasi sudah ada dari format lain / entries known from another format"
            remarks[text] = None
        if self.twins.doubtful:
            text = f"{self.twins.doubtful} di antaranya belum pasti / of them not surely: mgov payment cases"
            remarks[text] = None
        if self.done.entries and not self.done.new:
            remarks["tidak ada mutasi baru / nothing new"] = None
        paired = 0
        if self.done.new:
            settlements.tell_news(self.tx)
        if self.done.new and self.done.covers_from:
            paired = own_transfers.pair(self.tx, self.done.covers_from)
        return replace(self.done, own_transfers=paired, remarks=tuple(remarks))


def _added(
    done: ImportOutcome, statement: Statement, new: int, start: date | None, end: date | None, gap: str | None
) -> ImportOutcome:
    starts = [day for day in (done.covers_from, start) if day]
    ends = [day for day in (done.covers_to, end) if day]
    return replace(
        done,
        statements=done.statements + 1,
        entries=done.entries + statement.entry_count,
        new=done.new + new,
        covers_from=min(starts, default=None),
        covers_to=max(ends, default=None),
        gaps=done.gaps + ((gap,) if gap else ()),
        remarks=done.remarks + statement.remarks,
    )


class _Occurrences:
    """Numbers equal entries; remembers the last days only, so that memory does not grow with the file."""

    def __init__(self) -> None:
        self._days: OrderedDict[date, NumberTable] = OrderedDict()
        self._forgotten: set[date] = set()

    def identity(self, entry: Entry) -> str:
        """A digest of the entry's content and its number among equal ones. Raises `StatementError`."""
        digest = hashlib.blake2b("\x1f".join(_content(entry)).encode(), digest_size=16).digest()
        seen = self._day(entry)
        key = int.from_bytes(digest[:8], "big")
        number = seen.get(key) + 1
        seen.set(key, number)
        return f"{digest.hex()}-{number}"

    def _day(self, entry: Entry) -> NumberTable:
        day = entry.booked_on
        if day in self._forgotten:
            raise StatementError("not_in_order", "tanggal tidak berurutan / the days are not in order", entry.line)
        if day not in self._days and len(self._days) >= DAYS_REMEMBERED:
            self._forgotten.add(self._days.popitem(last=False)[0])
        if day not in self._days:
            self._days[day] = NumberTable()
        self._days.move_to_end(day)
        return self._days[day]


def _described(entry: Entry) -> str:
    """The bank's words and the payer's own reference, which may be the proof number on his receipt."""
    own = entry.customer_reference
    told = not own or own == entry.reference or own in entry.description
    return entry.description if told else f"{entry.description} {own}".strip()


def _content(entry: Entry) -> tuple[str, ...]:
    return (
        entry.booked_at.isoformat(),
        entry.value_date.isoformat(),
        format(entry.amount.normalize(), "f"),
        entry.type,
        entry.reference,
        entry.description,
    )


def booked_text(moment: datetime | date, zone: ZoneInfo) -> str:
    """When it was booked, as the statement says: a bare date stays one, a naive time gets its zone."""
    if isinstance(moment, datetime):
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment.isoformat()


def _check_currency(currency: str) -> None:
    if currency.upper() not in RUPIAH:
        raise StatementError("not_rupiah", f"hanya rupiah yang diimpor / only rupiah is imported, not {currency}")


def _check_thousands(entry: Entry) -> None:
    """Refuse `150.000` where the dot parts decimals: nobody pays thousandths of a rupiah. Raises `StatementError`."""
    if entry.amount < 1000 and entry.amount.as_tuple().exponent == -3:
        told = f"{entry.amount}: titik ribuan? tulis {entry.amount * 1000:.0f} / a dot for thousands? write it without"
        raise StatementError("bad_amount", told, entry.line)


def _check_account(head: StatementHead, account: TargetAccount) -> None:
    """Refuse a statement that names another account; both must look like account numbers to be compared."""
    theirs, ours = (re.sub(r"\D", "", text).lstrip("0") for text in (head.account, account.number))
    if len(theirs) < 6 or len(ours) < 6 or theirs.endswith(ours) or ours.endswith(theirs) or ours in theirs:
        return
    raise StatementError(
        "other_account", f"rekening di berkas / the file is of account {head.account}, bukan / not {account.number}"
    )
