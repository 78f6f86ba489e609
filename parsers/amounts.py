"""Sums of money in every style, and which of several is the one that was transferred."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from parsers import number_words
from parsers.board import Board
from parsers.sum_roles import NOT_IT_BEHIND, SUM_AHEAD, role_of

SMALLEST = 5_000
"""Less than this (rupiah) is no plausible bill: ``1.500`` alone is asked back."""
LARGEST = 10**12
_UNIT = r"(?:jt|juta|jeti|jta|yuta|million|mio|rb|rbu|ribu|ribuan|rebu|ewu|k)"
_UNITS = re.compile(
    rf"(?<![\w.,/\-])(?:rp\.?|idr)?[ ]?(\d{{1,6}}(?:[.,]\d{{1,3}})?) ?({_UNIT})(?![a-z])(?:(?<=[taio])(?: lebih| dan|,)?[ ]?(\d{{1,3}}(?:[.,]\d{{1,3}})?) ?(rb|rbu|ribu|k|ratus)?(?: (\d{{3}}))?(?!\w|[.,/:\-]\d))?"
)
_UNIT_HINT = re.compile(r"\d ?[jymrek]")
_GROUPED = re.compile(
    r"(?<![\w.,/\-])(?:rp|idr)?[.:]? ?([\dol]{1,3}(?:([.,])[\dol]{3})(?:\2[\dol]{3}){0,3})([.,](?:\d{1,2}(?!\d)|-))?(?:,-|,--|\.-)?(?![\d])(?!\w)"
)
_RUPIAH = re.compile(r"(?<![a-z])(?:rp|idr)[.:]? ?(\d{1,3}(?: \d{3}){1,3}|\d{4,12})((?:[.,]\d{2})(?!\d)|,-)?(?!\w)")
_SPACED = re.compile(r"(?<![\w.,/\-])(\d{1,3}(?: 000)(?: 000)?|\d{1,3} \d{3} 000)(?![\w.,/\-])")
_NAMED_RUPIAH = re.compile(r"(?<![\w.,/\-])(\d{4,12})(?:[.,]00)? ?(?:rupiah|perak)\b")
_BARE = re.compile(r"(?<![\w/\-])(?<!\d[.,:])([1-9]\d{3,9})(?:[.,]00|,-)?(?![\w]|[.,/:\-]\d)")
_SETENGAH = re.compile(r"\bsetengah ?(?:jt|juta)\b")
_FEE_IN_TEXT = re.compile(r"\b(?:biaya|admin|adm|fee|ongkos)\b")
_PAYS = r"(?:di|nge|ku)?(?:tf|trf|transfer|bayar|byr|setor|kirim|cicil|angsur|paid|pay)\w*"
_TIMES = r"(?:(?:[2-9]|dua|tiga|empat|two|three) ?(?:x|kali|kl|times|tahap|termin|transaksi|trx)(?!\w)|twice|bertahap|kaping kalih)"
_SEVERAL_TIMES = re.compile(rf"\b{_PAYS}(?: \w+)?? {_TIMES}|(?<!\w){_TIMES}(?: \w+)?? {_PAYS}")
_EACH = re.compile(
    rf"(?<!\w){_TIMES} ?(?:@ ?)?(?:masing\S* )?(?:rp\.? ?)?\d|(?<![\w.,])[2-9] ?[x*] ?(?:rp\.? ?)?\d|@ ?(?:rp\.? ?)?\d{{2}}|\bmasing ?-?(?:masing|2)\b"
)
_OFTEN = ("masing", "@", "x", "*", "kali", "kl", "times", "tahap", "termin", "trx", "transaksi", "twice", "kaping")
_ONE_OF = re.compile(
    r"\b(?:cicilan|angsuran|termin|tahap|pembayaran|setoran)(?:nya)? (?:ke ?-?(?:\d{1,2}|[ivx]+\b|satu|dua|tiga)|pertama|kedua|ketiga|terakhir)"
)
"""Tells which of several payments is meant."""
_JOINS = re.compile(
    r"[ ,;(]{0,3}(?:sama|dan|\+|&|plus|ditambah|tambah|and|then|karo|sareng|jeung|trus|terus|trs|lalu|lanjut|kemudian|berikutnya|abis itu)"
    r"(?: (?:yg|yang|lagi|kedua|ke-?2|satunya|satu|baru|tf|trf|transfer|bayar|byr|setor|kirim|siangnya|sorenya|malamnya|besoknya|paginya|rp|[(]?ke ?dua[)]?)){0,3}[ .:(]{0,2}"
)
"""What joins two sums that were paid one after the other."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money and the role its context gives it: named, plain, total, due, other or bare (no mark of money)."""

    value: int
    role: str
    start: int = 0
    end: int = 0


