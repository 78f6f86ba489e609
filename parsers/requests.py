"""The fields of all commands but the payment confirmation: what stands behind the keyword, or around it."""

from __future__ import annotations

import re

from parsers import asking, identities
from parsers.board import Board
from parsers.courtesy import trim
from parsers.keywords import Keyword

_SIM_CARD = re.compile(r"\d{16}\D{1,3}\d{16}")
_NAME_WORD = re.compile(
    r"\b(?:atas nama|a[./]?n\.?|an\.|nama(?: saya| lengkap| usaha| perusahaan)?|nami(?:na)?|jeneng(?:ku)?|name(?: is)?|(?:company|business|perusahaan|usaha|badan usaha)(?: kami| saya| sy)?(?= ?:))[ :=]{1,3}([A-Za-z][\w.'\- ]{2,60}?)(?=[,;#\n]| nik\b| ktp\b| nib\b| dengan\b| ingin\b| mau\b| tolong\b| mohon\b| minta\b| daftar\w*\b| untuk\b| utk\b|$)",
    re.I,
)
_I_AM = re.compile(
    r"\b(?:saya|sy|kami(?: dari)?|i am|i'm|abdi|kula|kulo|perkenalkan(?:[ ,]{1,2}(?:nama )?(?:saya|sy|kami))?)[ ,]{1,2}([A-Za-z][\w.'\- ]{2,60}?)[ ,]+(?:ingin|mau|hendak|bermaksud|akan|bade|pengen|mohon|want|would|minta|arep|ajeng|nik|ktp)\b",
    re.I,
)
_LABELS = re.compile(
    r"\b(?:nik|no|nomor|ktp|nib|nama|nami|name|hoyong|daptar|ngadaptar|pendaftaran|atas nama|a/?n|daftar(?:kan)?|mendaftar|registrasi|register|reg|saya|sy|kami|aku|ak|gue|gw|gua|kak|min|bang|daftarin|didaftar\w*|perusahaan(?= (?:pt|cv|ud))|mau|ingin|pengen|tolong|dong|dengan|dgn|id|perusahaan saya|my|is|hendak|as|diri|bade|abdi|akun|baru|to|want|and|di|sini|layanan|sms|ini|adalah|nomer|mohon|minta|bantu|untuk|utk)\b[ :.=]*",
    re.I,
)
_ASKS = re.compile(r"\?|\b(?:gimana|bagaimana|kumaha|how|cara(?:nya)?|kapan|syarat\w*)\b", re.I)
_TITLE = r"(?:[A-Z][A-Za-z]{0,3}\.[A-Z]|[A-Z]{2}\b|MSi|SPd|SKom|AMd|SSos|Ph)"
_NAME_PARTS = re.compile(rf"[#*;|\n]|,(?!\s*{_TITLE})")
"""A name ends at a separator, but not before a degree (``Ahmad Yani, M.Si``)."""
_MONTHS = r"(?:jan\w*|feb\w*|peb\w*|mar(?:et|ch)?|apr\w*|mei|may|jun[ie]?|jul[iy]?|agu\w*|agt|aug\w*|sep\w*|okt\w*|oct\w*|nov\w*|nop\w*|des\w*|dec\w*)"
_PERIOD = re.compile(
    rf"\b(?:{_MONTHS}[ \-/]?(?:20\d\d|\d\d)?(?: ?(?:-|s/?d|sampai) ?{_MONTHS}[ \-/]?(?:20\d\d)?)?|20\d\d[\-/]\d{{1,2}}|\d{{1,2}}[\-/]20\d\d|(?:triwulan|tw|q|kuartal|semester|smt|sem)[ \-]?(?:[1-4]|iv|i{{1,3}})(?:[ \-/]?20\d\d)?|20\d\d[ \-/]?(?:tw|q|triwulan|semester)[ \-]?[1-4]|"
    r"(?:bulan|minggu|hari|tahun) (?:ini|lalu|kemarin)|bln ini|kemarin|20\d\d)\b",
    re.I,
)
_PIN_WORD = re.compile(r"\b(?:pin|sandi|kode)(?: saya| sy|nya)?[ :=.#]{0,3}(\d{4,8})\b", re.I)
_PIN_LAST = re.compile(r"(?<![\w\-/])(\d{4,8})[\s.,!#)]*$")
_REPORT_FILL = re.compile(
    r"\b(?:kirim(?:kan)?|minta|mohon|tolong|laporan|report|untuk|utk|periode|bulan|bln|tahun|thn|tentang|dong|ya|pak|dari|of|for|the|send|please|masa|per|sms|realisasi|kirimi|kirimin|saya|sy|kami|aku|min|yth|dong|butuh|perlu|mau)\b",
    re.I,
)
_TOPIC_FILL = re.compile(
    r"^(?:(?:saya|sy|aku|kami|tolong|minta|mau|ingin|butuh|perlu|mohon|info|informasi|inpo|soal|tentang|ttg|mengenai|tanya|untuk|utk|buat|syarat|syaratnya|persyaratan|apa|aja|saja|dong|ada|kasih|cara|urus|bikin|membuat|mengurus|about|on|the|i|need|information|requirements?|for|"
    r"perpanjang|memperpanjang|bisa|nya|selamat|pagi|siang|sore|malam|pak|bu|kak|min|nanya|tau|tahu|mengajukan|pengajuan|pembuatan|pengurusan|prosedur|ketentuan|keterangan|penjelasan|please|can|get|some|to|punten|bade|itu|naon)\b[\s,:.#*\-]*)+",
    re.I,
)
_TOPIC_LEAD = re.compile(r"^(?:(?:soal|tentang|ttg|mengenai|about|on|the|dong|ya|pak|bu|min)\b[\s,:.#*\-]*)+", re.I)
_SERVICE_WORD = re.compile(
    r"\b(?:mengajukan|ajukan|pengajuan|ngajuin|ajuin|permohonan|memohon|bikin|buatkan|buatin|bikinin|uruskan|buat|membuat|urus|ngurus|mengurus|apply(?:ing)? for|apply|perpanjang(?:an)?|memperpanjang|nyieun|ngadamel)(?: (?:untuk|utk|pembuatan|an|a|the|surat|baru|permohonan))*[ :]+((?:izin|ijin)?[ ]?[\w\-]{2,20})",
    re.I,
)


