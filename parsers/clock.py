"""Times of day: ``14.30``, ``jam setengah 3 sore``, ``td mlm jam 8 lewat seperempat``, 12:40 PM."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time

from parsers.board import TAKEN, Board

_PARTS = {
    "subuh": "dawn", "sbh": "dawn", "pagi": "morning", "pg": "morning", "isuk": "morning", "enjing": "morning", "enjing-enjing": "morning",
    "isuk-isuk": "morning", "esuk": "morning", "morning": "morning", "siang": "noon", "sing": "noon", "beurang": "noon", "awan": "noon",
    "sore": "afternoon", "sonten": "afternoon", "petang": "afternoon", "afternoon": "afternoon", "malam": "night", "mlm": "night",
    "malem": "night", "mlem": "night", "peuting": "night", "wengi": "night", "bengi": "night", "evening": "night", "night": "night",
    "semalam": "night", "smlm": "night", "semalem": "night",
}  # fmt: skip
_PART_WORDS = frozenset(word for name in _PARTS for word in name.split("-"))
_PART = "|".join(sorted(map(re.escape, _PARTS), key=len, reverse=True))
_HOURS = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10,
          "sebelas": 11, "duabelas": 12, "dua belas": 12, "hiji": 1, "opat": 4, "genep": 6, "dalapan": 8}  # fmt: skip
_HOUR = r"\d{1,2}|" + "|".join(sorted(_HOURS, key=len, reverse=True))
_TIME_WORDS = frozenset("jam jm pukul pkl pk tabuh tbh at wayah time waktu".split())
_WORD = r"(?:jam|jm|pukul|pkl|pk|tabuh|tbh|at|wayah|time|waktu)"
_GREETING = re.compile(
    r"\b(?:selamat|slmt|slamat|met|mat|good|wilujeng|sugeng) (?:pagi|siang|sore|malam|mlm|morning|afternoon|evening|enjing|siang|sonten|wengi)\b"
)
_DIGITS = re.compile(
    rf"(?<![\w/])(?<![^\x01]-)(?<!\d[.,:])(?:{_WORD}[ .:]{{0,3}})?([\dol]{{1,2}})([.:]| : )([\dol]{{2}})(?:[.:](\d\d))?(?:(?: ?(wib|wita|wit|am|pm|a\.m\.|p\.m\.))|(?![\w]|[.,:/]\d))(?! ?(?:jt|juta|rb|ribu|million|mio|k)\b)"
)
_ISO_TAIL = re.compile(r"\x01t(\d\d):(\d\d)(?::(\d\d))?")
_FOUR = re.compile(r"(?<![\w.,/:\-])([01]\d|2[0-3])([0-5]\d)(?![\w.,/:\-]\d|\w)")
_FOUR_CALLED = re.compile(
    r"(?:\b(?:jam|pkl|pukul|pk|tm|time|waktu)[ .:=]{0,3}|(?<=[#*|;]) ?(?=\d\d \d\d ?(?:[#*|;]|$)))([01]\d|2[0-3]) ?([0-5]\d)(?= ?(?:[#*|;]|$|wib\b|[\s,]))"
)
_HALF = re.compile(rf"\b(?:{_WORD}\.? ?)?(?:setengah|stgh|stengah|1/2|satengah) ?({_HOUR})\b(?! ?(?:jt|juta|rb))")
_BARE = re.compile(
    rf"\b(?:{_WORD})\.? ?:? ?({_HOUR})(?![\d.,/:]\d|\d)(?: ?(am|pm)\b)?"
    rf"(?: (?:{_PART})(?= (?:lewat|lebih|lwt|lbh|liwat|kurang|krg|kirang) (?:\d|se|sp|lima|dua)))?"
    r"(?: (lewat|lebih|lwt|lbh|liwat|kurang|krg|kirang) (\d{1,2}|seperempat|sprempat|lima|sepuluh|dua puluh)(?! ?(?:rb|jt))(?: menit)?)?(?: ?(wib|wita|wit)\b)?"
)
_WITH_PART = re.compile(rf"(?<![\w.,/:\-])(\d{{1,2}}) (?={_PART}\b)")
_ENGLISH = re.compile(r"(?<![\w.,/:\-])(\d{1,2}) ?(am|pm)\b")
_MINUTES = {"seperempat": 15, "sprempat": 15, "lima": 5, "sepuluh": 10, "dua puluh": 20}
_OFFSETS = {"wita": "+08:00", "wit": "+09:00"}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, ``hour`` and ``minute`` as meant on a 24-hour clock; ``doubtful`` when it may be twelve hours later,
    ``hour_only`` when no minute was said."""

    at: time
    offset: str = "+07:00"
    doubtful: bool = False
    hour_only: bool = False


def take_greetings(board: Board) -> None:
    """Take ``selamat sore`` and its like: they say nothing about the payment."""
    if board.hints("met", "mat", "good", "wilujeng", "sugeng", "slmt"):
        board.without(_GREETING, "greeting")


def read_time(board: Board) -> Clock | None:
    """Take every time of the text and return it; None when there is none or the text names two."""
    found: list[Clock] = []
    for pattern, build in _ways(board):
        for match in board.find(pattern):
            clock = build(board, match) if board.free(match.start() + (pattern is _ISO_TAIL), match.end()) else None
            if clock is not None:
                found.append(clock)
                board.take(match.start(), match.end(), "time")
    found = _said_twice(found)
    return found[0] if len({(one.at.hour, one.at.minute) for one in found}) == 1 else None


