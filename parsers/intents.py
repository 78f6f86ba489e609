"""What a text without keyword asks for, by the words citizens use for each request."""

from __future__ import annotations

import re
from collections.abc import Callable

from parsers import asking, claims, denials
from parsers import vocabulary as v
from parsers.lexicon import Sense, alternatives, talk
from parsers.marks import Marks
from parsers.reminder_wishes import off, on


def guess(low: str, marks: Marks) -> str | None:
    """The command that a text without keyword asks for, None when no request is recognised."""
    for command, rule in _RULES:
        if rule(low, marks):
            return command
    return None


def _cancel(low: str, marks: Marks) -> bool:
    if not v.CANCEL.said(low) or claims.KEEP.search(low) or v.REMIND_ME.said(low):
        return False
    return marks.application or (not marks.bill and v.APPLICATION.said(low))


_OWED = re.compile(
    r"\bada (?:tagihan|tunggakan)|\b(?:cek|dicek|cekin|check|liat|lihat|tanya|tau|tahu|punya|tunggakan|naros)\b.{0,80}\b(?:tagihan|tunggakan|pajak|bill)|"
    r"\b(?:tagihan|tunggakan|pajak)\w*\b.{0,20}\b(?:masih|ada|apa saja|apa aja)\b|\bmy (?:bills?|tax(?:es)?)\b|\b(?:bayar|pay)\b.{0,20}\b(?:pajak|retribusi|tax)\w*\b.{0,30}\b(?:dimana|di mana|kapan|where)\b"
)
_MY = r"(?:saya|sy|aku|ak|gue|gw|kami|kita|abdi|kulo|kula|my|toko|kios|lapak|usaha|kantor|perusahaan|pt|cv|motor|mobil)"
_WHAT_I_OWE = re.compile(
    rf"\b(?:berapa|brp|brapa|pinten|sabaraha|piro)\b(?: \w+){{0,4}} (?:harus|mesti|kudu|perlu|wajib|hrs)(?: {_MY})? (?:di)?(?:bayar|byr|setor|transfer|mayar)\b(?! (?:parkir|sekolah|kos))|\bhow much (?:do|should|must) (?:i|we) (?:owe|pay)\b|\bwhat (?:do|does) (?:i|we|my company) owe\b|\b(?:outstanding|unpaid) (?:tax|bill|bills|amount|balance)\w*\b"
    rf"|\b(?:kirim|minta|lihat|liat|tampilkan|tunjuk|show|send|kirimi|kasih|rinci|cetak|print)\w*\b.{{0,25}}\b(?:tagihan|tunggakan|skrd|bills?)\w*\b.{{0,12}}\b{_MY}\b|\b(?:tagihan|tunggakan)\w*\b.{{0,20}}\b{_MY}\b.{{0,35}}\b(?:kirim|dikirim|minta|keluar|terbit|jadi|ada|cetak)\w*"
    rf"|\b(?:total|rincian|jumlah|daftar|cek|ada|gaduh|punya|aya) (?:tagihan|tunggakan)\w*\b"
)


def _bill(low: str, marks: Marks) -> bool:
    if marks.plate or marks.bill:
        return _asks_of_bill(low, marks)
    if claims.other_bill(low) or v.INFO.said(low):
        return False
    if _WHAT_I_OWE.search(low):
        return True
    if not v.TAX.said(low) or denials.refuses_to_pay(low):
        return False
    return (v.ASKS.said(low) and not _OTHER_QUESTION.said(low)) or bool(_OWED.search(low))


def _asks_of_bill(low: str, marks: Marks) -> bool:
    """Whether a text that names a bill or plate asks what is owed: by its words, or by saying nothing else."""
    if denials.only_plans(low):
        return False
    if v.ASKS.said(low) or v.CHECKS.said(low) or v.LAPSED.said(low) or v.NOT_TOLD.said(low) or v.DUE.said(low):
        return True
    if v.NOT_OWED.said(low):
        return False
    said = [word for word in talk(low).tokens if len(word) > 2 and not (_AROUND_BILL.has(word) or v.TAX.has(word))]
    return len(said) <= (5 if "?" in low else 3) or (marks.bill and denials.denies_payment(low) is not None)


