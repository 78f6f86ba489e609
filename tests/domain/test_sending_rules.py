"""Quotas, what follows each outcome, how a route's standing changes, and what a SIM's credit says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mgov.domain.backoff import AFTER, Where, aftermath, retry_at
from mgov.domain.quotas import UNUSED, Quotas, Usage, allowance
from mgov.domain.standing import LEAST_STAY, PROBATION, Sample, Standing, judge
from mgov.domain.treasury import Credit, Forecast, forecast, read_credit, spending_per_day
from modem_drivers.radio import Outcome
from tests.domain.test_routing import OPERATORS

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_every_outcome_of_a_driver_has_its_aftermath() -> None:
    """One closed vocabulary: nothing a driver says is without a rule."""
    assert set(AFTER) == {outcome.value for outcome in Outcome}


@pytest.mark.parametrize(
    ("outcome", "code", "where", "first", "second"),
    [
        ("refused_for_now", "CMS 42", Where.ANY, 30, 60),
        ("refused_for_now", "CMS 331", Where.ANOTHER_MODEM, 0, 15),
        ("modem_fault", "CMS 300", Where.ANOTHER_MODEM, 0, 5),
        ("sim_fault", "CMS 21", Where.ANOTHER_SIM, 0, 30),
    ],
)
def test_waits_by_error_class(outcome: str, code: str, where: Where, first: int, second: int) -> None:
    """Congestion waits, a fault goes elsewhere at once; waits grow and vary by less than a tenth."""
    after = aftermath(outcome, code)
    waits = [(retry_at(NOW, after, tries, 7) - NOW).total_seconds() for tries in (1, 2, 99)]
    assert after.where is where
    assert first <= waits[0] <= first * 1.1
    assert second <= waits[1] <= second * 1.1
    assert waits[2] >= 1800


@pytest.mark.parametrize("outcome", ["accepted", "refused_for_good", "uncertain"])
def test_what_is_never_tried_again_by_itself(outcome: str) -> None:
    """Accepted, refused for good, and in doubt."""
    assert not AFTER[outcome].retries


def test_reminders_leave_a_share_of_every_quota() -> None:
    """With a fifth kept back, eight of ten are used up for reminders while two are left for replies."""
    left = allowance(Quotas(per_minute=10, per_day=1000), Usage({"per_minute": 8, "per_day": 8}))
    assert (left.parts_for(10), left.parts_for(30), left.used_up) == (2, 0, None)
    full = allowance(Quotas(per_minute=10), Usage({"per_minute": 10}))
    assert (full.parts_for(10), full.used_up) == (0, "per_minute")


def test_a_text_longer_than_the_quota_leaves_alone() -> None:
    """An empty window takes a message of any length; else it would never leave."""
    assert allowance(Quotas(per_minute=2), Usage({"per_minute": 0})).parts_for(10) == UNUSED
    assert allowance(Quotas(per_minute=2), Usage({"per_minute": 1})).parts_for(10) == 1


def test_a_full_list_of_recipients_admits_only_who_is_on_it() -> None:
    """The hidden cap of operators on different recipients."""
    left = allowance(Quotas(recipients_per_day=3), Usage({}, recipients=3))
    assert (left.only_known, left.used_up) == (True, "recipients_per_day")
    assert not allowance(Quotas(recipients_per_day=3), Usage({}, recipients=2)).only_known


def test_a_route_is_poor_when_much_fails_and_good_when_little_does() -> None:
    """Between both it keeps its standing, and it keeps any standing for a while: routes do not flap."""
    bad, middling, fine = Sample(20, 8), Sample(20, 2), Sample(20, 0)
    poor = judge(Standing(), bad, NOW)
    assert poor.poor
    assert "8 of 20" in poor.reason
    assert judge(poor, fine, NOW + MINUTE) == poor
    later = NOW + LEAST_STAY
    assert judge(poor, middling, later) == poor
    good = judge(poor, fine, later)
    assert not good.poor
    assert judge(good, bad, later + MINUTE) == good
    assert judge(Standing(), middling, NOW) == Standing()


def test_few_samples_say_nothing_and_a_poor_route_is_tried_again() -> None:
    """Three failures of three are no measurement; without new samples a poor route gets another chance."""
    assert judge(Standing(), Sample(3, 3), NOW) == Standing()
    poor = Standing(True, NOW, "much failed")
    assert judge(poor, Sample(), NOW + PROBATION - MINUTE).poor
    assert not judge(poor, Sample(), NOW + PROBATION).poor


def test_late_reports_make_a_route_poor() -> None:
    """Success is not enough: what arrives later than five minutes is late."""
    assert judge(Standing(), Sample(20, 0, reports=20, late=10), NOW).poor


@pytest.mark.parametrize(
    ("text", "balance", "until"),
    [
        ("TELKOMSEL: Sisa pulsa Rp50.000 berlaku s/d 31/12/2027.", 50_000, date(2027, 12, 31)),
        ("Sisa Pulsa Rp 1.234.567,00. Aktif s.d. 05-01-27", 1_234_567, date(2027, 1, 5)),
        ("Pulsa: Rp 23,120 aktif 12 Des 2026 Info *123#", 23_120, date(2026, 12, 12)),
        ("Saldo Utama Rp.0 Masa Aktif 20.06.2026", 0, date(2026, 6, 20)),
        ("Sisa pulsa Rp.3000.Aktif sd 26/02/2020.\nKonten", 3_000, date(2020, 2, 26)),  # gammu, issue 513
        ("SisaPulsa:Rp 27865. Aktif:31Des2026", 27_865, date(2026, 12, 31)),
        ("Sal Rp 20.150 MasaAktif s.d 12-01-27", 20_150, date(2027, 1, 12)),
        ("Sisa Pulsa Anda: 15.000 IDR s.d. 2026-12-31", 15_000, date(2026, 12, 31)),
        ("Your balance is Rp 5.000, valid until 12/01/2027", 5_000, date(2027, 1, 12)),
        ("Pulsa: 15000", 15_000, None),
        ("1. Cek pulsa\n2. Keluar", None, None),
        ("Pulsa Rp5000 aktif 31/02/2027", 5_000, None),
    ],
)
def test_the_operators_texts_are_read(text: str, balance: int | None, until: date | None) -> None:
    """Amounts with points or commas, dates with the day first; nonsense is nothing."""
    assert read_credit(text, OPERATORS.common_patterns) == Credit(balance, until)


def test_spending_ignores_top_ups() -> None:
    """10,000 of spending in two days is 5,000 a day, though the balance rose in between."""
    readings = [(NOW, 20_000), (NOW + timedelta(days=1), 14_000), (NOW + timedelta(days=1, hours=1), 64_000)]
    assert spending_per_day([*readings, (NOW + timedelta(days=2), 60_000)]) == pytest.approx(5_000)
    assert spending_per_day(readings[:1]) is None


def test_days_left_are_told_for_balance_and_masa_aktif() -> None:
    """Both, each only when it is known."""
    credit = Credit(15_000, date(2026, 12, 1))
    assert forecast(credit, 5_000.0, date(2026, 11, 24)) == Forecast(3, 7)
    assert forecast(Credit(15_000), None, date(2026, 11, 24)) == Forecast(None, None)
