"""What the desk hears by itself: the daily summary, escalation, and who stands in for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mgov.domain.actor import Actor
from mgov.store import staff as staff_store
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.staff import staff
from mgov.workflows import access, desk, desk_deputies, desk_escalation, payment_summary, payments_view
from mgov.workflows.desk_age import Ages
from scheduler.calendar import Calendar
from tests.workflows.payment_world import CASHIER, NOW, PAID_AT, POLICY, REPLIES, STRANGER, TOLD, PaymentWorld

BILL, OTHER = "SKRD-2026-004512", "SKRD-2026-009999"
PROOF = "353107343110"
ADMIN = Actor.staff("kepala")


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    world = PaymentWorld(database)
    add_staff(world, "kepala", ["administrator"], "+628120000001")
    add_staff(world, "ani", ["cashier"], "+628120000002")
    add_staff(world, "budi", ["operator"], "+628120000003")
    return world


def add_staff(world: PaymentWorld, login: str, roles: list[str], phone: str) -> None:
    values = {"login": login, "phone": phone, "email": f"{login}@example.go.id", "created_at": NOW}
    world.db.transact(lambda tx: staff_store.add(tx, roles, created_by="test", **values))


def doubtful(world: PaymentWorld) -> None:
    """Two claims for one credit."""
    world.bill(BILL, 250_000)
    world.bill(OTHER, 250_000, payer_name="JOKO LAIN SEKALI")
    world.claim(BILL, proof=PROOF)
    world.claim(OTHER, proof=PROOF, sender=STRANGER)
    world.entry(PROOF, 250_000)


def ages(days: int = 0) -> Ages:
    return Ages(Calendar(), POLICY.zone, NOW + timedelta(days=days))


def queued(world: PaymentWorld, prefix: str) -> list[tuple[str, str]]:
    """The recipients and texts of messages whose key begins so."""
    columns = (outbound_message.c.recipient, outbound_message.c.text)
    query = select(*columns).where(outbound_message.c.dedupe_key.like(f"{prefix}%")).order_by(outbound_message.c.id)
    return [(row[0], row[1]) for row in world.db.read(lambda tx: tx.execute(query).all())]


def test_the_summary_of_a_day_adds_up(world: PaymentWorld) -> None:
    """Money in is matched, unclaimed, doubtful or none of a bill's, and nothing else."""
    doubtful(world)
    world.bill("SKRD-2026-000001", 100_000)
    world.claim("SKRD-2026-000001", proof="999888777666")
    world.entry("999888777666", 100_000)
    world.entry("123123123123", 70_000)
    other = world.entry("555666777888", 30_000)
    world.match()
    desk.other_income(world.db, f"#{other}", reason="jasa giro", actor=CASHIER, now=NOW)
    one, whole = payment_summary.summaries(world.db, ADMIN, PAID_AT.date(), ages())
    assert (one.total, one.matched, one.unclaimed, one.doubtful, one.other) == (
        450_000,
        100_000,
        70_000,
        250_000,
        30_000,
    )
    assert (whole.total, whole.entries, whole.review, whole.waiting) == (450_000, 4, 2, 0)
    assert whole.matched + whole.unclaimed + whole.doubtful + whole.other == whole.total


def test_what_the_bank_took_back_is_not_called_unclaimed(world: PaymentWorld) -> None:
    """Nobody should look for the payer of money that is not there any more."""
    world.entry(PROOF, 77_000)
    world.entry(PROOF, 77_000, type_="DB", text=f"REVERSAL {PROOF}")
    world.match()
    whole = payment_summary.summaries(world.db, CASHIER, PAID_AT.date(), ages())[-1]
    assert (whole.total, whole.unclaimed, whole.other) == (77_000, 0, 77_000)


def test_the_desk_gets_the_summary_once(world: PaymentWorld) -> None:
    """By text and by mail, to cashiers only, and not again for the same day."""
    doubtful(world)
    world.match()
    assert payment_summary.tell_desk(world.db, PAID_AT.date(), REPLIES, ages(), NOW) == 2
    assert payment_summary.tell_desk(world.db, PAID_AT.date(), REPLIES, ages(), NOW) == 0
    told = queued(world, "summary:")
    assert [to for to, _ in told] == ["+628120000002", "ani@example.go.id"]
    assert "Rp250.000" in told[0][1]


