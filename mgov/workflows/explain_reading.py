"""How a text was read, in Indonesian: the readers name their rules in English."""

from __future__ import annotations

import re

#: What the name of a rule begins with → its words.
_RULES = {
    "reference": "nomor acuan",
    "keyword": "kata kunci",
    "mistyped keyword": "kata kunci salah ketik",
    "guess": "dugaan",
    "proof": "nomor bukti",
    "payment code": "kode bayar",
    "plate": "nomor polisi",
    "time": "jam",
    "date": "tanggal",
    "day of the receipt": "hari terima",
    "day before the receipt": "sehari sebelum diterima",
    "days ago": "beberapa hari lalu",
    "weekday": "nama hari",
    "amount (plain)": "jumlah",
    "amount (named)": "jumlah yang disebut",
    "amount (total)": "jumlah seluruhnya",
    "amount (due)": "jumlah tagihan",
    "amount (other)": "jumlah lain",
    "amount (by elimination)": "jumlah, karena angka lain sudah terpakai",
    "greeting": "salam",
    "left alone": "tidak diolah",
    "no request recognised": "tidak ada permintaan yang dikenali",
    "telephone, not a field": "nomor telepon, bukan isian",
    "mobile number, not a field": "nomor ponsel, bukan isian",
    "account or other number, not the proof": "nomor rekening atau lain, bukan bukti",
    "identity number, not the proof": "nomor identitas, bukan bukti",
    "due date or period, not the payment date": "jatuh tempo atau masa, bukan tanggal bayar",
    "read": "terbaca",
}
_SENTENCES = (
    (re.compile(r"no keyword, the words ask for (\w+)"), r"tanpa kata kunci, kalimatnya meminta \1"),
    (re.compile(r"the word (\w+) is no keyword here"), r"kata \1 di sini bukan kata kunci"),
    (re.compile(r"(\w+) is ([A-Z_]+)\b"), r"\1 berarti \2"),
)


def read_how(told: str, lang: str) -> str:
    """The rules that read a text (`keyword: BAYAR is PAY; proof: 123`); one without words of its own stays."""
    return told if lang == "en" else "; ".join(_in_indonesian(rule) for rule in told.split("; "))


def _in_indonesian(rule: str) -> str:
    name, colon, found = rule.partition(": ")
    rule = f"{_RULES.get(name, name)}{colon}{found}"
    for pattern, words in _SENTENCES:
        rule = pattern.sub(words, rule)
    return rule
