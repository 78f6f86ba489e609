"""A modem's errands on the simulated network: requests of people, the balance on a timer, the SMS centre."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from mgov.bootstrap import modem_profiles
from mgov.domain.actor import Actor
from mgov.domain.routing import SendRules
from mgov.gateway import errands as errands_module
from mgov.gateway.errands import Errands, ErrandSettings
from mgov.store import alerts, modems, sims
from mgov.store.database import Database, temporary
from mgov.workflows import modem_requests
from mgov.workflows.treasury import Warnings
from modem_drivers.at import AtRadio
from modem_drivers.radio import RadioSettings
from modem_drivers.simulated import SimulatedNetwork
from tests.workflows.sending import OPERATORS

GATEWAY = "+628110000001"
RULES = SendRules(OPERATORS)


class Clock:
    """The hour as a test wants it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands_module, "LOOK", 0.0)


@pytest.fixture
def network() -> Iterator[SimulatedNetwork]:
    with SimulatedNetwork.start() as running:
        yield running


@pytest.fixture
def db(migrated_sqlite_url: str) -> Iterator[Database]:
    with temporary(migrated_sqlite_url) as opened:
        opened.transact(lambda tx: modems.report(tx, "m", state="ready", last_seen=datetime.now(UTC)))
        yield opened


@asynccontextmanager
async def _at_work(
    db: Database, port: str, settings: ErrandSettings, clock: Clock | None = None
) -> AsyncIterator[tuple[Errands, AtRadio]]:
    radio = AtRadio(RadioSettings(name="m", port=port), modem_profiles())
    identity = await radio.open()
    errands = Errands(db, "m", RULES, settings, clock or Clock())
    try:
        await errands.opened(radio, identity, identity.imsi or "m")
        yield errands, radio
    finally:
        await radio.close()


def _row(db: Database) -> dict[str, object]:
    return dict(db.read(modems.rows)[0])


def _alerts(db: Database) -> set[str]:
    return {row["kind"] for row in db.read(alerts.open_alerts) if row["gone_at"] is None}


async def test_the_balance_is_asked_for_and_kept(db: Database, network: SimulatedNetwork) -> None:
    """Balance and masa aktif are read with the operator's pattern; not asked again before its time."""
    port = network.add_modem("m", GATEWAY, "telkomsel")
    settings = ErrandSettings(every=timedelta(hours=6))
    async with _at_work(db, port, settings) as (errands, radio):
        await errands.run(radio)
    row = _row(db)
    assert (row["balance"], str(row["valid_until"])) == (50_000, "2099-12-31")
    assert _alerts(db) == set()
    network.ussd_service.balances[GATEWAY] = 1
    async with _at_work(db, port, settings) as (errands, radio):
        await errands.run(radio)
    assert _row(db)["balance"] == 50_000
    clock = Clock()
    clock.ahead = timedelta(hours=6, seconds=1)
    async with _at_work(db, port, settings, clock) as (errands, radio):
        await errands.run(radio)
    assert _row(db)["balance"] == 1


async def test_without_an_interval_no_sim_is_asked(db: Database, network: SimulatedNetwork) -> None:
    """A default configuration dials nothing that nobody asked for."""
    async with _at_work(db, network.add_modem("m", GATEWAY), ErrandSettings()) as (errands, radio):
        await errands.run(radio)
    assert _row(db)["balance"] is None


async def test_staff_are_warned_before_a_sim_fails(db: Database, network: SimulatedNetwork) -> None:
    """By days at the rate of spending, by rupiah, and by the end of the masa aktif; a top-up ends the warning."""
    port = network.add_modem("m", GATEWAY)
    now = datetime.now(UTC)
    network.ussd_service.codes["*7#"] = lambda _msisdn, _code: f"Pulsa Rp9.000 aktif {now + timedelta(days=5):%d/%m/%Y}"
    dear = ErrandSettings(every=timedelta(hours=6), ussd=("*7#",), warnings=Warnings(7, 10_000))
    clock = Clock()
    async with _at_work(db, port, dear, clock) as (errands, radio):
        sim = str(_first_sim(db))
        for days, balance in ((2, 15_000), (1, 12_000)):
            told = (sim, "m", now - timedelta(days=days), balance, None, "")
            db.transact(lambda tx, told=told: sims.add_reading(tx, *told))
        await errands.run(radio)
        assert _alerts(db) == {"balance_low", "sim_expiring"}
        assert _row(db)["days_left"] == 3
        network.ussd_service.codes["*7#"] = lambda _msisdn, _code: "Pulsa Rp900.000 aktif 31/12/2030"
        clock.ahead = timedelta(hours=7)
        await errands.run(radio)
    assert _alerts(db) == set()


