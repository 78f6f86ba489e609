"""What a text without keyword asks for, by the words citizens use for each request."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAID = (
    r"\b(?:di|ter|ku|udah|sdh|tak)?(?:bayar(?:kan|in|an|ku)?|byr(?:kan)?|byar)\b|\bpembayaran\b|\bpemb(?:yr|ayran|y)?\b|\blunas\w*|\bdilunas\w*|\bpelunasan\b|\b(?:di)?setor(?:an|kan)?\b|\bpenyetoran\b|\bmayar\w*|\bdibayar\w*|\bkubayar\b|\btelah bayar\b"
    r"|\b(?:di ?|ku ?)?(?:transfer(?:red|kan|an)?|trf|trfs|tfr|tfd?|ditf)\b|\bpaid\b|\bpayment\b|\bsettled?\b|\bpay\b|\bcicil\w*|\bnyicil\b|\bmbayar\b|\bbayaraken\b|\bangsur\w*|\bkirim (?:uang|duit|dana)\b|\bdikirim\b|\bisi\b|\bscan qris\b"
)
PAID = re.compile(_PAID)
DONE = re.compile(
    r"\b(?:sudah|sdh|udah|udh|dah|tlh|telah|uda|sampun|uwis|wis|tos|atos|parantos|geus|already|have|lunas\w*|dilunasi|berhasil|sukses|successful|tadi|kemarin|kmrn|barusan|baru saja|beres|selesai)\b"
)
_NOT_YET = re.compile(
    r"\b(?:belum|blm|blum|belom|blom|durung|dereng|teu acan|encan|tacan|lom|haven't|have not|has not|not yet|didn't|gagal|failed|ditolak|tidak jadi|ga jadi|gak jadi|batal bayar|pending|tertunda)\b(?! (?:ada|dapat|dpt|terima|masuk|muncul|update|berubah|di ?update|dikonfirmasi|konfirmasi|dicek|ke ?update|tercatat|lunas di|diproses|dibalas|terbit|keluar|nerima))"
)
_WILL = re.compile(
    r"\b(?:mau|akan|hendak|ingin|pengen|pingin|pgn|rencana\w*|bade|arep|ajeng|bisa|bs|boleh|harus|kudu|want to|would like to|will|can i|how (?:do|can|to)|going to|how much|cara|caranya|gimana|gmn|bagaimana|dimana|di mana|kapan|where)"
    r"(?: \w+){0,3}? (?:\w*bayar\w*|byr|mayar|transfer|tf|trf|setor|pay|lunasi\w*|melunasi|cicil\w*)\b(?! (?:dicek|di cek|konfirmasi|lapor))|\b(?:rek(?:ening)?(?:nya)?|ke|bank) ?mana\b|\b(?:besok|bsk|isukan|sesuk|lusa|minggu depan|bulan depan|tomorrow|nanti|ntar|mengko)\b.{0,30}(?:bayar|byr|tf|transfer|setor|pay|lunas|mayar)|"
    r"(?:bayar|byr|tf|transfer|setor|pay|lunas|mayar)\w*.{0,30}\b(?:besok|bsk|isukan|sesuk|minggu depan|bulan depan|tomorrow|nanti (?:sore|malam|siang|aja|ya)|mengko)\b"
)
ASKS = re.compile(r"\b(?:berapa\w*|brp\w*|brapa|brpa|how much|pira|pinten|sabaraha|pinten)\b")
_CHECK_BILL = re.compile(
    r"\b(?:cek|check|liat|lihat|tanya|nanya|tau|tahu|minta|mohon info|info|kena|total|jumlah|besar(?:nya)?|nominal|ada|punya|tunggakan|nunggak)\b"
)
_TAX = re.compile(
    r"\b(?:tagihan\w*|tghn|pajak\w*|pajek|pjk|retribusi\w*|pkb|skrd|skpd|samsat|nopol|plat|tunggakan|denda|bill\w*|utang|taxes|tax|stnk|kendaraan)\b"
)
_OTHER_BILL = re.compile(
    r"\b(?:pdam|pln|listrik|air|kos\w*|kontrakan|arisan|panci|hutang|utang|cicilan (?:motor|rumah|panci|hp|mobil)|spp|sekolah|telkom|indihome|wifi|bpjs|kredit|kartu kredit|pinjaman|makan\w*|parkir(?:an)? mall|galon|gas|netflix|kas rt|iuran|ojek|bakso|shopee\w*|cod|paket)\b"
)
_CANCEL = re.compile(
    r"\b(?:di)?(?:batal(?:in|kan|kn|kan saja)?|membatalkan|pembatalan|cabut|tarik|cancel(?:led)?|withdraw)\b"
)
_KEEP = re.compile(
    r"\b(?:jangan|jgn|jngn|ulah|ojo|don't|do not|tidak|ga|gak|tdk)(?: \w+)? (?:di)?(?:batal|cabut|cancel)\w*"
)
_APPLICATION = re.compile(
    r"\b(?:permohonan\w*|pengajuan\w*|izin\w*|ijin\w*|berkas\w*|application|permit|perizinan|surat|siup|tdp|imb|ho|situ|nib|rptka)\b"
)
_STATUS = re.compile(
    r"\b(?:status\w*|perkembangan\w*|progres\w*|progress|sampai ?mana|sampe ?mana|nyampe mana|udah jadi|sudah jadi|sdh jadi|kapan (?:jadi|selesai|beres|terbit|keluar)|tahap\w*|proses\w*|kelanjutan\w*|nasib\w*|terbit|update|kabar\w*|dugi ka mana|tekan endi|selesai|beres|ready|how far)\b"
)
_REMINDER = re.compile(
    r"\b(?:pengingat\w*|reminder\w*|ingatkan|diingatkan|ingetin|diingetin|notif\w*|peringatan|sms(?:an)?|pemberitahuan|langganan|berlangganan|subscri\w+|remind)\b"
)
_OFF = re.compile(
    r"\b(?:stop|stopin|setop|berhenti\w*|hentikan|brenti\w*|brhenti|matikan|matiin|nonaktif\w*|non-aktif\w*|jangan|jgn|ga(?:k)? usah|nggak usah|gausah|tidak (?:perlu|usah|mau|ingin)|tdk (?:perlu|usah|mau)|ga mau|gak mau|unsubscribe|unreg|off|turn off|no more|don't|tutup|cabut|teu kedah|ojo|putuskan)\b"
)
_ON = re.compile(
    r"\b(?:hidupkan|hidupin|aktif(?:kan|in)|nyalakan|nyalain|mulai|start|turn on|daftar\w*|mau|minta|pengen|ingin|kirim\w*|tolong|pasang|activate|enable|on|lagi|subscribe|remind|hurungkeun)\b"
)
_DOCUMENT = re.compile(r"\b(?:dokumen\w*|surat-?surat|izin\w*|ijin\w*|permits?|documents?|siup|tdp|kitas|imta)\b")
_EXPIRES = re.compile(
    r"\b(?:habis|jatuh tempo|masa berlaku\w*|berlaku|kadaluarsa|kedaluwarsa|kadaluwarsa|expired?|expir\w+|tempo|mati|deadline|due|abis|jatem|diperpanjang|perpanjang\w*|apa saja|punya|daftar|list|milik)\b"
)
_HISTORY = re.compile(
    r"\b(?:riwayat\w*|histori\w*|history|rekam jejak)\b|\b(?:pernah|sudah|yang|yg|daftar|semua)\b.{0,25}\b(?:saya |sy |aku )?(?:ajukan|diajukan|urus|kirim|lakukan)\b|\b(?:transaksi|permohonan|pengajuan) (?:saya|sy) (?:sebelumnya|selama ini|dulu|yang lalu|yg lalu|terdahulu)\b|\bpast (?:transactions|applications)\b"
)
_SERVICES = re.compile(
    r"\b(?:layanan\w*|pelayanan\w*|services?)\b(?=.{0,80}\b(?:apa|daftar|list|ada|tersedia|semua|saja|aja|lihat|what|which|available|dong|minta|jenis)\b)|\b(?:apa|daftar|list|ada|semua|lihat|jenis|which|what|available|minta)\b.{0,80}\b(?:layanan\w*|pelayanan\w*|services?)\b|\bbisa (?:urus|ngurus|ngapain|buat) apa\b|\burus apa (?:aja|saja)\b"
)
_REGISTER = re.compile(
    r"\b(?:daftar(?:kan|in)?|mendaftar(?:kan)?|ndaftar|daptar|registrasi|regist(?:er|rasi)?|reg|sign up|didaftar\w*)\b"
)
_SELF = re.compile(r"\b(?:nik|ktp|nib|nama|diri|akun|saya|sy|perusahaan|usaha kami|kami|name)\b")
_APPLY = re.compile(
    r"\b(?:mengajukan|ajukan|pengajuan|ngajuin|ajuin|mohonkan|permohonan|memohon|bikin|buat|membuat|urus|ngurus|mengurus|apply(?:ing)? for|apply|nyieun|ngadamel|perpanjang(?:an)?|memperpanjang)\b"
)
_INFO = re.compile(
    r"\b(?:info|informasi|syarat\w*|persyaratan\w*|ketentuan|keterangan|penjelasan|information|requirements?|prosedur)\b"
)
_HELP = re.compile(
    r"\b(?:bantuan|bantu|help|panduan|petunjuk|ajarin|ajari|bingung|kumaha (?:cara|carana)|format(?:nya)?|perintah\w*|kata kunci|keyword|cara (?:pakai|pake|kirim|sms|menggunakan|gunakan|penggunaan|make)|tata cara sms|how (?:do i|to) use|(?:ga|gak|tidak|tdk|nggak|ndak|kurang) (?:ngerti|paham|mengerti|tau cara|tahu cara)|apa yang bisa|sms apa)\b"
)
_REPORT = re.compile(r"\b(?:laporan|report)\b")
_PIN = re.compile(r"\bpin\b|\b\d{4,8}\b[\s.]*$")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a text holds besides words."""

    bill: bool
    application: bool
    plate: bool
    long_number: bool
    proof: bool