def register(board: Board, keyword: Keyword | None) -> dict[str, object] | None:
    """``id_number`` and ``name``; None when it is a SIM registration gone astray (NIK and family card)."""
    if _SIM_CARD.search(board.text):
        return None
    found = identities.find(board.text)
    fields: dict[str, object] = {}
    if len(found) == 1:
        fields["id_number"] = found[0].digits
    name = _name(board.text, keyword.end if keyword else 0, found)
    if name:
        fields["name"] = name
    return fields


def _name(text: str, start: int, found: list[identities.Identity]) -> str | None:
    match = _NAME_WORD.search(text) or _I_AM.search(text)
    if match:
        return _as_name(match[1])
    for one in found:
        text = text[: one.start] + " # " + " " * max(0, one.end - one.start - 3) + text[one.end :]
    if _ASKS.search(text[start:]):
        return None
    parts = [_as_name(_LABELS.sub(" ", part)) for part in _NAME_PARTS.split(text[start:])]
    return next((part for part in parts if part), None)


def _as_name(value: str) -> str | None:
    plain = trim(re.sub(r"\d{4,}", " ", value))
    plain = re.sub(r"^(?:(?:pak|bu|kak|min|yth|admin)\b[ .,]*)+", "", plain, flags=re.I)
    return plain if 2 < len(plain) <= 80 and re.search(r"[^\W\d_]{2}", plain) else None


_SERVICE = re.compile(r"((?:izin |ijin |kartu |surat )?\S+)\s*(.*)", re.S | re.I)


def apply(board: Board, keyword: Keyword | None) -> dict[str, object]:
    """``service`` and ``details``: behind MOHON, or behind the verb of a sentence."""
    if keyword is None or re.match(r"(?:mengajukan|ajukan|membuat|bikin|urus)\b", board.low[keyword.end :].strip()):
        match = _SERVICE_WORD.search(board.text)
        return _wished(board.text, match) if match else {}
    rest = re.sub(r"^(?:for|untuk|utk)\s+", "", board.text[keyword.end :].strip(" .,:;#*|/-_\n"), flags=re.I)
    head, *tail = re.split(r"\s*[#*|;\n]\s*|\s+[/\-]\s+|\s*[:,]\s+|_", rest, maxsplit=1)
    if not tail and (match := _SERVICE.match(rest)):
        head, *tail = match.groups()
    fields: dict[str, object] = {}
    service = trim(head).upper()
    if service:
        fields["service"] = service
    details = trim(tail[0]) if tail else ""
    if details:
        fields["details"] = details
    return fields


