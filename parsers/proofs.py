"""The payment proof: the number a bank, a counter or QRIS printed for the transfer."""

from __future__ import annotations

import re

from parsers.board import Board

_LETTERS_AHEAD = r"(?!(?:rp|no|tgl|jam|pkl|via|atm|di|ke|dr|th|tf|trf|per|idr|bri|bni|bca|bjb|bsi|btn|rek|a|jl|rt|rw|hp|wa|nik)\b)[a-z]{1,4}"
_PROOF_SHAPE = (
    rf"({_LETTERS_AHEAD} \d{{2,4}}(?: \d{{2,4}}){{1,4}}(?![a-z0-9./\-])|"
    + r"(?:\d{6,8}(?: \d{4}){2,3}|\d{2,4}(?: \d{2,4}){1,5}(?: \d(?! ?(?:x|kali|kl|tagihan|skrd|skpd|bill|bukti|lembar|buah|unit|orang|bulan|bln|th|hari|hr|jam|pagi|siang|sore|malam|juta|jt|ribu|rb|jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|nop|des)))?)(?![a-z0-9/\-]|\.\d)|[a-z]{0,6}\d[a-z0-9./\-]{3,23}|[a-z]{1,8}[./\-]?[a-z0-9]{0,6}\d[a-z0-9./\-]{2,20})"
)
_LABELS = (
    r"(?:no(?:mor|mer|\.)?|nmr|kode|code|id|number)?[ .]{0,2}(?:bukti|bkti|buktina|reff?|referensi|refrensi|reference|resi|struk|strk|slip|validasi|jurnal|journal|"
    r"kwitansi|kuitansi|rrn|receipt|proof|bukti setor|sts)|noref|nref|nobukti|norek? ref",
    r"ntpn|ntpd|ntb",
    r"(?:no(?:mor|mer|\.)?|kode|id|code)[ .]{0,2}(?:transaksi|trx|trans|transaction|trns|transfer|trf|tf|pembayaran|approval|otorisasi)|idtrx|trx id|trxid|transaction (?:id|no|number|code)|id",
    r"no(?:mor|mer|\.)?|kode|code|number|nmr",
)
_FILL = (
    r"(?:(?:nya|na|ne|ny|no|nomor|nomer|num|number|adalah|yaitu|yakni|ini|is|sy|saya|sayah|abdi|bank|bjb|bri|bni|bca|bsi|btn|mandiri|mega|atm|transfer|trf|tf|setor|setoran|setornya|bayar|bayarnya|bayarna|pembayaran|pembayarannya|transfernya|record|itu|yg|yang|benar|bener|"
    r"transaksi|trx|ref|reff|id|dari|the|kode|struk|slip|teller|qris|va|mbanking|no\.|was|berikut|pos|tulis|ditulis|catat|dicatat|tertulis|tertera|pada|strukna|struknya)(?![a-z0-9])[ :.=#]{0,3}){0,4}"
)
_LABELLED = tuple(
    re.compile(
        rf"(?<![a-z])(?:{label})(?:nya|na|ny|ne)?(?![a-z])[ :.=#(\n]{{0,4}}{_FILL}{_PROOF_SHAPE}(?![a-z0-9]|[/\-][a-z0-9])"
    )
    for label in _LABELS
)
_LABEL_HINTS = (
    (
        "bukti",
        "bkti",
        "ref",
        "resi",
        "struk",
        "strk",
        "slip",
        "valid",
        "urnal",
        "kwit",
        "kuit",
        "rrn",
        "receipt",
        "proof",
        "sts",
    ),
    ("ntp", "ntb"),
    ("id", "trx", "trans", "trns", "trf", "tf", "bayar", "approv", "otoris"),
    ("no", "kode", "code", "number", "nmr"),
)
"""Pieces without which the labels of the same place are not said."""
_BEHIND = re.compile(
    r"(?<![\w./\-])([a-z]{0,6}\d[a-z0-9]{5,19})[ ]?\((?:no\.? ?|nomor )?(?:bukti|ref|reff|resi|slip|struk|rrn)\w*\)"
)
_FREE = re.compile(
    r"(?<![\w.,/\-])(ft\d{4,9}[a-z\d]{2,8}|[a-z]{1,8}[\-/.]?\d[a-z0-9]{4,18}|\d[a-z0-9]{5,19})(?![\w]|[.,/\-]\d|[/\-][a-z])"
)
_SPACED_FIELD = re.compile(r"(?<=[#*|;]) ?(\d{2,4}(?: \d{2,4}){2,5})(?= ?(?:[#*|;]|$))")
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
_DIGIT_RUN = re.compile(r"\d+")
_SIGNS = re.compile(r"[^A-Z0-9]")
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
_ACCOUNT = re.compile(
    r"\b(?:no(?:mor|\.)? ?)?(?:rek(?:ening)?|norek|account|acc?|akun|virtual account|va|briva|a/c)(?: (?!rp|idr|bukti|ref|noref|resi|struk|slip|kode|jurnal|no\b|nomor|trx|rrn|ntb|tgl|jam)[a-z]{2,8}\.?){0,4}[ :.=]{0,3}"
    r"((?!\d{1,2}[/\-.]\d{1,2}[/\-.]\d{2}|\d{1,3}(?:\.\d{3})+(?!\d|\.\d))(?:\d{9,18}(?!\d)|\d(?:[\d\-]|[ .](?=\d)){6,24}\d))(?![\w])"
)
_TO_BANK = re.compile(
    r"(?<![a-z])(?:ke|to|tujuan)[ :]{1,2}(?:rek(?:ening)?\.? )?(?:bank )?(?:(?!bukti|ref|noref|resi|struk|slip|kode|jurnal|no\b|nomor|trx|rrn|ntb|tgl|jam|pkl|rp|idr|id|via|sebesar|sejumlah)[a-z]{2,12} ){0,3}(?:rek(?:ening)?\.? )?(?:no\.? ?)?((?!\d{1,3}(?:\.\d{3})+(?!\d|\.\d))\d[\d\-.]{5,20})(?![\w])"
)
_LABELLED_OTHER = re.compile(
    r"\b(?:npwpd?|nib|nik|no\.? ?kk|kk|ktp|nop|kode ?pos|ext|rangka|mesin|stnk|bpkb|idpel|id pelanggan|nip|nis|nisn|terminal|tid|mid|kartu|nrkb)(?: saya| sy| no\.?| nomor| id)*[ :.=]{0,3}([a-z]{0,3}\d[\d.\-]{3,24})(?!\w)"
)


