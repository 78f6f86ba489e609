"""Which payers a bank's description names, in full, in another order, or cut off as banks do."""

from __future__ import annotations

import re

Words = tuple[str, ...]

_WORD = re.compile(r"[A-Z']+")
_TITLES = frozenset({"H", "HJ", "IR", "DRS", "DRA", "DR", "BPK", "IBU", "SDR", "SDRI", "TN", "NY", "SH", "SE", "MM"})

#: Letters of a cut name that must agree; banks cut at 16 to 20.
CUT_LETTERS = 12
CUT_AT_WORD_LETTERS = 15
SHORTEST_NAME = 3
#: Words that may follow a name that was cut off; any other is the name of somebody else.
NO_NAMES = frozenset(
    {
        *("PAJAK", "DAERAH", "TAGIHAN", "PEMBAYARAN", "BAYAR", "PEMBAY", "SETORAN", "SETOR", "RETRIBUSI", "DENDA"),
        *("TRF", "TRANSFER", "TRSF", "LUNAS", "PKB", "BBNKB", "SKRD", "SKPD", "STRD", "STPD", "RTR", "SSPD", "SSRD"),
        *("RKUD", "KASDA", "KAS", "PROV", "PROVINSI", "BANTEN", "PEMPROV", "BAPENDA", "SAMSAT", "ESB", "NBMB"),
        *("BRI", "BNI", "BCA", "BJB", "BTN", "BSI", "MANDIRI", "ATM", "CIMB", "VIA", "DARI", "UNTUK", "UTK", "REF"),
    }
)
#: So many names that a cut one may mean are looked at, and no more.
CROWD = 200


def words_of(text: str) -> Words:
    """The words of a name or description, in capitals, without titles."""
    return tuple(word for word in _WORD.findall(text.upper()) if word not in _TITLES)


def words_described(text: str) -> Words:
    """The words of a description: what looks like a title at its very end may be a name that was cut off."""
    words = _WORD.findall(text.upper())
    return (*(word for word in words[:-1] if word not in _TITLES), *words[-1:])


def is_named(name: Words, description: Words) -> bool:
    """Whether a description (as words) names this payer, in full or cut off."""
    if len(name) < 2:
        return False
    size, ordered = len(name), sorted(name)
    if any(sorted(description[start : start + size]) == ordered for start in range(len(description) - size + 1)):
        return True
    if is_cut_in_second_word(name, description[-2:]):
        return True
    return any(
        len(name) > 2 and name[:2] == description[start : start + 2] and is_cut(name, description[start:])
        for start in range(len(description) - 1)
    )


def is_cut_in_second_word(name: Words, words: Words) -> bool:
    """Whether the two last words of a description are a name that was cut inside its second word."""
    if len(words) < 2 or sum(map(len, words)) + 1 < CUT_LETTERS:
        return False
    return name[0] == words[0] and name[1] != words[1] and name[1].startswith(words[1])


def is_cut(name: Words, words: Words) -> bool:
    """Whether `words` begin with a name, as a whole or as far as a bank that cuts would write it."""
    letters = 0
    for index, part in enumerate(name):
        word = words[index] if index < len(words) else ""
        if word == part:
            letters += len(part) + 1
            continue
        if word and part.startswith(word):
            return letters + len(word) >= CUT_LETTERS
        return letters - 1 >= CUT_AT_WORD_LETTERS and (len(word) < SHORTEST_NAME or word in NO_NAMES)
    return True
