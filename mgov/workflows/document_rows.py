"""One row of a document file: what it says, or the column that is wrong and why. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from parsers import phones

COLUMNS = ("number", "kind", "agency", "holder_id", "holder_name", "phone", "email", "issued_on", "due_on")
NEEDED = ("number", "kind", "agency", "due_on")
STATUSES = ("active", "in_renewal", "closed", "revoked")
_LONGEST = {"number": 191, "kind": 64, "agency": 64, "holder_id": 64, "holder_name": 191}
_MAIL = re.compile(r"[^@\s;,<>]{1,64}@[^@\s;,<>]{1,85}")
_PHONE = re.compile(r"\+\d{7,15}")


class RowError(Exception):
    """A row cannot be taken: `column` says where, the text why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as a file gives it; None where the file has no such column or says nothing.

    `contacts` are (channel, address) pairs. `remarks` are what was odd but taken.
    """

    number: str
    kind: str
    agency: str
    holder_id: str | None
    holder_name: str
    contacts: frozenset[tuple[str, str]]
    issued_on: date | None
    due_on: date
    status: str | None
    replaced_by: str | None
    stages: str | None
    remarks: tuple[str, ...] = ()


def read_row(raw: Mapping[str, str | None]) -> DocumentRow:
    """Read one row; raises RowError for the first column that is wrong."""
    cells = {name: (value or "").strip() for name, value in raw.items() if name}
    for name in NEEDED:
        if not cells.get(name):
            raise RowError(name, "kosong / empty")
    for name, longest in _LONGEST.items():
        if len(cells.get(name, "")) > longest:
            raise RowError(name, f"lebih dari {longest} huruf / longer than {longest} letters")
    return DocumentRow(
        number=cells["number"],
        kind=cells["kind"],
        agency=cells["agency"],
        holder_id=cells.get("holder_id") or None,
        holder_name=cells.get("holder_name", ""),
        contacts=frozenset(_phones(cells.get("phone", "")) | _mails(cells.get("email", ""))),
        issued_on=_day("issued_on", cells["issued_on"]) if cells.get("issued_on") else None,
        due_on=_day("due_on", cells["due_on"]),
        status=_status(cells.get("status", "")),
        replaced_by=cells.get("replaced_by") or None,
        stages=_stages(cells.get("stages", "")),
        remarks=_remarks(cells.get("holder_id", "")),
    )


def _day(column: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RowError(column, f"bukan tanggal / not a date like 2026-12-31: {value!r}") from None


def _status(value: str) -> str | None:
    if value and value.lower() not in STATUSES:
        raise RowError("status", f"{value!r}: {', '.join(STATUSES)}")
    return value.lower() or None


def _phones(value: str) -> set[tuple[str, str]]:
    found = set()
    for one in filter(None, (part.strip() for part in value.split(";"))):
        number = phones.normalise(one)
        if not _PHONE.fullmatch(number):
            raise RowError("phone", f"bukan nomor telepon / not a phone number: {one!r}")
        found.add(("sms", number))
    return found


def _mails(value: str) -> set[tuple[str, str]]:
    found = set()
    for one in filter(None, (part.strip() for part in value.split(";"))):
        if not _MAIL.fullmatch(one):
            raise RowError("email", f"bukan alamat surel / not an e-mail address: {one!r}")
        found.add(("email", one.lower()))
    return found


def _stages(value: str) -> str | None:
    """Stages of this document alone, such as `60;30;7;-3`."""
    parts = [part.strip() for part in value.split(";") if part.strip()]
    if any(not re.fullmatch(r"-?\d{1,4}", part) or abs(int(part)) > 3660 for part in parts):
        raise RowError("stages", f"bukan daftar hari / not a list of days like 90;30;7: {value!r}")
    return ";".join(parts) or None


def _remarks(holder_id: str) -> tuple[str, ...]:
    digits = re.sub(r"[\s.\-]", "", holder_id)
    if not holder_id or (digits.isdigit() and len(digits) in (13, 15, 16)):
        return ()
    return (f"holder_id {holder_id!r}: bukan bentuk NIK, NIB atau NPWP / not the shape of a NIK, NIB or NPWP",)
