"""Bill and application numbers (``SKRD-2026-004512``) and payment codes of sixteen digits, in any spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.board import Board

BILL_KINDS = frozenset(
    "skrd skpd strd pkb bbn bbnkb rtu rtr skpdkb skpdn sptpd pbb bphtb pap pbbkb ret retr swd skrdt pajak pr".split()
)
APPLICATION_KINDS = frozenset("izn prm reg ijn per mhn app apl perm".split())
_KNOWN = "|".join(sorted(BILL_KINDS | APPLICATION_KINDS, key=len, reverse=True))
KINDS = _KNOWN
"""The known kinds as a group of a pattern, lower case."""
_GAP = r"[ \t]?[\s./\\\-_:#]{0,2}[ \t]?"
_REFERENCE = re.compile(
    rf"(?<![a-z0-9])({_KNOWN}){_GAP}(2[0o]\d\d){_GAP}(?:([\doil]{{4,8}}|\d{{3}}[ .\-]\d{{3}})(?![\da-z])|([\doil]{{3}})(?![\da-z]|[.,]\d))"
)
_OTHER = re.compile(r"(?<![a-z0-9])([a-z]{2,6})([ ./\-_]{0,3})(20\d\d)([ ./\-_]{0,3})(\d{4,8})(?![\da-z]|[.,]\d)")
_NUMBERED = re.compile(
    rf"(?<![a-z0-9])({_KNOWN})[ .:]{{0,2}}(?:(?:no(?:mor|mer|\.)?|nmr)[ .:]{{0,3}})?(\d{{4,6}})(?:[ ,]{{1,2}}|/)(?:tahun |thn?\.? |tahun pajak )?(20\d\d)(?![\d])"
    rf"|(?<![a-z0-9])({_KNOWN})[ .:]{{0,2}}(?:tahun |thn?\.? )?(20\d\d)[ ,]{{1,2}}(?:no(?:mor|mer|\.)?|nmr)[ .:]{{0,3}}(\d{{4,8}})(?![\d])"
)
"""``SKRD no 613627 tahun 2026``, ``SKRD 2026 nomor 613627``."""
_UNKNOWN_KIND = re.compile(
    r"\W*(?:bayar|tagihan|bill|pay|status|batal)[ #:*]{1,3}(?![a-z]{1,2}[\-/]\d{1,4}[\-/][a-z]{1,3} ?(?:[#*|;]|$))(?=[a-z\d/\-]{0,16}\d)"
    r"([a-z][a-z\d]{0,9})[\-/]([a-z\d]{1,10}(?:[\-/][a-z\d]{1,8}){0,2})(?= ?(?:[#*|;]|$))"
)
"""A number of another form, as an agency may write them, straight behind the keyword and alone in its field."""
_WITHOUT_YEAR = re.compile(
    rf"(?<![a-z0-9])(?:{_KNOWN})[ .:]{{0,2}}(?:no(?:mor|mer|\.)?|nmr)[ .:]{{0,3}}(\d{{4,8}})(?![\d/.\-])"
)
_AND = r" ?(?:,|&|\+|\b(?:dan|dn|and|sama|serta|sareng|karo)\b)[ ,&+]*"
_SERIALS = re.compile(
    rf"(?:{_AND}(?:no(?:mor|\.)? ?)?(?:20\d\d[\-/. ])?[\doil]{{6}}(?![\w]|[.,\-/]\d| ?(?:rb|ribu|jt|juta|rupiah|rp)\b)){{1,9}}"
)
_SERIAL = re.compile(r"(?<![\w])(?:(20\d\d)[\-/. ])?([\doil]{6})(?![\w])")
"""Behind a bill in full, further bills of its kind and year: ``SKRD-2026-052018 dan 052019``."""
_SAID_AND = re.compile(r"[&+]|\b(?:dan|dn|and|sama|serta|sareng|karo)\b")
_FIELD_ENDS = re.compile(r" ?[#*|;]")
_CALLED = re.compile(
    r"(?:status|batal\w*|tagihan\w*|bayar|bill|permohonan|pengajuan|izin|cancel|berkas)(?: saya| sy)?(?: no(?:mor|\.)?)?[\s:#*.]*$"
)
_NOT_KINDS = frozenset("jan feb mar apr mei may jun jul agu agt agst aug sep sept okt oct nov nop des dec januari maret april juni juli "
                       "tgl tahun thn th pin no ref reff noref noreff nobukti struk resi jurnal va kwitansi bukti ft pkl jam di per masa bulan bln tw q bjb bri bni bca bsi btn mega cimb "
                       "trx tf trf trn id slip resi rrn ntb ntpn kode total rp pad".split())  # fmt: skip
_LOOK = str.maketrans("oil", "011")
_CODE = re.compile(r"(?<![\w])(?:\d{16}|\d{4}([ .\-])\d{4}\1\d{4}\1\d{4})(?![\w])")


@dataclass(frozen=True, slots=True)
class Found:
    """One reference: its normal form, and where it stands."""

    value: str
    start: int
    end: int


def take_references(board: Board) -> list[Found]:
    """Take every reference of the text in normal form, in the order of the text."""
    found = [_known(board, match) for match in board.find(_REFERENCE)]
    found += [serial for one in found if is_bill(one.value) for serial in _serials(board, one)]
    plain = None if found else _UNKNOWN_KIND.match(board.rest)
    if plain and plain[1] not in _NOT_KINDS:
        found.append(Found(f"{plain[1]}-{plain[2]}".upper().replace("/", "-"), plain.start(1), plain.end()))
        board.take(plain.start(1), plain.end(), "reference")
    numbered = board.hints(" no", "nomor", "nmr", "tahun", "thn", "th ") if found else board.hints("20")
    for match in board.find(_NUMBERED) if numbered else ():
        kind, digits, year = (match[1], match[2], match[3]) if match[1] else (match[4], match[6], match[5])
        found.append(Found(f"{kind}-{year}-{digits}".upper(), match.start(), match.end()))
        board.take(match.start(), match.end(), "reference")
    if board.hints(" no", "nomor", "nmr", ":no", ".no"):
        board.without(_WITHOUT_YEAR, "a bill's number without its year, to be asked")
    for match in board.find(_OTHER):
        if _is_other(board, match):
            value = f"{match[1]}-{match[3]}-{match[5]}".upper()
            found.append(Found(value, match.start(), match.end()))
            board.take(match.start(), match.end(), "reference")
    return sorted(found, key=lambda one: one.start)


def has_reference(low: str) -> bool:
    """Whether a lower-case text names a bill or application of a known kind."""
    return _REFERENCE.search(low) is not None


def is_bill(value: str) -> bool:
    """Whether a reference is of a kind that is paid."""
    return value.isdigit() or value.split("-")[0].lower() not in APPLICATION_KINDS


def payment_codes(board: Board) -> list[Found]:
    """Every number of sixteen digits that nobody has taken; what it is, its context decides."""
    return [Found(re.sub(r"\D", "", m[0]), m.start(), m.end()) for m in board.find(_CODE)]


def _known(board: Board, match: re.Match[str]) -> Found:
    digits = re.sub(r"[ .\-]", "", match[3] or match[4]).translate(_LOOK)
    board.take(match.start(), match.end(), "reference")
    return Found(f"{match[1].upper()}-{match[2].replace('o', '0')}-{digits}", match.start(), match.end())


def _serials(board: Board, bill: Found) -> list[Found]:
    """The bills named behind another by their serials alone; a sum or a proof of six digits is none."""
    match = _SERIALS.match(board.rest, bill.end)
    if match is None or not _SAID_AND.search(match[0]):
        return []
    kind, year, first = bill.value.split("-")
    told = list(_SERIAL.finditer(board.rest, *match.span()))
    ends_field = _FIELD_ENDS.match(board.rest, match.end()) is not None
    if len(first) != 6 or not all(_is_of_series(one[2].translate(_LOOK), first, ends_field) for one in told):
        return []
    board.take(match.start(), match.end(), f"further bills of {kind}-{year}")
    return [Found(f"{kind}-{one[1] or year}-{one[2].translate(_LOOK)}", one.start(), one.end()) for one in told]


def _is_of_series(serial: str, first: str, ends_field: bool) -> bool:
    """Whether six digits are a serial: alone with its bill in their field, or so near to it that they are no sum."""
    if not serial.endswith("00"):
        return ends_field or serial[0] == "0" or serial[:3] == first[:3]
    return serial[:3] == first[:3] and (ends_field or serial[0] == "0")


def _is_other(board: Board, match: re.Match[str]) -> bool:
    kind, first, _, second, digits = match.groups()
    if kind in _NOT_KINDS or not board.free(match.start(), match.end()):
        return False
    tight = first.strip() and second.strip() and len(digits) == 6 and len(kind) >= 3
    return bool(tight or (second and _CALLED.search(board.before(match.start(), 40))))
