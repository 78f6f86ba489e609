"""Citizens who write confirmations: a payment, told in the documented order or in their own words, by seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
_MONTHS = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"]
_DAYS = ["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
_ONES = ["", *["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]]
_KINDS = ["SKRD", "SKPD", "PKB", "BBNKB", "RTU", "STRD"]
#: The medium as it is named, with the payer's bank and the channel that it stands for.
_MEDIA = [
    ("atm bjb", "BJB", "atm"), ("brimo", "BRI", "mobile"), ("m-banking bca", "BCA", "mobile"), ("livin", "MANDIRI", "mobile"),
    ("internet banking bni", "BNI", "internet"), ("teller btn", "BTN", "teller"), ("va bri", "BRI", "va"), ("qris", None, "qris"),
    ("mobile banking bjb", "BJB", "mobile"), ("atm bank mega", "MEGA", "atm"), ("klikbca", "BCA", "internet"), ("wondr", "BNI", "mobile"),
]  # fmt: skip
_TRAPS = [
    "biaya admin 2.500", "hp saya 081234567890", "saldo 3.250.000", "jatuh tempo 30/11/2026", "plat A 1234 BC", "NIK 3604112009880003",
    "admin 6.500", "rek tujuan 0061002003004", "a.n Budi Santoso",
]  # fmt: skip
_VERBS = [
    "sdh bayar", "sudah saya bayar", "udah dibayar", "telah kami lunasi", "sudah dibayarkan", "sdh lunas", "dah byr", "saya sudah bayar", "tos dibayar",
    "wis dibayar", "sudah saya setor", "lunas",
]  # fmt: skip
_PROOF_WORDS = [
    "no bukti",
    "bukti",
    "no ref",
    "ref",
    "noreff",
    "no. referensi",
    "kode transaksi",
    "no resi",
    "struk no",
    "nomor slip",
    "reff:",
    "no jurnal",
    "buktinya",
]
_GREETINGS = [
    "",
    "min ",
    "pak, ",
    "Assalamualaikum pak, ",
    "Yth Bapenda, ",
    "lapor ",
    "kak ",
    "Selamat siang, ",
    "mohon dicek: ",
]
_PARTINGS = ["", "", " tks", " terima kasih", ".", "\nSalam, Budi", " mohon dikonfirmasi"]
_KEYWORDS = [
    "BAYAR",
    "bayar",
    "Bayar",
    "BYR",
    "PAY",
    "PAYMENT",
    "BAYRA",
    "BYAAR",
    "BAAYR",
    "BAYARR",
    "BAYR",
    "Pembayaran",
]


@dataclass(frozen=True)
class Told:
    """A text, and what it says."""

    text: str
    fields: dict[str, object]


class Citizen:
    """One who writes; the seed decides how."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def _one(self, *choices: str) -> str:
        return self._chance.choice(choices)

    def freely(self) -> Told:
        """A confirmation in the citizen's own words and order, often with something beside it."""
        bill, proof, amount = self._bill(), self._proof(), self._amount()
        paid, moment = self._moment()
        medium, bank, channel = self._chance.choice(_MEDIA)
        parts = [
            self._one("tagihan ", "utk ", "untuk ", "", "no tagihan ", "buat ") + self._spelt(bill),
            self._sum(amount),
            moment,
            self._one("lewat ", "via ", "pake ", "melalui ", "lwt ", "di ") + medium,
            f"{self._chance.choice(_PROOF_WORDS)} {proof}",
        ]
        if self._chance.random() < 0.6:
            self._chance.shuffle(parts)
        if self._chance.random() < 0.5:
            parts.insert(self._chance.randint(0, 5), self._chance.choice(_TRAPS))
        body = self._one(", ", ". ", "; ", "\n").join(parts)
        text = f"{self._chance.choice(_GREETINGS)}{self._chance.choice(_VERBS)} {body}{self._chance.choice(_PARTINGS)}"
        fields: dict[str, object] = {
            "bill": bill,
            "proof": proof,
            "paid_at": paid,
            "amount": amount,
            "channel": channel,
        }
        return Told(text, fields | ({"bank": bank} if bank else {}))

    def as_documented(self) -> Told:
        """`BAYAR no#bukti#tgl#jam#jumlah#bank`, with any separator, spelling and typing error of the keyword."""
        bill = self._bill() if self._chance.random() > 0.15 else str(self._chance.randint(10**15, 10**16 - 1))
        proof, amount, bank = self._proof(), self._amount(), self._one("BJB", "BRI", "BNI", "BCA", "BTN", "BANTEN")
        paid = NOW - timedelta(minutes=self._chance.randint(20, 60 * 24 * 50))
        count, separator = (
            self._chance.choice([4, 4, 5, 6]),
            self._one("#", "#", " # ", "*", "|", "; ", " / ", ", ", ",", "\n"),
        )
        values = [
            self._spelt(bill),
            proof,
            self._day(paid),
            f"{paid:%H:%M}",
            self._one(str(amount), _dots(amount), f"Rp {_dots(amount)}"),
            bank,
        ]
        behind = separator if separator in "*\n" else " "
        text = (
            self._one("", "", "Yth. ", "pak ")
            + self._chance.choice(_KEYWORDS)
            + behind
            + separator.join(values[:count])
        )
        fields: dict[str, object] = {
            "bill": bill,
            "proof": proof,
            "paid_at": paid.replace(second=0).isoformat(),
            "amount": amount,
            "bank": bank,
        }
        return Told(text + self._one("", "", " tks", " 🙏"), dict(list(fields.items())[: max(3, count - 1)]))

    def _bill(self) -> str:
        return f"{self._chance.choice(_KINDS)}-2026-{self._chance.randint(1, 999_999):06d}"

    def _spelt(self, bill: str) -> str:
        if bill.isdigit():
            return bill
        return self._one(
            bill, bill.lower(), bill.replace("-", " "), bill.replace("-", "/"), bill.replace("-", "").lower()
        )

    def _proof(self) -> str:
        long, letters = (
            self._chance.randint(10**7, 10**12),
            self._one("MU", "MG", "TRX") + str(self._chance.randint(10**6, 10**9)),
        )
        return self._one(
            f"{long}7",
            f"00{long}3",
            f"FT26{self._chance.randint(100, 365)}AC{self._chance.randint(100, 999)}",
            f"{letters}1",
        )

    def _amount(self) -> int:
        return self._chance.randint(40, 8000) * 500

    def _sum(self, amount: int) -> str:
        styles = [
            f"Rp {_dots(amount)}",
            f"Rp{_dots(amount)},-",
            f"sebesar Rp {_dots(amount)}",
            f"sejumlah {_dots(amount)}",
            _dots(amount),
        ]
        if amount % 1000 == 0:
            millions, thousands = divmod(amount // 1000, 1000)
            styles.append(f"{millions}jt {thousands}rb" if millions and thousands else f"{_dots(amount // 1000)}rb")
            styles.append(
                " ".join(
                    filter(
                        None,
                        (
                            _below(millions) + " juta" if millions else "",
                            _below(thousands) + " ribu" if thousands else "",
                        ),
                    )
                )
            )
        return self._chance.choice(styles)

    def _day(self, moment: datetime) -> str:
        named = f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%Y}"
        return self._one(
            f"{moment:%d/%m/%Y}",
            f"{moment:%d-%m-%Y}",
            f"{moment:%d/%m/%y}",
            f"{moment:%d.%m.%Y}",
            f"{moment:%Y-%m-%d}",
            f"{moment:%d/%m}",
            named,
        )

    def _moment(self) -> tuple[str, str]:
        """When it was paid (ISO), and how that is said."""
        at = NOW.replace(hour=self._chance.randint(6, 19), minute=self._chance.choice([0, 5, 15, 30, 45]))
        clock, ago = self._clock(at), self._chance.randint(2, 6)
        past = at - timedelta(days=self._chance.randint(1, 40))
        said = {
            at: self._one(f"tadi {clock}", f"td {clock}", f"hari ini {clock}"),
            at - timedelta(days=1): self._one(f"kemarin {clock}", f"kmrn {clock}", f"{clock} kemarin"),
            at - timedelta(days=ago): self._one(f"{ago} hari lalu {clock}", f"{_ONES[ago]} hari yg lalu {clock}"),
            past: self._one(
                f"tgl {self._day(past)} {clock}", f"{self._day(past)} {clock}", f"pada tanggal {past:%d-%m-%Y} {clock}"
            ),
        }
        last = at - timedelta(days=self._chance.randint(1, 6))
        if _DAYS[last.weekday()] != "minggu":  # `minggu lalu` is the week, which is asked about
            said[last] = self._one(
                f"hari {_DAYS[last.weekday()]} kemarin {clock}", f"{_DAYS[last.weekday()]} lalu {clock}"
            )
        moment = self._chance.choice(list(said))
        return moment.isoformat(), said[moment]

    def _clock(self, at: datetime) -> str:
        part, twelve = _part(at.hour), (at.hour - 1) % 12 + 1
        ways = [f"jam {at:%H.%M}", f"pkl {at:%H.%M}", f"pukul {at:%H:%M} wib", f"jam {twelve}.{at:%M} {part}"]
        if at.minute == 0:
            ways.append(f"jam {twelve} {part}")
        if at.minute == 30 and _part(at.hour + 1) == part:
            ways.append(f"jam setengah {at.hour % 12 + 1} {part}")
        return self._chance.choice(ways)


def _dots(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _part(hour: int) -> str:
    return "pagi" if hour < 11 else "siang" if hour < 15 else "sore" if hour < 18 else "malam"


def _below(number: int) -> str:
    """A number below a thousand in words."""
    words = []
    if number >= 100:
        words.append("seratus" if number // 100 == 1 else f"{_ONES[number // 100]} ratus")
        number %= 100
    if number >= 20:
        words.append(f"{_ONES[number // 10]} puluh")
        number %= 10
    if number >= 10:
        words.append({10: "sepuluh", 11: "sebelas"}.get(number) or f"{_ONES[number - 10]} belas")
    elif number:
        words.append(_ONES[number])
    return " ".join(words)
