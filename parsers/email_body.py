"""Only the writer's own new words of an e-mail: quotes, signatures, forwards and disclaimers are taken off."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree  # type: ignore[import-untyped]

_LONGEST = 50_000
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "hr", "ul", "ol"})
_HIDDEN = frozenset({"style", "script", "head", "title", "blockquote"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input"})
_QUOTE_CLASS = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite|OutlookMessageHeader|gmail_signature|moz-signature|divRplyFwdMsg", re.I
)
_ATTRIBUTION = re.compile(
    r"^(?:pada|on|op|le|el) .{4,90}(?:menulis|wrote|schreef|tulis|écrit)\s*:?$|^.{0,90}\b(?:menulis|wrote|nulis)\s?:$|^.{0,90}<[^<>@\s]{1,80}@[^<>\s]{1,80}>[^:]{0,20}:$",
    re.I,
)
_ATTRIBUTION_START = re.compile(r"^(?:pada|on) (?:\w{2,9},? |\d|tanggal)[^:]{0,60}(?:20\d\d|\d\d[.:]\d\d)", re.I)
_NAMED_BEHIND_TIME = re.compile(r"\d[.:]\d\d(?: ?(?:WIB|AM|PM))?,? +[\"<A-Z]")
_FORWARD = re.compile(
    r"^-{2,}\s*(?:pesan|original|forwarded|pesan terusan|begin|asli).*|^_{8,}$|^begin forwarded message|^diteruskan dari\b",
    re.I,
)
_HEADER = re.compile(
    r"^\*?(?:from|dari|sent|dikirim|to|kepada|subject|perihal|subjek|hal|date|tanggal|cc|tembusan)(?:\*?\s?:\*?)\s",
    re.I,
)
_SIGNATURE = re.compile(r"^(?:--\s?|__+|\*{3,}|={3,}|-{3,})$")
_SENT_FROM = re.compile(
    r"^(?:sent from|dikirim dari|dikirim (?:melalui|via|dgn)|get outlook|sent via|powered by|terkirim dari|yahoo mail)\b",
    re.I,
)
_PROGRAM = re.compile(
    r"^(?:dapatkan outlook|get outlook|virus-free|bebas virus|(?:please consider|pertimbangkan|mohon pertimbangkan|think of) (?:the environment|lingkungan|dampak)|avast|scanned by)\b",
    re.I,
)
"""What mail programs and companies put below a mail."""
_BANNER = re.compile(
    r"^\[?(?:caution|external|warning|perhatian|peringatan)\b.{0,40}\b(?:email|e-mail|surel|sender|pengirim)\b.{0,160}$|^\[cid:[^\]]{1,80}\]$|^\[image[^\]]{0,80}\]$",
    re.I,
)
"""What mail servers put above a mail, and pictures: dropped, whatever comes after counts."""
_CLOSING = re.compile(
    r"^(?:salam(?: hormat)?|hormat (?:kami|saya)|wassalam\w*|regards|best regards|kind regards|best|sincerely|terima ?kasih|makasih|thanks|thank you|tks|trims|demikian\b.*|atas perhatian\w*.*|ttd|hatur nuhun)\b[\w\s]{0,40}[,.!]*$",
    re.I,
)
_DISCLAIMER = re.compile(
    r"^(?:disclaimer|peringatan|perhatian|catatan(?=\s?:.{0,40}(?:e-?mail|surel|pesan ini))|notice|confidential\w*|rahasia)\s?:|\b(?:this e-?mail (?:and|is|may)|e-?mail ini (?:bersifat|beserta|dan|hanya|mungkin)|pesan ini (?:bersifat|beserta|hanya|mungkin)|intended (?:only|solely) for|confidential)\b",
    re.I,
)


_REST_IS_QUOTED = re.compile(
    r"divRplyFwdMsg|appendonsend|moz-cite-prefix|OLK_SRC_BODY|reply-intro|messageReplySection", re.I
)
"""Marks of mail programs behind which everything is somebody else's text."""
_INVISIBLE = re.compile(r"display:\s*none|mso-hide:\s*all|visibility:\s*hidden", re.I)


