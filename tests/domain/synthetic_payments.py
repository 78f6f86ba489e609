"""Synthetic bills, claims and credits of everyday, messy and fraudulent kinds, with the truth about each claim.

Seeded; the same seed gives the same world. Names of relatives come from another pool than payers' names, as a relative
who has a bill too is somebody the machine must not decide about.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from mgov.domain.matching import Bill, Claim, Credit

WIB = timezone(timedelta(hours=7))
START = datetime(2026, 10, 12, 7, tzinfo=WIB)
_FIRST = [
    "ASEP",
    "BUDI",
    "CUCU",
    "DEDI",
    "EUIS",
    "FATIMAH",
    "HERU",
    "IIS",
    "JAJANG",
    "KOMARIAH",
    "LILIS",
    "MIMIN",
    "NANANG",
    "OMAN",
    "RATNA",
    "SITI",
    "TATI",
    "UJANG",
]
_MIDDLE = [
    "ANGGRAENI",
    "BASUKI",
    "FIRDAUS",
    "GUNAWAN",
    "HIDAYAT",
    "IRAWAN",
    "JUARIAH",
    "KARTIKA",
    "LESTARI",
    "MAULANA",
    "NUGRAHA",
    "PERMANA",
]
_LAST = [
    "ARIFIN",
    "BAIHAQI",
    "DJUANDA",
    "EFENDI",
    "FADILAH",
    "GOZALI",
    "HAMDANI",
    "ISKANDAR",
    "KOSASIH",
    "LESMANA",
    "MUHTADI",
    "NAWAWI",
]
_STRANGERS = ["SIMATUPANG", "PANGGABEAN", "KOESOEMO", "BRAMANTYO", "TANUWIJAYA"]
_BANKS = ["BRI", "BNI", "BCA", "MANDIRI", "BSI", "BTN"]
_PREFIXES = ["SKRD", "SKPD", "STRD", "PKB", "BBNKB", "RTR"]

EVERYDAY = ("exact", "exact", "exact", "exact", "exact", "exact", "embedded", "late", "relative", "no_words")
MESSY = ("typo", "last6", "o_zero", "fee", "no_amount", "wrong_year", "skew", "over", "partial", "name_order", "unique")
HOSTILE = ("stolen_first", "stolen_used", "invented", "one_digit", "wrong_bill", "surplus", "cancelled", "no_funds")


@dataclass
class World:
    """Everything, and which credit pays which bill."""

    bills: list[Bill] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    honest: set[int] = field(default_factory=set)
    kind_of: dict[int, str] = field(default_factory=dict)
    pays: dict[int, set[str]] = field(default_factory=dict)


@dataclass
class _Story:
    """What came, what was said of it, and how the bank booked it."""

    came: int
    said: int | None
    told_at: datetime
    booked: datetime
    told: str
    reference: str
    words: str


class Maker:
    """Makes one world."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = World()

    def case(self, kind: str, serial: int) -> None:
        """Add one case of `kind`."""
        maker: Callable[[str, Bill, Bill], None] = self._hostile if kind in HOSTILE else self._honest
        bill = self._bill(2 * serial)
        other = self._bill(2 * serial + 1, like=bill if kind in HOSTILE else None)
        self.world.bills.append(bill if kind != "cancelled" else replace(bill, state="cancelled"))
        if kind in HOSTILE:
            self.world.bills.append(other)
        maker(kind, bill, other)

    def _bill(self, serial: int, like: Bill | None = None) -> Bill:
        amount = self.random.choice([self.random.randrange(100, 8000) * 500, 150_000, 250_000, 500_000, 1_000_000])
        if like is not None:
            amount = like.amounts[0][0]
        name = f"{self._pick(_FIRST)} {_letters(serial)} {self._pick(_MIDDLE)} {self._pick(_LAST)}"
        number = f"{self._pick(_PREFIXES)}-2026-{serial:06d}"
        return Bill(number, ((amount, None),), "BAPENDA", 0, "open", name, f"+62812{serial:07d}")

    def _pick(self, words: list[str]) -> str:
        return self.random.choice(words)

    def _proof(self) -> str:
        if self.random.random() < 0.3:
            return "FT26" + "".join(self.random.choice(string.ascii_uppercase + string.digits) for _ in range(8))
        return "".join(self.random.choice(string.digits) for _ in range(self.random.choice([10, 12, 13])))

    def _words(self, bill: Bill) -> str:
        bank = self._pick(_BANKS)
        plain = [
            f"BI-FAST CR {bank}",
            f"TRF ONLINE {bank} ATM S1C{self.random.randrange(100, 999)}",
            f"INTERNET BANKING {bank}",
        ]
        said = ["", "PAJAK DAERAH", bill.payer_name, bill.payer_name[:18], bill.number, bill.number.replace("-", "")]
        said.append(f"{self._pick(_FIRST)} {self._pick(_STRANGERS)}")
        return f"{self._pick(plain)} {self._pick(said)}".strip()

    def _credit(self, bill: Bill, amount: int, words: str, at: datetime, proof: str) -> Credit:
        number = len(self.world.credits) + 1
        credit = Credit(number, proof, words, amount, at.date(), at.date(), amount, at)
        self.world.credits.append(credit)
        self.world.pays[number] = {bill.number}
        return credit

    def _claim(
        self, kind: str, bill: Bill, proof: str, amount: int | None, at: datetime, sender: str, *, honest: bool
    ) -> None:
        number = len(self.world.claims) + 1
        received = START + timedelta(days=20, minutes=number)
        self.world.claims.append(Claim(number, sender, (bill.number,), proof, received, amount, at, at.date()))
        self.world.kind_of[number] = kind
        if honest:
            self.world.honest.add(number)

    def _moment(self) -> datetime:
        return START + timedelta(minutes=self.random.randrange(0, 18 * 24 * 60))

    def _honest(self, kind: str, bill: Bill, _other: Bill) -> None:
        at, proof, due = self._moment(), self._proof(), bill.amounts[0][0]
        story = _Story(due, due, at, at + timedelta(seconds=20), proof, proof, self._words(bill))
        change = getattr(self, f"_{kind}", None)
        if change is not None:
            change(story, bill)
        sender = bill.payer_phone if self.random.random() < 0.8 else f"+62899{self.random.randrange(10**7):07d}"
        self._credit(bill, story.came, story.words, story.booked, story.reference)
        self._claim(kind, bill, story.told, story.said, story.told_at, sender, honest=True)

    def _embedded(self, story: _Story, _bill: Bill) -> None:
        story.reference, story.words = f"BB26{self.random.randrange(10**9):010d}", f"TRF/BRI/{story.told}/PEMPROV"

    def _late(self, story: _Story, _bill: Bill) -> None:
        story.booked += timedelta(days=self.random.randrange(1, 5))

    def _relative(self, story: _Story, _bill: Bill) -> None:
        story.words = f"BI-FAST CR BRI {self._pick(_FIRST)} {self._pick(_STRANGERS)}"

    def _no_words(self, story: _Story, _bill: Bill) -> None:
        story.words = "BI-FAST CR BRI"

    def _typo(self, story: _Story, _bill: Bill) -> None:
        story.told = self._slip(story.reference)

    def _last6(self, story: _Story, _bill: Bill) -> None:
        story.told = story.reference[-6:]

    def _o_zero(self, story: _Story, _bill: Bill) -> None:
        story.told, story.reference = f"FT26O{story.told[-7:]}", f"FT260{story.told[-7:]}"

    def _fee(self, story: _Story, _bill: Bill) -> None:
        story.came -= self.random.choice([2_500, 6_500])

    def _no_amount(self, story: _Story, _bill: Bill) -> None:
        story.said = None

    def _wrong_year(self, story: _Story, _bill: Bill) -> None:
        story.told_at = story.told_at.replace(year=2025)

    def _skew(self, story: _Story, _bill: Bill) -> None:
        story.told_at -= timedelta(hours=self.random.randrange(2, 8))

    def _over(self, story: _Story, _bill: Bill) -> None:
        story.came += 25_000
        story.said = story.came

    def _partial(self, story: _Story, _bill: Bill) -> None:
        story.came = story.said = story.came // 2 + 7

    def _name_order(self, story: _Story, bill: Bill) -> None:
        story.words = "KLIRING SKN BRI " + " ".join(reversed(bill.payer_name.split()))

    def _unique(self, story: _Story, _bill: Bill) -> None:
        story.came += self.random.randrange(1, 999)
        story.said = story.came

    def _hostile(self, kind: str, bill: Bill, other: Bill) -> None:
        """`bill` is the true payer's, `other` the claimant's, of the same amount."""
        at, proof, due = self._moment(), self._proof(), bill.amounts[0][0]
        thief = other.payer_phone
        if kind == "cancelled":
            self._credit(other, due, "BI-FAST CR BNI", at, proof)
            self.world.pays[len(self.world.credits)] = set()
            self._claim(kind, bill, proof, due, at, bill.payer_phone, honest=False)
            return
        if kind == "no_funds":
            self._claim(kind, other, proof, due, at, thief, honest=False)
            return
        if kind == "wrong_bill":
            self._credit(bill, due, self._pick(["BI-FAST CR BCA", f"BI-FAST CR BCA {bill.number}"]), at, proof)
            self._claim(kind, other, proof, due, at, bill.payer_phone, honest=False)
            return
        names = self._pick([bill.payer_name, bill.payer_name[:20], bill.number, bill.number.replace("-", " ")])
        came = due + 20_000 if kind == "surplus" else due
        self._credit(bill, came, f"BI-FAST CR BRI {names}", at, proof)
        told = {"invented": self._proof(), "one_digit": self._slip(proof)}.get(kind, proof)
        first = kind in ("stolen_first", "one_digit") or self.random.random() < 0.3
        wanted = 20_000 if kind == "surplus" else due
        if first:
            self._claim(kind, other, told, wanted, at, thief, honest=False)
        if self.random.random() < 0.7:
            self._claim(f"{kind}: the payer", bill, proof, came, at, bill.payer_phone, honest=False)
        if not first:
            self._claim(kind, other, told, wanted, at, thief, honest=False)

    def _slip(self, proof: str) -> str:
        place = self.random.randrange(2, len(proof) - 1)
        return proof[:place] + ("7" if proof[place] != "7" else "3") + proof[place + 1 :]


def _letters(serial: int) -> str:
    """A name of letters that nobody else has."""
    word = ""
    serial += 17576
    while serial:
        serial, digit = divmod(serial, 26)
        word += string.ascii_uppercase[digit]
    return f"X{word}"


def world(seed: int, cases: int, kinds: tuple[tuple[float, tuple[str, ...]], ...]) -> World:
    """A world of `cases` cases; `kinds` gives each family's share."""
    maker = Maker(seed)
    for serial in range(cases):
        family = maker.random.choices([f for _, f in kinds], [share for share, _ in kinds])[0]
        maker.case(maker.random.choice(family), serial)
    return maker.world
