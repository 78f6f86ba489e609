"""Several processes match and decide at the same time, on every database: money is given once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from mgov.store.database import Database, temporary
from mgov.workflows import desk
from mgov.workflows.desk import DeskError
from mgov.workflows.payments_matching import match_all
from tests.workflows.payment_world import CASHIER, CITIZEN, NOW, POLICY, SECOND, STRANGER, TOLD, PaymentWorld

BILL, OTHER = "SKRD-2026-004512", "SKRD-2026-009999"
PROOF = "353107343110"


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do things in threads that start together; returns what they raised."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_two_matchers_settle_each_payment_once(migrated_url: str) -> None:
    """Two processes match the same thirty payments: each is settled once, and each sender told once."""
    with temporary(migrated_url) as one, temporary(migrated_url) as two:
        world = PaymentWorld(one)
        for number in range(30):
            world.bill(f"SKRD-2026-{number:06d}", 250_000)
            world.claim(f"SKRD-2026-{number:06d}", proof=f"35310734{number:04d}")
            world.entry(f"35310734{number:04d}", 250_000)
        raised = at_once(lambda: match_all(one, NOW, POLICY), lambda: match_all(two, NOW, POLICY))
        assert raised == []
        assert world.statuses() == ["settled"] * 30
        assert world.books() == (7_500_000, 7_500_000, 7_500_000)
        assert len([text for text in world.texts() if text.startswith("LUNAS")]) == 30


@pytest.mark.parametrize("decisions", ["approve and approve", "approve and reject"])
def test_two_cashiers_cannot_decide_the_same_case(migrated_url: str, decisions: str) -> None:
    """One decides, the other is told that it is decided; the citizen hears one answer."""
    with temporary(migrated_url) as one, temporary(migrated_url) as two:
        world = doubtful(one)
        before = len(world.texts(CITIZEN))
        who = {"actor": SECOND, "now": NOW, "told": TOLD}

        def second() -> object:
            if decisions == "approve and approve":
                return desk.approve(two, 1, PROOF, **who)  # type: ignore[arg-type]
            return desk.reject(two, 1, reason="bukan miliknya", **who)  # type: ignore[arg-type]

        raised = at_once(lambda: desk.approve(one, 1, PROOF, actor=CASHIER, now=NOW, told=TOLD), second)
        assert [type(error) for error in raised] == [DeskError]
        assert len(world.texts(CITIZEN)) == before + 1
        assert world.books()[1] in (0, 250_000)


def doubtful(db: Database) -> PaymentWorld:
    """Two claims for one credit."""
    world = PaymentWorld(db)
    world.bill(BILL, 250_000)
    world.bill(OTHER, 250_000, payer_name="JOKO LAIN SEKALI")
    world.claim(BILL, proof=PROOF)
    world.claim(OTHER, proof=PROOF, sender=STRANGER)
    world.entry(PROOF, 250_000)
    world.match()
    return world