def test_a_case_is_escalated_once_after_two_working_days(world: PaymentWorld) -> None:
    """Not on the second working day, but on the third; to the administrator as nobody stands in; once."""
    doubtful(world)
    world.match()
    assert desk_escalation.escalate(world.db, REPLIES, ages(2), NOW + timedelta(days=2)) == 0
    assert desk_escalation.escalate(world.db, REPLIES, ages(3), NOW + timedelta(days=3)) == 2
    assert desk_escalation.escalate(world.db, REPLIES, ages(4), NOW + timedelta(days=4)) == 0
    assert [to for to, _ in queued(world, "escalation:")] == ["+628120000001"]


def test_a_deputy_decides_and_hears_of_late_cases(world: PaymentWorld) -> None:
    """An operator may not decide; as the cashier's deputy he may, and the audit says in whose place."""
    doubtful(world)
    world.match()
    budi = Actor.staff("budi")
    with pytest.raises(access.RefusedError):
        desk.reject(world.db, 2, reason="bukan miliknya", actor=budi, now=NOW, told=TOLD)
    desk_deputies.appoint(world.db, "ani", "budi", NOW + timedelta(days=5), actor=ADMIN, now=NOW)
    assert desk.reject(world.db, 2, reason="bukan miliknya", actor=budi, now=NOW, told=TOLD).kind == "rejected"
    desk_escalation.escalate(world.db, REPLIES, ages(3), NOW + timedelta(days=3))
    assert [to for to, _ in queued(world, "escalation:")] == ["+628120000003"]


def test_a_deputy_sees_what_he_decides_on(world: PaymentWorld) -> None:
    """An operator sees no payments; as the cashier's deputy he sees hers, for as long as he is."""
    doubtful(world)
    world.match()
    budi = Actor.staff("budi")
    with pytest.raises(access.RefusedError):
        payments_view.reviewed(world.db, budi, ages(0))
    desk_deputies.appoint(world.db, "ani", "budi", NOW + timedelta(days=1), actor=CASHIER, now=NOW)
    assert len(payments_view.reviewed(world.db, budi, ages(0))) == 2
    assert len(payments_view.listing(world.db, budi, now=NOW)) == 2
    with pytest.raises(access.RefusedError):
        payments_view.reviewed(world.db, budi, ages(2))


def test_a_deputy_is_no_second_pair_of_eyes_for_whom_he_stands_in(world: PaymentWorld) -> None:
    """Whoever proposes, she or he: a cashier must not name her own second person; another cashier is one."""
    add_staff(world, "citra", ["cashier"], "+628120000004")
    world.bill(BILL, 50_000_000)
    world.entry(PROOF, 50_000_000)
    desk_deputies.appoint(world.db, "ani", "budi", None, actor=CASHIER, now=NOW)
    for login in ("ani", "budi", "ani"):
        assert desk.assign(world.db, PROOF, [BILL], actor=Actor.staff(login), now=NOW).kind == "proposed"
    assert world.books()[1] == 0
    assert desk.assign(world.db, PROOF, [BILL], actor=Actor.staff("citra"), now=NOW).kind == "allocated"


def test_a_deputy_is_one_only_for_his_time(world: PaymentWorld) -> None:
    """After the last day he is an operator again; so he is when the account that he stood in for is closed."""
    doubtful(world)
    world.match()
    budi = Actor.staff("budi")
    desk_deputies.appoint(world.db, "ani", "budi", NOW + timedelta(days=1), actor=CASHIER, now=NOW)
    with pytest.raises(access.RefusedError):
        desk.reject(world.db, 1, reason="x", actor=budi, now=NOW + timedelta(days=2), told=TOLD)
    closed = update(staff).where(staff.c.login == "ani").values(disabled_at=NOW)
    world.db.transact(lambda tx: tx.execute(closed))
    with pytest.raises(access.RefusedError):
        desk.reject(world.db, 1, reason="x", actor=budi, now=NOW, told=TOLD)


def test_only_who_may_appoints_a_deputy(world: PaymentWorld) -> None:
    """Nobody makes himself the cashier's deputy."""
    with pytest.raises(access.RefusedError):
        desk_deputies.appoint(world.db, "ani", "budi", None, actor=Actor.staff("budi"), now=NOW)
    with pytest.raises(ValueError, match="siapa"):
        desk_deputies.appoint(world.db, "ani", "siapa", None, actor=ADMIN, now=NOW)
