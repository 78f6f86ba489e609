"""Numbers said in words: Indonesian, Sundanese, Javanese of Serang, also mixed with digits (``2 juta dua ratus ribu``)."""

from __future__ import annotations

import re

from parsers.lexicon import alternatives

_DIGITS = {
    word: number
    for number, words in enumerate(
        (
            "satu hiji siji", "dua loro rong kalih", "tiga tilu telu telung tigang", "empat ampat opat papat patang",
            "lima limo limang gangsal", "enam genep enem nem", "tujuh pitu pitung", "delapan dalapan lapan wolu wolung",
            "sembilan salapan songo sanga sangang",
        ), 1)
    for word in words.split()
}  # fmt: skip
_WHOLE = {
    "sepuluh": 10,
    "sapuluh": 10,
    "sebelas": 11,
    "sabelas": 11,
    "sewelas": 11,
    "seket": 50,
    "sewidak": 60,
    "seratus": 100,
    "saratus": 100,
    "satus": 100,
}
_TEENS = frozenset({"belas", "welas"})
_SMALL = {"puluh": 10, "ratus": 100, "atus": 100}
_LARGE = {
    "ribu": 1_000,
    "rebu": 1_000,
    "ewu": 1_000,
    "rb": 1_000,
    "juta": 1_000_000,
    "yuta": 1_000_000,
    "jt": 1_000_000,
}
_ONE_LARGE = {
    "seribu": 1_000,
    "sarebu": 1_000,
    "sewu": 1_000,
    "sejuta": 1_000_000,
    "sajuta": 1_000_000,
    "sayuta": 1_000_000,
}
_MARKS = frozenset({"rp"})
_HALF = frozenset({"setengah", "satengah", "stengah", "stgh"})

_JOINED = re.compile(
    r"(rong|telung|patang|limang|nem|pitung|wolung|sangang|kalih|tigang)(?=atus|ewu|puluh|yuta)|(satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|seratus|sepuluh)(?=ratus|puluh|belas|ribu|juta)|(ratus|puluh)(?=ribu|juta)"
)
_TOKEN = re.compile(r"[a-z]+|\d+")
_WORD = alternatives(" ".join((*_DIGITS, *_WHOLE, *_TEENS, *_SMALL, *_LARGE, *_ONE_LARGE, *_HALF)))
_UNIT = alternatives(" ".join((*_SMALL, *_LARGE)))
_STEP = (
    rf"(?:(?:rong|telung|patang|limang|nem|pitung|wolung|sangang)?(?:{_WORD})|\d{{1,3}}(?= ?(?:{_UNIT}|setengah)\b))"
)
SAID = re.compile(
    rf"(?<![\w.,/\-])(?:rp\.? ?)?({_STEP}(?:[ \-]?{_STEP}){{1,15}}(?:(?<=rb|bu) \d{{3}}(?![\w]|[.,/:\-]\d))?)(?![a-z\d])(?! \d{{3}}(?![\w]|[.,/:\-]\d))(?: rupiah| perak)?|(?<![\w.,/\-])({alternatives(' '.join(_ONE_LARGE))})(?![a-z])(?: rupiah)?"
)
"""A number of two words or more, or ``sejuta`` alone; ``1jt 275`` is none, its end is in digits."""
HINTS = ("juta", "yuta", "jt", "ribu", "rebu", "rb", "ewu", "sewu", "ratus", "atus", "puluh")
"""Without one of these pieces a text says no number in words."""


def in_words(words: str) -> int | None:
    """The number that words say (``satu juta dua ratus ribu``, ``sejuta setengah``), None when they say none."""
    count = _Count()
    tokens = _TOKEN.findall(_JOINED.sub(r"\g<0> ", words.replace("rupiah", "").replace("perak", "")))
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if not count.add(token, following):
            return None
    return count.whole()


class _Count:
    """What has been said so far: ``total`` in finished thousands and millions, ``group`` below, ``current`` a digit."""

    def __init__(self) -> None:
        self.total = 0.0
        self.group = 0.0
        self.current = 0.0
        self.unit = 0

    def add(self, token: str, following: str) -> bool:
        """Take one more word; False when it is none of ours."""
        if token in _DIGITS or token.isdigit():
            self.current += _DIGITS.get(token) or int(token)
        elif token in _WHOLE:
            self.group += _WHOLE[token]
        elif token in _TEENS:
            self.current += 10
        elif token in _SMALL:
            self.group, self.current = self.group + (self.current or 1) * _SMALL[token], 0
        elif token in _LARGE or token in _ONE_LARGE:
            return self._close(token)
        elif token in _HALF:
            return self._half(following)
        else:
            return token in _MARKS
        return True

    def whole(self) -> int | None:
        """The number; None when nothing or a fraction was said."""
        value = self.total + self.group + self.current
        return int(value) if value and value == int(value) else None

    def _close(self, token: str) -> bool:
        unit = _LARGE.get(token) or _ONE_LARGE[token]
        if self.unit and unit >= self.unit:
            return False  # ``200 ribu 50 rb``: two sums, not one
        said = 1 if token in _ONE_LARGE else self.group + self.current or 1
        self.total, self.group, self.current, self.unit = self.total + said * unit, 0, 0, unit
        return True

    def _half(self, following: str) -> bool:
        """``satu setengah juta`` before the unit, ``sejuta setengah`` behind it."""
        if following in _LARGE:
            self.current += 0.5
        elif self.unit:
            self.total += self.unit / 2
        else:
            return False
        return True
