"""What the ledger takes for its SIM, whatever the SIM tells this time."""

from __future__ import annotations

import pytest

from mgov.gateway.ledger import Ledger
from mgov.gateway.settings import WorkerSettings
from mgov.store.database import Database
from mgov.workflows.send import Sender
from modem_drivers.radio import Identity

IMSI, CARD = "510101234567890", "8962101234567890123"


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    settings = WorkerSettings("tsel-1", "node", "at", "/dev/ttyUSB0")
    return Ledger(settings, Database(sqlite_url), lambda sim: Sender(settings.owner, settings.name, sim), None)


def _met(ledger: Ledger, **told: str) -> str:
    ledger.meet(Identity(**told))
    return ledger.origin.sim


def test_a_sim_that_is_silent_once_is_who_it_was(ledger: Ledger) -> None:
    """Its texts are told from new ones by the name of the SIM: another name, and they would be answered twice."""
    assert _met(ledger, imsi=IMSI, iccid=CARD) == IMSI
    assert _met(ledger, iccid=CARD) == IMSI
    assert _met(ledger) == IMSI


def test_another_card_is_another_sim(ledger: Ledger) -> None:
    """Also when it tells nothing but its own number."""
    assert _met(ledger) == "tsel-1"
    assert _met(ledger, imsi=IMSI, iccid=CARD) == IMSI
    assert _met(ledger, iccid=f"{CARD[:-1]}9") == f"{CARD[:-1]}9"
    assert _met(ledger, imsi="510109999999999") == "510109999999999"
