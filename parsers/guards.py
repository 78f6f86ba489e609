"""When a word that is a keyword is not one: ``status gunung siaga``, ``batalin makan siang``, ``berhenti berharap``."""

from __future__ import annotations

import re

from parsers import claims, denials, intents, reminder_wishes
from parsers import vocabulary as v
from parsers.board import TAKEN, Board
from parsers.courtesy import trim
from parsers.keywords import Keyword
from parsers.lexicon import Sense
from parsers.marks import Marks

SENTENCE = "sentence"
"""The text is a sentence that happens to begin with the keyword: its words decide."""

_FILL = Sense(
    "dong donk ya yah yaa yaaa pak bu kak min saya sy aku kami ini itu mas mbak bang kang teh tolong please pls makasih terima kasih trims tks mksh thanks thank you sms nih deh aja saja semua",
    "semuanya sih makasi nomor nomer no number the of my all me for cek lihat permohonan pengajuan izin ijin berkas perizinan apa apaan sekarang skrg lagi sudah udah wr wb mohon dicek segera",
    "bpk bapak ibu admin suwun nuhun hatur punten tagihan pajak kendaraan motor mobil plat nopol polisi retribusi gimana bagaimana sampai mana kapan jadi info dan atas nama bulan bln thn tahun",
    "brp berapa atuh nya kode bayar untuk utk salah alamat data karena krn layanan daftar dokumen riwayat transaksi kirim oke ok siap how to is reminder pengingat notif notifikasi langganan",
    "ingatkan peringatan on off abdi kulo nggih format cara pakai sms wae naon lunas transfer tadi kemarin sudah via lewat atm",
)
_NAMES_REPORT = re.compile(
    r"\b\d{4,8}\b|\b(?:pad|pkb|bbnkb|retribusi|investasi|perizinan|pajak|pendapatan|realisasi|tagihan|izin|permohonan|pembayaran|penerimaan|ringkas\w*|samsat)\b"
)
_REQUEST_VERB = re.compile(
    r"(?:di\w{3,}|(?:non|meng)?aktif\w*|nyala\w*|hidup\w*|batal\w*|hapus\w*|stop|hentikan|pembatalan|penonaktifan|pengaktifan|daftar\w*|kejelasan|maaf|bantu\w*|info\w*|penjelasan|(?:izin|ijin) (?:bertanya|tanya|nanya|pak|bu|saya|sy|tidak|tdk|ga|gak|telat|cuti|pulang|absen)|tanya|petunjuk|perhatian\w*|segera|konfirmasi|dicek|di cek|cek|tindak|solusi|kebijak\w*|pak|bu|doa\w*|jawab\w*|kirim\w*|bersabar|tunggu|kerja ?sama\w*|keringanan|diskon|perbaik\w*|agar|supaya|jangan|bisa)\b"
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_WORDS = re.compile(r"\w+")
_PAST = re.compile(r"\b(?:belum|blm|gagal|kapan|cicilan|berapa|brp)\b")


def refuses(keyword: Keyword, board: Board, marks: Marks) -> str | None:
    """None when the keyword stands; SENTENCE when the words decide; another command; or "" for no request."""
    rest = board.low[keyword.end :]
    check = _CHECKS.get(keyword.command)
    return check(keyword, board, rest, marks) if check else None


def _left(board: Board, keyword: Keyword) -> int:
    """How many words behind the keyword nobody has a role for."""
    words = _LETTERS.findall(board.rest[keyword.end :].replace(TAKEN, " "))
    return sum(not (_FILL.has(word) or v.TAX.has(word)) for word in words)


def _count(rest: str) -> int:
    """How many words are said, courtesy at the end left aside."""
    return len(_WORDS.findall(trim(rest)))


_LOOSE = frozenset({"menu", "off", "start", "bantu"})
"""Everyday words: keywords only when they stand alone."""


def _short(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    del marks
    allowed = 1 if keyword.exact and keyword.word not in _LOOSE and len(rest.split()) <= 1 else 0
    return None if _left(board, keyword) <= allowed else SENTENCE


def _switch(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    left = _left(board, keyword)
    if left == 0:
        return None
    return None if reminder_wishes.reminder_words(rest) and left <= 4 and not marks.bill else SENTENCE


def _cancel(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    if marks.application or marks.bill:
        paid = v.PAID.said(rest) and v.DONE.said(rest)
        return SENTENCE if paid else None
    return None if _left(board, keyword) == 0 and keyword.word in ("batal", "cancel") else SENTENCE


def _status(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    if marks.bill and not marks.application and marks.proof and v.PAID.said(rest):
        return "PAY"
    if marks.application or marks.bill:
        return None
    return None if _left(board, keyword) == 0 else SENTENCE


def _register(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    if marks.long_number:
        return None
    if re.match(r"\W*(?:layanan|pelayanan)", rest):
        return "SERVICES"
    if re.match(r"\W*(?:tagihan)", rest):
        return "BILL"
    if re.match(r"\W*(?:dokumen)", rest):
        return "DOCUMENTS"
    if v.OTHER_LIST.said(rest) or "?" in rest:
        return ""
    return None if _count(rest) <= 5 and keyword.exact else SENTENCE


def _apply(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    head = rest.lstrip(" #*.:,;|_-/\n")
    if (
        marks.bill
        or marks.application
        or reminder_wishes.about_reminders(head)
        or _REQUEST_VERB.match(head)
        or not head
    ):
        return SENTENCE if head else None
    if re.search(r"[#*|;]", rest):
        return None
    if not keyword.exact and not v.PERMIT.said(head):
        return SENTENCE
    return None if _count(head) <= 8 and not _OTHER_WISH.search(head) else SENTENCE


_OTHER_WISH = re.compile(r"(?:kerja|job|lowongan|cinta|cuti|sabar|tenang|perhatian)\b")


_DOCUMENTED = re.compile(r"[ #*:]{1,3}[a-z\d./ \-]{6,30} ?[#*|;] ?[a-z\d./ \-]{6,30} ?[#*|;] ?\d{1,2}")
"""Bill, proof and date as documented: what stands behind them does not undo them."""


def _pay(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    if keyword.exact and marks.bill and _DOCUMENTED.match(rest) and marks.proof:
        return None
    if denials.denies_payment(board.low, marks):
        if not (marks.bill or marks.plate):
            return SENTENCE
        return "" if denials.only_plans(board.low) else "BILL"
    if marks.bill and ("?" in rest or v.NOT_TOLD.said(rest)) and not v.DONE.said(rest) and not marks.proof:
        return "BILL"
    if marks.bill or marks.proof or marks.long_number or (keyword.exact and claims.itemised(rest, 2)):
        return None
    if marks.plate and not v.DONE.said(rest):
        return "BILL"
    if claims.other_bill(rest) or "?" in rest or _PAST.search(rest):
        return ""
    return None if _left(board, keyword) == 0 else SENTENCE


def _bill(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    if claims.other_bill(rest) and not marks.bill and not marks.plate:
        return ""
    paid = v.PAID.said(claims.without_code(rest)) and not denials.denies_payment(board.low)
    if (marks.bill or marks.long_number) and (paid or marks.proof) and re.search(r"[a-z]{3}", rest):
        return "PAY" if paid or (marks.proof and marks.bill) else None
    if marks.bill or marks.plate or marks.long_number:
        return None
    return None if _left(board, keyword) <= 2 else SENTENCE


def _report(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    paid = v.PAID.said(rest) and marks.bill and marks.proof
    if paid and re.match(r"\W*(?:pembayaran|bayar|transfer|pelunasan|setor)", rest):
        return "PAY"
    words = _count(rest)
    return None if words <= 7 and (_NAMES_REPORT.search(rest) or words <= 1) else SENTENCE


def _info(keyword: Keyword, board: Board, rest: str, marks: Marks) -> str | None:
    if marks.bill or marks.plate or marks.application:
        return SENTENCE
    words = _count(rest)
    if intents.OTHER_INFO.said(rest):
        return ""
    if denials.denies_payment(rest) == "asks how much":
        return SENTENCE
    return None if words <= 8 else SENTENCE


_CHECKS = {
    "HELP": _short, "SERVICES": _short, "HISTORY": _short, "DOCUMENTS": _short, "REMIND_ON": _switch, "REMIND_OFF": _switch, "CANCEL": _cancel,
    "STATUS": _status, "REGISTER": _register, "APPLY": _apply, "PAY": _pay, "BILL": _bill, "REPORT": _report, "INFO": _info,
}  # fmt: skip