_NAMED_PERMIT = re.compile(
    r"(?:izin|ijin) (?=(?:ho|siup|tdp|situ|imb|pbg|rptka|imta|kitas|tdg|nib|tdi|iui|siujk|hgb|slf)$)", re.I
)
_FOR = re.compile(r"\s*(?:untuk|utk|buat|for|kanggo)\s+(.{3,})", re.I | re.S)


def _wished(text: str, match: re.Match[str]) -> dict[str, object]:
    """The service that a sentence names, and what it is wanted for."""
    fields: dict[str, object] = {"service": _NAMED_PERMIT.sub("", " ".join(match[1].split())).upper()}
    purpose = _FOR.match(text, match.end())
    details = trim(purpose[1]) if purpose else ""
    if details and not _NO_PURPOSE.match(details):
        fields["details"] = details
    return fields


_NO_PURPOSE = re.compile(r"(?:saya|sy|kami|aku|gimana|apa|me|us)\b\W*$|(?:saya|sy|kami) (?:gimana|bagaimana)", re.I)


def service_alone(text: str) -> dict[str, object]:
    """``service`` from an answer that names nothing else (``SIUP``, ``izin HO``)."""
    words = trim(text).split()
    return {"service": " ".join(words).upper()} if 1 <= len(words) <= 3 and len(text) <= 40 else {}


def report(board: Board, keyword: Keyword | None) -> dict[str, object]:
    """``topic``, ``period`` and ``pin``; the PIN comes last, a year is a period before it is a PIN."""
    rest = board.text[keyword.end :] if keyword else board.text
    rest = trim(re.sub(r"[#*|;_,]", " ", rest))
    fields: dict[str, object] = {}
    pin = _PIN_WORD.search(rest) or _PIN_LAST.search(rest)
    if pin and not (
        re.fullmatch(r"20[12]\d", pin[1]) and pin.re is _PIN_LAST and not _PERIOD.search(rest[: pin.start()])
    ):
        fields["pin"] = pin[1]
        rest = rest[: pin.start()] + " " + rest[pin.end() :]
    period = _PERIOD.search(rest)
    if period:
        fields["period"] = " ".join(period[0].upper().split())
        rest = rest[: period.start()] + " " + rest[period.end() :]
    topic = trim(_REPORT_FILL.sub(" ", re.sub(r"\b\d+\b", " ", rest)))
    if topic and len(topic) <= 40:
        fields["topic"] = topic.upper()
    return {name: fields[name] for name in ("topic", "period", "pin") if name in fields}


def info(board: Board, keyword: Keyword | None) -> dict[str, object]:
    """``topic``: what stands behind INFO, or what a sentence asks about."""
    if keyword is not None:
        return _topic(_TOPIC_LEAD.sub("", board.text[keyword.end :].strip(_AROUND)))
    asked = _ASKED.search(board.text)
    if asked is None and (kind := asking.KIND.search(board.low)):
        return {"topic": " ".join(board.text[kind.start() : kind.end()].upper().split())}
    for part in (board.text[asked.end() :], board.text[: asked.start()], board.text) if asked else (board.text,):
        topic = _topic(_TOPIC_FILL.sub("", part.strip(_AROUND)))
        if topic:
            return topic
    return {}


def _topic(words: str) -> dict[str, object]:
    topic = trim(_TOPIC_END.split(trim(words), maxsplit=1)[0])
    return {"topic": topic.upper()} if topic and len(topic) <= 60 else {}


_AROUND = " #*.:,;|_-/\n"
_ASKED = re.compile(r"\b(?:info(?:rmasi)?|information|syarat\w*|persyaratan\w*|requirements?)\b", re.I)
_TOPIC_END = re.compile(
    r"[?!;\n]|\.(?= |$)|,(?= )|\b(?:itu apa|apa|apaan|naon|opo|gimana|gmn|bagaimana|kumaha|piye|ya|yah|dong|donk|nya|di sini|disini|mang|pak|bu|kak|min|bang|mas|mbak|kang|teh|gan|neng"
    r"|please|pls|tolong|makasih|trims|soalnya|karena|krn|kalau|kalo|what)\b",
    re.I,
)
