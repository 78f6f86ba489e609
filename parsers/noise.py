"""Texts that must never be taken for a citizen's request: spam, codes, operators' and incoming notices."""

from __future__ import annotations

import re

from parsers.lexicon import Sense, alternatives, hears

_CODES = Sense(
    "otp kode_verifikasi verification_code kode_rahasia one_time_password password_anda kode_akses kode_keamanan rahasiakan kode_aktivasi security_code passcode",
)
_DO_NOT_TELL = re.compile(
    r"\bjangan (?:berikan|beritahu\w*|sebarkan|bagikan|sebutkan) (?:kode|kpd|ke(?:pada)?|pin|pada)\b"
)

_YOU = alternatives("anda kamu kami rekening_anda rek_anda rekening_kamu")
_GET = alternatives("menerima terima mendapat dapat mendapatkan")
_INCOMING = re.compile(
    rf"\b(?:transfer|dana|uang|kredit|tf|trf) masuk\b|\b(?:{_YOU})(?: telah| sudah| tlh)? (?:{_GET})\b|\bmenerima (?:transfer|dana|uang|kiriman)\b|\bterima transfer\b|\bkredit (?:ke )?rek\w*|"
    r"\btelah (?:masuk|diterima|dikreditkan) (?:ke|di|dari)\b|\bdana (?:telah )?diterima\b|\bdikredit\w*\b"
)
_INCOMING_EN = Sense(
    "incoming_transfer you_received you_have_received you've_received been_credited was_credited credited_to"
)

_OPERATOR_GOODS = Sense("kuota pulsa paket_data bonus masa_aktif poin paket_internet")
_OPERATOR_TALK = Sense(
    "tersisa hubungi hub isi_ulang berlaku aktif telkomsel indosat smartfren xl tri axis habis internet kirim menit nelpon beli pembelian mama papa dulu"
)
_VOLUME = re.compile(r"\b\d+ ?(?:gb|mb)\b")
_OPERATOR_CODE = re.compile(r"\*\d{2,3}|\b100rb\b|\b\d+ ?(?:gb|mb)\b")
_OPERATOR = Sense(
    "isikan_pulsa kirim_pulsa isi_pulsa beliin_pulsa belikan_pulsa transfer_pulsa tidak_terdaftar ketik_menu kartu_prabayar kartu_sim registrasi_ulang nomor_yang_anda_tuju"
)
_OPERATOR_NUMBER = re.compile(r"(?<!\d)4444(?!\d)")

_SPAM = Sense(
    "pemenang menang menangkan memenangkan undian hadiah selamat_anda diskon promo pinjaman pinjol kta slot gacor judi togel cair bunga_ringan dana_tunai dana_cepat tanpa_jaminan jual dijual obral",
    "investasi_bodong maxwin deposit cashback klik http* www bit_ly bank_transfer_ke_rekening kredit_tanpa modal_usaha bonus_new_member sebarkan sebarluaskan viralkan teruskan_ke kirim_ke_10 sebar_ke broadcast_ini",
)
_SOLD = re.compile(
    r"\b(?:sudah|sdh|udah|udh|dah|telah|tlh|tos|wis|saya|sy|gua|gue|aku|mau|lagi|has been|i) (?:(?:saya|sy|gua|gue|aku|tak|kami|di) ?)?(?:jual|dijual|kejual|terjual)\b|\b(?:di)?jual (?:ke|sama|tahun|thn|bulan|bln|kemarin)\b"
)
"""The writer tells that he sold something: no advertisement."""
_LINK = re.compile(r"https?:|www\.|bit\.ly|wa\.me|\.(?:xyz|tk|click|top)\b")

