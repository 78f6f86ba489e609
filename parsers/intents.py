"""What a text without keyword asks for, by the words citizens use for each request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from parsers import vocabulary as v
from parsers.lexicon import Sense, alternatives, talk

_TIDINGS = alternatives(
    "ada dapat dpt terima nerima masuk muncul update berubah di_update diupdate dikonfirmasi konfirmasi dicek ke_update tercatat lunas_di diproses dibalas terbit keluar "
    "dibaca direspon direspons ditanggapi tau tahu diterima"
)
_NOT = alternatives(
    "belum blm blum belom blom blon durung dereng teu_acan teu_acan encan tacan lom haven't have_not has_not not_yet didn't did_not hasn't"
)
_NOT_YET = re.compile(rf"\b(?:{_NOT})\b(?! (?:{_TIDINGS}))|\bcan (?:di|ka|ku)?(?:bayar|mayar|transfer|setor|lunas)\w*")
"""Not paid yet; ``belum ada konfirmasi`` and its like only say that no answer came."""
_FAILED = Sense(
    "gagal failed ditolak pending tertunda batal_bayar ga_jadi_bayar gak_jadi_bayar tidak_jadi_bayar tidak_berhasil gak_berhasil ga_berhasil unsuccessful declined rejected "
    "dibatalkan_oleh_bank saldo_tidak_cukup tidak_cukup saldo_kurang error timeout belum_berhasil kagagal"
)
_INTENDS = alternatives(
    "rencana rencananya berencana niat mau akan hendak ingin pengen pingin pengin pgn bade arep ajeng bisa bs boleh harus kudu want_to would_like_to will can_i may_i how_do how_can how_to going_to how_much "
    "cara caranya gimana gmn bagaimana dimana di_mana kapan where hoyong tolong mesti wajib segera silakan silahkan mangga bisakah kumaha piye must should need_to need"
)
_PAY_VERB = (
    r"(?:\w*bayar(?:kan|in|nya)?|byr|mayar|(?:di)?(?:transfer|setor|cicil|angsur|lunasi)\w*|tf|trf|pay|melunasi|nyicil)"
)
_NOT_PAID = re.compile(rf"\b(?:{_NOT})(?: \w+)?? {_PAY_VERB}\b")
_CONFIRMS = r"(?: (?:dicek|di cek|konfirmasi|lapor))"
_WILL = re.compile(
    rf"\b(?:{_INTENDS})(?: \w+){{0,3}}? {_PAY_VERB}\b(?!{_CONFIRMS})|\b(?:di)?(?:bayar|lunasi|setor|transfer)\w* (?:sebelum|sblm|paling lambat|selambat\w*)\b|\b(?:rek(?:ening)?(?:nya)?|ke|bank) ?mana\b"
)
_LATER = alternatives(
    "besok bsk isukan enjing_enjing sesuk lusa minggu_depan bulan_depan tomorrow nanti ntar mengko engke next_week next_month"
)
_PAYS_LATER = re.compile(
    rf"\b(?:{_LATER})\b.{{0,30}}(?:bayar|byr|tf|transfer|setor|pay|lunas|mayar)|(?:bayar|byr|tf|transfer|setor|pay|lunas|mayar)\w*.{{0,30}}\b(?:{_LATER})\b"
)
_LATER_WORD = re.compile(r"\b(?:besok|bsk|nanti|akan|engke|isukan)\b")
_I = "saya|sy|aku|ak|gw|gue|kami|kita|abdi|kulo|i|we"
_HAVE = "sudah|sdh|udah|udh|telah|tlh|dah|tos|atos|parantos|sampun|wis|have|already"
_FIRST_PERSON = re.compile(
    rf"\b(?:{_I})(?: ini)? (?:{_HAVE})\b|\b(?:{_HAVE})(?: \w+)? (?:{_I}|tak|ku)? ?(?:(?:di)?(?:bayar|transfer|setor)|byr|trf|tf|lunasi|mayar|paid)\b(?! (?:belum|blm|apa))"
)
"""The writer says that he has paid, whatever else he asks."""
_HAS_PAID = re.compile(
    rf"\b(?:{_HAVE}|berhasil|sukses|tadi|td|barusan)(?: \w+){{0,3}} {_PAY_VERB}\b|\b{_PAY_VERB}(?: \w+){{0,3}} (?:{_HAVE}|berhasil|sukses|tadi|td|kemarin|kmrn|barusan)\b|lunas"
)
_WHETHER = re.compile(
    r"\bapakah\b|\b(?:lunas|masuk|dibayar|terbayar|diterima|kebayar|terverifikasi|tercatat)(?:nya)?(?: apa)? (?:belum|blm|blom|belom|apa belum|gak|nggak|tidak)\b|\b(?:has|is|was|did) (?:my|the)\b"
)


@dataclass(frozen=True)
class Marks:
    """What a text holds besides words; whether it has a proof is looked up only when somebody asks."""

    bill: bool
    application: bool
    plate: bool
    long_number: bool
    proofs_of: Callable[[], tuple[bool, bool]] = lambda: (False, False)

    @cached_property
    def _proofs(self) -> tuple[bool, bool]:
        return self.proofs_of()

    @property
    def proof(self) -> bool:
        """Whether there is a number with the shape of a proof."""
        return any(self._proofs)

    @property
    def named_proof(self) -> bool:
        """Whether a proof is named as such."""
        return self._proofs[0]


def denies_payment(low: str, marks: Marks | None = None) -> str | None:
    """Say why a text is no confirmation although it speaks of paying; None when it may be one.

    Beside a proof that is named as such a question or a remainder does not make a payment undone.
    """
    reason = "the payment failed" if _FAILED.said(low) else _not_done(low)
    if reason is None or reason == "the payment failed" or marks is None or not marks.named_proof:
        return reason
    return "not paid yet" if _NOT_PAID.search(low) and not _FIRST_PERSON.search(low) else None


def _not_done(low: str) -> str | None:
    if _WHETHER.search(low) and not _FIRST_PERSON.search(low):
        return "asks whether it is paid"
    if _NOT_YET.search(low):
        return "not paid yet"
    if v.LAPSED.said(low) and not _FIRST_PERSON.search(low):
        return "a code that lapsed"
    if _will_pay(low):
        return "will pay"
    return "asks how much" if v.ASKS.said(low) else None


def _will_pay(low: str) -> bool:
    if not (_WILL.search(low) or _PAYS_LATER.search(low)):
        return False
    return not (_HAS_PAID.search(low) and not _LATER_WORD.search(low))


def guess(low: str, marks: Marks) -> str | None:
    """The command that a text without keyword asks for, None when no request is recognised."""
    for command, rule in _RULES:
        if rule(low, marks):
            return command
    return None


def other_bill(low: str) -> bool:
    """Whether a text speaks of somebody else's bill: water, electricity, instalments, a private debt."""
    return v.OTHER_BILL.said(_TAX_DEBT.sub(" ", low))