_ANOTHER = re.compile(
    r" ?(?:\([^)]{0,20}\))? ?(?:dan|&|and|sama|sareng|karo|atau|atw|or|/|apa) (?:(?:no|ref|reff|bukti|nomor)[ .:]{1,2})?\d{6,}"
)
"""A second number that is called a proof in the same breath."""


_FT_NUMBER = r"ft\d{5}(?!\w*xxx)[a-z\d]{5}(?![\w*?])"
"""A core-banking number, year and day of the year behind ``FT``: two X in its end are letters."""
_HIDDEN = re.compile(r"^x{2,}|x{2,}$|x{3,}")
_HIDDEN_NUMBER = re.compile(
    rf"(?<![\w*?])(?!{_FT_NUMBER})(?:[a-z]{{0,4}}\d[a-z\d]{{0,18}}-?(?:\*{{2,6}}|\?{{2,6}}|x{{2,8}}(?![a-wyz]))|(?:\*{{2,12}}|x{{2,12}})-?(?=\d))[\dx*?\-]{{0,20}}"
)
_HIDDEN_AHEAD = re.compile(r"(?:[*?x]{2}|\.{2,}|-{3,})[\- .]?$")
_UNREADABLE = re.compile(
    r"[\- .]?(?:\*\*|\?{2}|\.{2,}|-{3,}|xx)|[ ,.;(]{0,3}(?:(?:tapi|tp|yg|yang|yng|lain|lainnya|sisanya|belakangnya|blkgnya|depannya|akhirnya|ujungnya|angka|digit|sekian|terakhir|nya|rest|the|is|struk|strukna|agak|udah|sudah|sdh) ){0,4}"
    r"(?:(?:tidak|tdk|ga|gak|g|nggak|ngga|kurang|krg|ndak|teu|ora|susah|not|sulit)(?: bisa| begitu| pati)? (?:di|ke|ter|ka)?(?:baca|jelas|lihat|liat|legible|readable|keliatan|kelihatan|terlihat|terang)\w*"
    r"|illegible|unreadable|(?:nge)?buram|pudar|luntur|kabur|sobek|robek|kepotong|terpotong|blur|nge-?blur|kehapus|ilang|hilang|samar|burem|pupus|dst|dstnya|sekian)\b"
)


def normalise(value: str) -> str:
    """Upper case, letters and digits only; leading zeros stay."""
    return _SIGNS.sub("", value.upper())


def is_proof(value: str) -> bool:
    """Whether a normal form can be a proof: 6 to 20 characters with four digits or more."""
    return 6 <= len(value) <= 20 and sum(char.isdigit() for char in value) >= 4 and not _ALIKE.fullmatch(value)


