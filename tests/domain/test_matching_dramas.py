"""Stories in which several people, bills, transfers or texts meet: no money goes where it does not belong."""

from __future__ import annotations

from collections import Counter

import pytest

from mgov.domain.matching import DecisionKind, match
from tests.domain.payment_dramas import CROOKED, HONEST, dramas


@pytest.mark.parametrize("kind", CROOKED)
def test_a_crooked_story_never_moves_anothers_money(kind: str) -> None:
    """Proofs of others, cut names and numbers, wrong accounts, reversals: nothing false is booked."""
    assert false_allocations(3, 300, (kind,)) == Counter()


@pytest.mark.parametrize("kind", [kind for kind in HONEST if kind != "two_transfers"])
def test_an_honest_story_settles_by_itself(kind: str) -> None:
    """At least 98 in 100 of each kind need no person."""
    assert settled_share(4, 300, (kind,)) >= 0.98


def test_two_transfers_for_one_bill_mostly_settle() -> None:
    """Save where the part is just what a bill of nearly the same number owes."""
    assert settled_share(4, 300, ("two_transfers",)) >= 0.7


@pytest.mark.parametrize("seed", [5, 6])
def test_everything_at_once_stays_true(seed: int) -> None:
    """Thousands of people of all kinds in one statement: nothing false, the honest are served."""
    assert false_allocations(seed, 2500, HONEST + CROOKED) == Counter()
    assert settled_share(seed, 2500, HONEST) >= 0.97


def false_allocations(seed: int, stories: int, kinds: tuple[str, ...]) -> Counter[str]:
    """How often money went to a bill that it was not paid for, by the kind of story; credits stay within their sum."""
    world = dramas(seed, stories, kinds).world
    decisions = match(world.claims, world.credits, world.bills)
    wrong: Counter[str] = Counter()
    spent: Counter[int] = Counter()
    for decision in decisions:
        for allocation in decision.allocations:
            spent[allocation.credit] += allocation.amount
            if allocation.bill not in world.pays[allocation.credit]:
                wrong[world.kind_of.get(decision.claim or 0, "nobody's claim")] += 1
    assert all(spent[credit.id] <= credit.amount for credit in world.credits)
    assert {d.claim for d in decisions if d.claim is not None} == {claim.id for claim in world.claims}
    return wrong


def settled_share(seed: int, stories: int, kinds: tuple[str, ...]) -> float:
    """Which share of the honest claims is settled."""
    world = dramas(seed, stories, kinds).world
    decisions = match(world.claims, world.credits, world.bills)
    settled = {d.claim for d in decisions if d.kind is DecisionKind.MATCHED}
    return len(world.honest & settled) / max(len(world.honest), 1)