_TAX_DEBT = re.compile(r"\b(?:hutang|utang|iuran|cicilan) (?:pajak|retribusi|pkb|kendaraan)\b")


def reminder_words(low: str) -> bool:
    """Whether a text speaks of reminders or of the texts we send."""
    return v.REMINDER.said(low)


_DO_NOT_FORGET = Sense("jangan_lupa jgn_lupa jangan_sampai jgn_sampai ulah_hilap don't_forget jangan_telat")


def _off(low: str, marks: Marks) -> bool:
    return not marks.bill and v.REMINDER.said(low) and v.OFF.said(low) and not _DO_NOT_FORGET.said(low)


def _on(low: str, marks: Marks) -> bool:
    return not (marks.bill or marks.plate) and v.REMIND_ME.said(low) and v.ON.said(low)


_KEEP = re.compile(
    r"\b(?:jangan|jgn|jngn|ulah|ojo|don't|do not|tidak|ga|gak|tdk)(?: \w+)? (?:di)?(?:batal|cabut|cancel|tarik)\w*"
)


def _cancel(low: str, marks: Marks) -> bool:
    if not v.CANCEL.said(low) or _KEEP.search(low):
        return False
    return marks.application or (not marks.bill and v.APPLICATION.said(low))


_REPORTS = Sense("konfirmasi bukti lapor kubayar confirm confirmation konfirm")


def _pay(low: str, marks: Marks) -> bool:
    if denies_payment(low, marks) or (v.CANCEL.said(low) and not (v.DONE.said(low) or _KEEP.search(low))):
        return False
    if marks.bill:
        return marks.proof or (v.PAID.said(low) and _claims(low)) or _tells(low)
    if _lone_proof(low, marks):
        return True
    if not v.PAID.said(low) or other_bill(low):
        return False
    done = v.DONE.said(low) or _REPORTS.said(low)
    return done and (v.TAX.said(low) or marks.proof or _short_statement(low))


