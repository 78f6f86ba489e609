"""The fields of a payment confirmation, each span of the text in one role only."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

from parsers import (
    amounts,
    attempts,
    banks,
    clauses,
    clock,
    corrections,
    dates,
    identities,
    other_numbers,
    phones,
    plates,
    proofs,
    references,
    relative_days,
)
from parsers.board import TAKEN, Board
from parsers.marks import Marks
from parsers.named_bills import ID_WORD, Seen, bills_of, is_code
from parsers.references import Found

_ZONE = ZoneInfo("Asia/Jakarta")
_LONE_NUMBER = re.compile(r"(?<![\w.,/\-])(?:0\d{6,}|\d{8,15}|[a-z]{2,4}\d{7,}|ft\d{5}[a-z\d]{5})(?![\w])")
_VA = re.compile(r"\bva\b|\bvirtual\b|\bvirtualacc")
"""Named as the medium; the label BRIVA in an app's notice is only its number."""


def look(board: Board) -> Seen:
    """Take what has a shape of its own: references, telephones with a label, plates."""
    clock.take_greetings(board)
    refs = tuple(references.take_references(board))
    phones.take_labelled(board)
    codes = tuple(code for code in references.payment_codes(board))
    return Seen(refs, codes, tuple(plates.take_plates(board)))


def marks(board: Board, seen: Seen) -> Marks:
    """What the text holds besides words, for the rules that choose the command."""
    bill = any(references.is_bill(one.value) for one in seen.references)
    application = any(not references.is_bill(one.value) for one in seen.references)
    code = any(one.start > 0 and is_code(board, one) for one in seen.codes)
    long_number = bool(identities.find(board.text))
    return Marks(
        bill=bill or code,
        application=application,
        plate=bool(seen.plates),
        long_number=long_number,
        proofs_of=partial(_proofs_of, board, board.rest, seen.codes),
    )


def _proofs_of(board: Board, rest: str, codes: tuple[Found, ...]) -> tuple[bool, bool]:
    """Whether a proof is named as such, and whether a number with the shape of one stands beside a bill's."""
    probe = Board(board.text)
    probe.rest = rest
    for one in codes:
        if is_code(board, one) or ID_WORD.search(board.before(one.start, 30)):
            probe.take(one.start, one.end, "a code or identity, not the proof")
    return proofs.read_labelled(probe)[0] is not None, _has_lone_number(probe)


def _has_lone_number(probe: Board) -> bool:
    """Whether a number with the shape of a proof stands beside a bill's."""
    return TAKEN in probe.rest and _LONE_NUMBER.search(probe.rest) is not None


def read_fields(
    board: Board, seen: Seen, received_at: datetime, keyword_end: int, names: banks.Names = banks.SHIPPED
) -> dict[str, object]:
    """Every field of a confirmation that is beyond doubt."""
    fields: dict[str, object] = {}
    aside = clauses.asides(board.low)
    bills, end = bills_of(board, seen, keyword_end, aside)
    if bills:
        fields["bill"] = bills[0]
        if len(bills) > 1:
            fields["bills"] = bills
    undone = _leave_aside(board, aside)
    other_numbers.take_accounts(board)
    hidden = other_numbers.take_hidden(board)
    ordered = keyword_end > 0
    proof = proofs.read_second_field(board, end) if end and ordered else None
    doubtful = proof is None and ordered and bool(end) and proofs.take_round(board, end)
    here = received_at.astimezone(_ZONE)
    day, at = dates.read_date(board, here), clock.read_time(board)
    if day is None and at is not None:
        day = relative_days.day_told(board, undone, here)
    if proof is None and not doubtful:
        proof, doubtful = proofs.read_labelled(board)
    if proof is None and not doubtful and end:
        proof = proofs.read_second_field(board, end)
    at = at or (clock.take_four_digits(board) if day else None)
    phones.take_mobiles(board)
    amount = amounts.read_amount(board, ordered and proof is not None)
    if proof is None and not (doubtful or hidden):
        proof = proofs.read_left_over(board)
        if proof is not None and amount is None:
            amount = amounts.read_amount(board, ordered)
    _put(fields, "proof", proof)
    _put(fields, "paid_at", paid_at(day, at, received_at, relative_days.is_relative(board)))
    _put(fields, "amount", amount)
    _put_medium(board, fields, names)
    return fields


def _leave_aside(board: Board, aside: clauses.Asides) -> list[clauses.Span]:
    """Leave aside what tells of other payments, of failed attempts or is taken back; returns what shares the day."""
    for start, stop in aside.spans:
        board.void(start, stop, "tells of another payment")
    for start, stop in corrections.taken_back(board.low):
        board.void(start, stop, "taken back by the writer")
    undone = attempts.undone(board.low)
    for start, stop in undone:
        board.void(start, stop, "an attempt that failed", same_way=True)
    return [*undone, *aside.same_day]


def paid_at(day: date | None, at: clock.Clock | None, received_at: datetime, relative: bool = False) -> str | None:
    """The moment of payment in ISO 8601: date and time, the bare date when the hour is in doubt, None without a date.

    A ``relative`` day (``tadi``) with an hour that is still to come was the day before, when it was in the evening.
    """
    if day is None:
        return None
    if at is None:
        return day.isoformat()
    hours = int(at.offset[1:3])
    moment = datetime.combine(day, at.at, timezone(timedelta(hours=hours)))
    if at.doubtful:
        settled = _only_possible(moment, received_at)
        if settled is None:
            return day.isoformat()
        moment = settled
    if relative and moment > received_at + _ROUNDED:
        if moment.hour < 17 or received_at.astimezone(_ZONE).hour >= 12:
            return None
        moment -= timedelta(days=1)
    return moment.isoformat(timespec="seconds")


_ROUNDED = timedelta(minutes=30)
"""``tadi jam 3`` may be said a little before three."""


def _only_possible(moment: datetime, received_at: datetime) -> datetime | None:
    """Of a bare hour's two meanings the one that is possible: before the receipt and not in the dead of night."""
    both = [one for one in (moment, moment + timedelta(hours=12)) if one.date() == moment.date() and one <= received_at]
    awake = [one for one in both if one.hour >= 5]
    return awake[0] if len(both) == 1 and len(awake) == 1 else None


def _put_medium(board: Board, fields: dict[str, object], names: banks.Names) -> None:
    told = board.told()
    app, channel, bank = banks.read_app(told, names), banks.read_channel(told), banks.read_bank(told, names)
    if not board.is_whole:
        also = board.told(same_way=True)
        app = app or banks.read_app(also, names)
        channel = channel or banks.read_channel(also)
        bank = bank or banks.read_bank(also, names)
    if app and (channel not in ("atm", "teller", "va", "qris") or (channel == "va" and not _VA.search(told))):
        channel = app[1]
    _put(fields, "bank", app[0] if app else bank)
    _put(fields, "channel", channel)


def _put(fields: dict[str, object], name: str, value: object) -> None:
    if value is not None:
        fields[name] = value
