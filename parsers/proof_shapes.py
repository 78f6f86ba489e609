"""What a payment proof looks like, what names one, and what hides parts of it."""

from __future__ import annotations

import re

_LETTERS_AHEAD = r"(?!(?:rp|no|tgl|jam|pkl|via|atm|di|ke|dr|th|tf|trf|per|idr|bri|bni|bca|bjb|bsi|btn|rek|a|jl|rt|rw|hp|wa|nik)\b)[a-z]{1,4}"
_END = r"(?![a-z0-9/\-]|\.[a-z0-9])"
"""Behind a number in groups; a full stop that ends the sentence is no part of it."""
_GROUP = (
    r"(?!(?:jam|tgl|pkl|pk|rp|idr|via|no|hp|wa|rek|nik|bri|bni|bca|bjb|bsi|btn|atm|va|id|rrn|ref|a)\d|"
    r"\d+(?:rb|rbu|ribu|jt|k|x|kl|kali|wib|wit|wita|am|pm|hr|th|bln|jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|des)\b)"
    r"(?=[a-z]*\d)"
)
"""A group of a number: with a digit, and no time, sum or date in the guise of one."""
_FOURS = (
    rf"ft\d\d \d{{3}}[a-z\d] (?!(?:dari|tadi|atas|pada|oleh|buat|bank|sama|saya|pagi|sore|jam\d|tgl\d|nomi|uang)\b)"
    rf"[a-z\d]{{4}}{_END}|"
    rf"ft\d{{5}}[a-z\d] {_GROUP}(?=\d*[a-z])[a-z\d]{{4}}{_END}|"
    rf"(?=[a-z]{{1,3}}\d)(?=[a-z\d]{{4}} (?:\d{{4}} )*[a-z\d]*[a-z])[a-z\d]{{4}}(?: {_GROUP}[a-z\d]{{4}}){{1,4}}"
    rf"(?: {_GROUP}[a-z\d]{{1,3}}(?= ?(?:[,;:.)#*|]|$)))?{_END}"
)
"""Letters and digits in groups of four, letters in more than the first: ``FT26 2961 EB98``."""
_PROOF_SHAPE = (
    rf"({_FOURS}|{_LETTERS_AHEAD} \d{{2,4}}(?: \d{{2,4}}){{1,4}}{_END}|"
    + rf"[a-z]{{1,4}}\d{{1,4}}(?: \d{{2,4}}){{1,4}}{_END}|"
    + r"(?:\d{6,8}(?: \d{4}){2,3}|\d{2,5}(?: \d{2,4}){1,5}(?: \d(?! ?(?:x|kali|kl|tagihan|skrd|skpd|bill|bukti|lembar|buah|unit|orang|bulan|bln|th|hari|hr|jam|pagi|siang|sore|malam|juta|jt|ribu|rb|jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|nop|des)))?)(?![a-z0-9/\-]|\.\d)|[a-z]{0,6}\d[a-z0-9./\-]{3,23}|[a-z]{1,8}[./\-]?[a-z0-9]{0,6}\d[a-z0-9./\-]{2,20})"
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
LABELLED = tuple(
    re.compile(
        rf"(?<![a-z])(?:{label})(?:nya|na|ny|ne)?(?![a-z])[ :.=#(\n]{{0,4}}{_FILL}{_PROOF_SHAPE}(?![a-z0-9]|[/\-][a-z0-9])"
    )
    for label in _LABELS
)
LABEL_HINTS = (
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
BEHIND = re.compile(
    r"(?<![\w./\-])([a-z]{0,6}\d[a-z0-9]{5,19})[ ]?\((?:no\.? ?|nomor )?(?:bukti|ref|reff|resi|slip|struk|rrn)\w*\)"
)
FREE = re.compile(
    r"(?<![\w.,/\-])(ft\d{4,9}[a-z\d]{2,8}|[a-z]{1,8}[\-/.]?\d[a-z0-9]{4,18}|\d[a-z0-9]{5,19})(?![\w]|[.,/\-]\d|[/\-][a-z])"
)
SPACED_FIELD = re.compile(r"(?<=[#*|;]) ?(\d{2,4}(?: \d{2,4}){2,5})(?= ?(?:[#*|;]|$))")
DIGIT_RUN = re.compile(r"\d+")
_SIGNS = re.compile(r"[^A-Z0-9]")
FT_NUMBER = r"ft\d{5}(?!\w*xxx)[a-z\d]{5}(?![\w*?])"
"""A core-banking number, year and day of the year behind ``FT``: two X in its end are letters."""
HIDDEN = re.compile(r"^x{2,}|x{2,}$|x{3,}")
HIDDEN_AHEAD = re.compile(r"(?:[*?x]{2}|\.{2,}|-{3,})[\- .]?$")
UNREADABLE = re.compile(
    r"[\- .]?(?:\*\*|\?{2}|\.{2,}|-{3,}|xx)|[ ,.;(]{0,3}(?:(?:tapi|tp|yg|yang|yng|lain|lainnya|sisanya|belakangnya|blkgnya|depannya|akhirnya|ujungnya|angka|digit|sekian|terakhir|nya|rest|the|is|struk|strukna|agak|udah|sudah|sdh) ){0,4}"
    r"(?:(?:tidak|tdk|ga|gak|g|nggak|ngga|kurang|krg|ndak|teu|ora|susah|not|sulit)(?: bisa| begitu| pati)? (?:di|ke|ter|ka)?(?:baca|jelas|lihat|liat|legible|readable|keliatan|kelihatan|terlihat|terang)\w*"
    r"|illegible|unreadable|(?:nge)?buram|pudar|luntur|kabur|sobek|robek|kepotong|terpotong|blur|nge-?blur|kehapus|ilang|hilang|samar|burem|pupus|dst|dstnya|sekian)\b"
)


def normalise(value: str) -> str:
    """Upper case, letters and digits only; leading zeros stay, and the letter O among nothing but digits is one."""
    key = _SIGNS.sub("", value.upper())
    return key.replace("O", "0") if ALIKE.fullmatch(key) else key


def is_proof(value: str) -> bool:
    """Whether a normal form can be a proof: 6 to 20 characters with four digits or more."""
    return 6 <= len(value) <= 20 and sum(char.isdigit() for char in value) >= 4


ALIKE = re.compile(r"(?=\d*O)(?=(?:O*\d){4})[\dO]{6,20}")
"""Digits with the letter O between them: no bank's number has no other letter than this, so that it is a zero."""


def with_zeros(raw: str) -> str:
    """A raw number in lower case with its zeros as digits, for the rules that tell a sum or a date by its digits."""
    return raw.replace("o", "0") if "o" in raw and not re.search(r"[a-np-z]", raw) else raw
