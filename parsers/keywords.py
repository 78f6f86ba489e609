"""The first word as a keyword: exact, abbreviated, or mistyped within strict bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

WORDS = {
    "bantuan": "HELP", "help": "HELP", "?": "HELP", "bantu": "HELP", "menu": "HELP", "info": "INFO", "layanan": "SERVICES",
    "services": "SERVICES", "service": "SERVICES", "daftar": "REGISTER", "reg": "REGISTER", "register": "REGISTER",
    "mohon": "APPLY", "apply": "APPLY", "status": "STATUS", "riwayat": "HISTORY", "history": "HISTORY",
    "tagihan": "BILL", "bill": "BILL", "bayar": "PAY", "pay": "PAY", "payment": "PAY", "dokumen": "DOCUMENTS",
    "documents": "DOCUMENTS", "document": "DOCUMENTS", "mulai": "REMIND_ON", "start": "REMIND_ON", "berhenti": "REMIND_OFF",
    "stop": "REMIND_OFF", "unreg": "REMIND_OFF", "unsubscribe": "REMIND_OFF", "subscribe": "REMIND_ON", "off": "REMIND_OFF", "batal": "CANCEL", "cancel": "CANCEL",
    "laporan": "REPORT", "report": "REPORT",
}  # fmt: skip
_SHORT = {"byr": "PAY", "byar": "PAY", "tghn": "BILL", "tagihn": "BILL", "dftr": "REGISTER", "inf": "INFO", "sts": "STATUS", "brhenti": "REMIND_OFF",
          "bntuan": "HELP", "mhn": "APPLY", "lyanan": "SERVICES", "dok": "DOCUMENTS", "lap": "REPORT", "btl": "CANCEL"}  # fmt: skip
_COMMON = frozenset(
    "bayi batas batak bakar basar besar bawah banyak bayaran mohan modal mobil malah mula melalui state stats statis lapor laporkan lapar lapangan lamaran "
    "layani layangan dokter daftarkan doktor inti ingin infak infaq invo nilai tagih tagihannya bantal bantuin banten satu stok step store berita "
    "berhentilah baca bagaimana sabar kabar lebar rata riwayatnya mulia mulut muka reg1 pas par play pak pal pan bila bull ball hello halo hell "
    "helo lampiran bantai santuan santunan banal apple servis tahanan tahian ulai mulas kerupuk laporin dompet muali lay bar start-up kapan dapat datar pagar batuan bantahan rencana stay pray may".split()
) - {"muali"}  # fmt: skip
_COURTESY = re.compile(
    r"^(?:\s|[^\w?])*(?:(?:yth|kpd|kepada|admin|min|kak|ka|pak|bpk|bapak|bu|ibu|bang|mas|mbak|mba|kang|teh|punten|maaf|permisi|halo|hallo|hai|hello|hi|dear|sir|"
    r"ass|asslm|aslm|assalamualaikum\w*|assalamu'?alaikum|wr|wb|salam|dgn hormat|dengan hormat|selamat (?:pagi|siang|sore|malam)|good (?:morning|afternoon|evening)|pagi|siang|sore|malam|met \w+|tolong|tlg|please|pls|"
    r"gan|bos|om|tante|ketik|format|sampurasun|mang|neng|nak|dik|dek|jeng|pakde|bude|nuwun sewu|mangga|wilujeng \w+|dinas|petugas|hormat kami)\b(?:\s|[^\w?])*)*"
)
_DOUBLED = re.compile(r"(.)\1+")
_REFERENCE_OF_KIND = re.compile(r"[ ./\-]{0,2}20\d\d[ ./\-]{0,2}\d{3,8}(?!\d)")
_FIRST = re.compile(r"\?+|[a-z]+(?:-?nya)?|[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword found at the start: its command, where the rest begins, and whether it was typed as documented.

    ``mistyped`` says that it is only near to one: neither the keyword itself nor a known abbreviation of it.
    """

    command: str
    word: str
    start: int
    end: int
    exact: bool
    mistyped: bool = False


def courtesy_end(low: str) -> int:
    """Where the text begins behind greetings and forms of address."""
    match = _COURTESY.match(low)
    return match.end() if match else 0


def find(low: str) -> Keyword | None:
    """The keyword at the start of a lower-case text, also behind courtesy; None when the first word is none."""
    start = courtesy_end(low)
    match = _FIRST.match(low, start)
    if match is None:
        return None
    word = "?" if match[0].startswith("?") else match[0]
    if word == "reg" and _REFERENCE_OF_KIND.match(low, match.end()):
        return None
    if word in WORDS:
        return Keyword(WORDS[word], word, match.start(), match.end(), exact=True)
    near = guess(word)
    if near is None:
        near = _glued(word)
        if near is not None:
            return Keyword(WORDS[near], near, match.start(), match.start() + len(near), exact=False)
        return None
    command = WORDS.get(near) or _SHORT[near]
    return Keyword(command, near, match.start(), match.end(), exact=False, mistyped=near not in _SHORT)


@lru_cache(maxsize=4096)
def guess(word: str) -> str | None:
    """The one keyword that a mistyped word can be, None when it is a common word or could be two."""
    if word in _SHORT:
        return word
    if len(word) < 4 or word in _COMMON or not word.isascii():
        return None
    squeezed = _DOUBLED.sub(r"\1", word)
    if squeezed in WORDS and len(squeezed) >= 4:
        return squeezed
    plain = word.translate(str.maketrans("014", "oia"))
    near = {known for known in WORDS if len(known) >= 4 and _near(plain, known)}
    return near.pop() if len({WORDS[known] for known in near}) == 1 else None


def nearest(word: str) -> str | None:
    """The first keyword that a lower-case word is, or that a mistyping of it could be; None when it is far from all."""
    if word in WORDS:
        return word
    if word in _SHORT:
        return next(known for known, command in WORDS.items() if command == _SHORT[word])
    return next((known for known in WORDS if len(known) >= 4 and _near(word, known)), None)


def _near(word: str, known: str) -> bool:
    if abs(len(word) - len(known)) > 2:
        return False
    if sorted(word) == sorted(known) and word[0] == known[0] and len(known) >= 5:
        return OSA.distance(word, known, score_cutoff=2) <= 2
    limit = 2 if len(known) >= 7 else 1
    distance = OSA.distance(word, known, score_cutoff=limit)
    return distance <= limit and (distance == 1 or word[0] == known[0])


def _glued(word: str) -> str | None:
    """A keyword with its reference or number glued to it (``bayarskrd2026004512``)."""
    for known in ("bayar", "tagihan", "status", "batal", "daftar"):
        rest = word[len(known) :]
        if word.startswith(known) and re.search(r"^\d{6}|^(?:skrd|skpd|strd|pkb|bbn|rtu|izn|prm|[a-z]\d)", rest):
            return known
    return None