def denies_payment(low: str) -> str | None:
    """Say why a text is no confirmation although it speaks of paying; None when it may be one."""
    if _NOT_YET.search(low):
        return "not paid yet"
    if _WILL.search(low) and not (DONE.search(low) and not re.search(r"\b(?:besok|bsk|nanti|akan)\b", low)):
        return "will pay"
    return "asks how much" if ASKS.search(low) else None


def guess(low: str, marks: Marks) -> str | None:
    """The command that a text without keyword asks for, None when no request is recognised."""
    for command, rule in _RULES:
        if rule(low, marks):
            return command
    return None


def other_bill(low: str) -> bool:
    """Whether a text speaks of somebody else's bill: water, electricity, instalments, a private debt."""
    return bool(_OTHER_BILL.search(low))


def reminder_words(low: str) -> bool:
    """Whether a text speaks of reminders or of the texts we send."""
    return bool(_REMINDER.search(low))


def _off(low: str, marks: Marks) -> bool:
    return (
        not marks.bill
        and bool(_REMINDER.search(low) and _OFF.search(low))
        and not re.search(r"\bjangan (?:lupa|sampai)\b", low)
    )


def _on(low: str, marks: Marks) -> bool:
    return not (marks.bill or marks.plate) and bool(
        re.search(r"\b(?:pengingat\w*|reminder\w*|(?:di)?ingatkan|(?:di)?ingetin|notif\w*|remind|langganan)\b", low)
        and _ON.search(low)
    )


