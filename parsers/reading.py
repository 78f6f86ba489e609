"""What a text was read as: the record that every reader of citizens' texts returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HIDDEN_NUMBER = "number with hidden parts, not the proof"
UNREADABLE_NUMBER = "unreadable number, to be asked"
"""The notes on a number that a slip or an application shows in part only (``FT26***``, ``889012xxx``)."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "PAY": ("bill", "proof", "paid_at"),
    "REGISTER": ("id_number", "name"),
    "APPLY": ("service",),
    "STATUS": ("reference",),
    "CANCEL": ("reference",),
    "REPORT": ("topic", "pin"),
}
"""The fields without which a command cannot be carried out; commands not named here need none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The best reading of one text.

    ``command`` is one of HELP INFO SERVICES REGISTER APPLY STATUS HISTORY BILL PAY DOCUMENTS REMIND_ON REMIND_OFF
    CANCEL REPORT, or None when the text is none of them. ``fields`` holds only what the text says, in normal form
    (``paid_at`` ISO 8601, ``amount`` whole rupiah, references ``SKRD-2026-004512``). ``missing`` names what the
    command still needs. ``certain`` is False when the keyword was mistyped or the text has none: money and STOP must
    then be proposed and confirmed before anything acts. ``guessed`` is True when the command rests on a mistyped keyword
    alone: no other word of the text says the same. ``how`` tells which rule read what.
    """

    command: str | None
    fields: dict[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    certain: bool = True
    how: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def says_hidden_number(self) -> bool:
        """Whether the text has a number of which a part is hidden."""
        return any(note.startswith((HIDDEN_NUMBER, UNREADABLE_NUMBER)) for note in self.how)


def missing_of(command: str | None, fields: Mapping[str, object]) -> tuple[str, ...]:
    """Name the fields that ``command`` needs and ``fields`` does not have, in the order they are asked for."""
    return tuple(name for name in NEEDED.get(command or "", ()) if name not in fields)
