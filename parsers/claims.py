"""Whether a text confirms a payment: what is done, what is only meant, asked, failed or promised for later."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from parsers import vocabulary as v
from parsers.attempts import without_undone
from parsers.lexicon import Sense, alternatives, talk
from parsers.lexicon import hears as _hears

_TIDINGS = alternatives(
    "dapat dpt terima nerima masuk muncul update berubah di_update diupdate dikonfirmasi konfirmasi dicek ke_update tercatat lunas_di diproses dibalas terbit keluar "
    "dibaca direspon direspons ditanggapi tau tahu diterima"
)
_NOT = alternatives(
    "belum blm blum belom blom blon durung dereng teu_acan teu_acan encan tacan lom haven't have_not has_not not_yet didn't did_not hasn't"
)
_NOT_YET = re.compile(
    rf"\b(?:{_NOT})\b(?! (?:{_TIDINGS}|ada(?! (?:duit|uang|dana|biaya|rezeki|rejeki|modal|waktu|ongkos|dana))))|\bcan (?:di|ka|ku)?(?:bayar|mayar|transfer|setor|lunas)\w*"
)
"""Not paid yet; ``belum ada konfirmasi`` and its like only say that no answer came."""
_FAILED = Sense(
    "gagal failed ditolak pending tertunda batal_bayar ga_jadi_bayar gak_jadi_bayar tidak_jadi_bayar tidak_berhasil gak_berhasil ga_berhasil unsuccessful declined rejected "
    "dibatalkan_oleh_bank saldo_tidak_cukup tidak_cukup saldo_kurang error timeout belum_berhasil kagagal "
    "tidak_dapat_diproses tdk_dapat_diproses tidak_bisa_diproses tidak_dapat_dilakukan could_not_be not_processed ngadat eror sedang_diproses sdg_diproses"
)
_INTENDS = alternatives(
    "rencana rencananya berencana niat mau akan hendak ingin pengen pingin pengin pgn bade arep ajeng bisa bs boleh harus kudu want_to would_like_to will can_i may_i how_do how_can how_to going_to how_much "
    "cara caranya gimana gmn bagaimana dimana di_mana kapan where hoyong tolong mesti wajib segera silakan silahkan mangga sedang sdg antri antre otw menuju diminta disuruh bisakah kumaha piye must should need_to need"
)
_PAY_VERB = r"(?:\w{0,10}bayar(?:kan|in|nya)?|byr|mayar|(?:di)?(?:transfer|setor|cicil|angsur|lunasi)\w*|tf|trf|pay|melunasi|nyicil)"
_CANNOT = re.compile(
    rf"\b(?:ga|gak|tidak|tdk|nggak|ngga|gk|g|teu|ora|mboten|can't|cannot|could not|couldn't|unable to)(?: (?:bisa|bs|sempat|sempet|sanggup|mampu|kuat|mau|pernah|merasa|ngerasa|tiasa|iso|saget|jadi)2?)+(?: \w+){{0,2}} {_PAY_VERB}\b(?! (?:dicek|di cek))"
    rf"|(?<!\w){_PAY_VERB}\b[^,;.\n]{{0,40}}\b(?:ga|gak|tidak|tdk|nggak|ngga|gk|teu|ora|mboten) (?:bisa|bs|tiasa|iso|saget)2?\b(?! (?:\w+ )?(?:kirim|foto|upload|buka|lihat|cek|difoto|dibaca|kebaca|dibuka|datang|diganggu))"
    rf"|\b(?:tidak|tdk|ga|gak|nggak|ngga|never|not|ora|teu) (?:pernah|merasa|ngerasa|have|ever|rumangsa)(?: \w+){{0,3}} {_PAY_VERB}|\b(?:did not|didn't|never) (?:\w+ )?(?:paid|pay|transfer\w*|ma[dk]e)\b"
)
"""Could not, would not or never did pay."""
_DOES_NOT = re.compile(rf"\b(?:tidak|tdk|ga|gak|nggak|ngga|ora|teu|mboten) (?:mau |usah |perlu |ikut )?{_PAY_VERB}\b")
_IF = re.compile(
    rf"\b(?:kalau|kalo|klo|kl|jika|jk|misal\w*|seandainya|andai\w*|if|lamun|menawi|nek)\b(?: \w+){{0,4}} {_PAY_VERB}\b"
)
_IFS = frozenset(
    "kalau kalo klo kl jika jk misal misalnya misalkan seandainya andai andaikan andainya coba if lamun menawi nek".split()
)
_REFUND = Sense(
    "refund* reversal* direversal dikembalikan_ke pengembalian_dana restitusi pengembalian dikembalikan kembalikan kembaliin dibalikin balikin minta_kembali minta_balik kelebihan_bayar kelebihan_transfer dobel_bayar bayar_dobel double_payment money_back"
)
_NOT_PAID = re.compile(rf"\b(?:{_NOT})(?: \w+)?? {_PAY_VERB}\b")
_CONFIRMS = r"(?: (?:dicek|di cek|konfirmasi|lapor))"
_HAVE_ = "sudah|sdh|udah|udh|telah|tlh|dah"
_WILL = re.compile(
    rf"\b(?:{_INTENDS})(?: \w+){{0,3}}? {_PAY_VERB}\b(?!{_CONFIRMS})|\b(?:di)?(?:bayar|lunasi|setor|transfer)\w* (?:sebelum|sblm|paling lambat|selambat\w*)\b|\b(?:rek(?:ening)?(?:nya)?|ke|bank) ?mana\b"
)
_LATER = alternatives(
    "insya_allah insyaallah insyallah insha_allah inshaallah besok bsk isukan enjing_enjing sesuk lusa minggu_depan bulan_depan tomorrow nanti ntar mengko engke next_week next_month"
)
_PAYS_LATER = re.compile(
    rf"\b(?:{_LATER})\b[^,;.\n]{{0,30}}(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)|(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)\w{{0,10}}[^,;.\n]{{0,40}}\b(?:{_LATER})\b(?!(?: (?:saya|sy|aku|ak|kami|abdi|akan|tak))? ?(?:kirim|susul|foto|struk|bukti|resi|slip|nyusul|menyusul|ke kantor|datang|diantar))"
    r"|(?:bayar|byr|transfer|setor|lunas)\w{0,6}[^,;.\n]{0,20}\b(?:nunggu|menunggu|tunggu|nungguin|setelah|habis|abis) (?:gajian|panen|cair|dapat|ada|akhir bulan|awal bulan|tanggal|tgl)"
)
_ON_THE_WAY = re.compile(rf"\b(?:antri|antre|ngantri|otw|menuju|di jalan ke)\b[^.;\n]{{0,50}}(?<!sudah ){_PAY_VERB}\b")
"""On the way to paying."""
_DEMANDS = re.compile(
    rf"\b(?:jangan lupa|jgn lupa|jangan telat|ingat(?:kan|in)?|ingetin|diingatkan|mohon|mhn|harap|diharap\w*|dimohon|agar|supaya|biar|ayo|yuk|hayu)"
    rf"(?: (?:untuk|utk|segera|sgr|saya|sy|anda|bapak|ibu|kami|bisa|dapat|sekalian|tolong|dibantu|ya)){{0,4}} {_PAY_VERB}\b(?!{_CONFIRMS})"
    r"|\b(?:menunggu|selesaikan|segera selesaikan|lakukan) pembayaran\b|\bwaiting for payment\b"
)
"""Reminds of paying, or demands it."""
_ASKS_FOR_TIME = re.compile(
    r"\b(?:minta|mohon|nyuwun|menta|nyuhunkeun|ask\w* for|request\w*|need) (?:\w+ ){0,2}(?:waktu|tempo|keringanan|dispensasi|perpanjangan|penundaan|kelonggaran|pengurangan|more time|extension)\b"
    r"|\b(?:perpanjangan waktu|penundaan bayar\w*|ditunda dulu)\b|\b(?:dijadwalkan|terjadwal|jadwalkan|scheduled|auto ?debet|autodebit)\b"
)
"""Asks for time, or tells of a payment that a bank will make by itself."""
_UNREAL = re.compile(
    rf"\b(?:seandainya|andai\w*|misal\w*|coba (?:kalau|kalo|klo)|if only)\b[^.;!?\n]{{0,40}}{_PAY_VERB}\b|\b(?:kalau|kalo|klo|jika|if)(?: \w+){{0,1}} (?:{_HAVE_})(?: \w+){{0,2}} {_PAY_VERB}\b"
)
"""What would be, had it been paid."""
_LATER_WORD = re.compile(rf"\b(?:{_LATER}|akan|ins?ya ?allah|insyaallah)\b")
_I = "saya|sy|aku|ak|gw|gue|kami|kita|abdi|kulo|i|we"
_HAVE = "sudah|sdh|udah|udh|telah|tlh|dah|tos|atos|parantos|sampun|wis|have|already"
_FIRST_PERSON = re.compile(
    rf"\b(?:{_I})(?: ini)? (?:{_HAVE})\b(?! (?:masuk|diterima|lunas|tercatat|terverifikasi|terbayar|terdaftar|dicek|diproses))|\b(?:{_HAVE})(?: \w+)? (?:{_I}|tak|ku)? ?(?:(?:di)?(?:bayar|transfer|setor)|byr|trf|tf|lunasi|mayar|paid)\b(?! (?:belum|blm|apa))"
)
"""The writer says that he has paid, whatever else he asks."""
_HAS_PAID = re.compile(
    rf"\b(?:{_HAVE}|berhasil|sukses|tadi|td|barusan)(?: \w+){{0,3}} {_PAY_VERB}\b|\b{_PAY_VERB}(?: \w+){{0,3}} (?:{_HAVE}|berhasil|sukses|tadi|td|kemarin|kmrn|barusan)\b|\b(?:ter|ke|ku)?lunas\b"
)
_WHETHER = re.compile(
    r"\bapakah\b|\bapa (?:benar |betul |bener )?(?:(?:pembayaran|bayaran|transfer\w*|uang\w*|tagihan\w*|sudah|sdh|udah|udh|telah|tos)\b|(?:[a-z]{2,7}[ \-/.]?)2[0o]\d\d)"
    r"|\b(?:lunas|dibayar|terbayar|kebayar|paid|received|settled)(?:nya)?(?: (?:already|yet|kah|pak|bu|ya|min|kak|apa|gitu|to|toh|tho))* ?\?|\b(?:lunas|masuk|dibayar|terbayar|diterima|kebayar|terverifikasi|tercatat)(?:nya)?(?: apa)? (?:belum|blm|blom|belom|apa belum|gak|nggak|tidak)\b|\b(?:has|is|was|did) (?:my|the)\b"
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


_CORRECTED = re.compile(
    r"\b(?:bukan(?:nya)?|bkn|siapa bilang|dudu|sanes|jangan ditulis|kok ditulis|masih ditulis) (?:belum|blm|blom|durung|teu acan)\b(?: \w+){0,3}[ ,.!?\-]{1,3}(?=(?:\w+ )?(?:sudah|udah|sdh|udh|uda|dah|malah|tos|wis)\b)"
)
"""``bukan belum bayar, SUDAH``: what was denied is not what is told."""
_ASKS_OF_BILL = Sense(
    "berapa* brp* brapa cek dicek check jatuh_tempo denda* how_much info rincian detail nominal* jumlah* lihat liat kode_bayar kode kd rekening_mana rek_mana norek kapan iraha pinten sabaraha piro"
)


_CORRECTIONS = frozenset("bukan bukannya bkn siapa dudu sanes jangan kok masih".split())
_NEGATIONS = frozenset(
    "ga gak tidak tdk nggak ngga gk g teu ora mboten can cannot could couldn unable never not did didn can't couldn't didn't".split()
)


def _corrected(low: str) -> str:
    return _CORRECTED.sub(" ", low) if _hears(low, _CORRECTIONS) else low


def _could_not(low: str) -> bool:
    return _hears(low, _NEGATIONS) and _CANNOT.search(low) is not None


def only_plans(low: str) -> bool:
    """Whether a text only says that its writer will pay or could not, and asks nothing of the bill."""
    low = _corrected(low)
    told = (
        _PROMISES.search(low)
        or (_hears(low, _LATER_FIRST) and _PAYS_LATER.search(low))
        or _TRIED.search(low)
        or _CANNOT.search(low)
        or _DOES_NOT.search(low)
        or _NOT_YET.search(low)
        or _ASKS_FOR_TIME.search(low)
        or _DEMANDS.search(low)
        or (_hears(low, _IFS) and _UNREAL.search(low))
        or _ON_THE_WAY.search(low)
        or _REFUND.said(low)
        or _IF_MAY.search(low)
    )
    if _NEVER.search(low) or _REFUND.said(low) or _IF_MAY.search(low):
        return not _ASKS_SUM.said(low)
    if _FAILED.said(low):
        return not _ASKS_OF_BILL.said(low)
    return bool(told) and not (_ASKS_OF_BILL.said(low) or "?" in low)


_NEVER = re.compile(
    rf"\b(?:tidak|tdk|ga|gak|nggak|ngga|never|not|ora|teu) (?:pernah|merasa|ngerasa|ever|rumangsa)(?: \w+){{0,3}} {_PAY_VERB}"
)
_IF_MAY = re.compile(
    rf"{_PAY_VERB}\b(?=.{{0,80}}\b(?:dulu|separuh|setengah\w*|sebagian|dicicil|nyicil|cicil|sisanya|bulan depan|minggu depan|nanti)\b).{{0,80}}\b(?:boleh|bole|bisa|bs|dapat|tiasa|may|allowed)\b(?: \w+)? ?(?:ga|gak|nggak|ngga|tidak|tdk|kah|teu|\?)"
)
"""Asks leave to pay in another way."""
_ASKS_SUM = Sense("berapa* brp* brapa how_much pinten sabaraha piro denda* rincian detail")


_WITH_MONEY = rf"\b(?:kalau|kalo|klo|kl|nanti|ntar|tunggu|nunggu|menunggu|habis|abis|setelah)\b[^.;\n]{{0,30}}\b(?:gajian|panen|cair|rezeki|rejeki|ada uang|ada duit)\b[^.;\n]{{0,30}}{_PAY_VERB}\b"
_PROMISES = re.compile(
    rf"\b(?:{_LATER})\b.{{0,40}}(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)|(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)\w{{0,10}}.{{0,30}}\b(?:{_LATER})\b"
    rf"|{_WITH_MONEY}|\b(?:{_LATER})\b.{{0,25}}\b(?:ke bank|ke teller|ke atm|ke kantor)\b|\b(?:akan|will|going to|mau|bade|arep|rencana\w*|niat|insya ?allah) (?:\w+ ){{0,2}}{_PAY_VERB}\b"
)
_TRIED = re.compile(
    rf"(?<!\w){_PAY_VERB}\b.{{0,50}}\b(?:gagal|error|ditolak|failed|timeout|declined)\b|\b(?:gagal|failed)\b.{{0,12}}{_PAY_VERB}\b"
)


def denies_payment(low: str, marks: Marks | None = None) -> str | None:
    """Say why a text is no confirmation although it speaks of paying; None when it may be one.

    Beside a proof that is named as such a question or a remainder does not make a payment undone.
    """
    low = without_undone(_corrected(low))
    reason = "the payment failed" if _FAILED.said(low) else _not_done(low)
    if reason is None or reason == "the payment failed" or marks is None or not marks.named_proof:
        return reason
    if (reason == "asks for time" or _GIVEN_BACK.search(low)) and not _FIRST_PERSON.search(low):
        return reason
    unpaid = _NOT_PAID.search(low) or _could_not(low)
    return "not paid yet" if unpaid and not _FIRST_PERSON.search(low) else None


_GIVEN_BACK = re.compile(r"\b(?:reversal|direversal|dikembalikan ke|pengembalian dana|refund(?:ed)?)\b")
"""A number beside it does not make it a payment, unless the writer says that he has paid."""


def _not_done(low: str) -> str | None:
    if ("?" in low or _hears(low, _WHETHER_WORDS)) and _WHETHER.search(low) and not _FIRST_PERSON.search(low):
        return "asks whether it is paid"
    if (
        (_hears(low, _NOT_WORDS) and _NOT_YET.search(low))
        or _could_not(low)
        or (_hears(low, _NEGATIONS) and _DOES_NOT.search(low) and not _FIRST_PERSON.search(low))
    ):
        return "not paid yet"
    if _hears(low, _IFS) and (_UNREAL.search(low) or (_IF.search(low) and not _FIRST_PERSON.search(low))):
        return "only supposes a payment"
    if _hears(low, _TIME_WORDS) and _ASKS_FOR_TIME.search(low):
        return "asks for time"
    if _hears(low, _WAY_WORDS) and _ON_THE_WAY.search(low) and not _HAS_PAID.search(low):
        return "will pay"
    if _REFUND.said(low):
        return "asks for money back"
    if v.LAPSED.said(low) and not _FIRST_PERSON.search(low):
        return "a code that lapsed"
    if _will_pay(low):
        return "will pay"
    if _hears(low, _DEMAND_WORDS) and _DEMANDS.search(low) and not _HAS_PAID.search(_DEMANDS.sub(" ", low)):
        return "reminds of paying"
    return "asks how much" if v.ASKS.said(low) else None


_INTENTS = frozenset(word.split()[0] for word in _INTENDS.replace("\\ ", " ").split("|")) | frozenset(
    "sebelum sblm paling selambat selambatnya mana".split()
)
_LATER_FIRST = frozenset(word.split()[0] for word in _LATER.replace("\\ ", " ").split("|")) | frozenset(
    "nunggu menunggu tunggu nungguin setelah habis abis".split()
)
"""The first words of what is meant for later: without one of them nothing is."""


_WHETHER_WORDS = frozenset("apakah apa belum blm blom belom gak nggak tidak has is was did".split())
_NOT_WORDS = frozenset(
    "belum blm blum belom blom blon durung dereng teu encan tacan lom haven have has did didn't haven't hasn't not can".split()
)
_TIME_WORDS = frozenset(
    "minta mohon nyuwun menta nyuhunkeun ask asked asking request requested requesting need perpanjangan penundaan ditunda dijadwalkan terjadwal jadwalkan scheduled auto autodebet autodebit".split()
)
_WAY_WORDS = frozenset("antri antre ngantri otw menuju jalan".split())
_DEMAND_WORDS = frozenset(
    "jangan jgn ingat ingatkan ingatin ingetin diingatkan mohon mhn harap diharap diharapkan diharapkn dimohon agar supaya biar ayo yuk hayu menunggu selesaikan segera lakukan waiting".split()
)
"""Without one of these words the pattern of the same name finds nothing."""


def _will_pay(low: str) -> bool:
    meant = _hears(low, _INTENTS) and _WILL.search(low)
    if not (meant or (_hears(low, _LATER_FIRST) and _PAYS_LATER.search(low))):
        return False
    return not (_HAS_PAID.search(low) and not _LATER_WORD.search(low))


def refuses_to_pay(low: str) -> bool:
    """Whether a text without a bill says that its writer cannot or will not pay, and asks nothing."""
    return "?" not in low and _could_not(low)


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
    if marks.bill and not v.PAID.said(low) and _RECEIVED.search(low):
        return False
    if marks.bill:
        return (v.PAID.said(low) and _claims(low)) or _tells(low) or itemised(low) or marks.proof
    if _lone_proof(low, marks):
        return True
    if not (v.PAID.said(low) or _SUCCESS.search(low)) or other_bill(low):
        return False
    if (_YOURS.said(low) or "?" in low) and not (v.TAX.said(low) or _FIRST_PERSON.search(low)):
        return False
    if v.GRUMBLES.said(low) and not (marks.proof or _SUM.search(low)):
        return False
    done = v.DONE.said(low) or _REPORTS.said(low)
    told = _SUM.search(low) and _MOMENT.search(low) and _REPORTS.said(low)
    return done and (v.TAX.said(low) or marks.proof or bool(told) or _short_statement(low))


_SUCCESS = re.compile(r"\b(?:transaksi|transaction|trx)(?: \w+)? (?:berhasil|sukses|successful)\b")
"""A bank's notice."""


_RECEIVED = re.compile(
    r"\b(?:sms|persetujuan|konfirmasi\w*|balasan|notif\w*|pemberitahuan|kwitansi|tanda terima|surat\w*|jawaban)\b.{0,80}\b(?:sudah|sdh|udah|telah|tos)(?: (?:saya|sy|kami))? (?:terima|diterima|sampai|masuk|dapat|nyampe)\b"
)
"""Thanks for what came from us."""
_HAVE_DONE = Sense(f"{_HAVE.replace('|', ' ')} done beres")
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
