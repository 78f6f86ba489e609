"""The payment proof: the number a bank, a counter or QRIS printed for the transfer."""

from __future__ import annotations

import re

from parsers.board import Board
from parsers.proof_shapes import (
    ALIKE,
    BEHIND,
    DIGIT_RUN,
    FREE,
    FT_NUMBER,
    HIDDEN,
    HIDDEN_AHEAD,
    LABEL_HINTS,
    LABELLED,
    SPACED_FIELD,
    UNREADABLE,
    is_proof,
    normalise,
    with_zeros,
)
from parsers.reading import UNREADABLE_NUMBER

_SECOND = re.compile(
    r"\)?[ ]?[#*|;_,/\n] ?\(?([a-z]{0,8}\d[a-z0-9.\-]{4,24}|\d{2,5}(?: \d{2,5}){1,5})\)?(?= ?(?:[#*|;_,/\n]|$))"
)
_MONTHS = "jan|feb|peb|mar|apr|mei|may|jun|jul|agu|agt|aug|sep|okt|oct|nov|nop|des|dec"
_DOCUMENTED = re.compile(
    r"\)?[ ]?[#*|;] ?<?([a-z0-9](?:[a-z0-9.\-/]|[ ](?=[a-z0-9])){0,28}[a-z0-9])>? ?[#*|;] ?<?(?:tgl\.? ?|tanggal )?"
    rf"(?:[\doil]{{1,2}}([/\-. ])(?:[\doil]{{1,2}}|(?:{_MONTHS})[a-z]*)\2(?:2[\doil]{{3}}|[\doil]{{2}})|\d{{1,2}} ?(?:{_MONTHS})[a-z]*|20\d\d-\d\d-\d\d|\d{{1,2}}[/\-]\d{{1,2}}|[0-3]\d[01]\d(?:20)?\d\d|kemarin|kmrn|tadi|td|hari ini)"
    r"(?= ?(?:[#*|;>]|$| (?:jam|pkl|pukul|\d)))"
)
"""Bill, proof, date: the documented order, told by its separators and by the date that follows."""
_SURELY_OTHER = re.compile(
    r"(?:rp|idr)[ .]?[\d.,]+|\d{1,3}(?:\.\d{3}){1,2}|\d{1,3}(?:\.\d{3})*\.000|(?:[\d.,]+ ?(?:rb|rbu|ribu|jt|juta|k)(?: ?|$))+|\d{1,2}[./\-]\d{1,2}[./\-](?:20)?\d\d|\d{1,3}(?: \d{3})* 000|\d{1,2}[.:]\d\d(?: ?wi[bt]a?)?|\d{1,2} ?(?:wib|pagi|siang|sore|malam|am|pm|jan|feb|peb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|nop|des).*|(?:tidak|tdk|belum|blm|ga|gak|nggak|no|nomor|nomer|bukti|reff?|noref|resi|struk|slip|kode|id|tgl|tanggal|jam|bank|jml|nominal|ntpn|rrn|trx|atm|via|va)\b.*|[a-z]{3,}[ .].*"
)
_LABEL_IN_PROOF = re.compile(r"(?:ref|reff|bukti|trx|resi|struk|slip|no|id|kode)[ \-]?\d{1,5}")
"""``REF001``, ``TRX-1``: too short to be a number behind a label, so the label is part of it."""
_ROUND = re.compile(r"[1-9]\d{2,6}[05]00")
"""What could be a sum in the proof's place, when no other sum is told."""
_SUM_BEHIND = re.compile(
    r"[#*|;] ?(?:rp\.? ?|idr ?)?(?:[1-9]\d{2,7}00|[1-9]\d{3,5}|\d{1,3}(?:[.,]\d{3})+|[\d.,]+ ?(?:rb|ribu|jt|juta))(?:,00|,-)?(?= ?[#*|;]| *$)"
)
_PROOF_BEHIND = re.compile(
    r"[#*|;] ?(?:[a-z]{1,6}[a-z\d]{0,6}\d[a-z\d]{3,16}|0\d{5,15}|[1-9]\d{7,15}(?<!00))(?= ?[#*|;]| *$)"
)
_MONEY_AHEAD = re.compile(r"(?:rp|idr)\.? ?$")
_DENIED = re.compile(r"\b(?:bukan|bkn)\b[^,;]*$")
_SUM_OR_DATE = re.compile(
    r"\d{1,3}(?:\.\d{3}){1,2}|\d{1,3}(?:\.\d{3})*\.000|\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d+(?:rb|jt|k)"
)
_OTHER_FIELD = re.compile(
    r"\d{1,2}(?:jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|nop|des)[a-z]*\d{0,4}|(?:rp|idr)[\d.,]+|\d{1,3}(?:\.\d{3})+|\d{1,2}[.\-]\d{1,2}[.\-]\d{2,4}|[1-9]\d{2,6}00|\d{1,2} \d{1,2} (?:20)?\d\d|\d{1,3}(?: 000)+|\d{1,3} \d{3} 000"
)
"""A sum or a date where the proof is looked for."""
_NOT_A_PROOF = re.compile(
    r"\b(?:npwp|nib|nik|ktp|kk|hp|telp?|tlp|wa|rek\w*|norek|kode ?pos|nop|npwpd|ext|pin|otp|rangka|mesin|stnk|bpkb|pelanggan|nis|nip|terminal|tid|mid|kartu|a/?n|va|account|acc|akun|pos|bukan|bkn|"
    r"nrkb|sim|nisn|token|skck|imei|antrian|antrean|kwh|meter|merchant|surat(?! setor)|sk|perda|pergub|undangan|berkas|telp|telepon|fax|kantor)(?:nya)?(?: (?:saya|sy|no|nomor|kami|tujuan|toko|bank|virtual|account|pemda|kas|daerah|atas nama))*[ :.=#]{0,3}$"
)
_ANOTHER = re.compile(
    r" ?(?:\([^)]{0,20}\))? ?(?:dan|&|and|sama|sareng|karo|atau|atw|or|/|apa) (?:(?:no|ref|reff|bukti|nomor)[ .:]{1,2})?\d{6,}"
)
"""A second number that is called a proof in the same breath."""


