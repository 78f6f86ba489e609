"""A story of several payments, told in clauses: what tells of another payment than the one that is confirmed.

Nothing is left aside on a word alone: only where two groups of clauses say the same kind of thing (a bill, a sum, a
number, a date, a time) do ``dulu``, ``yg ke 1`` or ``listrik`` decide which of them is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers import vocabulary as v
from parsers.lexicon import hears
from parsers.references import KINDS

Span = tuple[int, int]

_CUT = re.compile(
    r"(?<!\bno)(?<!\brp)(?<!\btgl)(?<!\bpk)(?<!\bpkl)(?<!\bjl)(?<!\bn)(?<!\bsdr)(?<!\bbpk)[.!?](?=\s|$)(?!\s*\d{1,3}(?:[.,]\d{3})+\s*$)|[;\n]|,(?=\s)|\s-{1,2}\s|[()]"
    r"|(?<=\s)(?<!saldo )(?<!balance )(?<!sisa )(?<!rek )(?=(?:skrg|skrng|sekarang|hari ini|hr ini|barusan|trus|terus|trs|kemudian|tapi|tp|namun|sedangkan|sdgkan|sementara|kalau yg|kalo yg|klo yg|utk yg|untuk yg|yg ini|yang ini|yg skrg|yg sekarang|yg baru|yang baru|saiki|ayeuna|today|now)\b)"
)
_STOPS = frozenset(".!?;\n")
_MONTHS_AGO = r"(?:bulan|bln|minggu|mggu|tahun|thn|taun|semester) (?:lalu|kemarin|kmrn|kemaren|yg lalu|yang lalu|sebelumnya)|\d+ (?:bulan|bln|tahun|thn) (?:yg |yang )?lalu|last (?:month|year)"
_FORMER = re.compile(
    rf"\b(?:{_MONTHS_AGO})\b"
    r"|\b(?:yg|yang|nu|sing|the) (?:kemarin|kmrn|kemaren|kmren|kamari|wingi|dulu|duluan|pertama|kesatu|lama|sebelumnya|tadi pagi|first|previous|old|ke ?-?(?:1|satu))\b"
    r"|(?:^|[,;.(] ?)\W*(?:(?:yg|yang|kalau|kalo|klo) )?(?:dulu(?:nya)?|dahulu|sebelumnya|tempo hari|previously|earlier)\b(?= ?(?:saya|sy|aku|kami|sudah|sdh|udah|pernah|i |yg|yang|dp|bayar|transfer|tf|sempat|\d|rp))"
    r"|\bsalah (?:transfer|tf|trf|kirim|bayar|setor)\b"
    r"|\bdp(?:nya)? (?:kemarin|kmrn|kemaren|awal|pertama|dulu|sudah|sdh|udah|minggu|bulan|tgl)\b"
    r"|\b(?:cicilan|angsuran|termin|tahap)(?:nya)? (?:pertama|kesatu|awal|ke ?-?(?:1|satu|i)|sebelumnya|lalu|kemarin|kmrn|bulan lalu|bln lalu)\b"
    r"|\bsudah (?:beres|selesai|dikonfirmasi|di konfirmasi|sy konfirmasi|saya konfirmasi|sy lapor|saya lapor)(?= ?(?:kemarin|kmrn|kemaren|minggu|bulan|dulu|$|[,.;]))"
)
_LATER_PART = re.compile(
    r"\b(?:kedua|ketiga|keempat|kelima|second|ke ?-?(?:[2-9]|1[0-2]|dua|tiga|empat|lima|ii|iii|iv)|terakhir|pelunasan\w*|final)\b"
)
_PRESENT = re.compile(
    r"\b(?:skrg|skrng|sekarang|hari ini|hr ini|barusan|baru saja|baru aja|baru td|baru tadi|kali ini|saiki|ayeuna|today|now|bulan ini|bln ini|tahun ini)\b"
    r"|\b(?:yg|yang) (?:ini|baru|benar|bener|betul|skrg|sekarang|bulan ini|bln ini)\b|^\W*ini\b"
)
_JUST = re.compile(
    r"(?<!yg )(?<!yang )\b(?:td|tadi|barusan) (?:pagi|siang|sore|malam|jam|pkl)\b(?!.*\b(?:listrik|teman|temen|pulsa)\b)"
)
_YESTERDAY = re.compile(r"\b(?:kemarin|kmrn|kemaren|kmren|kamari|wingi|yesterday)\b")
_OTHERS = re.compile(
    r"\b(?:ke|sama|buat|utk|untuk|ka|to) (?:teman|temen|kawan|sodara|saudara|adik|adek|kakak|anak|istri|suami|ibu|mama|bapak|papa|pacar|toko|warung|tetangga|orang lain|keluarga|a friend|my \w+)\b"
    r"|\bbukan (?:buat|utk|untuk|bayar) (?:pajak|retribusi|tagihan|itu|ini|skrd|skpd|pkb)\b|\bnot for (?:the )?(?:tax|bill)\b|\b(?:pribadi|gaji karyawan|belanja|pulsa|kuota|token)\b"
)
_OTHERS_WORDS = frozenset(
    "teman temen kawan sodara saudara adik adek kakak anak istri suami ibu mama bapak papa pacar toko warung tetangga orang keluarga friend my bukan not pribadi gaji belanja pulsa kuota token".split()
)
"""Without one of these words the pattern above finds nothing."""
_KINDS = {
    "bill": re.compile(rf"\b(?:{KINDS})[ ./\\\-_:#]{{0,3}}2[0o]\d\d[ ./\\\-_:#]{{0,3}}\d{{3,8}}"),
    "sum": re.compile(
        r"(?<![\d.,/\-])\d{1,3}(?:[.,]\d{3})+(?!\d)|\brp\.? ?\d{4,}|(?<![\d.,])\d+(?:[.,]\d+)? ?(?:rb|rbu|ribu|jt|juta|k)\b|[a-z]+ (?:ribu|juta)\b"
    ),
    "number": re.compile(r"(?<![\w.,/\-])(?=[a-z]{0,6}\d)[a-z\d]{6,20}(?![\w]|[.,/\-]\d)"),
    "date": re.compile(r"(?<![\d.,])\d{1,2}[/\-]\d{1,2}(?:[/\-]\d{2,4})?(?![\d/\-])|\b(?:tgl|tanggal) \d{1,2}\b"),
    "time": re.compile(r"\b(?:jam|pkl|pukul|pk) ?\d|(?<![\d.,])\d{1,2}:\d\d"),
}
_OURS = re.compile(rf"\b(?:{KINDS})\b|\b(?:{KINDS})[\d\-./]")
_BY = re.compile(r"\b(?:lewat|lwt|via|pakai|pake|di|liwat|by|through) \w+")
_LEFT = re.compile(r"\b(?:saldo|sisa|balance|tinggal)\b")
_GOES_ON = re.compile(r"(?:trus|terus|trs|kemudian|lalu|abis itu|habis itu)\b")


@dataclass(frozen=True, slots=True)
class Asides:
    """The spans of a text that tell of another payment; ``same_day``: those whose day is that of the payment too."""

    spans: tuple[Span, ...] = ()
    same_day: tuple[Span, ...] = ()

    def hold(self, at: int) -> bool:
        """Whether a position lies in what is left aside."""
        return any(start <= at < end for start, end in self.spans)


_NONE = Asides()
_HINT = re.compile("|".join(re.escape(hint) for hint in (
    "salah", "lalu", "kemarin", "kmrn", "kemaren", "kmren", "kamari", "wingi", "dulu", "dahulu", "pertama", "kesatu", "lama", "sebelum", "tempo hari", "dp", "ke 1", "ke-1", "ke1",
    "ke satu", "awal", "beres", "first", "previous", "last ", "earlier", "old", "yesterday", "duluan", "yg tadi", "yang tadi", "selesai", "konfirmasi", "lapor",
)))  # fmt: skip


_ROW_END = re.compile(r"\n|(?<=[^\d]) (?=\d[.)] )|; ?(?=[a-z]{3,6}[ \-/.]?2[0o]\d\d)")
_UNPAID = re.compile(r"\b(?:belum|blm|blom|menyusul|nyusul|pending|gagal|batal|ditunda|not yet|unpaid)\b")


def other_rows(low: str) -> tuple[Span, ...]:
    """Of a list with a bill in each row, the rows behind the first that is paid: each tells of a payment of its own."""
    if len(_KINDS["bill"].findall(low)) < 2:
        return ()
    ends = [match.end() for match in _ROW_END.finditer(low)]
    spans = zip([0, *ends], [*ends, len(low)], strict=True)
    rows = [(start, end) for start, end in spans if _KINDS["bill"].search(low, start, end)]
    if len(rows) < 2 or any(len(_KINDS["bill"].findall(low[start:end])) > 1 for start, end in rows):
        return ()
    paid = [row for row in rows if not _UNPAID.search(low, *row)]
    kept = paid[0] if paid else rows[0]
    if len(paid) < len(rows) or all(_says_own(low[start:end]) for start, end in rows):
        return tuple(row for row in rows if row != kept)
    return ()


def _says_own(row: str) -> bool:
    """Whether a row has a number of its own besides its bill's."""
    return _KINDS["number"].search(_KINDS["bill"].sub(" ", row)) is not None


