"""The fields of a payment confirmation, each span of the text in one role only."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    phones,
    plates,
    proofs,
    references,
)
from parsers.board import TAKEN, Board
from parsers.marks import Marks
from parsers.references import Found

_ZONE = ZoneInfo("Asia/Jakarta")
_NOT_THIS = re.compile(r"\b(?:bukan|bkn|not|selain|sanes|dudu|belum|blm|blom|salah|instead of)\b[^,;.?\n#]{0,18}$")
_LATER = re.compile(
    r"^[^,;.\n#]{0,16}\b(?:(?:kan |mah )?(?:udah|sudah|sdh|udh) (?:\w+ )?(?:bulan|bln|minggu|taun|tahun|hari|kemarin|kmrn|dulu|lama)|belum|blm|blom|menyusul|nyusul|besok|nanti|salah|not yet)\b(?! (?:ada|masuk|update|dikonfirmasi|konfirmasi|terima|dapat|muncul|berubah|tercatat))"
)
_RIGHT = re.compile(
    r"\b(?:yang benar|yg benar|yg bener|yang bener|harusnya|seharusnya|maksud\w*|ralat|correct)\b[^,;.\n#]{0,12}$"
)
_NOW_PAID = re.compile(
    r"\b(?:skrg|sekarang|skrng|kali ini|now|saiki|ayeuna|td|tadi|barusan|hari ini)\b[^,;.\n#]{0,12}(?:\b(?:dibayar|bayar|byr|transfer|tf|trf|setor|lunas\w*|paid|paying|mayar)\b[^,;.\n#]{0,10}|\b(?:yg|yang|utk|untuk|buat) (?:\w+ )?)$"
    r"|\b(?:yg|yang) (?:saya |sy |aku |tak )?(?:dibayar|bayar|byr|kubayar|ditransfer|disetor)(?: ini| itu| skrg| sekarang)?[ :,]{1,2}$"
)
"""Of several bills the one that is said to be paid now."""
_CODE_WORD = re.compile(
    r"(?:\bkode|\bkd|\bcode)\.?[ ]?(?:bayar|byr|pembayaran|billing|tagihan|samsat)?(?:nya)?[^\d\x01]{0,14}$|\b(?:bayar|byr|tagihan|pembayaran|bill|kdbayar|kodebayar|payment|pay|skrd|utk|untuk|buat|for|lunas|lunasi)\b[^\d\w]{0,4}$|^[^\w]*$"
)
_LONE_NUMBER = re.compile(r"(?<![\w.,/\-])(?:0\d{6,}|\d{8,15}|[a-z]{2,4}\d{7,}|ft\d{5}[a-z\d]{5})(?![\w])")
_WORD = re.compile(r"\w")
_VA = re.compile(r"\bva\b|\bvirtual\b|\bvirtualacc")
"""Named as the medium; the label BRIVA in an app's notice is only its number."""
_ID_WORD = re.compile(r"\b(?:nik|ktp|kk|npwp|nib|kartu keluarga)\b[^\d]{0,16}$")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first look at a text found, before its command is known."""

    references: tuple[Found, ...]
    codes: tuple[Found, ...]
    plates: tuple[str, ...]


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
    code = any(one.start > 0 and _is_code(board, one) for one in seen.codes)
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
        if _is_code(board, one) or _ID_WORD.search(board.before(one.start, 30)):
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
    bills, end = _bills(board, seen, keyword_end, aside)
    if bills:
        fields["bill"] = bills[0]
        if len(bills) > 1:
            fields["bills"] = bills
    undone = _leave_aside(board, aside)
    proofs.take_accounts(board)
    hidden = proofs.take_hidden(board)
    ordered = keyword_end > 0
    proof = proofs.read_second_field(board, end) if end and ordered else None
    doubtful = proof is None and ordered and bool(end) and proofs.take_round(board, end)
    here = received_at.astimezone(_ZONE)
    day, at = dates.read_date(board, here), clock.read_time(board)
    if day is None and at is not None:
        day = dates.day_told(board, undone, here)
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
    _put(fields, "paid_at", paid_at(day, at, received_at, dates.is_relative(board)))
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


def _bills(board: Board, seen: Seen, keyword_end: int, aside: clauses.Asides) -> tuple[list[str], int]:
    told = [ref for ref in seen.references if not aside.hold(ref.start)] or list(seen.references)
    meant = [ref for ref in told if not _excluded(board, ref, several=len(seen.references) > 1)]
    meant = [ref for ref in meant if references.is_bill(ref.value)] or meant
    right = [ref for ref in meant if _RIGHT.search(board.before(ref.start, 36))]
    if len(meant) > 1 and not right:
        right = _with_joined(board, meant, [ref for ref in meant if _NOW_PAID.search(board.before(ref.start, 40))])
    meant = right or meant
    if not meant:
        meant = [code for code in seen.codes if _is_code(board, code) or _follows(board, keyword_end, code)]
        for code in meant:
            board.take(code.start, code.end, "payment code")
    for code in seen.codes:
        if _ID_WORD.search(board.before(code.start, 30)) and board.free(code.start, code.end):
            board.take(code.start, code.end, "identity number, not the proof")
    values = list(dict.fromkeys(ref.value for ref in meant))
    return values, _end_of_bills(board, meant)


def _with_joined(board: Board, meant: list[Found], right: list[Found]) -> list[Found]:
    """The chosen references and those named in one breath with them (``SKRD-1 dan SKRD-2``)."""
    for ref in meant:
        if right and ref not in right and _BETWEEN_BILLS.fullmatch(board.low, right[-1].end, max(ref.start, 0)):
            right = [*right, ref]
    return right


_BETWEEN_BILLS = re.compile(r"[ ,;#&+]*(?:dan|and|sama|serta|&|\+)?[ ,;#]*")


def _end_of_bills(board: Board, meant: list[Found]) -> int:
    """Where the bills end that are named one after the other; 0 without any."""
    end = meant[0].end if meant else 0
    for ref in meant[1:]:
        if ref.start >= end and _BETWEEN_BILLS.fullmatch(board.low, end, ref.start):
            end = ref.end
    return end


def _follows(board: Board, keyword_end: int, code: references.Found) -> bool:
    """Whether a code is what stands first behind the keyword, mistyped or not."""
    return 0 < keyword_end <= code.start and not _WORD.search(board.low[keyword_end : code.start])


def _is_code(board: Board, code: references.Found) -> bool:
    before = board.before(code.start, 40)
    return bool(_CODE_WORD.search(before)) and not _ID_WORD.search(before)


def _excluded(board: Board, ref: references.Found, several: bool) -> bool:
    """Whether a reference is named only to say that it is not the one; what follows decides between several."""
    if _NOT_THIS.search(board.before(ref.start, 34)):
        return True
    return several and bool(_LATER.search(board.after(ref.end, 34)))


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