_HAVE_DONE = Sense(f"{_HAVE.replace('|', ' ')} done beres")
_SUM = re.compile(r"\d\.\d{3}\b|\d ?(?:rb|ribu|jt|juta)\b|\brp")
_MOMENT = re.compile(r"\d{1,2}[/\-.]\d{1,2}[/\-.]\d{2,4}|\b(?:jam|pkl|pukul|tgl|kemarin|kmrn|tadi|td)\b")


def _tells(low: str) -> bool:
    """``Sudah ya, 12/11/2026 10:00, 75.000, SKRD-2026-004512``: done, a sum and a moment, without the word."""
    return "?" not in low and _HAVE_DONE.said(low) and bool(_SUM.search(low) and _MOMENT.search(low))


_PROOF_WORD = Sense(
    "bukti buktinya buktina ref reff noref noreff referensi refnya resi resinya struk struknya slip slipnya rrn ntb ntpn kwitansi kuitansi"
)
_AROUND_PROOF = Sense(
    "no nomor nomer nya transfer tf trf bayar setor pembayaran transaksi ini itu ya yah pak bu kak min mas mbak bang kang saya sy tadi td kemarin bank bjb bri bni bca bsi btn mandiri"
)


def _lone_proof(low: str, marks: Marks) -> bool:
    """``no ref nya 77004423 ya min``: a proof that is named as such, and nothing else."""
    words = talk(low).tokens
    if marks.bill or marks.plate or marks.application or len(words) > 8 or not _PROOF_WORD.said(low):
        return False
    return marks.named_proof and all(_PROOF_WORD.has(word) or _AROUND_PROOF.has(word) for word in words)


def _claims(low: str) -> bool:
    """Whether what is said of paying a bill is a statement, not a question about it."""
    if _CODE_OF_PAYMENT.search(low) and not v.PAID.said(_CODE_OF_PAYMENT.sub(" ", low)):
        return False
    asks = v.NOT_TOLD.said(low) or "?" in low
    return not asks or v.DONE.said(low)


_CODE_OF_PAYMENT = re.compile(
    r"\b(?:kode|kd|code|kodebayar|cara|jatuh tempo|batas|tempat)\.? ?(?:bayar|byr|pembayaran)(?:nya)?\b"
)
_AROUND_STATEMENT = Sense(
    "pak bu kak min ya yah kok saya sy kami tadi kemarin kmrn pagi siang sore malam mlm hari ini barusan yg yang itu lho loh dong mas mbak aku bang nih jam lewat via atm bank already i",
    "tapi tp belum blm ada balasan konfirmasi kabar respon masuk kenapa knp",
    "it the have tagihannya ribu juta rupiah mobile banking mbanking ibanking teller brimo bni bri bjb bca bsi btn mandiri mega banten cimb dari pake pakai uang uangnya lunas dinten poe",
)


def _short_statement(low: str) -> bool:
    """``sudah bayar pak``, ``sdh transfer kemarin ya``: said to us, about nothing else."""
    said = [word for word in talk(low).tokens if len(word) > 2 and not _AROUND_STATEMENT.has(word)]
    return len(said) <= 3


_OWED = re.compile(
    r"\bada (?:tagihan|tunggakan)|\b(?:cek|dicek|cekin|check|liat|lihat|tanya|tau|tahu|punya|tunggakan|naros)\b.{0,80}\b(?:tagihan|tunggakan|pajak|bill)|"
    r"\b(?:tagihan|tunggakan|pajak)\w*\b.{0,20}\b(?:masih|ada|apa saja|apa aja)\b|\bmy (?:bills?|tax(?:es)?)\b|\b(?:bayar|pay)\b.{0,20}\b(?:pajak|retribusi|tax)\w*\b.{0,30}\b(?:dimana|di mana|kapan|where)\b"
)


def _bill(low: str, marks: Marks) -> bool:
    if marks.plate:
        return True
    if marks.bill:
        asks = v.ASKS.said(low) or v.CHECKS.said(low) or v.TAX.said(low) or v.LAPSED.said(low) or v.NOT_TOLD.said(low)
        return len(low) < 40 or asks or denies_payment(low) is not None
    if other_bill(low) or v.INFO.said(low) or not v.TAX.said(low):
        return False
    return (v.ASKS.said(low) and not _OTHER_QUESTION.said(low)) or bool(_OWED.search(low))


