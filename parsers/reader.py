"""Reads one citizen's text: which command it is and what its fields say."""

from __future__ import annotations

import re
from datetime import datetime

from parsers import banks, claims, dates, guards, intents, keywords, noise, payment, requests
from parsers import vocabulary as v
from parsers.board import Board
from parsers.documented import read_documented
from parsers.email_body import own_text
from parsers.named_bills import Seen
from parsers.normalise import normalise
from parsers.reading import Reading, missing_of
from parsers.separators import unify

_ANYTHING = re.compile(r"\w|\?")
_NOTHING = Reading(None)
_MARKUP = re.compile(r"<(?:html|body|div|p|br|span|table|td|font|b|blockquote)\b", re.I)


def read(text: str, received_at: datetime, names: banks.Names = banks.SHIPPED) -> Reading:
    """Read a text that came in at ``received_at`` (aware). Never raises, whatever the text holds."""
    documented = read_documented(text, names) if len(text) <= 120 else None
    return documented or read_freely(text, received_at, names)


def read_freely(text: str, received_at: datetime, names: banks.Names = banks.SHIPPED) -> Reading:
    """Read a text of any form, field by field wherever they stand; never raises."""
    plain = text[:8_000]
    if "\n" in plain or "<" in plain:
        plain = own_text(plain, bool(_MARKUP.search(plain)))
    plain = unify(normalise(plain))
    if not _ANYTHING.search(plain):
        return _NOTHING
    board = Board(plain)
    seen = payment.look(board)
    kind = noise.of(board.low, bool(seen.references))
    keyword = keywords.find(board.low)
    if kind is not None and not _overrules(keyword, seen, kind):
        return Reading(None, how=(f"left alone: {kind}",))
    command, certain, why = _command(board, seen, keyword)
    if command is None:
        return Reading(None, how=(why,))
    return _reading(
        board,
        seen,
        command,
        keyword if keyword and keyword.command == command else None,
        certain,
        why,
        received_at,
        names,
    )


def _overrules(keyword: keywords.Keyword | None, seen: Seen, kind: str) -> bool:
    """Whether a keyword with its reference stands although the words look like noise."""
    if keyword is None or not keyword.exact or not seen.references or kind == "notice of incoming money":
        return False
    return keyword.command == "PAY" or kind not in ("our own text come back", "asks for money")


def _command(board: Board, seen: Seen, keyword: keywords.Keyword | None) -> tuple[str | None, bool, str]:
    """The command, whether it is certain, and the rule that decided."""
    marks = payment.marks(board, seen)
    if keyword is not None:
        refused = guards.refuses(keyword, board, marks)
        if refused is None:
            how = "keyword" if keyword.exact else "mistyped keyword"
            return (
                keyword.command,
                keyword.exact,
                f"{how}: {board.text[keyword.start : keyword.end]} is {keyword.command}",
            )
        if refused != guards.SENTENCE:
            return refused or None, False, f"the word {keyword.word} is no keyword here"
    guess = intents.guess(board.low, marks)
    return guess, False, f"no keyword, the words ask for {guess}" if guess else "no request recognised"


def _reading(
    board: Board,
    seen: Seen,
    command: str,
    keyword: keywords.Keyword | None,
    certain: bool,
    why: str,
    received_at: datetime,
    names: banks.Names,
) -> Reading:
    fields: dict[str, object] | None
    if command == "PAY":
        fields = payment.read_fields(board, seen, received_at, keyword.end if keyword else 0, names)
    else:
        fields = _fields(board, seen, command, keyword)
    if command == "PAY" and not certain and fields is not None and _is_plan(board, fields):
        return Reading(None, how=(*board.how, "told of a day still to come"))
    if fields is None:
        return Reading(None, how=(*board.how, "a SIM registration gone astray"))
    guessed = keyword is not None and keyword.mistyped and not v.PAID.said(board.low[keyword.end :])
    return Reading(command, fields, missing_of(command, fields), certain, (why, *board.how), guessed)


def _is_plan(board: Board, fields: dict[str, object]) -> bool:
    """Whether all that is told of a payment is a day that lies ahead."""
    ahead = any(one.startswith(dates.TO_COME) for one in board.how)
    return ahead and not fields.keys() & {"proof", "paid_at"} and not claims.says_done(board.low)


def _fields(board: Board, seen: Seen, command: str, keyword: keywords.Keyword | None) -> dict[str, object] | None:
    if command == "REGISTER":
        return requests.register(board, keyword)
    if command == "BILL":
        return _bill_fields(seen)
    if command in ("STATUS", "CANCEL"):
        return {"reference": seen.references[0].value} if seen.references else {}
    if command == "APPLY":
        return requests.apply(board, keyword)
    if command == "REPORT":
        return requests.report(board, keyword)
    return requests.info(board, keyword) if command == "INFO" else {}


def _bill_fields(seen: Seen) -> dict[str, object]:
    if seen.references:
        return {"reference": seen.references[0].value}
    if seen.plates:
        return {"plate": seen.plates[0]}
    return {"reference": seen.codes[0].value} if seen.codes else {}
