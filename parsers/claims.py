"""Whether a text confirms a payment: what is done, what is only meant, asked, failed or promised for later."""

from __future__ import annotations

import re

from parsers import vocabulary as v
from parsers.attempts import without_undone
from parsers.denials import denies_payment
from parsers.lexicon import Sense, talk
from parsers.lexicon import hears as _hears
from parsers.marks import Marks
from parsers.unpaid import (
    FIRST_PERSON,
    HAS_PAID,
    HAVE,
)


def other_bill(low: str) -> bool:
    """Whether a text speaks of somebody else's bill: water, electricity, instalments, a private debt."""
    return v.OTHER_BILL.said(_TAX_DEBT.sub(" ", low))


_TAX_DEBT = re.compile(r"\b(?:hutang|utang|iuran|cicilan) (?:pajak|retribusi|pkb|kendaraan)\b")
KEEP = re.compile(
    r"\b(?:jangan|jgn|jngn|ulah|ojo|don't|do not|tidak|ga|gak|tdk)(?: \w+)? (?:di)?(?:batal|cabut|cancel|tarik)\w*"
)
_YOURS = Sense("lu lo elu loe kamu mu ente lau anjeun sampean kowe yang_kau")
"""Said between friends: nobody speaks so to an office."""
_REPORTS = Sense("konfirmasi bukti lapor dicatat dicatet catat catet kubayar confirm confirmation konfirm")


def confirms(low: str, marks: Marks) -> bool:
    """Whether a text without keyword confirms a payment."""
    if denies_payment(low, marks) or (
        v.CANCEL.said(without_undone(low)) and not (v.DONE.said(low) or KEEP.search(low))
    ):
        return False
    if marks.bill and _RECEIVED.search(low) and not HAS_PAID.search(low):
        return False
    if marks.bill:
        return (v.PAID.said(low) and _claims(low)) or _tells(low) or itemised(low) or marks.proof
    if _lone_proof(low, marks):
        return True
    if not (v.PAID.said(low) or _SUCCESS.search(low)) or other_bill(low):
        return False
    if (_YOURS.said(low) or "?" in low) and not (v.TAX.said(low) or FIRST_PERSON.search(low)):
        return False
    if v.GRUMBLES.said(low) and not (marks.proof or _SUM.search(low)):
        return False
    done = v.DONE.said(low) or _REPORTS.said(low)
    told = _SUM.search(low) and _MOMENT.search(low) and _REPORTS.said(low)
    return done and (v.TAX.said(low) or marks.proof or bool(told) or _short_statement(low))


_SUCCESS = re.compile(r"\b(?:transaksi|transaction|trx)(?: \w+)? (?:berhasil|sukses|successful)\b")
"""A bank's notice."""
_RECEIVED = re.compile(
    r"\b(?:sms|persetujuan|balasan|notif\w*|pemberitahuan|surat\w*|jawaban)\b.{0,80}\b(?:sudah|sdh|udah|telah|tos)(?: (?:saya|sy|kami))? (?:terima|diterima|sampai|masuk|dapat|nyampe)\b"
)
"""Thanks for what came from us."""
_HAVE_DONE = Sense(f"{HAVE.replace('|', ' ')} done beres")
_SUM = re.compile(r"\d\.\d{3}\b|\d ?(?:rb|ribu|jt|juta)\b|\brp")
_MOMENT = re.compile(r"\d{1,2}[/\-.]\d{1,2}[/\-.]\d{2,4}|\b(?:jam|pkl|pukul|tgl|kemarin|kmrn|tadi|td)\b")
_MEDIUM = re.compile(
    r"\b(?:via|lewat|lwt|pake|pakai|atm|teller|qris|m-?banking|i-?banking|brimo|livin|byond|wondr|mybca|octo|va)\b"
)
_DATE = re.compile(
    r"\d{1,2}[/\-. ]\d{1,2}[/\-. ](?:20)?\d\d|\d{1,2} ?(?:jan|feb|mar|apr|mei|jun|jul|agu|agt|sep|okt|nov|nop|des)|kemarin|kmrn|tadi|hari ini"
)


