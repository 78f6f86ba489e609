"""Money between the province's own accounts (the nightly sweep): paired, so that it never settles a bill."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from mgov.store import bank

_WORDS = re.compile(r"PEMINDAHBUKUAN|OVERBOOKING|SWEEP|PINDAH BUKU|RKUD|KAS DAERAH", re.IGNORECASE)


def pair(tx: Connection, since: date) -> int:
    """Pair debits of one account with the credit they became in another, from that day on; returns how many pairs.

    Amount and day alone are no proof: the reference must agree, or a text name the other account or the sweep. Where
    more than one credit could be it, none is paired.
    """
    if bank.account_count(tx) < 2:
        return 0
    rows = [row for row in bank.unpaired_transfers(tx, since) if _belongs(row)]
    debits, credits_ = Counter(row.debit for row in rows), Counter(row.credit for row in rows)
    sure = [row for row in rows if debits[row.debit] == 1 and credits_[row.credit] == 1]
    bank.mark_own_transfer(tx, [row.debit for row in sure] + [row.credit for row in sure])
    return len(sure)


def _belongs(row: Row[Any]) -> bool:
    if row.out_reference and row.out_reference == row.in_reference:
        return True
    if row.taker in row.out_text or row.giver in row.in_text:
        return True
    return bool(_WORDS.search(row.out_text) and _WORDS.search(row.in_text))
