"""The text by which a warning server releases an alert: lines of `key: value` or one JSON object, and its signature.

    template: gempa
    id: bmkg-20261124-0312
    issued: 2026-11-24T03:12:00+07:00
    magnitude: 6.1
    signature: 5f0c…

`signature` is HMAC-SHA256, in hexadecimal, over the other lines as `key: value` sorted by key, joined by LF. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

LONGEST = 4000
#: Keys that are not blanks of the template.
KNOWN = ("template", "id", "issued", "group", "signature")
_LINE = re.compile(r"^\s*([A-Za-z_][\w-]{0,39})\s*[:=]\s*(.{0,400}?)\s*$")


class WarningTextError(ValueError):
    """A text is no warning that can be released; the words say why."""


@dataclass(frozen=True, slots=True)
class IncomingWarning:
    """A warning as it was received: which template, its identity, when it was issued, the values of the blanks."""

    template: str
    identity: str | None
    issued: datetime | None
    group: str | None
    values: Mapping[str, str]
    signature: str | None
    signed: str


def read_warning(text: str) -> IncomingWarning:
    """Read one warning. Raises WarningTextError."""
    fields = _fields(text[:LONGEST])
    if not fields.get("template"):
        raise WarningTextError("names no template")
    signature = fields.pop("signature", None)
    return IncomingWarning(
        template=fields["template"],
        identity=fields.get("id") or None,
        issued=_moment(fields["issued"]) if fields.get("issued") else None,
        group=fields.get("group") or None,
        values={name: value for name, value in fields.items() if name not in KNOWN},
        signature=signature.lower() if signature else None,
        signed=_canonical(fields),
    )


def signature_of(text: str, secret: bytes) -> str:
    """The signature that a warning needs. Raises WarningTextError."""
    return hmac.new(secret, read_warning(text).signed.encode(), hashlib.sha256).hexdigest()


def is_signed(warning: IncomingWarning, secret: bytes) -> bool:
    """Whether a warning carries the right signature."""
    right = hmac.new(secret, warning.signed.encode(), hashlib.sha256).hexdigest()
    return warning.signature is not None and hmac.compare_digest(right, warning.signature)


def _fields(text: str) -> dict[str, str]:
    if text.lstrip().startswith("{"):
        return _json(text)
    fields: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            raise WarningTextError(f"line {number}: not `key: value`")
        key = found[1].lower()
        if key in fields:
            raise WarningTextError(f"line {number}: {key} a second time")
        fields[key] = found[2]
    return fields


def _json(text: str) -> dict[str, str]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise WarningTextError(f"not JSON: {error}") from error
    if not isinstance(content, dict) or any(isinstance(value, dict | list) for value in content.values()):
        raise WarningTextError("not one flat JSON object")
    return {str(key).lower(): " ".join(str(value).split()) for key, value in content.items()}


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WarningTextError(f"issued: {text!r} is no moment like 2026-11-24T03:12:00+07:00") from error
    if moment.tzinfo is None:
        raise WarningTextError("issued: a moment needs its offset, such as +07:00")
    return moment


def _canonical(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{key}: {fields[key]}" for key in sorted(fields))
