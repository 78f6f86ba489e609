"""Honest payers: those for whom all agrees, and those of whom something is mistyped, late, short or said twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from tests.payment_sets.people import Person
from tests.payment_sets.plot import DOUBT, PARTLY, PERHAPS, REPEATED, SETTLED, SHORT, Bill, Stage

#: Kinds and how many of a hundred everyday confirmations are of it.
EVERYDAY = {
    "exact": 56,
    "embedded": 8,
    "credit_first": 8,
    "credit_later": 5,
    "weekend": 5,
    "same_minute": 1,
    "proof_typo": 3,
    "last6": 2,
    "o_zero": 1,
    "fee": 2,
    "underpaid": 1,
    "overpaid": 1,
    "unique_code": 1,
    "duplicate": 2,
    "two_bills": 1,
    "two_transfers": 1,
    "wrong_date": 1,
    "clock_skew": 1,
    "identical_rows": 1,
}
MESSY = (
    *("same_minute", "proof_typo", "last6", "o_zero", "fee", "underpaid", "overpaid", "unique_code", "duplicate"),
    *("two_bills", "two_transfers", "wrong_date", "clock_skew", "identical_rows", "zeros_lost", "digits_swapped"),
    *("proof_spelt", "midnight", "amount_typo", "three_bills", "interest", "lowered", "bill_later", "no_amount"),
    *("late_statement", "months_late"),
)


@dataclass
class Payment:
    """A bill, what is paid and told of it, and what the bank books."""

    bill: Bill
    bank: str
    at: datetime
    proof: str
    amount: int
    told: str
    told_amount: int | None
    told_at: datetime


class Honest(Stage):
    """Tells the stories of payers who paid."""

    def tell_exact(self) -> None:
        """All agrees."""
        self.pay(self.begin())

    def tell_embedded(self) -> None:
        """The bank's own number is the reference; the proof stands in the description."""
        paid = self.begin()
        words = self.people.pick([f"TRF/{paid.bank}/{paid.proof}/PEMPROV", f"BIFAST {paid.proof} {paid.bank}"])
        self.pay(paid, words=words, reference=self.people.core_number(paid.at))

    def tell_credit_first(self) -> None:
        """The text comes days after the statement."""
        paid = self.begin()
        self.pay(paid, text_at=paid.at + timedelta(days=5, hours=self.chance.randrange(9)))

    def tell_credit_later(self) -> None:
        """Booked one to three banking days later."""
        paid = self.begin()
        self.pay(paid, booked=self.banking_day(paid.at, self.chance.randrange(1, 4)))

    def tell_weekend(self) -> None:
        """Paid from Friday evening to Sunday, booked on Monday."""
        paid = self.begin()
        saturday = paid.at + timedelta(days=(5 - paid.at.weekday()) % 7)
        at = saturday + timedelta(days=self.chance.randrange(2))
        self.pay(self.begin(at=at), booked=self.banking_day(at, 1))
        self.plot.bills.remove(paid.bill)

    def tell_same_minute(self) -> None:
        """Two or three pay the same sum in one minute."""
        at, bank, amount = self.moment(), self.people.bank(), self.people.amount()
        proof = self.people.proof(bank, at)
        for _ in range(self.chance.choice([2, 3])):
            paid = self.begin(at=at.replace(second=self.chance.randrange(60)), bank=bank, amount=amount, proof=proof)
            self.pay(paid)
            proof = self.people.next_proof(proof) if self.chance.random() < 0.6 else self.people.proof(bank, at)

    def tell_proof_typo(self) -> None:
        """One character is wrong, missing or too many."""
        paid = self.begin(accept=PERHAPS)
        paid.told = self.slip(paid.proof)
        self.pay(paid, DOUBT)

    def tell_digits_swapped(self) -> None:
        """Two neighbouring digits changed places."""
        paid = self.begin(accept=PERHAPS)
        places = [i for i in range(1, len(paid.proof) - 2) if paid.proof[i] != paid.proof[i + 1]]
        place = self.chance.choice(places)
        paid.told = paid.proof[:place] + paid.proof[place + 1] + paid.proof[place] + paid.proof[place + 2 :]
        self.pay(paid, DOUBT)

    def tell_last6(self) -> None:
        """Only the last six characters; sometimes another day's credit ends so too."""
        paid = self.begin(accept=PERHAPS)
        paid.told = paid.proof[-6:]
        self.pay(paid, DOUBT)
        if self.chance.random() < 0.3:
            other = self.begin(at=self.moment())
            other.proof = other.told = other.proof[:-6] + paid.proof[-6:]
            self.pay(other)

    def tell_o_zero(self) -> None:
        """Letter O and digit 0."""
        paid = self.begin(accept=PERHAPS, bank="BSI")
        place = self.chance.randrange(7, len(paid.proof))
        letters = self.people.pick(["O0", "0O", "I1", "1I"])
        paid.proof = paid.proof[:place] + letters[0] + paid.proof[place + 1 :]
        paid.told = paid.proof[:place] + letters[1] + paid.proof[place + 1 :]
        self.pay(paid, DOUBT)

    def tell_zeros_lost(self) -> None:
        """Leading zeros left out, as by a spreadsheet."""
        paid = self.begin(accept=PERHAPS, bank=self.people.pick(["BJB", "BANTEN"]))
        paid.told = paid.proof.lstrip("0")
        self.pay(paid, DOUBT)

    def tell_proof_spelt(self) -> None:
        """In groups, with stops, in small letters."""
        paid = self.begin()
        mark = self.people.pick([".", "-", "/"])
        paid.told = mark.join([paid.proof[:4], paid.proof[4:]]).lower()
        self.pay(paid, plain=True)

    def tell_fee(self) -> None:
        """A fee was taken off, or stands in the sum that was told."""
        fee = self.chance.choice([2_500, 6_500])
        if self.chance.random() < 0.6:
            paid = self.begin(accept=SHORT)
            paid.amount -= fee
        else:
            paid = self.begin(accept=PERHAPS)
            paid.told_amount = paid.amount + fee
        self.pay(paid, DOUBT)

    def tell_underpaid(self) -> None:
        """Less than the bill, mostly saying so."""
        paid = self.begin(accept=PARTLY, amount=self.chance.randrange(800, 4000) * 500)
        paid.amount = paid.bill.amount * self.chance.randrange(30, 80) // 100 // 500 * 500
        paid.told_amount = paid.amount if self.chance.random() < 0.8 else paid.bill.amount
        self.pay(paid, DOUBT)

    def tell_overpaid(self) -> None:
        """More than the bill."""
        paid = self.begin(accept=PERHAPS)
        paid.amount += self.chance.choice([10_000, 20_000, 25_000, 50_000])
        paid.told_amount = paid.amount
        self.pay(paid, DOUBT)

    def tell_unique_code(self) -> None:
        """One to 999 rupiah on top."""
        paid = self.begin(accept=PERHAPS)
        paid.amount += self.chance.randrange(1, 1000)
        paid.told_amount = paid.amount
        self.pay(paid, DOUBT)

    def tell_duplicate(self) -> None:
        """Told twice: again, in other words, from another phone, after the statement."""
        paid = self.begin()
        self.pay(paid, REPEATED)
        sender = self.plot.texts[-1].sender if self.chance.random() < 0.5 else self.people.phone()
        later = self.plot.texts[-1].at + timedelta(hours=self.chance.choice([1, 4, 30, 140]))
        self.tell(paid, sender, REPEATED, at=later)

    def tell_two_bills(self) -> None:
        """One transfer for two bills of one payer."""
        self.one_transfer_for(2)

    def tell_three_bills(self) -> None:
        """One transfer for three bills of one payer."""
        self.one_transfer_for(3)

    def one_transfer_for(self, count: int) -> None:
        """One transfer and one text for several bills."""
        payer = self.people.person()
        bills = [self.bill(payer=payer, accept=PERHAPS) for _ in range(count)]
        paid = self.begin(bill=bills[0])
        total = sum(bill.amount for bill in bills)
        words = self.people.pick(["", self.people.cut(payer.name), self.people.stranger()])
        self.money(bills, total, self.soon(paid.at), paid.proof, self.people.describe(paid.bank, words, paid.at))
        self.text(self.sender_of(bills[0]), bills, paid.proof, total, paid.at, paid.bank, DOUBT)

    def tell_two_transfers(self) -> None:
        """Two parts for one bill, a text for each."""
        bill = self.bill(amount=self.chance.randrange(400, 3000) * 1000, accept=SHORT)
        half = bill.amount // 2 if self.chance.random() < 0.4 else bill.amount * 2 // 5 // 500 * 500
        sender, at = self.sender_of(bill), self.moment()
        for part in (half, bill.amount - half):
            paid = self.begin(at=at, bill=bill)
            paid.amount = paid.told_amount = part
            self.pay(paid, DOUBT, sender=sender)
            at += timedelta(minutes=self.chance.choice([3, 25, 60 * 24 * 3]))

    def tell_wrong_date(self) -> None:
        """A wrong year, or day and month changed places."""
        paid = self.begin(accept=PERHAPS)
        if self.chance.random() < 0.6 or paid.at.day > 12:
            paid.told_at = paid.at.replace(year=2025)
        else:
            paid.told_at = paid.at.replace(month=paid.at.day, day=paid.at.month)
        self.pay(paid, DOUBT, text_at=self.soon(paid.at, 600, 6000))

    def tell_clock_skew(self) -> None:
        """The phone's clock is hours behind the bank's."""
        paid = self.begin(accept=PERHAPS)
        paid.told_at = paid.at - timedelta(hours=self.chance.randrange(2, 8))
        self.pay(paid, DOUBT, text_at=self.soon(paid.told_at, 600, 1800))

    def tell_midnight(self) -> None:
        """Paid just before midnight and booked after it, with the day after told, or the day before."""
        at = datetime.combine(self.moment().date(), time(23, 57, 10), tzinfo=self.moment().tzinfo)
        paid = self.begin(at=at)
        if self.chance.random() < 0.5:
            paid.told_at = at + timedelta(minutes=4)
        self.pay(paid, booked=at + timedelta(minutes=5), text_at=at + timedelta(hours=9))

    def tell_amount_typo(self) -> None:
        """The sum that was told has a digit wrong; the money is right."""
        paid = self.begin(accept=PERHAPS)
        digits = str(paid.amount)
        place = self.chance.randrange(len(digits) - 3)
        other = self.people.pick([d for d in "123456789" if d != digits[place]])
        paid.told_amount = int(digits[:place] + other + digits[place + 1 :])
        self.pay(paid, DOUBT)

    def tell_no_amount(self) -> None:
        """Only what the regulation asks: proof, day and time."""
        paid = self.begin()
        paid.told_amount = None
        self.pay(paid)

    def tell_interest(self) -> None:
        """One per cent more after the payment: what was due on the day of payment is paid."""
        paid = self.begin(accept=frozenset({"partly_paid", "open", "paid"}))
        self.pay(paid)
        self.change(paid.bill, paid.bill.amount * 101 // 100, paid.at + timedelta(days=1))

    def tell_lowered(self) -> None:
        """The bill was lowered after the payment: the surplus stays visible."""
        paid = self.begin()
        self.pay(paid)
        self.change(paid.bill, paid.bill.amount - 10_000, paid.at + timedelta(days=1))

    def tell_bill_later(self) -> None:
        """The text comes before the agency's file with the bill."""
        paid = self.begin()
        paid.bill.comes_at = paid.at + timedelta(days=1)
        self.pay(paid)

    def tell_late_statement(self) -> None:
        """Nothing unusual; the statement is."""
        self.tell_exact()

    def tell_months_late(self) -> None:
        """Confirmed near the end, paid at the beginning."""
        paid = self.begin(at=self.moment().replace(day=13, month=10))
        self.pay(paid, text_at=paid.at + timedelta(days=20))

    def tell_identical_rows(self) -> None:
        """Two equal payments in one batch, for two bills of one payer."""
        payer, amount = self.people.person(), self.people.amount()
        bills = [self.bill(amount=amount, payer=payer, accept=PERHAPS) for _ in range(2)]
        paid = self.begin(bill=bills[0])
        words = f"{self.people.pick(['TRF MASSAL', 'SETOR'])} {paid.bank} {payer.name}"
        for _ in bills:
            self.money(bills, amount, self.soon(paid.at, 20, 21), paid.proof, words)
        sender = self.sender_of(bills[0])
        for bill in bills:
            self.tell(replace(paid, bill=bill), sender, DOUBT)

    def begin(
        self,
        *,
        at: datetime | None = None,
        bank: str = "",
        amount: int | None = None,
        proof: str = "",
        bill: Bill | None = None,
        payer: Person | None = None,
        accept: frozenset[str] = SETTLED,
    ) -> Payment:
        """A payment for which all agrees, so far."""
        at, bank = at or self.moment(), bank or self.people.bank()
        accept = frozenset({"paid"}) if accept is SETTLED else accept
        bill = bill or self.bill(amount, payer, accept)
        proof = proof or self.people.proof(bank, at)
        return Payment(bill, bank, at, proof, bill.amount, proof, bill.amount, at)

    def pay(
        self,
        paid: Payment,
        accept: frozenset[str] = SETTLED,
        *,
        words: str | None = None,
        reference: str = "",
        booked: datetime | None = None,
        text_at: datetime | None = None,
        sender: str = "",
        plain: bool = False,
    ) -> None:
        """The bank books it, and its payer tells."""
        if words is None:
            words = self.people.describe(
                paid.bank, self.people.said_of(paid.bill.number, paid.bill.payer.name), paid.at
            )
        self.money([paid.bill], paid.amount, booked or self.soon(paid.at), reference or paid.proof, words)
        self.tell(paid, sender or self.sender_of(paid.bill), accept, at=text_at, plain=plain)

    def tell(
        self,
        paid: Payment,
        sender: str,
        accept: frozenset[str],
        *,
        at: datetime | None = None,
        honest: bool = True,
        plain: bool = False,
    ) -> None:
        """A text about a payment."""
        self.text(
            sender,
            [paid.bill],
            paid.told,
            paid.told_amount,
            paid.told_at,
            paid.bank,
            accept,
            at=at or (None if paid.told_at == paid.at else self.soon(paid.at, 600, 6000)),
            honest=honest,
            plain=plain,
        )

    def change(self, bill: Bill, amount: int, at: datetime) -> None:
        """The agency sends another amount."""
        self.plot.changes.append(replace(bill, amount=amount, comes_at=at))

    def slip(self, proof: str) -> str:
        """One wrong, missing or additional character, not the last."""
        place = self.chance.randrange(1, len(proof) - 1)
        head, tail = proof[:place], proof[place:]
        other = self.people.pick([d for d in "0123456789" if d != tail[0]])
        return self.people.pick([head + other + tail[1:], head + tail[1:], head + tail[0] + tail])

    def banking_day(self, at: datetime, days: int) -> datetime:
        """So many banking days later, in the morning."""
        while days:
            at += timedelta(days=1)
            days -= at.weekday() < 5
        return at.replace(hour=7 + self.chance.randrange(9), minute=self.chance.randrange(60))
