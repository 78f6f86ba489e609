"""Values that the writer takes back in the same text: ``tgl 12/11 eh bukan, tgl 13/11``."""

from __future__ import annotations

import re

from parsers.clauses import Span

_MARK = re.compile(
    r"\b(?:ralat(?:nya)?|koreksi|eh(?:[ ,]{1,2}(?:bukan|salah|maksud\w*|sori|sorry|maaf)){0,3}|maksud(?:nya| saya| sy| aku|ku)|maksudnya|harusnya|seharusnya|mestinya|semestinya"
    r"|(?:yg|yang|nu|sing) (?:benar|bener|betul|bnr|baru|leres)(?:nya)?|(?:maaf|sori|sorry|mf)[ ,]{1,2}salah|i mean|i meant|should be|correction|salah (?:ketik|tulis|tulisan))\b(?: (?:itu|saya|sy|adalah|bukan|bkn|ya|di|lewat|dari|dr|dgn|pakai|pake|nomor|no|is|it))*[ ,:.]{0,3}"
)
_HINTS = (
    "ralat", "koreksi", "eh", "maksud", "harusnya", "mestinya", "benar", "bener", "betul", "bnr", "baru", "leres",
    "i mean", "should be", "correction", "salah",
)  # fmt: skip
_MONTH = r"(?:jan|feb|peb|mar|apr|mei|may|jun|jul|agu|agt|agst|aug|sep|okt|oct|nov|nop|des|dec)[a-z]*"
_SHAPES = (
    ("date", re.compile(rf"(?<![\w.,])(?:tgl\.? ?|tanggal )?(?:\d{{1,2}}[/\-]\d{{1,2}}(?:[/\-]\d{{2,4}})?(?![\d/\-])|\d{{1,2}} {_MONTH}\b(?: 20\d\d)?)|\b(?:tgl\.? ?|tanggal )\d{{1,2}}(?![\d.:/])")),
    ("time", re.compile(r"\b(?:jam|pkl|pukul|pk)\.? ?(?:setengah )?\d{1,2}(?:[.:]\d\d)?(?: ?(?:pagi|siang|sore|malam|wib))?|(?<![\w.,/\-])\d{1,2}[.:]\d\d(?!\d|[.,]\d)")),
    ("sum", re.compile(r"(?:\brp\.? ?)?(?<![\w.,/\-])\d{1,3}(?:\.\d{3})+(?!\d|/)(?:,00|,-)?|\brp\.? ?\d{4,}|(?<![\w.,/\-])\d+(?:[.,]\d+)? ?(?:rb|rbu|ribu|jt|juta|k)\b")),
    ("number", re.compile(r"(?<![\w.,/\-])(?:[a-z]{0,6}\d[a-z\d]{5,19}|\d{2,5}(?:[.\-]\d{2,5}){2,5})(?![\w]|[.,/\-]\d)")),
    ("bank", re.compile(r"\b(?:bjb|bri|bni|bca|bsi|btn|mandiri|mega|cimb|danamon|permata|muamalat|panin|bank banten|brimo|livin)\b")),
)  # fmt: skip
_WORD = re.compile(r"[a-z]+[ :.=]{1,3}")


def taken_back(low: str) -> list[Span]:
    """Where a lower-case text says what it corrects further on: the value before of the same kind."""
    if not any(hint in low for hint in _HINTS):
        return []
    spans: list[Span] = []
    for mark in _MARK.finditer(low):
        new = _first_value(low, mark.end())
        if new is None:
            continue
        kind, said = new
        before = [m for name, shape in _SHAPES if name == kind for m in shape.finditer(low, 0, mark.start())]
        if before and before[-1][0] != said and _near(low, before[-1].end(), mark):
            spans.append(before[-1].span())
    return list(dict.fromkeys(spans))


def _first_value(low: str, at: int) -> tuple[str, str] | None:
    """The first value behind a position, with at most a label between."""
    for start in (at, *(word.end() for word in _WORD.finditer(low, at, at + 40))):
        for kind, shape in _SHAPES:
            match = shape.match(low, start)
            if match:
                return kind, match[0]
        if not _WORD.match(low, start):
            return None
    return None


def _near(low: str, end: int, mark: re.Match[str]) -> bool:
    """A bare ``yg baru`` or ``harusnya`` corrects what stands close before it; the other marks anything before."""
    word = mark[0]
    loose = word.startswith(("yg baru", "yang baru", "harusnya", "seharusnya", "mestinya", "semestinya"))
    return not loose or mark.start() - end <= 24