def asides(low: str) -> Asides:
    """What a lower-case text tells of other payments than the one it confirms."""
    rows = other_rows(low) if low.count("20") > 1 else ()
    if rows:
        return Asides(rows)
    if not _HINT.search(low) and not v.OTHER_BILL.said(low) and not hears(low, _OTHERS_WORDS):
        return _NONE
    clauses = _clauses(low)
    if len(clauses) < 2:
        return _NONE
    roles = _roles(low, clauses)
    others = [clause for clause, role in zip(clauses, roles, strict=True) if role in ("former", "thing")]
    this = [clause for clause, role in zip(clauses, roles, strict=True) if role not in ("former", "thing")]
    if not others or not _compete(low, others, this):
        return _NONE
    same_day = tuple(clause for clause, role in zip(clauses, roles, strict=True) if role == "thing")
    return Asides(tuple(others), same_day if _GOES_ON.match(_text(low, this)) else ())


def _clauses(low: str) -> list[Span]:
    ends = [match.end() for match in _CUT.finditer(low)]
    return [(start, end) for start, end in zip([0, *ends], [*ends, len(low)], strict=True) if low[start:end].strip()]


def _text(low: str, clauses: list[Span]) -> str:
    return " ".join(low[start:end].strip() for start, end in clauses)


def _roles(low: str, clauses: list[Span]) -> list[str]:
    """What each clause tells of: this payment, a former one, another thing; without a word of its own as the one before."""
    later_part = _LATER_PART.search(low) is not None
    now = any(_tells_now(low[start:end]) for start, end in clauses)
    roles: list[str] = []
    for start, end in clauses:
        own = _own_role(low[start:end], later_part, now)
        ended = start == 0 or low[:start].rstrip(" ")[-1:] in _STOPS
        roles.append(own or ("this" if ended or not roles else roles[-1]))
    return roles