def _cancel(low: str, marks: Marks) -> bool:
    if not _CANCEL.search(low) or _KEEP.search(low):
        return False
    return marks.application or (not marks.bill and bool(_APPLICATION.search(low)))


def _pay(low: str, marks: Marks) -> bool:
    if denies_payment(low):
        return False
    if marks.bill:
        return marks.proof or bool(PAID.search(low))
    if not PAID.search(low) or other_bill(low):
        return False
    done = bool(DONE.search(low)) or bool(re.search(r"\b(?:konfirmasi|bukti|lapor|kubayar)\b", low))
    return done and (bool(_TAX.search(low)) or marks.proof or _short_statement(low))


def _short_statement(low: str) -> bool:
    """``sudah bayar pak``, ``sdh transfer kemarin ya``: said to us, about nothing else."""
    plain = re.sub(
        r"\b(?:pak|bu|kak|min|ya|yah|kok|saya|sy|kami|tadi|kemarin|kmrn|pagi|siang|sore|malam|mlm|hari|ini|barusan|yg|yang|itu|lho|loh|dong|mas|mbak|aku|bang|nih|jam|lewat|via|atm|bank|already|i|it|the|have|tagihannya|ribu|juta|rupiah|mobile|banking|mbanking|ibanking|teller|brimo|bni|bri|bjb|bca|bsi|btn|mandiri|mega|banten|cimb|dari|pake|pakai|uang|uangnya|lunas|kami)\b",
        " ",
        low,
    )
    return len(re.findall(r"[a-z]{3,}", plain)) <= 3


