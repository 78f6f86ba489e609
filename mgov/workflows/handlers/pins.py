"""PINs in texts: struck from what is kept, in the commit that reads them, however they were written."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from mgov.store import secrets_struck
from mgov.store import staff as accounts

STRUCK = "****"
#: Digits of any script; a year that stands alone tells the period and stays.
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(19|20)\d\d")


def may_hold_pin(tx: Connection, sender: str, command: str | None) -> bool:
    """Whether digits of a text may be a PIN: any LAPORAN, and what a leader's phone sent that is no command."""
    if command == "REPORT":
        return True
    return command is None and accounts.has_pin(tx, sender)


def strike_pin(tx: Connection, message_id: int, pin: str) -> None:
    """Take a PIN out of the text and the raw PDUs of a message, wherever and however it was spaced."""
    message = secrets_struck.texts_of(tx, message_id)
    if message is None or not pin:
        return
    pattern = re.compile(r"(?<!\d)" + r"[\s.\-]?".join(map(re.escape, pin)) + r"(?!\d)")
    text, count = pattern.subn(STRUCK, message["text"])
    subject = pattern.sub(STRUCK, message["subject"] or "") or None
    secrets_struck.strike(tx, message_id, text if count else f"LAPORAN {STRUCK}", subject)


def strike_digits(tx: Connection, message_id: int) -> None:
    """Take every number but years out of a text and its subject, and its raw parts: one of them may be a PIN."""
    message = secrets_struck.texts_of(tx, message_id)
    if message is None:
        return
    text, subject = _without_numbers(message["text"]), _without_numbers(message["subject"] or "") or None
    if (text, subject) != (message["text"], message["subject"]):
        secrets_struck.strike(tx, message_id, text, subject)


def _without_numbers(text: str) -> str:
    return _DIGITS.sub(lambda run: run[0] if _YEAR.fullmatch(run[0]) else STRUCK, text)