def read_amount(board: Board, ordered: bool) -> int | None:
    """Take every sum of the text and return the transferred one in rupiah; None in doubt.

    ``ordered`` says that the text keeps the documented order with separators, where a number needs no word.
    """
    _take_makings(board)
    sums = _marked(board)
    if _in_parts([one for one in sums if one.value >= SMALLEST], board.low):
        return None
    chosen = _choose([one for one in sums if one.value >= SMALLEST or one.role == "other"], board.low)
    if chosen is None and len(sums) == 1 and _PART_ONLY.match(board.low, sums[0].end):
        return sums[0].value
    told = any(one.role != "other" for one in sums)
    return chosen if chosen is not None or told else _unmarked(board, ordered)


_PART_ONLY = re.compile(r"(?:,-|,00)? ?\((?:utk |untuk )?(?:denda|pokok|pokoknya|bunga)\)")
"""What the only sum was paid for."""


def take_bare(board: Board) -> None:
    """Take numbers that a word of money precedes and no other mark shows to be money."""
    for match in board.find(_BARE):
        role = role_of(board, match)
        if role != "plain":
            board.take(match.start(), match.end(), f"amount ({role})")


def _marked(board: Board) -> list[Sum]:
    found: list[Sum] = []
    for pattern, value in _styles(board):
        for match in board.find(pattern):
            number = value(match)
            if number is not None and number < LARGEST and board.free(match.start(), match.end()):
                role = role_of(board, match)
                found.append(Sum(number, role, match.start(), match.end()))
                board.take(match.start(), match.end(), f"amount ({role})")
    for match in board.find(_BARE):
        role = role_of(board, match)
        if role != "plain" and not (role == "named" and _may_be_proof(board, match)):
            found.append(Sum(int(match[1]), role, match.start(), match.end()))
            board.take(match.start(), match.end(), f"amount ({role})")
    return found


def _may_be_proof(board: Board, match: re.Match[str]) -> bool:
    """Whether a long number is called a sum by a mere verb only (``bayar 5510029917``)."""
    if len(match[1]) < 8 or match[1].endswith("00"):
        return False
    return SUM_AHEAD.search(board.before(match.start(), 24)) is None


_MADE_UP = re.compile(
    r"(?:,-|,00)? ?[(\[=] ?(?:yaitu |terdiri dari |pokok |dari |isi(?:nya)? )?[^()\[\]]{0,60}\+[^()\[\]]{0,60}(?:[)\]]|$)"
)
"""What a sum is made of, in brackets behind it: ``375.317 (375.000 + kode unik 317)``."""


def _take_makings(board: Board) -> None:
    """Take the brackets that say what the sum before them is made of."""
    if "+" not in board.low:
        return
    for match in board.find(_GROUPED):
        made = _MADE_UP.match(board.rest, match.end())
        if made and any(map(str.isdigit, made[0])):
            board.take(match.end(), made.end(), "what a sum is made of")
            return


def _in_parts(sums: list[Sum], low: str) -> bool:
    """Whether a payment is told in several parts: none of them is the amount, and their sum is not ours to make."""
    if not sums or _ONE_OF.search(low):
        return False
    often = any(hint in low for hint in _OFTEN)
    if often and _EACH.search(low):
        return True
    if often and len({one.value for one in sums if one.role != "other"}) > 1 and _SEVERAL_TIMES.search(low):
        return True
    told = sorted(sums, key=lambda one: one.start)
    return any(
        _JOINS.fullmatch(low[one.end : other.start]) and not NOT_IT_BEHIND.match(low, other.end)
        for one, other in pairwise(told)
    )


