"""What a citizen is told of a payment. No answer tells whether somebody else's proof exists."""

from __future__ import annotations

from datetime import date

#: One text a fact; Indonesian, GSM-7, mostly one SMS.
_TEXTS = {
    "received": "Konfirmasi bayar {bill} diterima, sedang dicocokkan dengan dana di bank. Kami kabari bila cocok.",
    "repeated": "Konfirmasi bayar {bill} sudah kami terima sebelumnya dan sedang dicocokkan. Tidak perlu kirim ulang.",
    "unknown": "Konfirmasi diterima. Tagihan {bill} belum ada di data kami; mohon periksa nomornya. Kami cek lagi.",
    "settled": "LUNAS: tagihan {bill} {amount} lunas dengan dana di bank tgl {day} ref {reference}. Terima kasih.",
    "partly": "Dana {amount} untuk tagihan {bill} diterima tgl {day}. Belum lunas, sisa {left}.",
    "review": "Konfirmasi bayar {bill} sedang diperiksa petugas, paling lambat {until}. Kami kabari hasilnya.",
    "rejected": "Konfirmasi bayar {bill} tidak dapat diterima: {why}. Hubungi dinas terkait bila keliru.",
    "expired": "Dana untuk {bill} belum ditemukan di rekening. Mohon periksa nomor bukti, lalu kirim BAYAR lagi.",
    "reopened": "Pembayaran tagihan {bill} dibatalkan oleh bank; tagihan terbuka lagi. Hubungi bank Anda.",
    "payer_told": "Tagihan {bill} telah dibayar {amount} tgl {day}. Info bagi Anda sebagai wajib bayar.",
}


def text_of(kind: str, **values: str) -> str:
    """The text of one fact."""
    return _TEXTS[kind].format(**values)


def rupiah(amount: int) -> str:
    """Rp1.250.000."""
    return "Rp" + f"{amount:,}".replace(",", ".")


def day_of(day: date) -> str:
    """31/12/2026."""
    return day.strftime("%d/%m/%Y")


def may_answer(channel: str, sender: str) -> bool:
    """Short codes and alphanumeric senders are never answered."""
    return channel != "sms" or (sender.startswith("+") and sender[1:].isdigit() and len(sender) >= 8)
