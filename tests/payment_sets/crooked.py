"""Thieves, mistaken payers, bills that take no money, money that goes away again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.payment_sets.honest import Honest, Payment
from tests.payment_sets.plot import DOUBT, NEVER, NO_MONEY, OPEN, PERHAPS, REPEATED, Bill

CROOKED = (
    *("no_funds", "one_digit_away", "consumed", "surplus", "first", "first_cut_name", "both_wait", "invented"),
    *("invented_near", "wrong_bill", "wrong_bill_corrected", "already_paid", "paid_again", "cancelled", "elsewhere"),
    *("unknown_bill", "credit_only", "credit_only_claimed", "reversed", "reversed_later", "rephrased", "zeros_dropped"),
    *("swapped", "smaller_bill", "larger_bill", "bill_plus_fee", "his_and_mine", "mine_and_mine", "sweep_reference"),
    *(
        "account_as_proof",
        "day_as_proof",
        "bill_as_proof",
        "outgoing",
        "half_of_it",
        "reversal_claimed",
        "unknown_money",
    ),
    *("wrong_order", "twice_one_proof"),
)


class Crooked(Honest):
    """Tells the stories in which money must not settle what was told."""

    def victim(self, *, names: bool = True, tells: bool | None = None, **begun: object) -> Payment:
        """Somebody pays; the bank's words name bill or payer unless told otherwise, and mostly he confirms."""
        paid = self.begin(**begun)  # type: ignore[arg-type]
        paid.bill.accept = PERHAPS
        said = self.people.named(paid.bill.number, paid.bill.payer.name) if names else ""
        words = self.people.describe(paid.bank, said, paid.at)
        self.money([paid.bill], paid.amount, self.soon(paid.at), paid.proof, words)
        if tells if tells is not None else self.chance.random() < 0.7:
            self.tell(paid, self.sender_of(paid.bill), DOUBT, at=self.later(paid), honest=False)
        return paid

    def later(self, paid: Payment) -> datetime:
        """Before or after the thief, before or after the statement."""
        return paid.at + timedelta(minutes=self.chance.choice([4, 30, 90, 400, 60 * 24 * 6]))

    def claim(self, paid: Payment, bill: Bill, accept: frozenset[str] = NO_MONEY, **told: object) -> None:
        """The owner of `bill` claims that payment."""
        changed = replace(paid, bill=bill, **told)  # type: ignore[arg-type]
        self.tell(changed, self.sender_of(bill), accept, at=self.later(paid), honest=False)

    def mine(self, amount: int | None = None) -> Bill:
        """A claimant's bill, that nobody pays."""
        return self.bill(amount, accept=OPEN)

    def tell_no_funds(self) -> None:
        """No money ever comes."""
        paid = self.begin()
        paid.bill.accept = OPEN
        self.tell(paid, self.sender_of(paid.bill), NO_MONEY, honest=False)

    def tell_one_digit_away(self) -> None:
        """One digit from another's credit that names its owner."""
        paid = self.victim()
        self.claim(paid, self.mine(paid.amount), told=self.slip(paid.proof))

    def tell_consumed(self) -> None:
        """The proof of a transfer that paid its bill already."""
        paid = self.victim(names=False, tells=False)
        self.tell(paid, self.sender_of(paid.bill), DOUBT, honest=False)
        thief = self.mine(paid.amount)
        at = paid.at + timedelta(days=self.chance.choice([6, 10]))
        self.tell(replace(paid, bill=thief), self.sender_of(thief), NEVER, at=at, honest=False)

    def tell_rephrased(self) -> None:
        """The same with another spelling of the proof, from the payer's own phone too."""
        paid = self.victim(names=False, tells=False)
        self.tell(paid, self.sender_of(paid.bill), DOUBT, honest=False)
        thief = self.mine(paid.amount)
        told = f"{paid.proof[:3]}-{paid.proof[3:]}".lower()
        sender = self.people.pick([paid.bill.payer.phone, thief.payer.phone])
        at = paid.at + timedelta(days=7)
        self.tell(replace(paid, bill=thief, told=told), sender, NO_MONEY, at=at, honest=False, plain=True)

    def tell_surplus(self) -> None:
        """What was paid too much, claimed for a small bill."""
        surplus = self.chance.choice([50_000, 75_000, 100_000])
        paid = self.begin()
        paid.bill.accept = PERHAPS
        paid.amount = paid.told_amount = paid.bill.amount + surplus
        self.pay(paid, DOUBT, words=self.people.describe(paid.bank, paid.bill.payer.name, paid.at))
        self.plot.texts[-1].honest = False
        self.claim(paid, self.mine(surplus), told_amount=self.chance.choice([surplus, paid.amount]))

    def tell_first(self) -> None:
        """Another's credit, claimed before its payer does; the bank names bill or payer."""
        paid = self.victim()
        self.claim(paid, self.mine(paid.amount))

    def tell_first_cut_name(self) -> None:
        """The same, and the bank cut the payer's name off."""
        paid = self.victim(names=False)
        cut = paid.bill.payer.name[: self.chance.choice([16, 18, 20])].strip()
        self.plot.entries[-1].description = self.people.describe(paid.bank, cut, paid.at)
        self.claim(paid, self.mine(paid.amount))

    def tell_both_wait(self) -> None:
        """Thief and payer wait for one credit that says nothing of whose it is."""
        paid = self.victim(names=False, tells=False)
        thief = self.mine(paid.amount)
        for bill, minutes in self.chance.sample([(paid.bill, 3), (thief, 5), (paid.bill, 9)], k=2 + 1):
            at = paid.at + timedelta(minutes=minutes)
            accept = NO_MONEY if bill is thief else REPEATED
            self.tell(replace(paid, bill=bill), bill.payer.phone, accept, at=at, honest=False)

    def tell_invented(self) -> None:
        """Right sum and time of another's credit; the proof is invented."""
        paid = self.victim(names=self.chance.random() < 0.5)
        told = self.people.proof(paid.bank, paid.at)
        self.claim(paid, self.mine(paid.amount), told=told)

    def tell_invented_near(self) -> None:
        """All but the last two or three characters are right."""
        paid = self.victim(names=self.chance.random() < 0.5)
        count = self.chance.choice([2, 3])
        told = paid.proof[:-count] + "".join(str((int(c, 36) + 5) % 10) for c in paid.proof[-count:])
        self.claim(paid, self.mine(paid.amount), told=told)

    def tell_zeros_dropped(self) -> None:
        """Another's proof without its leading zeros."""
        paid = self.victim(bank="BJB")
        self.claim(paid, self.mine(paid.amount), told=paid.proof.lstrip("0"))

    def tell_swapped(self) -> None:
        """Another's proof with two digits changed, and only its end."""
        paid = self.victim()
        told = self.people.pick([paid.proof[:-3] + paid.proof[-2] + paid.proof[-3] + paid.proof[-1], paid.proof[-6:]])
        self.claim(paid, self.mine(paid.amount), told=told)

    def tell_smaller_bill(self) -> None:
        """Another's larger transfer, claimed for a smaller bill; the bank names the owner."""
        paid = self.victim()
        self.claim(paid, self.mine(max(1000, paid.amount - self.chance.choice([5_000, 20_000, 999]))))

    def tell_larger_bill(self) -> None:
        """Another's transfer, claimed as part of a larger bill; the bank names the owner."""
        paid = self.victim()
        self.claim(paid, self.mine(paid.amount + self.chance.choice([50_000, 500_000])))

    def tell_bill_plus_fee(self) -> None:
        """The own bill is just a bank's fee above another's transfer."""
        paid = self.victim()
        self.claim(paid, self.mine(paid.amount + self.chance.choice([2_500, 6_500])), told_amount=None)

    def tell_his_and_mine(self) -> None:
        """One text names the payer's bill and the own."""
        paid = self.victim(tells=False)
        thief = self.mine(paid.amount)
        bills = self.chance.sample([paid.bill, thief], k=2)
        accept = NO_MONEY | DOUBT  # the part for the payer's own bill may be settled
        self.text(thief.payer.phone, bills, paid.proof, paid.amount, paid.at, paid.bank, accept, honest=False)

    def tell_mine_and_mine(self) -> None:
        """Two own bills that together are just another's transfer, which names its owner."""
        paid = self.victim(amount=400_000)
        payer = self.people.person()
        bills = [self.bill(amount, payer, OPEN) for amount in (150_000, 250_000)]
        at = self.later(paid)
        self.text(payer.phone, bills, paid.proof, 400_000, paid.at, paid.bank, NO_MONEY, at=at, honest=False)

    def tell_half_of_it(self) -> None:
        """Half of another's transfer for the own bill of half its sum."""
        paid = self.victim(amount=500_000)
        self.claim(paid, self.mine(250_000), told_amount=self.chance.choice([None, 250_000, 500_000]))

    def tell_wrong_bill(self) -> None:
        """One digit of the number hits a stranger's bill of the same sum."""
        meant = self.begin()
        hit = self.lookalike(meant.bill, meant.amount)
        if hit is None:
            return self.tell_first()
        meant.bill.accept = PERHAPS
        said = self.people.pick(["", meant.bill.number])
        words = self.people.describe(meant.bank, said, meant.at)
        self.money([meant.bill], meant.amount, self.soon(meant.at), meant.proof, words)
        self.tell(replace(meant, bill=hit), meant.bill.payer.phone, NO_MONEY, honest=False)
        return None

    def tell_wrong_bill_corrected(self) -> None:
        """The same with another sum, put right by a second text."""
        meant = self.begin()
        hit = self.lookalike(meant.bill, meant.amount + 75_000)
        if hit is None:
            return self.tell_first()
        meant.bill.accept = PERHAPS
        words = self.people.describe(meant.bank, "", meant.at)
        self.money([meant.bill], meant.amount, self.soon(meant.at), meant.proof, words)
        self.tell(replace(meant, bill=hit), meant.bill.payer.phone, NO_MONEY, honest=False)
        at = meant.at + timedelta(days=self.chance.choice([1, 4]))
        self.tell(meant, meant.bill.payer.phone, DOUBT, at=at, honest=False)
        return None

    def lookalike(self, bill: Bill, amount: int) -> Bill | None:
        """A stranger's bill whose number is one digit away, unless the number is taken."""
        place = self.chance.choice([-2, -3])
        other = self.people.pick([d for d in "0123456789" if d != bill.number[place]])
        number = bill.number[:place] + other + bill.number[place + 1 :]
        if number in self.numbers:
            return None
        self.numbers.add(number)
        found = self.bill(amount, accept=OPEN)
        found.number, found.agency = number, bill.agency
        return found

    def tell_already_paid(self) -> None:
        """A second claim, without money, for a paid bill."""
        paid = self.begin()
        self.pay(paid)
        self.plot.texts[-1].honest = False
        again = replace(paid, told=self.people.proof(paid.bank, paid.at), told_at=paid.at + timedelta(days=3))
        self.tell(again, self.sender_of(paid.bill), NO_MONEY, at=again.told_at + timedelta(hours=1), honest=False)

    def tell_paid_again(self) -> None:
        """Paid twice, by the payer or a relative: whichever is booked second goes to a person."""
        paid = self.begin()
        self.pay(paid, REPEATED)
        self.plot.texts[-1].honest = False
        at = paid.at + timedelta(days=self.chance.choice([1, 4]))
        again = replace(paid, at=at, told_at=at, proof=self.people.proof(paid.bank, at))
        again.told = again.proof
        words = self.people.describe(paid.bank, "", at)
        self.money([paid.bill], paid.amount, self.soon(at), again.proof, words)
        self.tell(again, self.people.phone(), REPEATED, honest=False)

    def tell_cancelled(self) -> None:
        """The bill was cancelled."""
        self.closed("cancelled", frozenset({"cancelled"}))

    def tell_elsewhere(self) -> None:
        """The bill was paid at the counter."""
        self.closed("paid", frozenset({"paid"}))

    def closed(self, status: str, accept: frozenset[str]) -> None:
        """Money and a text for a bill that takes none; the agency's word comes before."""
        paid = self.begin()
        paid.bill.accept = accept
        self.plot.changes.append(replace(paid.bill, status=status, comes_at=paid.at - timedelta(days=5)))
        self.money([], paid.amount, self.soon(paid.at), paid.proof, self.people.describe(paid.bank, "", paid.at))
        self.tell(paid, paid.bill.payer.phone, NEVER, honest=False)

    def tell_unknown_bill(self) -> None:
        """A number that no bill has; sometimes a slip of the own one, and money came."""
        paid = self.victim(tells=False)
        number = paid.bill.number[:-6] + "9" + paid.bill.number[-5:]
        if number in self.numbers:
            return
        self.numbers.add(number)
        self.tell(replace(paid, bill=replace(paid.bill, number=number)), paid.bill.payer.phone, NO_MONEY, honest=False)

    def tell_unknown_money(self) -> None:
        """Money without a text, a bill or a name, of a sum that many owe."""
        at = self.moment()
        self.money([], 150_000, at, self.people.proof("BRI", at), self.people.describe("BRI", "", at))
        self.mine(150_000)

    def tell_credit_only(self) -> None:
        """Nobody confirms; the bank's words name the bill."""
        paid = self.begin()
        paid.bill.accept = PERHAPS
        words = self.people.describe(paid.bank, self.people.spelt(paid.bill.number), paid.at)
        self.money([paid.bill], paid.amount, paid.at, paid.proof, words)

    def tell_credit_only_claimed(self) -> None:
        """The same, and somebody claims its sum and time with an invented proof."""
        self.tell_credit_only()
        bill, entry = self.plot.bills[-1], self.plot.entries[-1]
        told = self.people.proof("BRI", entry.at)
        paid = Payment(bill, "BRI", entry.at, told, entry.amount, told, entry.amount, entry.at)
        self.claim(paid, self.mine(entry.amount))

    def tell_reversed(self) -> None:
        """The bank undid it the same day."""
        self.undone(timedelta(minutes=self.chance.choice([10, 82])))

    def tell_reversed_later(self) -> None:
        """The bank undid it in a later statement."""
        self.undone(timedelta(days=self.chance.choice([4, 5]), minutes=3))

    def undone(self, after: timedelta) -> Payment:
        """Booked, told, and undone with the same reference."""
        paid = self.begin()
        paid.bill.accept = OPEN
        words = self.people.describe(paid.bank, paid.bill.payer.name, paid.at)
        entry = self.money([], paid.amount, self.soon(paid.at), paid.proof, words)
        undone = f"{self.people.pick(['REVERSAL', 'PEMBATALAN TRX', 'KOREKSI'])} {words}"
        self.money([], paid.amount, entry.at + after, paid.proof, undone, "DB")
        self.tell(paid, paid.bill.payer.phone, NO_MONEY, honest=False)
        entry.pays = ()
        return paid

    def tell_reversal_claimed(self) -> None:
        """Money that went away again, claimed for another bill."""
        paid = self.undone(timedelta(minutes=30))
        self.claim(paid, self.mine(paid.amount))

    def tell_sweep_reference(self) -> None:
        """The number of the nightly sweep as proof."""
        at = self.moment()
        bill = self.mine()
        paid = self.begin(at=at, bill=bill)
        paid.told = f"BB{at:%y%m%d}000001"
        self.tell(paid, bill.payer.phone, NO_MONEY, honest=False)

    def tell_outgoing(self) -> None:
        """The reference of money that went out."""
        paid = self.begin()
        paid.bill.accept = OPEN
        words = "TRANSFER KELUAR KE REK DINAS SERANG"
        self.money([], paid.amount, self.soon(paid.at), paid.proof, words, "DB")
        self.tell(paid, paid.bill.payer.phone, NO_MONEY, honest=False)

    def tell_account_as_proof(self) -> None:
        """The account's number, which stands in the bank's words, as proof."""
        paid = self.victim(tells=False)
        self.plot.entries[-1].description += " KE 0061234567001"
        self.claim(paid, self.mine(paid.amount), told="0061234567001")

    def tell_day_as_proof(self) -> None:
        """A day that stands in the bank's words, as proof."""
        paid = self.victim(tells=False)
        self.plot.entries[-1].description += f" {paid.at:%Y%m%d}"
        self.claim(paid, self.mine(paid.amount), told=f"{paid.at:%Y%m%d}")

    def tell_bill_as_proof(self) -> None:
        """The number of the payer's bill as proof for the own."""
        paid = self.victim(tells=False)
        digits = paid.bill.number.split("-")[2]
        self.plot.entries[-1].description = self.people.describe(paid.bank, paid.bill.number, paid.at)
        self.claim(paid, self.mine(paid.amount), told=self.people.pick(["2026" + digits, digits]))

    def tell_wrong_order(self) -> None:
        """A thief's text, the money, the thief again from another phone, then the payer."""
        paid = self.victim(tells=True)
        thief = self.mine(paid.amount)
        for minutes in (2, 60 * 24 * 5):
            at = paid.at + timedelta(minutes=minutes)
            self.tell(replace(paid, bill=thief), self.people.phone(), NO_MONEY, at=at, honest=False)

    def tell_twice_one_proof(self) -> None:
        """One payer, one transfer, told for each of his two bills of that sum: only one was paid."""
        payer = self.people.person()
        amount = self.people.amount()
        bills = [self.bill(amount, payer, frozenset({"paid", "open"})) for _ in range(2)]
        paid = self.begin(bill=bills[0])
        self.money(bills, amount, self.soon(paid.at), paid.proof, self.people.describe(paid.bank, "", paid.at))
        for bill in bills:
            self.tell(replace(paid, bill=bill), payer.phone, NO_MONEY | DOUBT, honest=False)
