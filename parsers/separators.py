"""Puts the boundaries back that people leave out or write in their own way, before anything is read."""

from __future__ import annotations

import re

from parsers.lexicon import alternatives, talk
from parsers.references import KINDS

_GLUED_REFERENCE = re.compile(
    rf"\b((?:bayar|byr|pay|tagihan|bill|status|batal|cancel|cek|no|nomor|utk|untuk|buat|ke))(?=(?:{KINDS})[ ./\\\-_:]{{0,3}}2[0o]\d\d)",
    re.I,
)
"""``bayarSKRD-2026-004512``."""
_GLUED_LABEL = re.compile(
    rf"(?<![\w./:\-])(\d[\d./:\-]{{0,24}})(?=(?:{alternatives('jam pkl pukul tgl tanggal bukti nobukti noref noreff jumlah jml nominal bank')})[ .:]?[\d.: a-z]|wib|rp\.? ?\d)",
    re.I,
)
"""``12/11/2026jam13.05rp450.000``."""
_LABEL_GLUED = re.compile(
    rf"\b((?:{alternatives('tgl tanggal jam pkl pukul bukti nobukti noref noreff reff ref rp wib jml jumlah nominal sebesar')}))(?=\d|(?<=wib)(?:rp|bukti|tgl))",
    re.I,
)
"""``tgl12/11``, ``bukti0093482711``."""
_DONE_GLUED = re.compile(
    rf"\b(?=[a-z]{{2,18}}(?:{KINDS})2[0o]\d)((?:sudah|sdh|udah|udh|dah|tlh|telah)?(?:dibayar|bayar|byr|transfer|trf|tf|setor|lunas)(?:utk|untuk|buat)?)(?=(?:{KINDS})2[0o])",
    re.I,
)
"""``udhbyrpkb2026558120``."""
_HAVE_GLUED = re.compile(r"\b(sudah|sdh|udah|udh|telah|tlh)(?=(?:dibayar|bayar|byr|transfer|trf|tf|setor)\b)", re.I)
_REFERENCE_GLUED = re.compile(
    rf"\b((?:{KINDS})[\-/. ]?2[0o]\d\d[\-/. ]?\d{{6}})(?=(?:via|lewat|lwt|dari|dr|tgl|jam|pkl|atm|rp|td|tadi|kmrn|kemarin|noref|ref|bukti|pake)[a-z\d]{{2}})",
    re.I,
)
_MEDIUM_GLUED = re.compile(
    r"\b(via|lewat|lwt|dari|dr|pake|atm|mbanking|teller)(?=(?:atm|mbanking|teller|qris|brimo|livin|bjb|bri|bni|bca|bsi|btn|mandiri)(?:\b|atm|tgl|bjb|bri|bni|bca|bsi|btn|mandiri))",
    re.I,
)
_DOTS = re.compile(r"^\W*[a-z]+\.[^\s.]+(?:\.[^\s.]+){1,9}$", re.I)
"""``BAYAR.SKRD-2026-004512.90011225.12-11-2026.13:05``, as pulsa servers are written to."""
_DOTTED_WISH = re.compile(r"^(\W*(?:mohon|apply|mhn))\.(\w{2,12})\.(?=\S)", re.I)
_DOT_TIME = re.compile(r"(?<=\d\d)\.([01]\d|2[0-3])\.([0-5]\d)(?=[.#]|$)")
_DOT_MOMENT = re.compile(r"\.([0-3]\d)\.([01]\d)\.(20\d\d|\d\d)\.([01]\d|2[0-3])[.:]([0-5]\d)(?=[.#]|$)")
_DOT_AMOUNT = re.compile(r"\.([1-9]\d{0,2}(?:\.\d{3})+)(?=$|\.[a-z])", re.I)
_DOTTED_PLATE = re.compile(r"\W*[a-z]+\.[a-z]{1,2}\.\d{1,4}\.[a-z]{1,3}$", re.I)
_SPACED_DATE = re.compile(r"\b\d{1,2} / \d{1,2} / (?:20)?\d\d\b")
_SPACED_COLON = re.compile(r"(?<!\b\d) : (?!\d\d(?: wib\b| [:#]|$))|(?<=\d{3}) : |(?<=[a-z]) : (?=\d)", re.I)
_SIGNED = re.compile(r"\W{0,3}[a-z]{3,10}(?:([/+:~=])(?=[a-z0-9])| (?=[a-z]{2,6}-20\d\d-\d{4,8}([/+:~=])\S))", re.I)
"""``Bayar/SKRD-2026-229018/77128834/...``, ``BAYAR SKRD-2026-229018+77128834+...``."""
_KEPT_SIGNS = {
    "/": re.compile(r"(\b\d{1,2})/(\d{1,2})/((?:20)?\d\d\b)"),
    ":": re.compile(r"(?<![\d.])(\d\d):(\d\d)(?!\d)()"),
}
_COMMA_BEHIND_WORD = re.compile(r"\W*[a-z]{3,10},\S", re.I)
_MONTH = r"(?:jan|feb|peb|mar|apr|mei|may|jun|jul|agu|agt|aug|sep|okt|oct|nov|nop|des|dec)"
_COMMA = re.compile(rf",(?=\S)(?!-)(?!(?<=\d,)(?:\d{{3}}(?!\d|\.\d{{3}})|\d{{1,2}}(?![\d:./\-]| ?{_MONTH})))", re.I)
"""A comma between two fields: not before a space, not a decimal comma, not ``,-``."""