def _said_twice(found: list[Clock]) -> list[Clock]:
    """``jam 8 malam 20.03``: the exact one, when all that was said besides is its hour."""
    exact = [one for one in found if not one.hour_only]
    hours = [one for one in found if one.hour_only]
    if not exact or not hours:
        return found
    agree = all(
        hour.at.hour == one.at.hour or (hour.doubtful and hour.at.hour % 12 == one.at.hour % 12)
        for hour in hours
        for one in exact
    )
    return exact if agree else found


def _ways(board: Board) -> Iterator[tuple[re.Pattern[str], Callable[[Board, re.Match[str]], Clock | None]]]:
    """The ways to say a time that this text can have at all, the surest first."""
    if TAKEN + "t" in board.rest:
        yield _ISO_TAIL, _iso
    yield _DIGITS, _digits
    if board.hints("tengah", "stgh", "1/2"):
        yield _HALF, _half
    if board.says(_TIME_WORDS):
        yield _BARE, _bare
    if board.hints("am", "pm"):
        yield _ENGLISH, _bare
    if board.says(_PART_WORDS):
        yield _WITH_PART, _bare


def take_four_digits(board: Board) -> Clock | None:
    """``1233`` in a field of its own, as people write in the documented order."""
    for match in board.find(_FOUR_CALLED):
        board.take(match.start(1), match.end(2), "time")
        return Clock(time(int(match[1]), int(match[2])))
    for match in board.find(_FOUR):
        alone = _ALONE.search(board.before(match.start(), 8)) or board.rest[: match.start()].endswith(TAKEN + " ")
        suffix = re.match(r"\s*wib\b", board.after(match.end(), 6))
        if alone or suffix:
            board.take(match.start(), match.end(), "time")
            return Clock(time(int(match[1]), int(match[2])))
    return None


def _digits(board: Board, match: re.Match[str]) -> Clock | None:
    look = str.maketrans("ol", "01")
    hour, minute, second = int(match[1].translate(look)), int(match[3].translate(look)), int(match[4] or 0)
    if hour > 23 or minute > 59 or second > 59 or match[1] in ("l", "o"):
        return None
    zone = match[5] or ""
    part = _part_near(board, match)
    if zone[:1] in ("a", "p"):
        hour = _english(hour, zone[0])
    elif part and len(match[1]) <= 2 and match[4] is None and hour <= 12:
        hour = _in_part(hour, part)
    return Clock(time(hour % 24, minute, second), _OFFSETS.get(zone, "+07:00"))


def _iso(board: Board, match: re.Match[str]) -> Clock | None:
    del board
    return Clock(time(int(match[1]) % 24, int(match[2]) % 60, int(match[3] or 0) % 60))


def _half(board: Board, match: re.Match[str]) -> Clock | None:
    hour = _hour(match[1])
    if not 1 <= hour <= 12:
        return None
    part = _part_near(board, match)
    whole = _in_part(hour, part) if part else hour
    return Clock(time((whole - 1) % 24, 30), doubtful=not part)


def _bare(board: Board, match: re.Match[str]) -> Clock | None:
    hour = _hour(match[1])
    groups = match.groups() + (None,) * 5
    if hour > 24:
        return None
    part = _part_inside(match) or _part_near(board, match)
    doubtful = hour <= 12 and not part and not groups[1]
    hour = _english(hour, groups[1][0]) if groups[1] else _in_part(hour, part) if part and hour <= 12 else hour
    minute = 0
    if groups[2]:
        shift = _MINUTES.get(groups[3], 0) or int(groups[3])
        if shift > 59:
            return None
        minute = shift
        if groups[2] in ("kurang", "krg", "kirang"):
            hour, minute = hour - 1, 60 - shift
    return Clock(time(hour % 24, minute % 60), _OFFSETS.get(groups[4] or "", "+07:00"), doubtful, not groups[2])


def _part_inside(match: re.Match[str]) -> str | None:
    """``jam 12 siang kurang 5``: the part of the day between the hour and what is added to it."""
    return next((_PARTS[word] for word in match[0].split() if word in _PARTS), None)


def _hour(word: str) -> int:
    return int(word) if word.isdigit() else _HOURS[word]


def _english(hour: int, half: str) -> int:
    return hour % 12 + (12 if half == "p" else 0)


def _in_part(hour: int, part: str) -> int:
    """Put an hour of a twelve-hour clock into its part of the day."""
    if part == "noon":
        return hour + 12 if 1 <= hour <= 4 else hour
    if part == "afternoon":
        return hour + 12 if hour < 12 else hour
    if part == "night":
        return 24 if hour == 12 else hour + 12 if 5 <= hour <= 11 else hour
    return hour % 12 if part == "dawn" and hour == 12 else hour


_ALONE = re.compile(r"(?:[#*|;_/,]\s*|\n|\b(?:jam|pkl|pukul|pk|tm|time|waktu)\b[ .:=]{0,3})$")
_GREETED = re.compile(r"\b(?:selamat|met|good|slmt) \w+[^\d]*$")
_BEHIND = re.compile(rf"[ ,]{{0,2}}(?:wib )?({_PART})\b")
_AHEAD = re.compile(rf"\b({_PART})\b[^\d]{{0,14}}$")


def _part_near(board: Board, match: re.Match[str]) -> str | None:
    behind = _BEHIND.match(board.after(match.end(), 18))
    if behind:
        return _PARTS[behind[1]]
    zone = board.low[max(0, match.start() - 26) : match.start()]
    greeted = _GREETED.search(zone)
    ahead = None if greeted else _AHEAD.search(zone)
    return _PARTS[ahead[1]] if ahead else None