def _bill(low: str, marks: Marks) -> bool:
    if marks.plate:
        return True
    if marks.bill:
        return (
            len(low) < 40
            or any(rule.search(low) for rule in (ASKS, _CHECK_BILL, _TAX))
            or denies_payment(low) is not None
        )
    if other_bill(low):
        return False
    return (
        bool(_TAX.search(low))
        and bool(
            ASKS.search(low)
            or re.search(
                r"\bada (?:tagihan|tunggakan)|\b(?:cek|check|liat|lihat|tanya|tau|tahu|punya|tunggakan)\b.{0,80}\b(?:tagihan|tunggakan|pajak|bill)|\b(?:tagihan|tunggakan|pajak)\w*\b.{0,20}\b(?:masih|ada)\b",
                low,
            )
        )
        and not _INFO.search(low)
    )


def _status(low: str, marks: Marks) -> bool:
    if marks.application:
        return True
    return (
        not marks.bill
        and bool(
            _STATUS.search(low) and re.search(r"\b(?:permohonan|pengajuan|izin|ijin|berkas|application|permit)\w*", low)
        )
        and not re.search(r"\b(?:habis|jatuh tempo|berlaku|kadalu?arsa)", low)
    )


def _documents(low: str, marks: Marks) -> bool:
    return not marks.bill and bool(_DOCUMENT.search(low) and _EXPIRES.search(low)) and not (_INFO.search(low) or _APPLY.search(low) or _REPORT.search(low)) and bool(
        re.search(r"\b(?:dokumen\w*|documents?|surat-?surat)\b", low) or re.search(r"\b(?:habis|tempo|berlaku\w*|kada?lu?a?w?arsa|expir\w+)\b", low)
    )  # fmt: skip


def _register(low: str, marks: Marks) -> bool:
    return bool(_REGISTER.search(low)) and (
        marks.long_number
        or bool(
            re.search(
                r"\b(?:mau|ingin|pengen|want to|bade|arep|hendak|cara)\b.{0,20}\b(?:daftar|mendaftar|regist\w*|registrasi)\b",
                low,
            )
            and _SELF.search(low)
        )
    )


def _apply(low: str, marks: Marks) -> bool:
    asked = re.search(
        r"\b(?:mau|ingin|pengen|hendak|bade|arep|ajeng|akan|tolong|saya|sy|kami|mohon|want|would like|minta)\b", low
    )
    kind = re.search(
        r"\b(?:izin|ijin|permit|siup|tdp|situ|ho|imb|rptka|imta|kitas|tdg|nib|beasiswa|rekomendasi|tdi|iui|ak1|kartu kuning)\b",
        low,
    )
    return bool(_APPLY.search(low) and asked and kind) and not (
        _INFO.search(low) or re.search(r"\b(?:cara|gimana|bagaimana|syarat\w*|how)\b", low)
    )


_SEVERAL_WORDS = re.compile(r"\w+")


def _info(low: str, marks: Marks) -> bool:
    del marks
    return (
        bool(
            re.search(
                r"\b(?:minta|mau|tanya|butuh|perlu|mohon|apa|kasih|tolong|ada|need|about|tentang|soal|untuk|utk|buat|syarat\w*|persyaratan\w*)\b",
                low,
            )
            and _INFO.search(low)
        )
        and len(_SEVERAL_WORDS.findall(low)) <= 14
    )


def _report(low: str, marks: Marks) -> bool:
    return not marks.bill and bool(_REPORT.search(low) and _PIN.search(low))


_RULES = (
    ("REMIND_OFF", _off), ("REMIND_ON", _on), ("CANCEL", _cancel), ("PAY", _pay), ("REPORT", _report), ("STATUS", _status),
    ("REGISTER", _register), ("DOCUMENTS", _documents), ("APPLY", _apply), ("BILL", _bill), ("HISTORY", lambda low, marks: bool(_HISTORY.search(low))),
    ("SERVICES", lambda low, marks: bool(_SERVICES.search(low))), ("HELP", lambda low, marks: bool(_HELP.search(low))), ("INFO", _info),
)  # fmt: skip