_OTHER_QUESTION = Sense("jam_berapa jam_brp hari_apa nomor_berapa no_berapa buka tutup antri loket_berapa")


def _status(low: str, marks: Marks) -> bool:
    if marks.application:
        return True
    return not marks.bill and v.STATUS.said(low) and _APPLIED.said(low) and not v.ENDS.said(low)


_APPLIED = Sense(
    "permohonan* pengajuan* izin* ijin* berkas* application* permit* pendaftaran siup tdp imb rptka imta kitas nib"
)
_THINGS = Sense("dokumen* document documents surat_surat surat2")


def _documents(low: str, marks: Marks) -> bool:
    if marks.bill or not v.DOCUMENT.said(low):
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
    asked = v.APPLY.said(low) and wishes and v.PERMIT.said(low) and not v.STATUS.said(low)
    return asked and not (v.INFO.said(low) or _ASKS_HOW.said(low))


_ASKED_FOR_INFO = Sense(
    "minta mau tanya butuh perlu mohon apa kasih tolong ada need about tentang soal untuk utk buat for naon want to get syarat* persyaratan* ngebutuhkeun nyuhunkeun bade what please"
)


def _info(low: str, marks: Marks) -> bool:
    del marks
    words = talk(low).tokens
    begins = bool(words) and v.INFO.has(words[0]) and len(words) <= 5
    return v.INFO.said(low) and (begins or _ASKED_FOR_INFO.said(low)) and len(words) <= 14


_CAN_DO = Sense(
    "bisa_urus_apa bisa_ngurus_apa bisa_ngapain bisa_buat_apa urus_apa_aja urus_apa_saja bisa_apa_aja bisa_apa_saja what_can_i_do_here"
)


def _services(low: str, marks: Marks) -> bool:
    del marks
    return (
        not v.HELP.said(low) and v.SERVICE.said(low) and v.LISTS.said(low) and not _COMPLAINS.said(low)
    ) or _CAN_DO.said(low)


_COMPLAINS = Sense(
    "buruk jelek lama lambat lelet kecewa parah payah ramah jutek antri antre mengecewakan bad kapok ribet"
)


def _history(low: str, marks: Marks) -> bool:
    if _OTHER_HISTORY.said(low):
        return False
    return v.HISTORY.said(low) or (not marks.bill and bool(_DID_BEFORE.search(low)))


_OTHER_HISTORY = Sense("hidup* penyakit pendidikan kesehatan medis chat browser sejarah")
_DID_BEFORE = re.compile(
    r"\b(?:pernah|sudah|yang|yg|daftar|semua)\b.{0,25}\b(?:saya |sy |aku )?(?:ajukan|diajukan|urus|lakukan)\b|"
    r"\b(?:transaksi|permohonan|pengajuan) (?:saya|sy) (?:sebelumnya|selama ini|dulu|yang lalu|yg lalu|terdahulu)\b"
)


def _help(low: str, marks: Marks) -> bool:
    del marks
    return v.HELP.said(low) and not _OTHER_HELP.said(low)


_OTHER_HELP = Sense(
    "doa doanya tunai sosial bansos blt bencana beras modal dana renovasi korban donasi kucing* kucingku tugas pr"
)
"""Help of another kind than ours."""


_PIN = re.compile(r"\bpin\b|\b\d{4,8}\b[\s.]*$")


def _report(low: str, marks: Marks) -> bool:
    return not marks.bill and v.REPORT.said(low) and bool(_PIN.search(low))


_RULES: tuple[tuple[str, Callable[[str, Marks], bool]], ...] = (
    ("REMIND_OFF", _off),
    ("REMIND_ON", _on),
    ("CANCEL", _cancel),
    ("PAY", _pay),
    ("REPORT", _report),
    ("STATUS", _status),
    ("REGISTER", _register),
    ("DOCUMENTS", _documents),
    ("APPLY", _apply),
    ("BILL", _bill),
    ("HISTORY", _history),
    ("SERVICES", _services),
    ("HELP", _help),
    ("INFO", _info),
)
"""The first rule that recognises its request decides."""