_METER = Sense("kwh token stroom")
_METER_OF = Sense("trx_anda transaksi_anda kartu_anda token_anda token_listrik token_pln trx_listrik pln")
_BEGS = re.compile(
    r"\btolong (?:transfer|kirim|trf|tf)\w*.{0,80}\b(?:ke rek|rek(?:ening)?|mama|dulu)\b|"
    r"\b(?:transfer|kirim|trf|tf)(?: aja| saja| dulu)? (?:uangnya|uang|duit|dananya).{0,80}\b(?:ke rek\w*|ke nomor) (?:ini|baru)\b|"
    r"\b(?:rek(?:ening)?|nomor) baru\b.{0,80}\b(?:transfer|kirim)\b"
)
_OUT_OF_OFFICE = Sense(
    "out_of_office out_of_the_office automatic_reply balasan_otomatis jawaban_otomatis autoreply auto_reply undeliverable delivery_status delivery_failure delivery_has_failed mailer daemon",
    "tidak_di_kantor tidak_berada_di_kantor sedang_cuti could_not_be_delivered mail_delivery saya_cuti delivery_to_the_following recipient_failed failed_permanently original_message undelivered message_not_delivered returned_mail delivery_failed "
    "pesan_tidak_terkirim pesan_gagal_terkirim gagal_terkirim_ke pesan_otomatis dijawab_otomatis this_is_an_automated this_is_an_automatic this_is_an_automatically pesan_ini_dibuat_otomatis tidak_dapat_dikirim_ke address_not_found",
)
_OURS = re.compile(r"\bketik (?:bayar|status|tagihan|daftar|batal)\b|\bbalas:? (?:bayar|ya\b|berhenti)")
_DEMAND = re.compile(
    r"\b(?:segera|harap|mohon|silakan|silahkan|wajib)(?: (?:segera|untuk|utk|lakukan|melakukan|anda))* (?:transfer|bayar|lunasi|melunasi|selesaikan|membayar|dilunasi|dibayar|pembayaran)\b.{0,120}(?:\b(?:agar|supaya) (?:tidak|tdk|terhindar)\b|\bke (?:rek\w*\.? )?(?:bank )?[a-z]{2,10}? ?\d[\d \-]{7,}|\b(?:sebelum|paling lambat)\b)"
    r"|\babaikan (?:bila|jika|kalau|apabila|sms|pesan)\b|\b(?:diberitahukan|disampaikan|diinformasikan|kami (?:sampaikan|beritahukan|informasikan|ingatkan))(?: bahwa)?\b.{0,100}\b(?:jatuh tempo|segera|agar|belum (?:di)?bayar)\b"
    r"|\b(?:menunggu|selesaikan) pembayaran\b|\b(?:tagihan|pajak|retribusi)\b.{0,40}\b(?:anda|bapak/ibu|saudara)\b.{0,80}\b(?:jatuh tempo|belum (?:di)?bayar|segera)\b|\b(?:anda|saudara|bapak/ibu) (?:belum|blm) (?:mem)?bayar"
)
"""Demands a payment of whoever reads it: no citizen writes so to his office."""
_INCOMING_WORDS = frozenset(
    "masuk terima menerima mendapat dapat mendapatkan kredit dikredit dikreditkan dikreditnya diterima".split()
)
_DEMAND_WORDS = frozenset(
    "segera harap mohon silakan silahkan wajib abaikan diberitahukan disampaikan diinformasikan kami menunggu selesaikan anda saudara ibu".split()
)
"""Without one of these words the pattern of the same name finds nothing."""
_LONG = 60
"""Characters above which a text that quotes our own words is our own text come back."""


def of(low: str, names_bill: bool) -> str | None:
    """Say what kind of noise a lower-case text is, None when it may be a request. ``names_bill``: it has a reference."""
    if _CODES.said(low) or ("jangan" in low and _DO_NOT_TELL.search(low)):
        return "one-time code"
    if (hears(low, _INCOMING_WORDS) and _INCOMING.search(low)) or _INCOMING_EN.said(low):
        return "notice of incoming money"
    if _OUT_OF_OFFICE.said(low):
        return "automatic reply"
    if hears(low, _DEMAND_WORDS) and _DEMAND.search(low):
        return "asks for money"
    if names_bill:
        return (
            "our own text come back"
            if len(low) > _LONG and ("ketik" in low or "balas" in low) and _OURS.search(low)
            else None
        )
    if _is_operators(low):
        return "operator's notice"
    if _BEGS.search(low) or (_METER.said(low) and _METER_OF.said(low)):
        return "asks for money"
    return "advertisement or fraud" if _SPAM.said(_SOLD.sub(" ", low)) or _LINK.search(low) else None


def _is_operators(low: str) -> bool:
    if _OPERATOR.said(low) or _OPERATOR_NUMBER.search(low):
        return True
    goods = _OPERATOR_GOODS.said(low) or _VOLUME.search(low) is not None
    return goods and (_OPERATOR_TALK.said(low) or bool(_OPERATOR_CODE.search(low)))