async def test_an_answer_that_nobody_understands_is_said(db: Database, network: SimulatedNetwork) -> None:
    """The operator changed its words: staff are told, the old balance stays."""
    network.ussd_service.codes["*7#"] = lambda _msisdn, _code: "Terima kasih."
    settings = ErrandSettings(every=timedelta(hours=6), ussd=("*7#",))
    async with _at_work(db, network.add_modem("m", GATEWAY), settings) as (errands, radio):
        await errands.run(radio)
    assert _alerts(db) == {"balance_unread"}
    assert _row(db)["balance"] is None


async def test_a_balance_behind_a_menu(db: Database, network: SimulatedNetwork) -> None:
    """A session of several steps, as the site or the table says."""
    settings = ErrandSettings(every=timedelta(hours=6), ussd=("*363#", "1"))
    async with _at_work(db, network.add_modem("m", GATEWAY), settings) as (errands, radio):
        await errands.run(radio)
    assert _row(db)["balance"] == 50_000


async def test_people_ask_a_modem_that_the_daemon_holds(db: Database, network: SimulatedNetwork) -> None:
    """A USSD session step by step, a probe and a reset, each answered in the database; a bad code says why."""
    async with _at_work(db, network.add_modem("m", GATEWAY), ErrandSettings()) as (errands, radio):
        menu = await _ask(db, errands, radio, "ussd", "*363#")
        assert (menu.state, menu.open) == ("done", True)
        balance = await _ask(db, errands, radio, "ussd", "1")
        assert "Rp50.000" in balance.answer
        assert not balance.open
        probe = await _ask(db, errands, radio, "probe", None)
        assert json.loads(probe.answer)["registered"] is True
        assert (await _ask(db, errands, radio, "ussd", "ä")).state == "failed"
        assert (await _ask(db, errands, radio, "reset", None)).state in ("done", "failed")


async def test_a_request_that_nobody_took_is_taken_back(db: Database) -> None:
    """Who asked gives up; a worker that comes later does not dial for nobody."""
    number = modem_requests.ask(db, "m", "ussd", "*888#", Actor.system("test"), datetime.now(UTC))
    assert modem_requests.withdraw(db, number, datetime.now(UTC))
    assert db.transact(lambda tx: modem_requests.begin(tx, "m", datetime.now(UTC))) is None


async def test_a_missing_sms_centre_is_set_from_the_table(db: Database, network: SimulatedNetwork) -> None:
    """A SIM without one gets its operator's; one that has one keeps it, unless the site names another."""
    port = network.add_modem("m", GATEWAY, "telkomsel")
    radio = AtRadio(RadioSettings(name="m", port=port), modem_profiles())
    own = (await radio.open()).smsc
    await radio.close()
    async with _at_work(db, port, ErrandSettings()):
        assert _row(db)["smsc"] is None  # nothing was set: only the worker writes what the SIM told
    network.run(lambda: setattr(network.modem("m").sim, "smsc", ""))
    async with _at_work(db, port, ErrandSettings()):
        assert _row(db)["smsc"] == "+6281100000"
    async with _at_work(db, port, ErrandSettings(smsc="+62855000000")) as (_, opened):
        assert _row(db)["smsc"] == "+62855000000"
        await opened.close()
        assert (await opened.open()).smsc == "+62855000000"
    assert own


def _first_sim(db: Database) -> object:
    return db.read(lambda tx: next(iter(sims.memory_writes(tx))))


async def _ask(
    db: Database, errands: Errands, radio: AtRadio, kind: str, argument: str | None
) -> modem_requests.Result:
    number = await asyncio.to_thread(
        modem_requests.ask, db, "m", kind, argument, Actor.system("test"), datetime.now(UTC)
    )
    await errands.run(radio)
    return modem_requests.result(db, number)
