"""One row of a document file: its columns, and the record that a good row becomes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mgov.workflows.csv_import import CellError, Column, Row, day, line_of_text, one_of, phone, word

STATUSES = ("active", "in_renewal", "closed", "revoked")
CHANNELS = {"phone": "sms", "email": "email"}
ZONES = ("wib", "wita", "wit")
_MAIL = re.compile(r"[^@\s;,<>]{1,64}@[^@\s;,<>]{1,85}")
_FARTHEST_STAGE = 3660  # days
#: Digits of a NIK or new NPWP, a NIB, an old NPWP.
_IDENTITY_DIGITS = (16, 13, 15)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as a file gives it; None where the file has no such column or says nothing.

    `contacts` are (channel, address) pairs, `channels` those that the file has a column for. `remarks` are what was
    odd but taken.
    """

    number: str
    kind: str
    agency: str
    holder_id: str | None
    holder_name: str
    contacts: frozenset[tuple[str, str]]
    channels: frozenset[str]
    issued_on: date | None
    due_on: date
    status: str | None
    replaced_by: str | None
    stages: str | None
    zone: str | None
    remarks: tuple[str, ...] = ()


def _phones(cell: str) -> frozenset[tuple[str, str]]:
    return frozenset(("sms", phone(part)) for part in _several(cell))


def _mails(cell: str) -> frozenset[tuple[str, str]]:
    found = _several(cell)
    for one in found:
        if not _MAIL.fullmatch(one):
            raise CellError(f'"{one[:40]}" is not an e-mail address; right would be nama@perusahaan.co.id')
    return frozenset(("email", one.lower()) for one in found)


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _stages(cell: str) -> str | None:
    """Stages of this document alone, such as `60;30;7;-3`."""
    parts = _several(cell)
    if any(not re.fullmatch(r"-?\d{1,4}", part) or abs(int(part)) > _FARTHEST_STAGE for part in parts):
        raise CellError(f'"{cell[:40]}" is not a list of days; right would be 90;30;7')
    return ";".join(parts) or None


COLUMNS = (
    Column("number", line_of_text, required=True),
    Column("kind", word, required=True),
    Column("agency", word, required=True),
    Column("holder_id", word),
    Column("holder_name", line_of_text),
    Column("phone", _phones),
    Column("email", _mails),
    Column("issued_on", day),
    Column("due_on", day, required=True),
    Column("status", one_of(*STATUSES)),
    Column("replaced_by", line_of_text),
    Column("stages", _stages),
    Column("zone", one_of(*ZONES)),
)


def document_row(row: Row) -> DocumentRow:
    """The record of a good row."""
    values = row.values
    zone = values.get("zone")
    return DocumentRow(
        number=values["number"],
        kind=values["kind"],
        agency=values["agency"],
        holder_id=values.get("holder_id"),
        holder_name=values.get("holder_name") or "",
        contacts=(values.get("phone") or frozenset()) | (values.get("email") or frozenset()),
        channels=frozenset(channel for name, channel in CHANNELS.items() if name in values),
        issued_on=values.get("issued_on"),
        due_on=values["due_on"],
        status=values.get("status"),
        replaced_by=values.get("replaced_by"),
        stages=values.get("stages"),
        zone=zone.upper() if zone else None,
        remarks=_remarks(row.line, values.get("holder_id")),
    )


def _remarks(line: int, holder_id: str | None) -> tuple[str, ...]:
    digits = re.sub(r"[\s.\-]", "", holder_id or "")
    if not holder_id or (digits.isdigit() and len(digits) in _IDENTITY_DIGITS):
        return ()
    return (f"line {line}, column holder_id: {holder_id!r} has not the shape of a NIK, NIB or NPWP; taken as it is",)