_ALIKE = re.compile(r"(?=\d*O)(?=.*\d)[\dO]{6,20}")
"""Digits with the letter O between them: a zero or an O, nobody can say which."""


def _is_lettered(board: Board, match: re.Match[str]) -> bool:
    """Whether a number of many letters (``72QV2L``) is one: in capitals, behind a word for proofs."""
    raw = board.text[match.start(1) : match.end(1)]
    return (
        match.re is _LABELLED[0]
        and 6 <= len(raw) <= 20
        and raw.isalnum()
        and raw == raw.upper()
        and raw != raw.lower()
        and not _ALIKE.fullmatch(raw)
        and len(_DIGIT_RUN.findall(raw)) >= 2
    )


def take_accounts(board: Board) -> None:
    """Take accounts and other numbers that the text names: none of them is a proof or an amount."""
    for pattern, words in ((_ACCOUNT, _ACCOUNT_WORDS), (_TO_BANK, _TO_WORDS), (_LABELLED_OTHER, _OTHER_WORDS)):
        for match in board.find(pattern) if board.says(words) else ():
            board.take(match.start(1), match.end(1), "account or other number, not the proof")


_ACCOUNT_WORDS = frozenset("rek rekening norek account ac acc akun virtual va briva a c norekening".split())
_TO_WORDS = frozenset("ke to tujuan".split())
_OTHER_WORDS = frozenset(
    "npwp npwpd nib nik kk ktp nop pos kodepos ext rangka mesin stnk bpkb idpel id pelanggan nip nis nisn terminal tid mid kartu nrkb".split()
)
"""Without one of these words the pattern of the same name finds nothing."""


def take_hidden(board: Board) -> bool:
    """Take numbers of which a part is hidden (``0093****7711``, ``889012xxx``); whether there are any."""
    if not board.hints("**", "??", "xx"):
        return False
    before = len(board.how)
    board.without(_HIDDEN_NUMBER, "number with hidden parts, not the proof")
    return len(board.how) > before


def _take_masked(board: Board, matches: list[re.Match[str]]) -> bool:
    """Take what is hidden or unreadable, so that nobody reads a sum or a time from it; whether there is any."""
    masked = [one for one in matches if _masked(board, one)]
    for one in masked:
        board.take(one.start(1), one.end(1), "unreadable number, to be asked")
    return bool(masked)


def read_labelled(board: Board) -> tuple[str | None, bool]:
    """Take the proof that a word names. Returns it, and whether the text names two alike (then it is left out)."""
    for match in board.find(_BEHIND) if board.hints("(") else ():
        return (None, True) if _take_masked(board, [match]) else (_take(board, match), False)
    for pattern, hints in zip(_LABELLED, _LABEL_HINTS, strict=True):
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
    raw = match[1].rstrip(".-") if match else ""
    if match is None or not is_proof(normalise(raw)) or _OTHER_FIELD.fullmatch(raw) or _masked(board, match):
        return None
    return _take(board, match)


_LABEL_SAID = re.compile(
    r"\b(?:bukti|reff?|no ?ref|resi|struk|slip|rrn|ntpn|referensi|validasi|jurnal|kode transaksi|id transaksi)\w{0,3}[ :.=]{1,3}(?=[a-z]{0,6}\d)[a-z\d]"
)
"""A proof that is named as such further on: what stands behind the bill is none."""


def _is_documented(board: Board, match: re.Match[str]) -> bool:
    """Whether the field between the bill and the date is the proof, whatever it looks like."""
    raw = match[1].strip()
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
        for m in board.find(_FREE)
        if is_proof(normalise(m[1])) and not _NOT_A_PROOF.search(board.before(m.start(), 40))
    ]
    if _take_masked(board, found):
        return None
    if not found:
        found = [m for m in board.find(_SPACED_FIELD) if is_proof(normalise(m[1]))]
    found = [m for m in found if not _MONEY_AHEAD.search(board.before(m.start(), 5)) and _looks_free(m[1])]
    return _take(board, found[0]) if len({m[1] for m in found}) == 1 else None


def _masked(board: Board, match: re.Match[str]) -> bool:
    """Whether parts of a number are hidden or could not be read: then it is asked for."""
    if (_HIDDEN.search(match[1]) and not re.fullmatch(_FT_NUMBER, match[1])) or _HIDDEN_AHEAD.search(
        board.before(match.start(1), 4)
    ):
        return True
    return _UNREADABLE.match(board.after(match.end(1), 44)) is not None


def _looks_free(token: str) -> bool:
    token = token.replace(" ", "")
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
    return not _SUM_OR_DATE.fullmatch(raw)


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
