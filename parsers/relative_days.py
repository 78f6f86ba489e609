"""Days told from the receipt on: today, yesterday, days and weeks ago, a day of the week."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from parsers.board import Board

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("senin senen snn monday", "selasa sls tuesday salasa", "rabu rbu rebo wednesday", "kamis kms kemis thursday",
         "jumat jum'at jmt jumaat friday", "sabtu sbt saptu saturday", "ahad sunday minggu"))
    for name in names.split()
}  # fmt: skip
_DAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_NUMBERS = {
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "se": 1,
    "two": 2,
    "three": 3,
    "a": 1,
}
_AGO = re.compile(
    r"\b(satu|dua|tiga|empat|lima|enam|tujuh|two|three|\d)[ -]?(?:hari|hr|days?|dinten|dina)(?: yang| yg| nu| sing)? ?(?:lalu|yl|lalu|ago|kepungkur|kapengker|kmrn|kemarin|silam)\b"
)
_LAST_WEEKDAY = re.compile(
    rf"\b(?:hari |hr |on |last |malam |tadi |dinten |poe )*({_DAY})(?: (?:malam|pagi|siang|sore))?(?: (?:kemarin|kmrn|kmaren|kemaren|kmren|lalu|yg lalu|yang lalu|kamari|wingi))"
)
_HARI_WEEKDAY = re.compile(rf"\b(?:hari|hr|on|last|dinten|poe) ({_DAY})\b")
_DAY_HINTS = tuple(_WEEKDAYS)
_LAST_WEEK = re.compile(rf"\b(?:hari |hr )?({_DAY}) (?:minggu|pekan|mggu) (?:lalu|kemarin|kmrn|kemaren)\b")
_WEEK_AGO = re.compile(
    r"\b(?:seminggu|saminggu|satu minggu|1 minggu|a week|one week) (?:yang |yg |nu |sing )?(?:lalu|yl|ago|kepungkur|silam)\b"
)
_TODAY = re.compile(
    r"\b(?:hari ini|hr ini|hri ini|today|just now|barusan|brusan|barusaja|baru saja|baru aja|bru aja|tadi|td|tdi|tadinya|this (?:morning|afternoon|evening)|ayeuna|saiki|mau isuk|mau esuk|mau awan|wau|(?:pagi|siang|sore|malam|subuh) (?:ini|tadi)|dinten ieu|poe ieu|dinten niki|dina iki|dinten punika|saniki)\b"
)
_YESTERDAY = re.compile(r"\b(?:kemarin|kmrn|kmaren|kemaren|kmren|kmarin|kemarn|kmrin|kamari|kamarina|wingi|yesterday|semalam|smlm|semalem|last night|"
                        r"(?:tadi|td|tdi) (?:malam|mlm|malem|mlem)|tadi peuting|peuting tadi|mau bengi|wau bengi)\b")  # fmt: skip
_UNCLEAR = re.compile(
    r"\b(?:(?<!hari )(?<!hr )minggu (?:kemarin|lalu|kmrn|yang lalu|yg lalu)|kapan hari|kemarin lusa|kmrn lusa|kemarin dulu|kmrn dulu|selumbari|beberapa hari|lusa|bulan (?:lalu|kemarin|kmrn)|last week|tempo hari)\b"
)
_YESTERDAY_WORDS = frozenset(
    "kemarin kmrn kmaren kemaren kmren kmarin kemarn kmrin kamari kamarina wingi yesterday semalam smlm semalem night malam mlm malem mlem peuting bengi".split()
)
_TODAY_WORDS = frozenset(
    "ini today just barusan brusan barusaja baru bru tadi td tdi tadinya this ayeuna saiki mau wau ieu niki punika saniki".split()
)
"""Without one of these words the pattern of the same name finds nothing."""


def take_relative(board: Board) -> None:
    """Take relative days that stand beside a written date."""
    near = ((_YESTERDAY,) if board.says(_YESTERDAY_WORDS) else ()) + ((_TODAY,) if board.says(_TODAY_WORDS) else ())
    for pattern in (*near, *((_LAST_WEEKDAY, _HARI_WEEKDAY) if board.hints(*_DAY_HINTS) else ())):
        board.without(pattern, "relative date beside a written one")


def relative(board: Board, today: date) -> date | None:
    """Take the relative day and return it; None when there is none, or it is unclear which is meant."""
    earlier = _LAST_WEEK.search(board.rest)
    if earlier:
        board.take(earlier.start(), earlier.end(), "weekday")
        return today - timedelta(days=today.weekday() + 7 - _WEEKDAYS[earlier[1]])
    if _UNCLEAR.search(board.rest):
        board.without(_UNCLEAR, "unclear day, to be asked")
        return None
    week = _WEEK_AGO.search(board.rest)
    if week:
        board.take(week.start(), week.end(), "days ago")
        return today - timedelta(days=7)
    ago = _AGO.search(board.rest)
    if ago:
        board.take(ago.start(), ago.end(), "days ago")
        days = int(ago[1]) if ago[1].isdigit() else _NUMBERS[ago[1]]
        return today - timedelta(days=days)
    named = board.hints(*_DAY_HINTS)
    weekday = (_LAST_WEEKDAY.search(board.rest) or _HARI_WEEKDAY.search(board.rest)) if named else None
    if weekday:
        board.take(weekday.start(), weekday.end(), "weekday")
        return today - timedelta(days=(today.weekday() - _WEEKDAYS[weekday[1]] - 1) % 7 + 1)
    return _near(board, today)


_THIS_DAY = "day of the receipt"


def is_relative(board: Board) -> bool:
    """Whether the day was told as that of the receipt (``tadi``)."""
    return any(one.startswith(_THIS_DAY) for one in board.how)


def day_told(board: Board, spans: Sequence[tuple[int, int]], received_at: datetime) -> date | None:
    """The relative day that clauses tell which go on to another attempt or payment of the same day."""
    for start, end in spans:
        day = _near(Board(board.low[start:end]), received_at.date())
        if day is not None:
            return day
    return None


def _near(board: Board, today: date) -> date | None:
    yesterday = _YESTERDAY.search(board.rest) if board.says(_YESTERDAY_WORDS) else None
    if yesterday:
        board.take(yesterday.start(), yesterday.end(), "day before the receipt")
        return today - timedelta(days=1)
    now = _TODAY.search(board.rest) if board.says(_TODAY_WORDS) else None
    if now:
        board.take(now.start(), now.end(), _THIS_DAY)
        return today
    return None
