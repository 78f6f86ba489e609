"""Dates of payment as people write them, always day first; relative ones count from the receipt."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from parsers.board import Board
from parsers.relative_days import relative, take_relative

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januari january", "feb februari pebruari peb february", "mar maret mart mrt march", "apr april", "mei may",
         "jun juni june", "jul juli july", "agu agt agst agus agustus ags aug august", "sep sept september",
         "okt oktober oct october", "nov nop nopember november nopem", "des desember dec december"), 1)
    for name in names.split()
}  # fmt: skip
_MONTH_WORDS = frozenset(_MONTHS)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_LOOK = str.maketrans("oil", "011")
_ISO = re.compile(r"(?<![\w])(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?=[t\s#,;|_)\x01]|$|\D)")
_NUMERIC = re.compile(
    r"(?<![\w/\-])(?<!\d[.,])([\doil]{1,2})( ?[/.\-] ?)([\doil]{1,2})(?:\2|')(2[\doil]{3}|\d{2})(?![\w]|[.,/]\d|-\d(?!\d?[:.]\d\d))"
)
_NAMED = re.compile(
    rf"(?<![\w.,])(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ ./\-]{{0,2}}({_MONTH})(?![a-z])[ .,/\-']{{0,2}}(20\d\d|\d\d)?(?![\d]|[.:]\d\d)"
)
_NAMED_SHORT = re.compile(rf"(?<![\w.,])(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ ./\-]{{0,2}}({_MONTH})\b()")
_ENGLISH = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (20\d\d)\b")
_ENGLISH_SHORT = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)(?![\w])()")
_COMPACT = re.compile(r"(?<![\w.,/\-])(\d\d)(\d\d)(20\d\d|\d\d)(?![\w]|[.,/\-]\d)")
_NO_YEAR = re.compile(r"(?<![\w.,/\-])(\d{1,2}) ?[/\-] ?(\d{1,2})(?![\w]|[.,/\-:]\d)")
_SPACED_FIELD = re.compile(r"(?<=[#*|;]) ?(\d{1,2}) (\d{1,2}) (20\d\d|\d\d)(?= ?(?:[#*|;]|$))")
_RECENT = timedelta(days=120)
_DAY_ONLY = re.compile(
    r"\b(?:tgl|tggl|tanggal|tg|tangal)\.?[ :]{0,2}(\d{1,2})(?:st|nd|rd|th)?(?![\d\w]|[.,/:\-]\d)(?! ?(?:jt|rb|ribu|juta)\b)"
)
_TIME_BEHIND = re.compile(r"[ ,]{1,2}(?:(?:jam|pkl|pukul)[ .]{1,2})?(?:\d{1,2}[.:]\d\d|[0-2]\d[0-5]\d)(?!\d)")
_DATE_WORD = re.compile(r"\b(?:tgl|tggl|tanggal|tgl\.|date)(?: (?:bayar|transfer|trf|tf|transaksi|setor))?[ :.#]{0,3}$")
_NOT_PAID_ON = re.compile(
    r"(?:tempo|\bjt\b|\bj\.?tempo|\bdue(?: on| date)?|\bbatas\w*|\bmasa(?: pajak| berlaku)?|\bperiode|\bberlaku\w*|\bs/?d|\bsampai|\bhingga|\bbefore|"
    r"\bpaling (?:lambat|telat)|\blahir|\bbukan|\bbkn|\b(?:di)?terbit\w*|\bterima|\bditerima|\bsurat(?: \w+){0,2}|\bdated|\bissued|\bkwitansi penagihan(?: \S+){0,3}|\bpenetapan|\bdikirim|\bditagih\w*|\bdikeluarkan|\bcetak|\bdicetak|\bdeadline|\bbesok|\bexpired?|\buntil|\bberita acara|\bjanji\w*(?: \w+){0,2}|\bposting|\bpembukuan|\bdibukukan(?: oleh)?|\bdibuku\w*|\befektif|\bvaluta|\bvalue date|\bsettle\w*|\bposted(?: on)?)"
    r"(?: tgl| tanggal|nya| pada| on| hari| pembayaran| bayar| akhir| the| bank| senin| selasa| rabu| kamis| jumat| sabtu| minggu)*[ :.(|=]{0,4}$"
)
_PERIOD = re.compile(
    rf"\b(?:masa|periode|bulan|bln|utk bln|thn|tahun|th)\.?(?: pajak)?[ :]{{0,2}}(?:(?:{_MONTH})\b\.? ?)?(?:20\d\d)?(?: ?- ?(?:{_MONTH}) ?(?:20\d\d)?)?"
)
_TOLD_ON = re.compile(
    r"\b(?:kemarin|kmrn|kemaren|kmren|tadi|td|semalam|minggu lalu|bulan lalu)(?: pagi| siang| sore| malam)? (?:yang |yg )?(?:saya |sy )?(?:di(?:tagih\w*|kirim\w*|sms\w*|ingat\w*|telp\w*|bilang\w*|info\w*|kasih tau|datangi)|datang|(?:dapat|dpt|terima|nerima) (?:surat|tagihan|sms|pemberitahuan|info|skrd|skpd|telp\w*))"
)
"""``yg kmrn ditagih``: when something was sent or said to the writer, not when he paid."""
_ADDRESS = re.compile(
    r"\b(?:rt|rw|blok|kios|los|lantai|lt|km|kamar|gang|gg|no\. ?rumah)\b[ .]{0,2}(?:[a-z]{1,2}[ .\-]?)?\d{1,3}(?: ?/ ?(?:rw\.? ?)?\d{1,3})?(?![\w/]|[.,:\-]\d| ?(?:rb|rbu|ribu|jt|juta|k)\b)"
)
"""Where somebody lives or sells: ``RT 02/05`` is no date."""
_ADDRESS_WORDS = frozenset("rt rw blok kios los lantai lt km kamar gang gg rumah".split())
_SPACED = re.compile(r"(?<![\w.,/\-])(\d{1,2}) (\d{1,2}) (20\d\d)(?![\w]|[.,/:\-]\d)")
_TOMORROW = re.compile(r"\b(?:besok|bsk|besuk|esok|isukan|sesuk|tomorrow|nanti)\b")
TO_COME = "a day still to come, not the payment date"
_SOON = timedelta(days=45)


def _take_days_to_come(board: Board, today: date) -> None:
    """Take days without a year that lie shortly ahead: nobody tells of a payment eleven months ago so."""
    signs = (_NO_YEAR,) if "/" in board.rest or "-" in board.rest else ()
    for pattern in (_NAMED_SHORT, *signs) if board.says(_MONTH_WORDS) else signs:
        for match in board.find(pattern):
            value = make(match[1], match[2], str(today.year), today)
            without_year = pattern is _NO_YEAR or not _YEAR_BEHIND.match(board.rest, match.end())
            if value and without_year and timedelta(0) < value - today <= _SOON:
                board.take(match.start(), match.end(), TO_COME)


_YEAR_BEHIND = re.compile(r"[ .,/\-']{0,2}(?:20\d\d|\d\d)(?![\d]|[.:]\d)")


def read_date(board: Board, received_at: datetime) -> date | None:
    """Take every date of the text; return the day of payment, None when none or several are possible."""
    today = received_at.date()
    if board.says(_ADDRESS_WORDS):
        board.without(_ADDRESS, "address, not a field")
    if board.hints(
        "tagih", "dikirim", "dapat", "dpt", "terima", "disms", "diingat", "ditelp", "dibilang", "diinfo", "datang"
    ):
        board.without(_TOLD_ON, "the day of something else")
    _take_others(board)
    _take_days_to_come(board, today)
    written = _explicit(board, today)
    if written:
        take_relative(board)
        return written[0] if len(set(written)) == 1 else _called(board, today)
    return relative(board, today)


_PAID_ON = re.compile(
    r"\b(?:di)?(?:bayar|lunas|transfer|setor|tf|trf|byr)\w*(?: (?:nya|pada|pd|tgl|tanggal|hari|on|tg|lagi|senin|selasa|rabu|kamis|jumat|sabtu|minggu)\.?){0,3}[ :]{0,2}$"
)


def _called(board: Board, today: date) -> date | None:
    """Of several dates the one that a verb of paying stands straight before."""
    found: set[date] = set()
    for pattern, order in ((_NUMERIC, (1, 3, 4)), (_NAMED, (1, 2, 3)), (_NO_YEAR, (1, 2, 2))):
        for match in pattern.finditer(board.told()):
            year = None if pattern is _NO_YEAR else match[order[2]]
            value = make(match[order[0]].translate(_LOOK), match[order[1]], year, today)
            if value is not None and _PAID_ON.search(board.told()[: match.start()][-40:]):
                found.add(value)
    return found.pop() if len(found) == 1 else None


def make(day: str, month: str, year: str | None, today: date) -> date | None:
    """A date by its written parts; without a year the latest such date not after ``today``."""
    number = int(month) if month.isdigit() else _MONTHS.get(month, 0)
    try:
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), number, int(day))
        this = date(today.year, number, int(day))
        return this if this <= today else date(today.year - 1, number, int(day))
    except ValueError:
        return None


_DUE_HINTS = (
    "tempo", "jt", "batas", "masa", "periode", "berlaku", "sd", "s/d", "sampai", "hingga", "before", "due", "lambat", "telat", "lahir",
    "bukan", "bkn", "terbit", "acara", "janji", "dated", "issued", "penagihan", "penetapan", "terima", "surat", "dikirim", "tagih", "keluar", "cetak", "deadline", "besok", "expire", "until", "posting", "buku", "efektif", "valu", "settle", "posted", "bulan", "bln", "thn", "tahun", "period",
)  # fmt: skip
"""Without one of these no date is anything but the payment's."""


