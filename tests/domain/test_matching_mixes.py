"""Whole mixes of confirmations: none is settled by money that is not its own, and nearly all honest ones settle."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from mgov.domain.matching import DecisionKind, match
from tests.domain.synthetic_payments import EVERYDAY, HOSTILE, MESSY, World, world

EVERYDAY_MIX = ((0.97, EVERYDAY), (0.03, MESSY))
MESSY_MIX = ((1 / 3, EVERYDAY), (2 / 3, MESSY))
HARD_MIX = ((0.4, EVERYDAY), (0.27, MESSY), (0.33, HOSTILE))


def settled_share(given: World) -> float:
    """Match, check that every allocation is true and within its credit, and return the honest share settled."""
    decisions = match(given.claims, given.credits, given.bills)
    spent: Counter[int] = Counter()
    for decision in decisions:
        for allocation in decision.allocations:
            spent[allocation.credit] += allocation.amount
            kind = given.kind_of.get(decision.claim or 0)
            assert allocation.bill in given.pays[allocation.credit], (kind, decision)
    amounts = {credit.id: credit.amount for credit in given.credits}
    assert all(spent[number] <= amounts[number] for number in spent)
    settled = {d.claim for d in decisions if d.kind is DecisionKind.MATCHED}
    assert {d.claim for d in decisions if d.claim is not None} == {claim.id for claim in given.claims}
    return len(given.honest & settled) / max(len(given.honest), 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_everyday_mix_settles_without_a_person(seed: int) -> None:
    """At least 99 in 100 honest everyday confirmations need nobody."""
    assert settled_share(world(seed, 3000, EVERYDAY_MIX)) >= 0.99


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_a_messy_mix_mostly_settles(seed: int) -> None:
    """At least 96 in 100 settle when two thirds are mistyped, short by a fee, oddly dated or without an amount."""
    assert settled_share(world(seed, 3000, MESSY_MIX)) >= 0.96


@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_a_third_of_frauds_and_slips_settles_nothing_false(seed: int) -> None:
    """Among thousands, a third of them hostile, no bill is paid by another's money."""
    assert settled_share(world(seed, 4000, HARD_MIX)) >= 0.96


def test_the_order_of_what_is_given_does_not_matter() -> None:
    """The same bills, claims and credits shuffled give the same decisions."""
    given = world(11, 800, HARD_MIX)
    straight = match(given.claims, given.credits, given.bills)
    turned = match(given.claims[::-1], given.credits[::-1], given.bills[::-1])
    assert sorted(map(repr, straight)) == sorted(map(repr, turned))


def test_the_cost_grows_with_the_size_and_not_its_square() -> None:
    """Four times as much takes far less than sixteen times as long."""
    times = []
    for cases in (2000, 8000):
        given = world(12, cases, HARD_MIX)
        start = time.perf_counter()
        match(given.claims, given.credits, given.bills)
        times.append(time.perf_counter() - start)
    assert times[1] < 10 * times[0]
