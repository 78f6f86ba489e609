"""How people confirm: the keyword's syntax and plain Indonesian."""

from __future__ import annotations

import random
from datetime import datetime

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober"),
    *("November", "Desember"),
)
_FREE = (
    "Sudah bayar tagihan {bill} sebesar {amount} lewat bank {bank} tgl {day} jam {clock}. No bukti {proof}",
    "Konfirmasi pembayaran tagihan {bill}: no bukti {proof}, tanggal {day}, pukul {clock}, jumlah {amount}, {bank}",
    "Saya sudah transfer {amount} untuk tagihan {bill} tanggal {day} jam {clock} dari bank {bank}, nomor bukti {proof}",
    "Pak, tagihan {bill} sudah saya bayar tgl {day} jam {clock} lewat ATM {bank}, {amount}, no bukti {proof}. Trims",
    "Tagihan {bill} sudah dibayar lewat mobile banking {bank} {amount}, tgl {day} jam {clock}, no bukti {proof}",
    "Mohon catat, tagihan {bill} dibayar {amount} melalui ibanking {bank} tgl {day} jam {clock}, no bukti {proof}",
    "Lapor bayar: no tagihan {bill}, no bukti {proof}, tgl {day}, jam {clock}, jumlah {amount}, bank {bank}",
    "Bukti transfer {proof} tgl {day} jam {clock} untuk tagihan {bill}, nominal {amount}, bank {bank}",
    "Ass. bu, sy udh trf {amount} utk {bill} via mbanking {bank} tgl {day} pkl {clock}, no ref {proof}. mksh",
    "Yth. Bapenda, {bill} telah lunas kami bayar tgl {day} pukul {clock} WIB, {amount}, {bank}, no referensi {proof}",
)


def said(
    chance: random.Random, bills: list[str], proof: str, amount: int | None, at: datetime, bank: str, *, plain: bool
) -> str:
    """A confirmation; `plain`: the keyword's syntax. Several bills and no amount are only said by syntax."""
    day = f"{at:%d/%m/%Y}" if chance.random() < 0.7 else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    clock = f"{at:%H:%M}" if chance.random() < 0.6 else f"{at:%H.%M}"
    if plain or len(bills) > 1 or amount is None or chance.random() < 0.7:
        return _by_syntax(chance, bills, proof, amount, at, bank)
    money = f"Rp {amount:,}".replace(",", ".")
    form = chance.choice(_FREE)
    return form.format(bill=bills[0], amount=money, bank=bank, day=day, clock=clock, proof=proof)


def _by_syntax(chance: random.Random, bills: list[str], proof: str, amount: int | None, at: datetime, bank: str) -> str:
    fields = [" dan ".join(bills), proof, f"{at:%d/%m/%Y}", f"{at:%H:%M}"]
    if amount is not None:
        fields += [str(amount), bank]
    word = chance.choice(["BAYAR", "BAYAR", "BAYAR", "Bayar", "bayar"])
    return f"{word} " + "#".join(fields)