_KINDS = tuple(KINDS.split("|"))
_SIX_AND_LETTERS = re.compile(r"\d{6}[a-z]")
_HAVE_TOGETHER = frozenset(
    f"{have}{verb}"
    for have in ("sudah", "sdh", "udah", "udh", "telah", "tlh")
    for verb in ("dib", "by", "ba", "tr", "tf", "se")
)
_MEDIA_TOGETHER = frozenset(
    f"{ahead}{behind}"
    for ahead in ("via", "lewat", "lwt", "dari", "dr", "pake", "atm", "mbanking", "teller")
    for behind in ("atm", "mban", "tell", "qris", "brim", "livi", "bjb", "bri", "bni", "bca", "bsi", "btn", "mand")
)
_APOSTROPHE = re.compile(r"(?<=\d)'(?=\d{3}(?!\d))")
_LABEL_HINT = re.compile(r"(?:ml|ah|ar|gl|al|am|kl|ul|ti|ef|ff|rp|ib)\d|\d[./:\-]{0,2}[jptbnwr][aukgniopt]|wib[rbt]")
"""What must occur for the costly patterns above to find anything: asked first, they decide."""


def _kind_glued(low: str) -> bool:
    """Whether a kind of bill stands straight behind a letter."""
    for kind in _KINDS:
        at = low.find(kind)
        while at >= 0:
            if at and low[at - 1].isalpha():
                return True
            at = low.find(kind, at + 1)
    return False


def _unglue(text: str) -> str:
    """Put the boundaries back between words, numbers and labels."""
    if "'" in text:
        text = _APOSTROPHE.sub(".", text)
    low = text.lower()
    if _kind_glued(low):
        text = _GLUED_REFERENCE.sub(r"\1 ", _REFERENCE_GLUED.sub(r"\1 ", _DONE_GLUED.sub(r"\1 ", text)))
    elif _SIX_AND_LETTERS.search(low):
        text = _REFERENCE_GLUED.sub(r"\1 ", text)
    begun = talk(low).beginnings
    if not _HAVE_TOGETHER.isdisjoint(begun):
        text = _HAVE_GLUED.sub(r"\1 ", text)
    if not _MEDIA_TOGETHER.isdisjoint(begun):
        text = _MEDIUM_GLUED.sub(r"\1 ", _MEDIUM_GLUED.sub(r"\1 ", text))
    if _LABEL_HINT.search(low):
        text = _part(text)
    return text


def unify(text: str) -> str:
    """Separate what was glued together, and write ``#`` for dots or commas that separate fields."""
    text = _DOTTED_WISH.sub(r"\1#\2#", _unglue(text))
    if _DOTS.match(text) and not _DOTTED_PLATE.match(text):
        text = _DOT_MOMENT.sub(r".\1/\2/\3#\4:\5", text)
        return _DOT_TIME.sub(r"#\1:\2", _DOT_AMOUNT.sub(lambda match: "#" + match[1].replace(".", ""), text)).replace(
            ".", "#"
        )
    text = _between_signs(text)
    if text.count(" / ") >= 3 and not _SPACED_DATE.search(text):
        text = text.replace(" / ", " # ")
    if text.count(" : ") >= 3:
        text = _SPACED_COLON.sub(" # ", text)
    if _COMMA_BEHIND_WORD.match(text) or len(_COMMA.findall(text)) >= 3:
        return _COMMA.sub("#", text)
    return text


def _between_signs(text: str) -> str:
    """Write ``#`` for the sign that stands straight behind the keyword or its reference and parts all fields."""
    match = _SIGNED.match(text)
    sign = (match[1] or match[2]) if match else ""
    if not sign or (text.count(sign) < 3 and not _DOTTED_WISH.match(text.replace(sign, "."))):
        return text
    kept = _KEPT_SIGNS.get(sign)
    if kept is None:
        return text.replace(sign, "#")
    joined = kept.sub(lambda m: f"{m[1]}\x02{m[2]}" + (f"\x02{m[3]}" if m[3] else ""), text)
    return joined.replace(sign, "#").replace("\x02", sign)


def _part(text: str) -> str:
    """Part labels and values, as often as parting one uncovers the next."""
    for _ in range(6):
        parted = _GLUED_LABEL.sub(r"\1 ", _LABEL_GLUED.sub(r"\1 ", text))
        if parted == text:
            break
        text = parted
    return text
