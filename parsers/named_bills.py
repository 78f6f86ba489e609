"""Which of the references and codes of a text is the bill that is paid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers import (
    clauses,
    references,
)
from parsers.board import Board
from parsers.references import Found

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
_WORD = re.compile(r"\w")
ID_WORD = re.compile(r"\b(?:nik|ktp|kk|npwp|nib|kartu keluarga)\b[^\d]{0,16}$")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first look at a text found, before its command is known."""

    references: tuple[Found, ...]
    codes: tuple[Found, ...]
    plates: tuple[str, ...]


def bills_of(board: Board, seen: Seen, keyword_end: int, aside: clauses.Asides) -> tuple[list[str], int]:
    """The bills that are paid, in the order of the text, and where they end when they are named in a row."""
    told = [ref for ref in seen.references if not aside.hold(ref.start)] or list(seen.references)
    meant = [ref for ref in told if not _excluded(board, ref, seen.references)]
    meant = [ref for ref in meant if references.is_bill(ref.value)] or meant
    right = [ref for ref in meant if _RIGHT.search(board.before(ref.start, 36))]
    if len(meant) > 1 and not right:
        right = _with_joined(board, meant, [ref for ref in meant if _NOW_PAID.search(board.before(ref.start, 40))])
    meant = right or meant
    if not meant:
        meant = [code for code in seen.codes if is_code(board, code) or _follows(board, keyword_end, code)]
        for code in meant:
            board.take(code.start, code.end, "payment code")
    for code in seen.codes:
        if ID_WORD.search(board.before(code.start, 30)) and board.free(code.start, code.end):
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


def is_code(board: Board, code: references.Found) -> bool:
    """Whether the words before sixteen digits make them a payment code."""
    before = board.before(code.start, 40)
    return bool(_CODE_WORD.search(before)) and not ID_WORD.search(before)


def _excluded(board: Board, ref: references.Found, told: tuple[references.Found, ...]) -> bool:
    """Whether a reference is named only to say that it is not the one; what follows it decides between several."""
    if _NOT_THIS.search(board.before(ref.start, 34)):
        return True
    next_one = min((one.start for one in told if one.start >= ref.end), default=len(board.low))
    return len(told) > 1 and bool(_LATER.search(board.low[ref.end : min(ref.end + 34, next_one)]))