def _own_role(clause: str, later_part: bool, now: bool) -> str | None:
    if _PRESENT.search(clause):
        return "this"
    if _JUST.search(clause):
        return "this"
    if _FORMER.search(clause) and not (_LATER_PART.search(clause) and not re.search(r"ke ?-?1\b", clause)):
        return "former"
    if now and _YESTERDAY.search(clause) and _says_something(clause):
        return "former"
    ours = v.TAX.said(clause) or _OURS.search(clause) is not None
    if _OTHERS.search(clause) or (not ours and v.OTHER_BILL.said(_BY.sub(" ", clause))):
        return "thing"
    return "this" if ours or (later_part and _LATER_PART.search(clause)) else None


def _tells_now(clause: str) -> bool:
    """Whether a clause tells of what is paid now, not of what is left now."""
    return _PRESENT.search(clause) is not None and _says_something(clause) and not _LEFT.search(clause)


def _says_something(clause: str) -> bool:
    return any(_KINDS[kind].search(clause) for kind in ("bill", "sum", "number"))


def _compete(low: str, others: list[Span], this: list[Span]) -> bool:
    """Whether both say the same kind of thing differently, and what would stay is still a confirmation."""
    aside, kept = _text(low, others), _text(low, this)
    if not (_KINDS["sum"].search(kept) or _KINDS["number"].search(kept) or _KINDS["bill"].search(kept)):
        return False
    return any(_values(one, aside) and _values(one, kept) - _values(one, aside) for one in _KINDS.values())


def _values(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match[0] for match in pattern.finditer(text)}