def _is_lettered(board: Board, match: re.Match[str]) -> bool:
    """Whether a number of many letters (``72QV2L``) is one: in capitals, behind a word for proofs."""
    raw = board.text[match.start(1) : match.end(1)]
    return (
        match.re is LABELLED[0]
        and 6 <= len(raw) <= 20
        and raw.isalnum()
        and raw == raw.upper()
        and raw != raw.lower()
        and not ALIKE.fullmatch(raw)
        and len(DIGIT_RUN.findall(raw)) >= 2
    )


def _take_masked(board: Board, matches: list[re.Match[str]]) -> bool:
    """Take what is hidden or unreadable, so that nobody reads a sum or a time from it; whether there is any."""
    masked = [one for one in matches if _masked(board, one)]
    for one in masked:
        board.take(one.start(1), one.end(1), UNREADABLE_NUMBER)
    return bool(masked)


def read_labelled(board: Board) -> tuple[str | None, bool]:
    """Take the proof that a word names. Returns it, and whether the text names two alike (then it is left out)."""
    for match in board.find(BEHIND) if board.hints("(") else ():
        return (None, True) if _take_masked(board, [match]) else (_take(board, match), False)
    for pattern, hints in zip(LABELLED, LABEL_HINTS, strict=True):
        if not board.hints(*hints):
            continue
        matches = [m for m in board.find(pattern) if _fits(board, m)]
        if any(_endless(board, one) for one in matches):
            return None, True
        values = {normalise(m[1]) for m in matches}
        if len(values) > 1:
            return None, True
        if _take_masked(board, matches):
            return None, True
        if values and _ANOTHER.match(board.rest, matches[0].end(1)):
            return None, True
        if values:
            return _take(board, matches[0]), False
    return None, False


def read_second_field(board: Board, bill_end: int) -> str | None:
    """The field behind the bill, where the documented order puts the proof."""
    if _LABEL_SAID.search(board.rest, 0, bill_end):
        return None
    match = _DOCUMENTED.match(board.rest, bill_end)
    if match is not None and _is_documented(board, match):
        return _take(board, match)
    match = _SECOND.match(board.rest, bill_end)
    if match is not None and match[0].lstrip(") ")[:1] not in "#*|;" and _LABEL_SAID.search(board.rest, match.end()):
        return None
    raw = with_zeros(match[1].rstrip(".-")) if match else ""
    if match is None or not is_proof(normalise(raw)) or _OTHER_FIELD.fullmatch(raw) or _masked(board, match):
        return None
    return _take(board, match)


