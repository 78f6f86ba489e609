"""Who pays, from which bank, and what the bank prints: names, proof numbers, descriptions."""

from __future__ import annotations

import json
import random
import string
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_NAMES = {kind: words.split() for kind, words in json.loads(Path(__file__).with_name("names.json").read_text()).items()}
_COMPANY = ("CV", "PT", "UD", "KOPERASI")
_BANKS = ("BRI",) * 3 + ("BNI", "BCA", "BCA", "MANDIRI", "MANDIRI", "BJB", "BANTEN", "BSI", "BTN", "CIMB", "PERMATA")
_REMARKS = ("", "", "PAJAK DAERAH", "PEMBAYARAN", "TAGIHAN", "SETORAN", "RETRIBUSI", "BAYAR PAJAK 2026")
_PREFIXES = {
    "SKRD": "DISPERINDAG",
    "SKPD": "BAPENDA",
    "STRD": "DPMPTSP",
    "PKB": "BAPENDA",
    "BBNKB": "BAPENDA",
    "RTR": "DISHUB",
}
_CUT_AT = 18  #: letters of a name that many banks keep
_ROUND = (50_000, 75_000, 100_000, 125_000, 150_000, 175_000, 200_000, 250_000, 300_000, 400_000, 500_000, 600_000)
_ALNUM = string.ascii_uppercase + string.digits


@dataclass(frozen=True, slots=True)
class Person:
    """A payer: name in capitals, E.164 phone, 16-digit number."""

    name: str
    phone: str
    identity: str


class People:
    """Draws people, banks and numbers; the same random numbers draw the same."""

    def __init__(self, chance: random.Random, *, crowded: bool = False) -> None:
        self.chance = chance
        self._names = {kind: words[:6] if crowded else words for kind, words in _NAMES.items()}
        self._round = 1.0 if crowded else 0.35
        self._phones: set[str] = set()
        self._proofs: set[str] = set()

    def pick(self, words: tuple[str, ...] | list[str]) -> str:
        """One of some words."""
        return self.chance.choice(words)

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self.chance.choices(string.digits, k=count))

    def phone(self) -> str:
        """A number that nobody had yet."""
        while (found := f"+628{self.pick(['12', '13', '57', '77', '19', '95'])}{self.digits(8)}") in self._phones:
            pass
        self._phones.add(found)
        return found

    def person(self) -> Person:
        """Somebody, in one of thirty a company."""
        name = f"{self.pick(self._names['first'])} {self.pick(self._names['middle'])} {self.pick(self._names['last'])}"
        if self.chance.random() < 0.03:
            name = f"{self.pick(_COMPANY)} {self.pick(self._names['places'])} {self.pick(self._names['last'])} JAYA"
        return Person(name, self.phone(), "36" + self.digits(14))

    def stranger(self) -> str:
        """The name of a relative or neighbour who has no bill."""
        return f"{self.pick(self._names['first'])} {self.pick(self._names['strangers'])}"

    def bank(self) -> str:
        """A bank's code."""
        return self.pick(_BANKS)

    def place(self) -> str:
        """A town."""
        return self.pick(self._names["places"])

    def prefix(self) -> tuple[str, str]:
        """The letters of a bill's number, and the agency whose bills have them."""
        return self.chance.choice(list(_PREFIXES.items()))

    def amount(self) -> int:
        """What a bill is for; a third are round sums that many owe."""
        return (
            self.chance.choice(_ROUND) if self.chance.random() < self._round else self.chance.randrange(200, 8000) * 500
        )

    def proof(self, bank: str, at: datetime) -> str:
        """A number as this bank gives them, that no payment had yet."""
        while (found := self._proof(bank, at)) in self._proofs:
            pass
        self._proofs.add(found)
        return found

    def next_proof(self, proof: str) -> str:
        """The number of the next customer."""
        head, tail = proof[:-3], proof[-3:]
        found = f"{head}{(int(tail) + 1) % 1000:03d}" if tail.isdigit() else head + self.digits(3)
        self._proofs.add(found)
        return found

    def _proof(self, bank: str, at: datetime) -> str:
        forms = {
            "BRI": lambda: self.digits(12),
            "BNI": lambda: self.digits(10),
            "BCA": lambda: f"{at:%m%d%H%M}{self.digits(5)}",
            "MANDIRI": lambda: f"{at:%y%m%d}{self.digits(7)}",
            "BJB": lambda: f"00{self.digits(8)}",
            "BANTEN": lambda: f"00{self.digits(7)}",
            "BSI": lambda: f"FT{at:%y%j}" + "".join(self.chance.choices(_ALNUM, k=5)),
            "BTN": lambda: self.digits(9),
            "CIMB": lambda: "CN" + self.digits(9),
            "PERMATA": lambda: "P0" + self.digits(9),
        }
        return forms[bank]()

    def core_number(self, at: datetime) -> str:
        """A number of our own bank, which no payer knows."""
        return f"BB{at:%y%m%d}{self.digits(6)}"

    def describe(self, bank: str, said: str, at: datetime) -> str:
        """A line of a statement."""
        forms = [f"BI-FAST CR {bank}", f"TRF ONLINE {bank} ATM S1{self.pick(['A', 'B', 'C'])}{self.digits(3)}"]
        forms += [f"INTERNET BANKING {bank}", f"KLIRING SKN {bank}", f"SETOR {bank} KC {self.place()}"]
        if bank == "BCA":
            forms.append(f"TRSF E-BANKING CR {at:%d%m}/FTSCY/WS9{self.digits(4)}")
        return f"{self.pick(forms)} {said}".strip()

    def said_of(self, number: str, name: str) -> str:
        """What an honest payer's bank says of it: nothing, a remark, the bill, the payer, a relative."""
        roll = self.chance.random()
        if roll < 0.3:
            return self.pick(list(_REMARKS))
        if roll < 0.55:
            return self.named(number, name)
        return self.stranger() if roll < 0.65 else self.cut(name)

    def named(self, number: str, name: str) -> str:
        """The bill, the payer, or both, in one of the ways of banks."""
        return self.pick([self.spelt(number), name, f"{self.spelt(number)} {name}", f"{name} {self.spelt(number)}"])

    def cut(self, name: str) -> str:
        """A name, often cut off."""
        return name[:_CUT_AT].strip() if self.chance.random() < 0.5 else name

    def spelt(self, number: str) -> str:
        """A bill's number as banks spell it."""
        return number.replace("-", self.pick(["-", "", " ", "/"]))
