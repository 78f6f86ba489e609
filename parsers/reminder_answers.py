"""What people answer to a reminder without any keyword: not my number, or done already. Pure.

Only an answer to a reminder is read with these words: whether one was sent to the writer lately is for others to know.
Words about paying or proofs, and questions, are never such an answer: "salah nomor bukti" corrects a proof.
"""

from __future__ import annotations

import re
from enum import StrEnum

from parsers.normalise import normalise

_LONGEST = 320
_POLITE = re.compile(
    r"^(?:(?:maaf|mohon|mhn|maap|sorry|mf|halo|hallo|pak|bu|bpk|ibu|bapak|kak|min|admin|mas|mbak|bang|bos|yth|dear|sir|madam"
    r"|punten|ngapunten|ass|assalamualaikum|ass?wr?wb|selamat|pagi|siang|sore|malam|tapi|tp|tidak|tdk|ini|itu|aduh|lho"
    r"|kayaknya|sepertinya|kyknya|sptnya|anda|kamu|ya|iya|ok|oke|info|terima kasih|makasih|trims|tks)\s+)*"
)
_SELF = r"(?:saya|sy|aku|kami|gue|gw|abdi|kula|beliau|dia|orangnya|pemilik\w*|pemegang\w*|nya|(?:yang|yg) (?:bersangkutan|ybs))"
_NUMBER = r"(?:nomor|nomer|nomr|no|nmr|hp|wa|telp|tlp|telepon|email|e mail|surel|alamat|kontak)"
_COMPANY = r"(?:pt|cv|ud|pd|koperasi|yayasan|toko|perusahaan|usaha)"
_NOT = r"(?:bukan|bkn|bukn|bukaan|sanes|lain|dudu|dede)"
_NOT_ME = (
    rf"(?:{_NUMBER} )?(?:ini )?{_NOT} (?:lagi )?(?:{_NUMBER} )?(?:{_COMPANY} )?(?:milik |punya |kepunyaan |an )?{_SELF}\b",
    rf"(?:{_NUMBER} )?(?:ini )?{_NOT} (?:lagi )?{_NUMBER} (?:ini|tersebut|tsb|{_COMPANY})\b",
    rf"(?:{_NUMBER} )?(?:ini )?{_NOT} (?:lagi )?(?:milik |punya |nomor )?{_COMPANY}\b",
    rf"{_SELF} (?:ini )?{_NOT} (?:lagi )?(?:(?:pemilik|pemegang|pengurus|direktur|bagian|karyawan|orang)\w*|{_SELF}|{_COMPANY})\b",
    rf"salah (?:{_NUMBER}|sambung|kirim|orang|alamat|sms|sasaran|tujuan)(?!\s*(?:bukti|tagihan|rek|ref|resi|va|bayar|transfer|skrd|nop))\b",
    r"wrong (?:number|person|address)\b",
    r"(?:this is )?not (?:me|mine|my (?:number|phone|address|company|permit|document|email))\b",
    rf"(?:{_SELF} )?(?:tidak|tdk|gak|ga|nggak|ngga) (?:kenal|punya (?:{_COMPANY}|izin|usaha|dokumen))\b",
)
_DONE = (
    r"(?:sudah|sdh|udah|udh|dah|telah|tlh|tos|parantos|uwis|sampun|already|has been|have been|was|baru saja|barusan)"
)
_EXTENDED = (
    rf"(?:[\w/.\-]+ ){{0,6}}?(?:{_DONE}|lagi|sedang|sdg|masih) (?:kami |saya |sy |di |dlm |dalam |proses )*"
    r"(?:di ?)?(?:per ?panjang\w*|memperpanjang|perbaru\w*|perbaharu\w*|memperbarui|renew\w*|extend\w*|lapor\w*|laporkan"
    r"|melapor\w*|reported|submitted|urus|uruskan|diurus|proses|diproses|ajukan|diajukan|mengajukan|terbit|selesai)\b",
    r"(?:already |i )?(?:renewed|extended|reported) (?:it|already|this)\b",
)
_NOT_ME_RE = tuple(re.compile(pattern) for pattern in _NOT_ME)
_EXTENDED_RE = tuple(re.compile(pattern) for pattern in _EXTENDED)
_OTHER_MATTER = re.compile(
    r"\b(?:bayar\w*|byr|dibayar|membayar|mayar|transfer|trf|tf|setor\w*|lunas|bukti|resi|struk|tagihan|rekening|saldo|pin"
    r"|belum|blm|apakah|apa|kapan|bagaimana|gimana|gmn|kenapa|mengapa|knp|berapa|how|when|why|what|not yet)\b"
)
#: "bukan saya yang urus": somebody else does it for the same company.
_ANOTHER_DOES = re.compile(
    r"\b(?:yang|yg) (?:urus|mengurus|ngurus|pegang|tangani|menangani|lapor|melapor|perpanjang)\w*"
)


class ReminderAnswer(StrEnum):
    """What a text says to a reminder."""

    NOT_ME = "not_me"  #: the number or address is not the holder's
    EXTENDED = "extended"  #: it is extended, reported or under way already


def read_answer(text: str) -> ReminderAnswer | None:
    """What `text` answers to a reminder; None when it says neither, asks something, or speaks of another matter."""
    if len(text) > _LONGEST or "?" in text:
        return None
    plain = " ".join(re.sub(r"[^\w/.\-]+", " ", normalise(text).lower().replace("'", "")).split())
    plain = re.sub(r"(?<=\w)[.\-]+(?= |$)", "", plain)
    if not plain or _OTHER_MATTER.search(plain):
        return None
    said = _POLITE.sub("", plain + " ", count=1).strip() or plain
    if any(pattern.match(said) or pattern.match(plain) for pattern in _NOT_ME_RE):
        return None if _ANOTHER_DOES.search(plain) else ReminderAnswer.NOT_ME
    if any(pattern.match(said) for pattern in _EXTENDED_RE):
        return ReminderAnswer.EXTENDED
    return None
