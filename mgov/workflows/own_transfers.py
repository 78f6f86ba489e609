"""Money between the province's own accounts (the nightly sweep): paired, so that it never settles a bill."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.matching import descriptions, proofs
from mgov.store import bank

#: A movement inside one bank or from account to account, whoever's: both sides must say so.
_MOVED = re.compile(r"PEMINDAHBUKUAN|OVERBOOKING|OVERBOOK|SWEEP|PINDAH ?BUKU|PINBUK", re.IGNORECASE)
_WORD = re.compile(r"[A-Z0-9]+")
_PREPOSITION = re.compile(r"\b(?:KE|KPD|KEPADA|TO|DARI|DR|FROM)\b(.*)", re.IGNORECASE | re.DOTALL)


def pair(tx: Connection, since: date) -> int:
    """Pair debits of one account with the credit they became in another, from that day on; returns how many pairs.

    Amount and day alone are no proof, and neither are words that a citizen may write ("KAS DAERAH"): the reference
    must agree, a text name the other account's number, or both speak of moving money and one of them name the other
    account. Where more than one credit could be it, none is paired. A credit that settled a bill meanwhile is paired
    as well: matching takes that back.
    """
    if bank.account_count(tx) < 2:
        return 0
    rows = [row for row in bank.unpaired_transfers(tx, since) if _belongs(row)]
    debits, credits_ = Counter(row.debit for row in rows), Counter(row.credit for row in rows)
    sure = [row for row in rows if debits[row.debit] == 1 and credits_[row.credit] == 1]
    bank.mark_own_transfer(tx, [row.debit for row in sure] + [row.credit for row in sure])
    return len(sure)


def _belongs(row: Row[Any]) -> bool:
    out, into = proofs.normalise(row.out_reference or ""), proofs.normalise(row.in_reference or "")
    if out == into and not proofs.is_guessable(out):
        return True
    if _names_number(row.out_text, row.taker, row.giver) or _names_number(row.in_text, row.giver, row.taker):
        return True
    if not (_MOVED.search(row.out_text) and _MOVED.search(row.in_text)):
        return False
    return _names(row.out_text, row.taker_name) or _names(row.in_text, row.giver_name)


def _names_number(text: str, other: str, here: str) -> bool:
    """Whether a text names the other account by its number; a short one only as a word of its own."""
    return descriptions.names_account(text, [other], but=here) or other in _WORD.findall(text.upper())


def _names(text: str, name: str | None) -> bool:
    """Whether what follows "to" or "from" in a text begins with the name that the province gave the other account."""
    found, words = _PREPOSITION.search(text), _WORD.findall((name or "").upper())
    return found is not None and bool(words) and _WORD.findall(found.group(1).upper())[: len(words)] == words
