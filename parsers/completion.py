"""The next text of a conversation: it completes what was asked for, or says yes or no to a proposal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parsers import banks, guards, keywords, noise, payment, proof_shapes, requests
from parsers.board import Board
from parsers.courtesy import trim
from parsers.normalise import normalise
from parsers.reading import Reading, missing_of

_YES = frozenset(
    "ya y ok iya yes iyah oke yup betul benar setuju yaa leres nggih inggih sumuhun muhun siap yoi".split()
)
_NO = frozenset("batal tidak no tdk gak ga nggak enggak bukan jangan n cancel salah ngga teu henteu mboten ora".split())
_FILL = re.compile(
    r"\b(?:pak|bu|kak|min|mas|mbak|kang|teh|dong|deh|aja|saja|jadi|itu|lah|makasih|terima|kasih|tks|trims|lanjut|lanjutkan|admin)\b"
)
_NAMES = ("bill", "proof", "reference", "id_number")
"""Fields that say what a command is about."""
_BARE_NUMBER = re.compile(r"\d{6,20}")


class Pending(Protocol):
    """What a conversation remembers: a command, the fields known so far and those asked for."""

    @property
    def command(self) -> str | None:
        """The command that was asked about."""

    @property
    def fields(self) -> dict[str, object]:
        """The fields known so far."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that were asked for."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the next text adds to a pending command.

    ``reading`` is the pending command with the new fields; ``filled`` names the fields that this text gave, empty when
    the text is no answer; ``ambiguous`` names the fields that a bare number could be, so that the citizen is asked.
    """

    reading: Reading
    filled: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def complete(pending: Pending, text: str, received_at: datetime, names: banks.Names = banks.SHIPPED) -> Completion:
    """Read ``text`` as the answer to what ``pending`` still misses; what is known already is never overwritten."""
    plain = normalise(text)
    board = Board(plain)
    if not plain or _is_new_request(pending, board):
        return Completion(_merged(pending, {}))
    ambiguous = _ambiguous(pending, plain)
    if ambiguous:
        return Completion(_merged(pending, {}), ambiguous=ambiguous)
    found = _FINDERS.get(pending.command or "", _nothing)(pending, board, received_at, names)
    if any(found.get(name, pending.fields[name]) != pending.fields[name] for name in _NAMES if name in pending.fields):
        return Completion(_merged(pending, {}))  # speaks of another bill, payment or application
    new = {name: value for name, value in found.items() if name not in pending.fields}
    asked = [name for name in new if name in pending.missing]
    return Completion(_merged(pending, new if asked else {}), tuple(asked))


def yes_or_no(text: str) -> bool | None:
    """Tell whether a text says yes (YA, OK ...), no (BATAL, TIDAK ...) or neither; a text that says more is neither."""
    words = re.findall(r"[^\W\d_]+|\d+", _FILL.sub(" ", normalise(text[:200]).lower()))
    if not words or len(words) > 2:
        return None
    said = {True if word in _YES else False if word in _NO else None for word in words}
    return said.pop() if len(said) == 1 else None


def _is_new_request(pending: Pending, board: Board) -> bool:
    keyword = keywords.find(board.low)
    if noise.of(board.low, names_bill=False) is not None:
        return True
    if keyword is None or not keyword.exact or keyword.command == pending.command:
        return False
    probe = Board(board.text)
    seen = payment.look(probe)
    marks = payment.marks(probe, seen)
    return guards.refuses(keyword, probe, marks) is None


def _ambiguous(pending: Pending, plain: str) -> tuple[str, ...]:
    """The missing fields that a bare number fits, when there are two or more."""
    number = re.sub(r"[ .\-]", "", trim(plain))
    if not _BARE_NUMBER.fullmatch(number):
        return ()
    fits = {
        "bill": len(number) == 16,
        "proof": True,
        "id_number": len(number) in (13, 16),
        "pin": len(number) <= 8,
    }
    named = tuple(name for name in pending.missing if fits.get(name) and name not in pending.fields)
    return named if len(named) > 1 else ()


def _merged(pending: Pending, new: dict[str, object]) -> Reading:
    fields = {**pending.fields, **new}
    how = tuple(f"{name} from the answer" for name in new)
    return Reading(pending.command, fields, missing_of(pending.command, fields), True, how)


def _nothing(pending: Pending, board: Board, received_at: datetime, names: banks.Names) -> dict[str, object]:
    del pending, board, received_at, names
    return {}


def _pay(pending: Pending, board: Board, received_at: datetime, names: banks.Names) -> dict[str, object]:
    number = re.sub(r"[ .\-]", "", trim(board.text))
    if _BARE_NUMBER.fullmatch(number):
        return _lone_number(pending, number)
    return payment.read_fields(board, payment.look(board), received_at, 0, names)


def _lone_number(pending: Pending, number: str) -> dict[str, object]:
    if "proof" in pending.missing and proof_shapes.is_proof(number):
        return {"proof": number}
    return {"bill": number} if "bill" in pending.missing and len(number) == 16 else {}


def _register(pending: Pending, board: Board, received_at: datetime, names: banks.Names) -> dict[str, object]:
    del received_at, names
    if len(re.findall(r"\w+", board.text)) > 10:
        return {}
    found = requests.register(board, None) or {}
    return {name: value for name, value in found.items() if name in pending.missing}


def _reference(pending: Pending, board: Board, received_at: datetime, names: banks.Names) -> dict[str, object]:
    del pending, received_at, names
    seen = payment.look(board)
    return {"reference": seen.references[0].value} if len(seen.references) == 1 else {}


def _apply(pending: Pending, board: Board, received_at: datetime, names: banks.Names) -> dict[str, object]:
    del pending, received_at, names
    return requests.service_alone(board.text)


def _report(pending: Pending, board: Board, received_at: datetime, names: banks.Names) -> dict[str, object]:
    del received_at, names
    found = requests.report(board, None)
    return {name: value for name, value in found.items() if name in pending.missing}


_FINDERS = {
    "PAY": _pay,
    "REGISTER": _register,
    "STATUS": _reference,
    "CANCEL": _reference,
    "APPLY": _apply,
    "REPORT": _report,
}