class _Text:
    """Collects what a reader of the mail sees, without quotes and signatures that the mail program marked."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self._ended = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        named = " ".join(attributes[name] for name in ("class", "id", "name") if name in attributes)
        if _REST_IS_QUOTED.search(named):
            self._ended = True
        is_invisible = "hidden" in attributes or _INVISIBLE.search(attributes.get("style", ""))
        marked = bool(_QUOTE_CLASS.search(named) or is_invisible)
        if tag not in _VOID and (self._hidden or tag in _HIDDEN or marked):
            self._hidden.append(tag)
        if tag in _BLOCKS and not self._hidden:
            self.parts.append("\n")

    def end(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden and self._hidden.pop() != tag:
                pass
        elif tag in _BLOCKS and not self._hidden:
            self.parts.append("\n")

    def data(self, data: str) -> None:
        if not (self._hidden or self._ended):
            self.parts.append(data)

    def close(self) -> str:
        return "".join(self.parts)


def own_text(body: str, is_html: bool) -> str:
    """Return what the writer of the mail wrote himself; empty when the mail only quotes."""
    text = _from_html(body[:_LONGEST]) if is_html else body[:_LONGEST]
    kept: list[str] = []
    written = False
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for place, (line, after) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
        plain, following = line.strip(), after.strip()[:90]
        if plain.startswith((">", "|>")) or _BANNER.match(plain[:300]):
            continue
        if _ends(plain, written, following):
            kept += _forwarded_notice(plain, lines[place + 1 :])
            break
        written = written or bool(plain)
        kept.append(line.rstrip())
    return "\n".join(_without_attribution(_without_closing(kept))).strip()


_FORWARDED = re.compile(r"-{2,}\s*(?:forwarded|pesan terusan|pesan yang diteruskan)|begin forwarded message", re.I)
_NOTICE = re.compile(
    r"\b(?:transaksi|transfer|pembayaran|payment|transaction)\b.{0,60}\b(?:berhasil|sukses|successful)\b", re.I
)
_REF = re.compile(r"\b(?:no\.? ?)?(?:ref|reff|referensi|resi|rrn|reference)\b[^\n]{0,12}\d{5}", re.I)
_OURS = re.compile(r"\b(?:ketik|balas)\b", re.I)
_ANY_HEADER = re.compile(r"(?:from|dari|sent|dikirim|to|kepada|subject|perihal|subjek|date|tanggal|cc)\s?:", re.I)


def _forwarded_notice(plain: str, rest: list[str]) -> list[str]:
    """A bank's notice of success that the writer forwards as his proof, without its headers; else nothing."""
    if not _FORWARDED.match(plain):
        return []
    below = next((place for place, line in enumerate(rest[:12]) if not line.strip() and place), 0)
    if not all(_ANY_HEADER.match(line.strip()) for line in rest[:below] if line.strip()):
        return []
    body = [line for line in rest[below:][:40] if line.strip()]
    text = "\n".join(body)
    quoted = any(line.lstrip().startswith(">") for line in body)
    return body if _NOTICE.search(text) and _REF.search(text) and not (quoted or _OURS.search(text)) else []


#: What no text can hold: a parser would stop at it.
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def _from_html(body: str) -> str:
    """What a browser would show; libxml2's parser takes any markup, in time that grows with its length."""
    parser = etree.HTMLParser(target=_Text(), recover=True, huge_tree=True, no_network=True)
    parser.feed(_NO_TEXT.sub("", body))
    return re.sub(r"\n{3,}", "\n\n", parser.close())


def _ends(plain: str, written: bool, following: str) -> bool:
    """Whether from this line on nothing is the writer's own new text."""
    if len(plain) > 300:
        return False
    if _ATTRIBUTION.search(plain) or _FORWARD.match(plain) or _SENT_FROM.match(plain) or _DISCLAIMER.search(plain):
        return True
    if written and _ATTRIBUTION_START.match(plain) and _ATTRIBUTION.search(f"{plain} {following}"):
        return True
    if _SIGNATURE.match(plain) or _PROGRAM.match(plain):
        return written
    return bool(_HEADER.match(plain)) and re.match(r"\*?(?:from|dari)\*?\s?:\*?.*[@<]", plain, re.I) is not None


def _without_closing(lines: list[str]) -> list[str]:
    """Drop the closing formula with the names, offices and telephones below it."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    for index in filled[-8:]:
        written = index > filled[0]
        if written and _CLOSING.match(lines[index].strip()[:80]) and not _says_more(lines[index + 1 :]):
            return lines[:index]
    return lines


def _says_more(lines: list[str]) -> bool:
    return any(
        re.search(r"\b(?:bayar|skrd|skpd|strd|pkb|bukti|status|tagihan)\b[^@]{0,60}\d{3}", line, re.I) for line in lines
    )


def _without_attribution(lines: list[str]) -> list[str]:
    """Drop a last line that only announces a quotation, and empty lines at the end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    last = lines[end - 1].strip() if end else ""
    announces = end > 1 and _ATTRIBUTION_START.match(last) and _NAMED_BEHIND_TIME.search(last)
    return lines[: end - 1] if announces else lines[:end]