_LABEL_SAID = re.compile(
    r"\b(?:bukti|reff?|no ?ref|resi|struk|slip|rrn|ntpn|referensi|validasi|jurnal|kode transaksi|id transaksi)\w{0,3}[ :.=]{1,3}(?=[a-z]{0,6}\d)[a-z\d]"
)
"""A proof that is named as such further on: what stands behind the bill is none."""


def _is_documented(board: Board, match: re.Match[str]) -> bool:
    """Whether the field between the bill and the date is the proof, whatever it looks like."""
    raw = with_zeros(match[1].strip())
    value = normalise(raw)
    shortest = 6 if value.isdigit() else 2
    if not shortest <= len(value) <= 20 or not any(map(str.isdigit, value)) or _masked(board, match):
        return False
    if _LABEL_IN_PROOF.fullmatch(raw):
        return True
    if _SURELY_OTHER.fullmatch(raw):
        return False
    if not (raw.isdigit() and raw.endswith("00") and raw[0] != "0") or _SUM_BEHIND.search(board.rest, match.end()):
        return True
    return not (_ROUND.fullmatch(raw) or _PROOF_BEHIND.search(board.rest, match.end()))


def take_round(board: Board, bill_end: int) -> bool:
    """Take a round number in the proof's place that no other sum shows to be the proof; whether there is one."""
    match = _DOCUMENTED.match(board.rest, bill_end)
    if match is None or not _ROUND.fullmatch(match[1].strip()):
        return False
    if _PROOF_BEHIND.search(board.rest, match.end()):
        return False
    board.take(match.start(1), match.end(1), "a sum or the proof, to be asked")
    return True


def read_left_over(board: Board) -> str | None:
    """The only thing left with the shape of a proof."""
    found = [
        m
        for m in board.find(FREE)
        if is_proof(normalise(m[1])) and not _NOT_A_PROOF.search(board.before(m.start(), 40))
    ]
    if _take_masked(board, found):
        return None
    if not found:
        found = [m for m in board.find(SPACED_FIELD) if is_proof(normalise(m[1]))]
    found = [m for m in found if not _MONEY_AHEAD.search(board.before(m.start(), 5)) and _looks_free(m[1])]
    return _take(board, found[0]) if len({m[1] for m in found}) == 1 else None


def _masked(board: Board, match: re.Match[str]) -> bool:
    """Whether parts of a number are hidden or could not be read: then it is asked for."""
    if (HIDDEN.search(match[1]) and not re.fullmatch(FT_NUMBER, match[1])) or HIDDEN_AHEAD.search(
        board.before(match.start(1), 4)
    ):
        return True
    return UNREADABLE.match(board.after(match.end(1), 44)) is not None


def _looks_free(token: str) -> bool:
    token = token.replace(" ", "")
    if ALIKE.fullmatch(token.upper()):
        return False
    if token.isdigit():
        return not (token.endswith("000") and len(token) <= 9 and token[0] != "0")
    return sum(char.isdigit() for char in token) >= 5 or len(token) >= 9 or token.startswith("ft")


def _fits(board: Board, match: re.Match[str]) -> bool:
    raw = match[1]
    if not (is_proof(normalise(raw)) or _is_lettered(board, match)) or _NOT_A_PROOF.search(
        board.before(match.start(), 24) + " "
    ):
        return False
    if _DENIED.search(match[0][: match.start(1) - match.start()]):
        return False
    return not _SUM_OR_DATE.fullmatch(with_zeros(raw))


_GOES_ON = re.compile(r"(?: \d{3,6})+(?![\w]|[.,/:\-]\d)")


def _endless(board: Board, match: re.Match[str]) -> bool:
    """Take groups of digits of which nobody can say where the proof ends and a sum begins; whether they are such."""
    more = _GOES_ON.match(board.rest, match.end(1)) if " " in match[1] else None
    if more is None and not match[1].endswith(" 000"):
        return False
    board.take(match.start(1), more.end() if more else match.end(1), "digits without an end, to be asked")
    return True


def _take(board: Board, match: re.Match[str]) -> str:
    board.take(match.start(1), match.end(1), "proof")
    return normalise(match[1])
