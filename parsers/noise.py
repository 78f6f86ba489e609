"""Texts that must never be taken for a citizen's request: spam, codes, operators' and incoming notices."""

from __future__ import annotations

import re

_CODES = re.compile(
    r"\b(?:otp|kode verifikasi|verification code|kode rahasia|one time password|password anda|kode akses|kode keamanan)\b|\brahasiakan\b|jangan (?:berikan|beritahu\w*|sebarkan|bagikan) (?:kode|kpd|ke(?:pada)?)"
)
_INCOMING = re.compile(
    r"\b(?:transfer|dana|uang|kredit|tf|trf) masuk\b|\b(?:anda|kamu|kami|rekening anda|rek anda)(?: telah| sudah| tlh)? (?:menerima|terima|mendapat|dapat)\b|\bincoming transfer\b|\byou(?: have|'ve)? received\b|"
    r"\btelah (?:masuk|diterima|dikreditkan) (?:ke|di|dari)\b|\bdana (?:telah )?diterima\b|\bmenerima (?:transfer|dana|uang|kiriman)\b|\bdikredit\w*\b|\b(?:has been|was|been) credited\b|\bkredit (?:ke )?rek\w*|\bterima transfer\b"
)
_OPERATOR = re.compile(
    r"\b(?:kuota|pulsa|paket data|bonus|masa aktif|poin)\b.{0,80}(?:\*\d{2,3}|tersisa|gb|mb|hubungi|hub|isi ulang|berlaku|aktif|telkomsel|indosat|smartfren|im3|xl|tri\b|habis|internet|kirim|100rb)|\bisikan pulsa\b|\b(?:kirim|isi|beliin|belikan|transfer) pulsa\b|"
    r"\bpulsa\b.{0,80}\b(?:mama|papa|kantor polisi|dulu|rb)\b|\btidak terdaftar\b|\bketik menu\b|\bkartu (?:prabayar|sim)\b|\bregistrasi ulang\b|\b4444\b|\bnomor yang anda tuju\b"
)
_SPAM = re.compile(
    r"\b(?:pemenang|menang(?:kan)?|undian|hadiah|selamat anda|diskon|promo|pinjaman|pinjol|kta|slot|gacor|judi|togel|cair|bunga ringan|dana tunai|dana cepat|tanpa jaminan|jual|dijual|obral|investasi bodong|"
    r"maxwin|deposit|cashback|klik|http\w*|www|bit\.ly|wa\.me|bank transfer ke rekening|kredit tanpa|modal usaha)\b"
)
_MISDIRECTED = re.compile(
    r"\b(?:trx|transaksi|kartu|token) ?(?:anda|listrik|pln)\b.{0,80}\b(?:token|kwh)\b|\btolong (?:transfer|kirim|trf|tf)\w*.{0,80}\b(?:ke rek|rek(?:ening)?|mama|dulu)\b|\b(?:transfer|kirim|trf|tf)(?: aja| saja| dulu)? (?:uangnya|uang|duit|dananya).{0,80}\b(?:ke rek\w*|ke nomor) (?:ini|baru)\b"
)
_OUT_OF_OFFICE = re.compile(
    r"\b(?:out of office|automatic reply|balasan otomatis|jawaban otomatis|auto[- ]?reply|undeliverable|delivery (?:status|failure|has failed)|mailer-daemon|tidak (?:berada )?di kantor|sedang cuti|could not be delivered|mail delivery)\b"
)
_REPORTED_OURS = re.compile(r"\bketik (?:bayar|status|tagihan|daftar|batal)\b|\bbalas:? (?:bayar|ya\b|berhenti)")


def of(low: str, names_bill: bool) -> str | None:
    """Say what kind of noise a lower-case text is, None when it may be a request. ``names_bill``: it has a reference."""
    if _CODES.search(low):
        return "one-time code"
    if _INCOMING.search(low):
        return "notice of incoming money"
    if _OUT_OF_OFFICE.search(low):
        return "automatic reply"
    if names_bill:
        return "our own text come back" if _REPORTED_OURS.search(low) and len(low) > 60 else None
    if _OPERATOR.search(low):
        return "operator's notice"
    if _MISDIRECTED.search(low):
        return "asks for money"
    return "advertisement or fraud" if _SPAM.search(low) else None