_AROUND_BILL = Sense(
    "no nomor nomer pak bu kak min mas mbak bang kang teh saya sy kami punya atas nama dong ya yah tolong mohon minta untuk utk buat motor mobil kendaraan roda empat dua plat nopol polisi the for please my "
    "tahun bulan ini yang yg dan di ke dari ada terima kasih makasih tks trims selamat pagi siang sore malam yth admin mimin skpdkb bbn rtu rtr ret sptpd ijin permisi halo"
)
_OTHER_QUESTION = Sense(
    "jam_berapa jam_brp hari_apa nomor_berapa no_berapa nomor_brp nomer_brp no_brp rek_brp rek_berapa rekening_tujuan rek_tujuan norek rekening_brp rekening_berapa buka tutup antri loket_berapa"
)


def _status(low: str, marks: Marks) -> bool:
    if marks.application:
        return not claims.KEEP.search(low)
    return not marks.bill and v.STATUS.said(low) and _APPLIED.said(low) and not v.ENDS.said(low)


_APPLIED = Sense(
    "permohonan* pengajuan* izin* ijin* berkas* application* permit* pendaftaran siup tdp imb rptka imta kitas nib"
)
_THINGS = Sense("dokumen* document documents surat_surat surat2")


def _documents(low: str, marks: Marks) -> bool:
    if marks.bill or not v.DOCUMENT.said(low) or asking.NEEDS.search(low):
        return False
    if _THINGS.said(low) and _LOOKS.said(low) and len(talk(low).tokens) <= 4:
        return True
    if not v.EXPIRES.said(low):
        return False
    if v.INFO.said(low) or v.REPORT.said(low) or (v.APPLY.said(low) and not v.ENDS.said(low)):
        return False
    return _THINGS.said(low) or v.ENDS.said(low)


_LOOKS = Sense("cek check liat lihat tampilkan tunjukkan show")
_WANTS_TO_REGISTER = re.compile(
    rf"\b(?:{alternatives('mau ingin pengen pengin want_to bade arep hendak cara hoyong tolong bermaksud')})\b.{{0,20}}\b(?:daftar|daptar|mendaftar|ndaftar|regist\w*)\b"
)


def _register(low: str, marks: Marks) -> bool:
    if not v.REGISTER.said(low) or v.OTHER_LIST.said(low):
        return False
    return marks.long_number or bool(
        _WANTS_TO_REGISTER.search(low) and (v.SELF.said(low) or len(talk(low).tokens) <= 5)
    )


_ASKS_HOW = Sense("cara caranya gimana bagaimana kumaha piye syarat* persyaratan* how kapan berapa biaya")


def _apply(low: str, marks: Marks) -> bool:
    del marks
    wishes = v.WANTS.said(low) or talk(low).tokens[:1] in (("permohonan",), ("pengajuan",), ("pembuatan",), ("bikin",))
    if asking.NEEDS.search(low):
        return False
    asked = v.APPLY.said(low) and wishes and v.PERMIT.said(low) and not v.STATUS.said(low)
    return asked and not (v.INFO.said(low) or _ASKS_HOW.said(low))


OTHER_INFO = Sense(
    "loker pabrik bola jadwal_bola skor pertandingan kos kosan kost kontrakan bekas second jodoh cewek cewe cowok pacar tiket konser harga_emas emas cuaca gempa resep togel slot main nonton bioskop film "
    "futsal mabar mancing server promo diskon arisan gebetan reuni kucing mobil_bekas motor_bekas rumah_dijual dijual mantan ojek ojol pinjol gaji lulusan"
)
"""News of another kind than ours."""
_ASKED_FOR_INFO = Sense(
    "minta mau tanya butuh perlu mohon apa kasih tolong ada need about tentang soal untuk utk buat for naon want to get syarat* persyaratan* ngebutuhkeun nyuhunkeun bade what please"
)


def _info(low: str, marks: Marks) -> bool:
    del marks
    words = talk(low).tokens
    begins = bool(words) and v.INFO.has(words[0]) and len(words) <= 5
    return v.INFO.said(low) and not OTHER_INFO.said(low) and (begins or _ASKED_FOR_INFO.said(low)) and len(words) <= 14