def says_done(low: str) -> bool:
    """Whether a text says ``sudah`` or its like."""
    return _HAVE_DONE.said(low)


def _tells(low: str) -> bool:
    """``Sudah ya, 12/11/2026 10:00, 75.000, SKRD-2026-004512``: done or a medium, a sum and a moment, without the word."""
    if "?" in low or not _SUM.search(low):
        return False
    if _HAVE_DONE.said(low) and _MOMENT.search(low):
        return True
    return bool(_MEDIUM.search(low) and (_DATE.search(low) or _MOMENT.search(low))) and not v.TALKS_OF_DUE.said(low)


def itemised(low: str, parts: int = 3) -> bool:
    """``skrd 2026 619852 # bjb # 13 02 2027 # 505 000 # 77102291``: a bill and its payment as a list."""
    return low.count("#") >= parts and "?" not in low and _DATE.search(low) is not None


_PROOF_WORD = Sense(
    "bukti buktinya buktina ref reff noref noreff referensi refnya resi resinya struk struknya slip slipnya rrn ntb ntpn kwitansi kuitansi"
)
_AROUND_PROOF = Sense(
    "ini adalah jam pkl pukul wib tgl tanggal no nomor nomer nya transfer tf trf bayar setor pembayaran transaksi ini itu ya yah pak bu kak min mas mbak bang kang saya sy tadi td kemarin bank bjb bri bni bca bsi btn mandiri"
)


def _lone_proof(low: str, marks: Marks) -> bool:
    """``no ref nya 77004423 ya min``: a proof that is named as such, and nothing else."""
    words = talk(low).tokens
    if marks.bill or marks.plate or marks.application or len(words) > 8 or not _PROOF_WORD.said(low):
        return False
    return marks.named_proof and all(_PROOF_WORD.has(word) or _AROUND_PROOF.has(word) for word in words)


def _claims(low: str) -> bool:
    """Whether what is said of paying a bill is a statement, not a question about it."""
    if _hears(low, _CODE_WORDS) and _CODE_OF_PAYMENT.search(low) and not v.PAID.said(_CODE_OF_PAYMENT.sub(" ", low)):
        return False
    asks = v.NOT_TOLD.said(low) or "?" in low
    return not asks or v.DONE.said(low)


_CODE_OF_PAYMENT = re.compile(
    r"\b(?:kode|kd|code|kodebayar|cara|jatuh tempo|batas|tempat)\.? ?(?:bayar|byr|pembayaran)(?:nya)?\b"
)


def without_code(low: str) -> str:
    """The text without ``kode bayar`` and its like, which say nothing of a payment."""
    return _CODE_OF_PAYMENT.sub(" ", low) if _hears(low, _CODE_WORDS) else low


_CODE_WORDS = frozenset("kode kd code kodebayar cara jatuh batas tempat".split())
_AROUND_STATEMENT = Sense(
    "bapak ibu bpk terhormat yth maaf kulo abdi kula kami thank you terlambat telat pagi uang dananya kas rekening dinas samsat kantor pak bu kak min ya yah kok saya sy kami tadi kemarin kmrn pagi siang sore malam mlm hari ini barusan yg yang itu lho loh dong mas mbak aku bang nih jam lewat via atm bank already i",
    "tapi tp belum blm ada balasan konfirmasi kabar respon masuk kenapa knp",
    "mohon dicek cek tolong dicekin diperiksa periksa dikonfirmasi konfirmasi konfirmasinya verifikasi diverifikasi sudah sdh udah udh dah transfer silakan silahkan makasih terima kasih tks trims please",
    "it the have tagihannya ribu juta rupiah mobile banking mbanking ibanking teller brimo bni bri bjb bca bsi btn mandiri mega banten cimb dari pake pakai uang uangnya lunas dinten poe",
)


def _short_statement(low: str) -> bool:
    """``sudah bayar pak``, ``sdh transfer kemarin ya``: said to us, about nothing else."""
    said = [word for word in talk(low).tokens if len(word) > 2 and not _belongs(word)]
    return len(said) <= 1


def _belongs(word: str) -> bool:
    return _AROUND_STATEMENT.has(word) or v.PAID.has(word) or v.DONE.has(word) or _REPORTS.has(word)
