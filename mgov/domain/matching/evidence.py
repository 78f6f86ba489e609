"""What the bank's words and the sender's phone say for a claim on a credit, and against it."""

from __future__ import annotations

from dataclasses import dataclass

from mgov.domain.matching import descriptions, proofs, resemblance
from mgov.domain.matching.index import Index
from mgov.domain.matching.names import CROWD, Words, is_named, words_described
from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Bill, Credit


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reasons for and against; `against` is never overruled by a machine."""

    supports: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()


def weigh(index: Index, bills: list[Bill], credit: Credit, sender: str, *, proven: bool = False) -> Evidence:
    """Weigh a claim of `sender` that `credit` paid `bills`; `proven`: its proof and all of the amount are right."""
    supports, against = _by_numbers(index, bills, credit)
    if not supports and not against:
        supports, against = _by_names(index, bills, credit, proven=proven)
    if not supports:
        against += _by_phone(index, bills, credit, sender)
        against += _by_lookalike(index, bills, credit)
        against += _by_resemblance(index, bills, credit)
        against += _by_income(index, credit)
    if descriptions.names_account(credit.description, index.policy.own_numbers, but=credit.account):
        against.append(Reason.OWN_TRANSFER)
    if credit.agencies is not None and any(bill.agency not in credit.agencies for bill in bills):
        against.append(Reason.ACCOUNT_NOT_FOR_AGENCY)
    if credit.reversed:
        against.append(Reason.CREDIT_REVERSED)
    if any(bill.number in credit.taken_from for bill in bills):
        against.insert(0, Reason.UNDONE)
    return Evidence(tuple(supports), tuple(against))


def may_be_mistyped(index: Index, bill: Bill, credit: Credit) -> bool:
    """Whether a credit that names another bill by its number may be meant for this one, which owes just as much.

    It names this one's payer and not the other's, or the two numbers are one slip apart.
    """
    if index.ledger.due(bill, credit.value_date) not in _near_amounts(index, credit):
        return False
    known, _ = index.numbers_in(credit)
    named = index.names_in(credit)
    if index.payer_of(bill) in named and not any(index.payer_of(index.bills[number]) in named for number in known):
        return True
    key = descriptions.bill_key(bill.number)
    return any(proofs.one_slip(key, descriptions.bill_key(number)) for number in known - {bill.number})


def _by_numbers(index: Index, bills: list[Bill], credit: Credit) -> tuple[list[Reason], list[Reason]]:
    known, strange = index.numbers_in(credit)
    claimed = {bill.number for bill in bills}
    if known & claimed:
        return ([Reason.NAMES_BILL], []) if known <= claimed else ([], [Reason.NAMES_OTHER_BILL])
    if known:
        return [], [Reason.NAMES_OTHER_BILL]
    keys = [descriptions.bill_key(number) for number in claimed]
    cut = index.cut_number_in(credit)
    if cut is not None:
        strange = strange - {cut}
        if not any(key.startswith(cut) or proofs.one_slip(key, cut) for key in keys):
            return [], [Reason.NAMES_OTHER_BILL]
    if any(not any(proofs.one_slip(key, said) for key in keys) for said in strange):
        return [], [Reason.NAMES_OTHER_BILL]
    return [], []


def _by_names(index: Index, bills: list[Bill], credit: Credit, *, proven: bool) -> tuple[list[Reason], list[Reason]]:
    named = index.names_in(credit)
    if len(named) >= CROWD:
        words = words_described(credit.description)
        named |= {payer for bill in bills if is_named(payer := index.payer_of(bill), words)}
    if not named:
        return [], []
    others = named - {index.payer_of(bill) for bill in bills}
    if others == named:
        relative = proven and not any(_may_be_of(index, name, credit) for name in others)
        return [], [] if relative else [Reason.NAMES_OTHER_PAYER]
    rivals = [bill for name in others for bill in index.bills_by_payer[name]]
    if any(index.ledger.due(bill, credit.value_date) in _near_amounts(index, credit) for bill in rivals):
        return [], [Reason.NAMES_OTHER_PAYER]  # a cut name that fits both payers, and both bills
    return [Reason.NAMES_PAYER], []


def _may_be_of(index: Index, name: Words, credit: Credit) -> bool:
    """Whether a credit may have paid what a named payer owes or owed, one bill or all: he pays for nobody else then."""
    bills = [bill for bill in index.bills_by_payer[name] if bill.state == "open"]
    owed = {amount for bill in bills for amount, _ in bill.amounts}
    owed.add(sum(index.ledger.due(bill, credit.value_date) for bill in bills))
    fees = {0, *index.policy.fees}
    return any(
        amount - credit.amount in fees or 0 < credit.amount - amount <= index.policy.unique_limit for amount in owed
    )


def _by_phone(index: Index, bills: list[Bill], credit: Credit, sender: str) -> list[Reason]:
    """A sender who has an unpaid bill of just this amount, and claims for another: the number was mistyped."""
    own = index.bills_by_phone.get(sender, [])
    claimed = {bill.number for bill in bills}
    if any(bill.number in claimed for bill in own):
        return []
    fits = [bill for bill in own if index.ledger.due(bill, credit.value_date) in _near_amounts(index, credit)]
    return [Reason.SENDER_HAS_OTHER_BILL] if fits else []


def _by_income(index: Index, credit: Credit) -> list[Reason]:
    """What the bank words as income of another kind: interest, shares of taxes, what a hospital pays in."""
    words = credit.description.upper()
    return [Reason.OTHER_INCOME] if any(word in words for word in index.policy.income_words) else []


def _by_lookalike(index: Index, bills: list[Bill], credit: Credit) -> list[Reason]:
    """Where the amount is not the claimed bill's but that of one with nearly the same number."""
    day = credit.value_date
    free = index.ledger.free(credit)
    if len(bills) != 1 or index.ledger.due(bills[0], day) == free:
        return []
    if any(index.ledger.due(other, day) == free for other in index.lookalikes(bills[0].number)):
        return [Reason.LOOKALIKE_BILL]
    return []


def _by_resemblance(index: Index, bills: list[Bill], credit: Credit) -> list[Reason]:
    """Where the description may name another bill of just this sum, and the claimed ones not at all."""
    claimed = {bill.number for bill in bills}
    sums = _near_amounts(index, credit)
    for other in index.resembling(credit):
        owes = other.state == "open" and index.ledger.due(other, credit.value_date) in sums
        if owes and other.number not in claimed:
            mine = any(_may_name(bill, credit) for bill in bills)
            return [] if mine else [Reason.NAMES_OTHER_PAYER]
    return []


def _may_name(bill: Bill, credit: Credit) -> bool:
    marks = (*bill.marks, bill.payer_phone)
    return resemblance.names(bill.number, bill.payer_name, marks, credit.description)


def _near_amounts(index: Index, credit: Credit) -> set[int]:
    return resemblance.sums_of(index.ledger.free(credit), index.policy.fees)