_CAN_DO = Sense(
    "bisa_urus_apa bisa_ngurus_apa bisa_ngapain bisa_buat_apa urus_apa_aja urus_apa_saja bisa_apa_aja bisa_apa_saja what_can_i_do_here"
)


def _services(low: str, marks: Marks) -> bool:
    del marks
    if v.INFO.said(low) or _COMPLAINS.said(low):
        return False
    listed = not v.HELP.said(low) and v.SERVICE.said(low) and v.LISTS.said(low)
    return listed or _CAN_DO.said(low) or _WHAT_CAN_BE_DONE.search(low) is not None


_DO = r"(?:urus|ngurus|diurus|mengurus|urusin|dilayani|layani|dilakukan|dikerjakan|diajukan|ajukan|diproses|dibantu|ditangani|ngadamel|diurusin)"
_WHAT_CAN_BE_DONE = re.compile(
    rf"\b(?:bisa|bs|dapat|boleh|tiasa|saged|iso)\b(?: \w+){{0,3}} {_DO}\b.{{0,25}}\b(?:apa|naon|nopo|opo)\b|\b(?:apa|naon|nopo|opo)\b.{{0,25}}\b(?:bisa|bs|dapat|boleh|tiasa|saged|iso)\b(?: \w+){{0,2}} {_DO}\b|\bwhat (?:can|could) (?:i|we|you) (?:do|apply|handle)\b"
)
_COMPLAINS = Sense(
    "cod antar ongkir delivery gofood grab ojol pijat servis_ac cuci laundry buruk jelek lama lambat lelet kecewa parah payah ramah jutek antri antre mengecewakan bad kapok ribet"
)


def _history(low: str, marks: Marks) -> bool:
    if _OTHER_HISTORY.said(low):
        return False
    return v.HISTORY.said(low) or (not (marks.bill or _CAN.said(low)) and bool(_DID_BEFORE.search(low)))


_OTHER_HISTORY = Sense("hidup* penyakit pendidikan kesehatan medis chat browser sejarah")
_CAN = Sense("bisa bs tiasa dapat")
_DID_BEFORE = re.compile(
    r"\b(?:pernah|sudah|yang|yg|daftar|semua)\b.{0,25}\b(?:saya |sy |aku )?(?:ajukan|diajukan|ngajuin|urus|lakukan)\b|"
    r"\b(?:transaksi|permohonan|pengajuan) (?:saya|sy) (?:sebelumnya|selama ini|dulu|yang lalu|yg lalu|terdahulu)\b"
)
_HOW_BY_SMS = re.compile(
    r"\b(?:cara|caranya|gimana|gmn|bagaimana|kumaha|piye|how)\b.{0,40}\b(?:lewat|lwt|via|pakai|pake|by|through|liwat) (?:sms|text|nomor ini|no ini)\b"
)


def _help(low: str, marks: Marks) -> bool:
    del marks
    return (v.HELP.said(low) or _HOW_BY_SMS.search(low) is not None) and not _OTHER_HELP.said(low)


_OTHER_HELP = Sense(
    "doa doanya tunai sosial bansos blt bencana beras modal dana renovasi korban donasi kucing* kucingku tugas pr"
)
"""Help of another kind than ours."""
_PIN = re.compile(r"\bpin\b|\b\d{4,8}\b[\s.]*$")


def _report(low: str, marks: Marks) -> bool:
    return not marks.bill and v.REPORT.said(low) and bool(_PIN.search(low))


def _how_to(low: str, marks: Marks) -> bool:
    return (
        not (marks.bill or marks.plate or marks.application) and asking.asks_of_kind(low) and not OTHER_INFO.said(low)
    )


_RULES: tuple[tuple[str, Callable[[str, Marks], bool]], ...] = (
    ("REMIND_OFF", off),
    ("REMIND_ON", on),
    ("CANCEL", _cancel),
    ("PAY", claims.confirms),
    ("REPORT", _report),
    ("STATUS", _status),
    ("REGISTER", _register),
    ("DOCUMENTS", _documents),
    ("APPLY", _apply),
    ("BILL", _bill),
    ("HISTORY", _history),
    ("SERVICES", _services),
    ("INFO", _how_to),
    ("HELP", _help),
    ("INFO", _info),
)
"""The first rule that recognises its request decides."""
