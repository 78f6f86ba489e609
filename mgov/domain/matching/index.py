"""Everything that the rules look up, hashed once, so that matching costs no more than reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from mgov.domain.matching import descriptions, proofs, resemblance
from mgov.domain.matching.ledger import Ledger
from mgov.domain.matching.name_index import NameIndex
from mgov.domain.matching.names import words_of
from mgov.domain.matching.records import Around, Bill, Claim, Credit, Policy


class Index:
    """Bills, credits and claims by what they are looked up by."""

    def __init__(
        self,
        claims: Sequence[Claim],
        credits_: Sequence[Credit],
        bills: Sequence[Bill],
        policy: Policy,
        around: Around,
    ) -> None:
        self.policy = policy
        self.around = around
        self.ledger = Ledger(bills, credits_)
        self.credits = credits_
        self.credit_by_id = {credit.id: credit for credit in credits_}
        self.claims = claims
        self.bills = {bill.number: bill for bill in bills}
        self.bill_by_key = {descriptions.bill_key(bill.number): bill for bill in bills}
        self._index_bills(bills)
        self._index_credits(credits_)
        self.only_rivals(claims)

    def only_rivals(self, claims: Sequence[Claim]) -> None:
        """Let only these claims contend for money: those that are not settled."""
        self.claims_by_proof: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            self.claims_by_proof[proofs.fold(proofs.normalise(claim.proof))].append(claim)

    def _index_bills(self, bills: Sequence[Bill]) -> None:
        self.bills_by_phone: dict[str, list[Bill]] = defaultdict(list)
        self.bills_by_code: dict[str, list[Bill]] = defaultdict(list)
        self.bills_by_amount: dict[int, list[Bill]] = defaultdict(list)
        self.bills_by_unique: dict[int, list[Bill]] = defaultdict(list)
        given = frozenset(descriptions.prefix_of(bill.number) for bill in bills)
        self.prefixes = given if self.around.prefixes is None else self.around.prefixes
        for bill in bills:
            if bill.payer_phone:
                self.bills_by_phone[bill.payer_phone].append(bill)
            if bill.pay_code:
                self.bills_by_code[proofs.normalise(bill.pay_code)].append(bill)
            for amount, _ in bill.amounts:
                self.bills_by_amount[amount].append(bill)
                if bill.unique_suffix:
                    self.bills_by_unique[amount + bill.unique_suffix].append(bill)

    def _index_credits(self, credits_: Sequence[Credit]) -> None:
        self.by_reference: dict[str, list[Credit]] = defaultdict(list)
        self.by_token: dict[str, list[Credit]] = defaultdict(list)
        self.by_amount_part: dict[tuple[int, str], list[Credit]] = defaultdict(list)
        self._keys: dict[int, list[str]] = {}
        for credit in credits_:
            reference = proofs.normalise(credit.reference)
            if len(reference) >= proofs.MIN_EXACT:
                self.by_reference[proofs.fold(reference)].append(credit)
            own = {*self.policy.own_numbers, credit.account}
            days = (credit.booked_on, credit.value_date)
            told = descriptions.proofs_in(credit.description, credit.amount, days, own)
            self._keys[credit.id] = [reference, *told]
            for token in set(told) - {reference}:
                self.by_token[proofs.fold(token)].append(credit)
            if credit.free == credit.amount and not credit.reversed:
                for part in {part for key in self.keys_of(credit) for part in proofs.booked_parts(key)}:
                    self.by_amount_part[credit.free, part].append(credit)

    @cached_property
    def names(self) -> NameIndex:
        """Every payer's name."""
        return NameIndex({bill.payer_name for bill in self.bills.values() if bill.payer_name})

    @cached_property
    def bills_by_payer(self) -> dict[tuple[str, ...], list[Bill]]:
        """Bills by their payer's words."""
        found: dict[tuple[str, ...], list[Bill]] = defaultdict(list)
        for bill in self.bills.values():
            found[words_of(bill.payer_name)].append(bill)
        return found

    def keys_of(self, credit: Credit) -> list[str]:
        """What a proof may be compared with: the reference and the numbers in the description that can be one."""
        return self._keys[credit.id]

    def credits_about(self, amount: int, day: date, proof: str) -> list[Credit]:
        """Free credits of exactly `amount`, booked around `day`, that share the start or the end of a proof."""
        found = {}
        for part in proofs.said_parts(proof):
            for credit in self.by_amount_part.get((amount, part), ()):
                if -self.policy.days_before <= (credit.booked_on - day).days <= self.policy.days_after:
                    found[credit.id] = credit
        return list(found.values())

    def lookalikes(self, number: str) -> list[Bill]:
        """The bills whose number is one slip from `number`."""
        key = descriptions.bill_key(number)
        near = (self.bill_by_key.get(other) for other in proofs.slips(key))
        return [bill for bill in near if bill is not None and bill.number != number]

    def numbers_in(self, credit: Credit) -> tuple[set[str], set[str]]:
        """The known bills that a description names (also by pay code), and keys that only look like one."""
        known: set[str] = set()
        strange: set[str] = set()
        for key in descriptions.bill_keys(credit.description):
            bill = self.bill_by_key.get(key)
            if bill is not None:
                known.add(bill.number)
            elif "".join(c for c in key if c.isalpha()) in self.prefixes:
                strange.add(key)
        for token in descriptions.tokens(credit.description):
            known |= {bill.number for bill in self.bills_by_code.get(token, [])}
        return known, strange

    def cut_number_in(self, credit: Credit) -> str | None:
        """The start of a bill number, as a key, with which a cut description ends; None when it is a known bill's."""
        key = descriptions.cut_bill_key(credit.description)
        if key is None or key in self.bill_by_key or descriptions.prefix_of(key) not in self.prefixes:
            return None
        return key

    def names_in(self, credit: Credit) -> set[tuple[str, ...]]:
        """The payers that a description names."""
        return self.names.find(credit.description) if credit.named is None else set(credit.named)

    def resembling(self, credit: Credit) -> list[Bill]:
        """The bills of a credit's sum that its description may name in a way that no exact reading finds."""
        numbers = self._resembling.get(credit.id, ()) if credit.resembling is None else credit.resembling
        return [self.bills[number] for number in numbers if number in self.bills]

    @cached_property
    def _resembling(self) -> dict[int, list[str]]:
        untold = [c for c in self.credits if c.resembling is None and c.free == c.amount and not self.names_in(c)]
        ears = resemblance.Ears(((c.id, c.free, c.description) for c in untold), self.policy.fees)
        found: dict[int, list[str]] = defaultdict(list)
        for bill in self.bills.values() if untold else ():
            amounts = {amount for amount, _ in bill.amounts}
            for credit in ears.who_names(amounts, bill.number, bill.payer_name, (*bill.marks, bill.payer_phone)):
                found[credit].append(bill.number)
        return found

    def payer_of(self, bill: Bill) -> tuple[str, ...]:
        """The payer of a bill, as words."""
        return words_of(bill.payer_name)