def _take_others(board: Board) -> None:
    """Take due dates and periods: they have the shape of a date and are not the payment's."""
    if not board.hints(*_DUE_HINTS):
        return
    for pattern in (_ISO, _NUMERIC, _NAMED, _NAMED_SHORT, _NO_YEAR, _DAY_ONLY):
        for match in board.find(pattern):
            if _NOT_PAID_ON.search(board.before(match.start(), 34)) and board.free(match.start(), match.end()):
                board.take(match.start(), match.end(), "due date or period, not the payment date")
    for match in board.find(_PERIOD):
        if re.search(r"\d|" + _MONTH, match[0][4:]):
            board.take(match.start(), match.end(), "period, not the payment date")


def _explicit(board: Board, today: date) -> list[date]:
    found: list[date] = []
    numeric = ((_ISO, (3, 2, 1)), (_NUMERIC, (1, 3, 4)))
    named = ((_ENGLISH, (2, 1, 3)), (_NAMED, (1, 2, 3)), (_NAMED_SHORT, (1, 2, 3)), (_ENGLISH_SHORT, (2, 1, 3)))
    for pattern, order in numeric + (named if board.says(_MONTH_WORDS) else ()):
        for match in board.find(pattern):
            parts = [match[group] or "" for group in order]
            if pattern is _NUMERIC:
                parts = [part.translate(_LOOK) for part in parts]
            _keep(board, match, make(parts[0], parts[1], parts[2], today), found)
    for match in board.find(_SPACED_FIELD):
        _keep(board, match, make(match[1], match[2], match[3], today), found)
    for match in board.find(_SPACED):
        value = make(match[1], match[2], match[3], today)
        if value is not None and timedelta(0) <= today - value <= _RECENT:
            _keep(board, match, value, found)
    for match in board.find(_COMPACT):
        _compact(board, match, today, found)
    for match in board.find(_NO_YEAR) if "/" in board.rest or "-" in board.rest else ():
        _keep(board, match, make(match[1], match[2], None, today), found)
    for match in board.find(_DAY_ONLY) if board.hints("tg", "tanggal", "tangal") else ():
        _keep(board, match, _latest_day(int(match[1]), today), found)
    return found


def _keep(board: Board, match: re.Match[str], value: date | None, found: list[date]) -> None:
    if value is not None and board.free(match.start(), match.end()):
        found.append(value)
        board.take(match.start(), match.end(), "date")


def _compact(board: Board, match: re.Match[str], today: date, found: list[date]) -> None:
    """Six or eight digits are a date after a date word, or in a field of their own when they lie near the receipt."""
    value = make(match[1], match[2], match[3], today)
    near = value is not None and timedelta(0) <= today - value <= _RECENT
    own = re.search(r"(?:[#*|;,_/]\s*|\n)$", board.before(match.start(), 4)) and not found
    timed = _TIME_BEHIND.match(board.after(match.end(), 16)) is not None and not found
    if _DATE_WORD.search(board.before(match.start())) or (near and (own or timed)):
        _keep(board, match, value, found)


def _latest_day(day: int, today: date) -> date | None:
    month = today.replace(day=1)
    for _ in range(3):
        try:
            value = month.replace(day=day)
        except ValueError:
            value = None
        if value is not None and value <= today:
            return value
        month = (month - timedelta(days=1)).replace(day=1)
    return None
