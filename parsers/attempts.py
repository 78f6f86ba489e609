"""Attempts at paying that came to nothing, told beside the one that succeeded: nothing is read from them."""

from __future__ import annotations

import re

from parsers.lexicon import Sense

_FAIL = re.compile(
    r"\b(?:gagal|failed|ditolak|error|eror|direfund|refund|dibalikin|dikembalikan|balik lagi|timeout|pending|nyangkut|declined|tidak berhasil|ga berhasil|gak berhasil|kagagal|salah nominal|dibatalkan|batal bayar|batal transfer|(?:tidak|tdk|ga|gak|nggak|ngga) jadi (?:bayar|transfer|tf|lewat|via|pakai|pake|di)|gangguan|offline|tutup|(?:ke|di)?blokir)\b"
)
_FAILURES = Sense(
    "blokir keblokir diblokir keblok batal jadi gangguan offline tutup gagal failed ditolak error eror direfund refund dibalikin dikembalikan balik timeout pending nyangkut declined berhasil kagagal salah dibatalkan"
)
"""Without one of these words nothing failed."""
_SUCCESS = re.compile(
    r"\b(?:sukses|berhasil|succeeded|successful|finally|akhirnya (?:\w+ ){0,3}(?:bisa|masuk|kebayar|bayar|dibayar|lunas|transfer|tf|trf|setor)"
    r"|(?:bayar|dibayar|transfer|tf|trf|setor|byr) (?:ulang|lagi)|ulang(?:i)? (?:bayar|transfer|tf|trf)"
    r"|(?:yg|yang|ke) ?(?:kedua|dua|2|ketiga)(?: \w+){0,3} (?:masuk|bisa|sukses|berhasil|jadi|lunas)|jadi juga|jadinya|akhirnya (?:lewat|lwt|via|pakai|pake|ke|di)|baru bisa|baru (?:bayar|masuk|berhasil|kebayar))\b"
)
_NOT_SUCCESS = re.compile(
    r"\b(?:tidak|tdk|ga|gak|nggak|ngga|belum|blm|blom|not|akan|mau|besok|nanti|kapan|semoga|mudah-mudahan|biar|supaya|bisa ga|apa bisa|cara)\b|\?"
)
_CLAUSE = re.compile(
    r"[,.;!\n](?!\d)|(?=\b(?:tapi|tp|namun|but|trus|terus|lalu|kemudian|akhirnya|jadinya|skrg|sekarang|yg kedua|yang kedua)\b)"
)


def undone(low: str) -> list[tuple[int, int]]:
    """Where a lower-case text speaks of attempts that failed; empty unless it also tells of one that succeeded."""
    if not _FAILURES.said(low) or not _FAIL.search(low) or not _SUCCESS.search(low):
        return []
    clauses = list(_clauses(low))
    done = [
        one
        for one in clauses
        if _SUCCESS.search(low, *one) and not _FAIL.search(low, *one) and not _NOT_SUCCESS.search(low, *one)
    ]
    failed = [place for place, one in enumerate(clauses) if _FAIL.search(low, *one)]
    failed += [place - 1 for place in failed if place and _BUT.match(low, clauses[place][0])]
    failed += [
        place + 1 for place in failed if place + 1 < len(clauses) and _ITS_NUMBER.match(low[slice(*clauses[place + 1])])
    ]
    return [clauses[place] for place in sorted({*failed}) if clauses[place] not in done] if done else []


_ITS_NUMBER = re.compile(r"\s*(?:no\.? ?)?(?:ref|reff|bukti|trx|resi|struk)\w*[ :.]{1,3}[a-z]{0,6}\d[\w\-]*\W*$")
"""The number of what failed, named behind it."""
_BUT = re.compile(r"\s*(?:tapi|tp|tetapi|namun|but|eh)\b")
"""Joins a failure to what was tried in the clause before."""


def _clauses(low: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in _CLAUSE.finditer(low)]
    return [(start, end) for start, end in zip([0, *ends], [*ends, len(low)], strict=True) if end > start]


def without_undone(low: str) -> str:
    """The text without what it tells of failed attempts."""
    for start, end in undone(low):
        low = low[:start] + " " * (end - start) + low[end:]
    return low
