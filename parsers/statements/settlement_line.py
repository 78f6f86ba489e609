"""Lines that settle QRIS or card payments: the bank credits what was paid less its fee, and tells both in its words."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from parsers.statements.model import Entry

#: As Indonesian banks word them in any format; a dialect may name more.
COMMON = (
    re.compile(r"(?:AMT|AMOUNT)\s*:*\s*(?P<gross>[\d.,]*\d)\s*MDR\s*:*\s*(?P<fee>[\d.,]*\d)", re.IGNORECASE),
    re.compile(r"(?:QR|TGH)\s*:?\s*(?P<gross>[\d., ]*\d)\s*(?:DDR|ADM|MDR)\s*:?\s*(?P<fee>[\d., ]*\d)", re.IGNORECASE),
)
_FEE_WORDS = ("MDR", "DDR", "ADM")


def settled_commonly(entry: Entry) -> Entry:
    """The same for an entry of any format, by the words that banks share."""
    upper = entry.description.upper()
    told = entry.gross is None and any(word in upper for word in _FEE_WORDS)
    return settled(entry, COMMON) if told else entry


def settled(entry: Entry, patterns: tuple[re.Pattern[str], ...]) -> Entry:
    """The entry with gross and fee of a QRIS or card settlement, when gross less fee is what was credited."""
    for pattern in patterns:
        match = pattern.search(entry.description)
        if match:
            gross, fee = _digits(match["gross"]), _digits(match["fee"])
            if gross - fee == entry.amount:
                return replace(entry, gross=gross, fee=fee)
    return entry


def _digits(text: str) -> Decimal:
    """A figure whose separators cannot be trusted: two digits behind the last one are decimals, the rest is whole."""
    text = text.strip()
    digits = re.sub(r"\D", "", text) or "0"
    return Decimal(digits).scaleb(-2) if re.search(r"[., ]\d\d$", text) else Decimal(digits)