def _styles(board: Board) -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], int | None]]]:
    """The styles of sums that this text can have at all, the surest first."""
    if board.hints(*number_words.HINTS):
        yield number_words.SAID, _word_value
    if _UNIT_HINT.search(board.rest):
        yield _UNITS, _unit_value
    yield _GROUPED, _grouped_value
    if board.hints("rp", "idr"):
        yield _RUPIAH, _rupiah_value
    if board.hints(" 000"):
        yield _SPACED, _rupiah_value
    if board.hints("setengah"):
        yield _SETENGAH, _half
    if board.hints("rupiah", "perak"):
        yield _NAMED_RUPIAH, _rupiah_value


def _choose(sums: list[Sum], low: str) -> int | None:
    by_role: dict[str, list[int]] = {}
    for one in sums:
        values = by_role.setdefault(one.role, [])
        if one.value not in values:
            values.append(one.value)
    reckoned = _reckoned(by_role)
    if reckoned is not None:
        return reckoned
    others = "other" in by_role
    for role in ("named", "plain", "total", "due"):
        values = by_role.get(role, [])
        if role == "plain" and others and "total" in by_role and not _FEE_IN_TEXT.search(low):
            continue
        if role == "total" and _FEE_IN_TEXT.search(low):
            return None
        if role == "due" and re.search(r"\b(?:cicil|nyicil|sebagian|angsur|separuh|setengahnya|partial)", low):
            return None
        if values:
            return values[0] if len(values) == 1 else None
    return None


def _reckoned(by_role: dict[str, list[int]]) -> int | None:
    """The sum that the others prove by adding up; a plain one that only has the fee on top is dropped."""
    fees, dues, totals = set(by_role.get("other", [])), by_role.get("due", []), by_role.get("total", [])
    plain = by_role.get("plain", [])
    if len(dues) == len(totals) == 1 and totals[0] - dues[0] in fees:
        return dues[0]  # a receipt: the bill, the counter's fee, and both together
    by_role["plain"] = [one for one in plain if not any(one - fee in plain for fee in fees)]
    named = by_role.get("named", [])
    sent = {one for one in (*named, *plain) if any(total - one in fees for total in (*totals, *dues))}
    if len(sent) == 1:
        return sent.pop()  # what was sent, and what is added to it or left of the whole
    parts = [*named, *by_role["plain"]]
    return totals[0] if len(parts) > 1 and totals == [sum(parts)] else None  # a sum for each of several bills


def _unmarked(board: Board, ordered: bool) -> int | None:
    """A number without any mark of money: the only one, round, or in the documented order."""
    found = [m for m in board.find(_BARE) if int(m[1]) >= SMALLEST and (ordered or m[1].endswith("00"))]
    if ordered and len(found) > 1:
        found = [m for m in found if m[1].endswith("00")]
    if len({m[1] for m in found}) != 1:
        return None
    board.take(found[0].start(), found[0].end(), "amount (by elimination)")
    return int(found[0][1])


def _unit_value(match: re.Match[str]) -> int | None:
    size = 1000 if match[2][0] in "rk" else 1_000_000
    head, _, tail = match[1].replace(",", ".").partition(".")
    if tail and size == 1000 and len(tail) == 3:
        return int(head + tail) * size
    value = int(head) * size + (int(tail) * size // 10 ** len(tail) if tail else 0)
    if not match[3]:
        return value
    if match[3] and not match[4]:
        return value + int(match[3]) * 1000 if size == 1_000_000 and match[3].isdigit() and len(match[3]) == 3 else None
    if size == 1000 and match[4]:
        return None
    return value + int(re.sub(r"\D", "", match[3])) * (100_000 if match[4] == "ratus" else 1000) + int(match[5] or 0)


def _grouped_value(match: re.Match[str]) -> int | None:
    decimals = match[3] or ""
    if decimals[:1] == match[2] and decimals[1:] != "-":
        return None
    digits = match[1].translate(str.maketrans("ol", "01"))
    if not any(char.isdigit() for char in match[1]):
        return None
    return int(re.sub(r"\D", "", digits))


def _rupiah_value(match: re.Match[str]) -> int | None:
    return int(match[1].replace(" ", ""))


def _half(match: re.Match[str]) -> int | None:
    del match
    return 500_000


def _word_value(match: re.Match[str]) -> int | None:
    value = number_words.in_words(match[0])
    if value is not None and value > 1_000_000 and 0 < value % 1_000_000 < 1_000:
        return None  # ``dua juta lima ratus``: two and a half million as people say it, or five hundred rupiah more
    return value if value is not None and value >= 1000 else None
