"""More stories of payments: those in which several people, bills, transfers or texts meet.

Each story adds to a `World` what came and what was said, and says which claims are honest and whose money it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from mgov.domain.matching import Bill, Claim, Credit
from tests.domain.synthetic_payments import START, Maker

HONEST = (
    *("same_minute", "consecutive", "two_bills", "two_transfers", "identical_rows", "fee_inside", "last6_twins"),
    *("cut_description", "lower_case", "qris", "confirmed_twice", "mail_and_sms", "swapped_digits", "pays_twice"),
)
CROOKED = (
    *("typo_hits_neighbour", "both_claim", "cut_name", "cut_bill", "reversed", "wrong_account", "lookalike_amount"),
    *("corrected", "proof_is_a_date", "own_bill_anothers_proof", "claims_part_of_it", "same_bill_another_proof"),
)


class Dramatist(Maker):
    """Makes worlds of these stories."""

    def story(self, kind: str, serial: int) -> None:
        """Add one story; its bills get numbers of their own."""
        self.serial = 10 * serial
        tell: Callable[[], None] = getattr(self, f"tell_{kind}")
        self.kind = kind
        tell()

    def new_bill(self, amount: int | None = None, **changes: object) -> Bill:
        """One more bill of this story, in the world."""
        bill = self._bill(self.serial)
        self.serial += 1
        if amount is not None:
            bill = replace(bill, amounts=((amount, None),))
        bill = replace(bill, **changes)  # type: ignore[arg-type]
        self.world.bills.append(bill)
        return bill

    def comes(self, bills: list[Bill], amount: int, words: str, at: datetime, proof: str, **changes: object) -> Credit:
        """Money that pays `bills`."""
        credit = replace(self._credit(bills[0], amount, words, at, proof), **changes)  # type: ignore[arg-type]
        self.world.credits[-1] = credit
        self.world.pays[credit.id] = {bill.number for bill in bills}
        return credit

    def says(
        self, sender: str, bills: list[Bill], proof: str, amount: int | None, at: datetime, *, honest: bool
    ) -> Claim:
        """A confirmation."""
        self._claim(self.kind, bills[0], proof, amount, at, sender, honest=honest)
        claim = replace(self.world.claims[-1], bills=tuple(bill.number for bill in bills))
        self.world.claims[-1] = claim
        return claim

    def plain(self) -> str:
        """What a bank writes that tells nothing."""
        return self._pick(["BI-FAST CR BRI", "TRF ONLINE BNI ATM S1A404", "INTERNET BANKING BCA", "KLIRING SKN BTN"])

    def tell_same_minute(self) -> None:
        at, amount = self._moment(), self._pick_amount()
        for _ in range(3):
            bill, proof = self.new_bill(amount), self._proof()
            self.comes([bill], amount, self.plain(), at, proof)
            self.says(bill.payer_phone, [bill], proof, amount, at, honest=True)

    def tell_consecutive(self) -> None:
        at, amount, first = self._moment(), self._pick_amount(), self.random.randrange(10**11, 9 * 10**11)
        for step in range(3):
            bill, proof = self.new_bill(amount), str(first + step)
            self.comes([bill], amount, self.plain(), at, proof)
            self.says(bill.payer_phone, [bill], proof, amount, at, honest=True)

    def tell_typo_hits_neighbour(self) -> None:
        """The first mistypes the last digit and hits the second's proof; the second confirms later or never."""
        at, amount, first = self._moment(), self._pick_amount(), self.random.randrange(10**11, 9 * 10**11) // 10 * 10
        mine, other = self.new_bill(amount), self.new_bill(amount)
        self.comes([mine], amount, self.plain(), at, str(first))
        self.comes([other], amount, f"{self.plain()} {other.payer_name[:20]}", at, str(first + 1))
        self.says(mine.payer_phone, [mine], str(first + 1), amount, at, honest=False)
        if self.random.random() < 0.5:
            self.says(other.payer_phone, [other], str(first + 1), amount, at, honest=False)

    def tell_two_bills(self) -> None:
        at, proof = self._moment(), self._proof()
        bills = [self.new_bill(), self.new_bill()]
        bills[1] = replace(bills[1], payer_name=bills[0].payer_name, payer_phone=bills[0].payer_phone)
        self.world.bills[-1] = bills[1]
        total = sum(bill.amounts[0][0] for bill in bills)
        self.comes(bills, total, self.plain(), at, proof)
        self.says(bills[0].payer_phone, bills, proof, total, at, honest=True)

    def tell_two_transfers(self) -> None:
        bill = self.new_bill(self._pick_amount() * 2)
        due, at = bill.amounts[0][0], self._moment()
        for part, later in ((due // 2, 0), (due - due // 2, 26)):
            proof, moment = self._proof(), at + timedelta(hours=later)
            self.comes([bill], part, self.plain(), moment, proof)
            self.says(bill.payer_phone, [bill], proof, part, moment, honest=True)

    def tell_identical_rows(self) -> None:
        at, amount, proof = self._moment(), self._pick_amount(), self._proof()
        first = self.new_bill(amount)
        second = self.new_bill(amount, payer_name=first.payer_name, payer_phone=first.payer_phone)
        for _ in range(2):
            self.comes([first, second], amount, f"TRF MASSAL BANTEN {first.payer_name}", at, proof)
        for bill in (first, second):
            self.says(bill.payer_phone, [bill], proof, amount, at, honest=True)

    def tell_fee_inside(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        due = bill.amounts[0][0]
        self.comes([bill], due, self.plain(), at, proof)
        self.says(bill.payer_phone, [bill], proof, due + self.random.choice([2_500, 6_500]), at, honest=True)

    def tell_last6_twins(self) -> None:
        bill, at, end = self.new_bill(), self._moment(), f"{self.random.randrange(10**6):06d}"
        other = self.new_bill()
        self.comes([bill], bill.amounts[0][0], f"{self.plain()} {bill.payer_name}", at, f"26101{end}")
        self.comes([other], other.amounts[0][0] + 500, self.plain(), at + timedelta(days=3), f"99887{end}")
        self.says(bill.payer_phone, [bill], end, bill.amounts[0][0], at, honest=True)

    def tell_cut_description(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        words = f"TRF ONLINE BRI ATM S1C404 {bill.number} {bill.payer_name}"[:35]
        self.comes([bill], bill.amounts[0][0], words, at, proof)
        self.says(bill.payer_phone, [bill], proof, bill.amounts[0][0], at, honest=True)

    def tell_lower_case(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], f"bi-fast cr bri {bill.payer_name.lower()}", at, proof)
        self.says(bill.payer_phone, [bill], proof.lower(), bill.amounts[0][0], at, honest=True)

    def tell_qris(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        gross = bill.amounts[0][0]
        self.comes([bill], gross - gross * 7 // 1000, "QRIS SETTLEMENT", at, proof, gross=gross)
        self.says(bill.payer_phone, [bill], proof, gross, at, honest=True)

    def tell_confirmed_twice(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof)
        self.says(bill.payer_phone, [bill], proof, bill.amounts[0][0], at, honest=True)
        self.says("+628777000111", [bill], proof, None, at, honest=True)

    def tell_mail_and_sms(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof)
        self.says("budi@example.com", [bill], f" {proof[:4]}-{proof[4:]} ", bill.amounts[0][0], at, honest=True)
        self.says(bill.payer_phone, [bill], proof, None, at, honest=True)

    def tell_swapped_digits(self) -> None:
        bill, at = self.new_bill(), self._moment()
        proof = "".join(self.random.sample("0123456789", 10))
        place = self.random.randrange(2, 8)
        told = proof[:place] + proof[place + 1] + proof[place] + proof[place + 2 :]
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof)
        self.says(bill.payer_phone, [bill], told, bill.amounts[0][0], at, honest=True)

    def tell_pays_twice(self) -> None:
        """By mistake: the first settles, the second transfer is for a person."""
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof)
        self.says(bill.payer_phone, [bill], proof, bill.amounts[0][0], at, honest=True)
        again = self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at + timedelta(days=1), again)
        self.world.pays[len(self.world.credits)] = set()
        self.says(bill.payer_phone, [bill], again, bill.amounts[0][0], at + timedelta(days=1), honest=False)

    def tell_both_claim(self) -> None:
        """A thief and the payer wait for one credit that says nothing of whose it is."""
        amount, at, proof = self._pick_amount(), self._moment(), self._proof()
        mine, other = self.new_bill(amount), self.new_bill(amount)
        self.comes([mine], amount, self.plain(), at, proof)
        senders = [(other.payer_phone, other), (mine.payer_phone, mine)]
        self.random.shuffle(senders)
        for sender, bill in senders:
            self.says(sender, [bill], proof, amount, at, honest=False)

    def tell_cut_name(self) -> None:
        """The payer never confirms; the bank cut his name where it always cuts."""
        amount, at, proof = self._pick_amount(), self._moment(), self._proof()
        mine, other = self.new_bill(amount), self.new_bill(amount)
        cut = self.random.choice([16, 18, 20, 24])
        self.comes([mine], amount, f"{self.plain()} {mine.payer_name[:cut]}".strip(), at, proof)
        self.says(other.payer_phone, [other], proof, amount, at, honest=False)

    def tell_cut_bill(self) -> None:
        """The bank cut the number of the bill that the money is for; somebody else claims it."""
        amount, at, proof = self._pick_amount(), self._moment(), self._proof()
        mine, other = self.new_bill(amount), self.new_bill(amount)
        keep = self.random.choice([5, 4, 3]) if self.random.random() < 0.7 else 6
        words = f"TRF ONLINE BRI ATM {mine.number[: len(mine.number) - 6 + keep]}"
        self.comes([mine], amount, words, at, proof)
        if not other.number.startswith(words.split()[-1]):
            self.says(other.payer_phone, [other], proof, amount, at, honest=False)

    def tell_reversed(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof, reversed=True)
        self.world.pays[len(self.world.credits)] = set()
        self.says(bill.payer_phone, [bill], proof, bill.amounts[0][0], at, honest=False)

    def tell_wrong_account(self) -> None:
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof, agencies=frozenset({"DISHUB"}))
        self.world.pays[len(self.world.credits)] = set()
        self.says(bill.payer_phone, [bill], proof, bill.amounts[0][0], at, honest=False)

    def tell_lookalike_amount(self) -> None:
        """One digit of the bill's number is wrong: the money is just what the bill that was meant owes."""
        at, proof = self._moment(), self._proof()
        meant = self.new_bill()
        digits = meant.number[:-1] + ("1" if meant.number[-1] != "1" else "2")
        hit = self.new_bill(meant.amounts[0][0] + 100_000, number=digits)
        if any(bill.number == digits for bill in self.world.bills[:-1]):
            self.world.bills.pop()
            return
        self.comes([meant], meant.amounts[0][0], self.plain(), at, proof)
        self.says("+628999000222", [hit], proof, meant.amounts[0][0], at, honest=False)

    def tell_corrected(self) -> None:
        """A wrong bill, then the right one by a second text; the bill that was hit is somebody else's."""
        amount, at, proof = self._pick_amount(), self._moment(), self._proof()
        meant, hit = self.new_bill(amount), self.new_bill(amount)
        self.comes([meant], amount, self.plain(), at, proof)
        self.says(meant.payer_phone, [hit], proof, amount, at, honest=False)
        self.says(meant.payer_phone, [meant], proof, amount, at, honest=False)

    def tell_proof_is_a_date(self) -> None:
        """A claimant who has no proof writes a date that stands in many descriptions."""
        amount, at = self._pick_amount(), self._moment()
        mine, other = self.new_bill(amount), self.new_bill(amount)
        self.comes([mine], amount, f"SETORAN TUNAI {at:%Y%m%d} {mine.payer_name}", at, self._proof())
        self.says(other.payer_phone, [other], f"{at:%Y%m%d}", amount, at, honest=False)

    def tell_own_bill_anothers_proof(self) -> None:
        """Another's proof with nearly the own amount: the bank names the other payer."""
        at, proof, mine = self._moment(), self._proof(), self.new_bill()
        due = mine.amounts[0][0]
        other = self.new_bill(due + self.random.choice([-2_500, 6_500, 250, -50_000, due]))
        self.comes([mine], due, f"{self.plain()} {mine.payer_name}", at, proof)
        self.says(other.payer_phone, [other], proof, self.random.choice([None, due]), at, honest=False)

    def tell_claims_part_of_it(self) -> None:
        """Another's transfer is larger than the own small bill; the bank names the other's bill."""
        at, proof, mine = self._moment(), self._proof(), self.new_bill(900_000)
        other = self.new_bill(self.random.choice([100_000, 500_000, 880_000]))
        self.comes([mine], 900_000, f"{self.plain()} {mine.number}", at, proof)
        self.says(other.payer_phone, [other], proof, other.amounts[0][0], at, honest=False)

    def tell_same_bill_another_proof(self) -> None:
        """A stranger names the right bill with an invented proof before its payer does: the payer's text settles."""
        bill, at, proof = self.new_bill(), self._moment(), self._proof()
        self.comes([bill], bill.amounts[0][0], self.plain(), at, proof)
        self.says("+628111222333", [bill], self._proof(), bill.amounts[0][0], at, honest=False)
        self.says(bill.payer_phone, [bill], proof, bill.amounts[0][0], at, honest=True)

    def _pick_amount(self) -> int:
        return self.random.choice([100_000, 150_000, 250_000, 500_000, self.random.randrange(100, 8000) * 500])

    def _moment(self) -> datetime:
        return START + timedelta(minutes=self.random.randrange(0, 18 * 24 * 60))


def dramas(seed: int, stories: int, kinds: tuple[str, ...]) -> Dramatist:
    """A world of `stories` stories of these kinds."""
    maker = Dramatist(seed)
    for serial in range(stories):
        maker.story(maker.random.choice(kinds), serial)
    return maker
