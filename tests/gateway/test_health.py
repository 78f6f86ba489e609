"""What a modem's own look at itself changes for what it is given to do."""

from __future__ import annotations

from typing import cast

import pytest

from mgov.gateway.clerk import Clerk
from mgov.gateway.health import PROBE, SEARCH, Health
from mgov.gateway.settings import WorkerSettings
from modem_drivers.radio import Health as Probe
from modem_drivers.radio import Identity, Radio


class _Notes:
    """A clerk that only remembers what it was told."""

    def __init__(self) -> None:
        self.told: dict[str, object] = {}

    def note(self, **standing: object) -> None:
        self.told |= standing

    def meet(self, identity: Identity) -> None:
        self.told["imei"] = identity.imei


class _Modem:
    """A radio that answers nothing but probes."""

    def __init__(self) -> None:
        self.registration: int | None = 1
        self.looks = 0

    async def probe(self) -> Probe:
        self.looks += 1
        return Probe(registration=self.registration)


@pytest.fixture
def notes() -> _Notes:
    return _Notes()


@pytest.fixture
def health(notes: _Notes) -> Health:
    return Health(WorkerSettings("m", "node", "at", "/dev/null"), cast(Clerk, notes))


async def test_a_modem_without_a_network_is_looked_at_more_often(health: Health, notes: _Notes) -> None:
    """Every two seconds instead of ten, and since when is told once."""
    modem = _Modem()
    modem.registration = 2
    health.met(Identity())
    await health.check(cast(Radio, modem))
    assert not health.is_registered
    assert notes.told["state"] == "unregistered"
    since = notes.told["down_since"]
    assert since is not None
    assert health.until_check <= SEARCH
    health.suspect()
    await health.check(cast(Radio, modem))
    assert notes.told["down_since"] == since


@pytest.mark.parametrize("stat", [1, 5, 6, 7, 9, 10, None])
async def test_a_registered_modem_is_ready(stat: int | None, health: Health, notes: _Notes) -> None:
    """At home, roaming, for SMS only, with fallback not preferred, or where the modem does not tell."""
    modem = _Modem()
    modem.registration = stat
    health.met(Identity())
    await health.check(cast(Radio, modem))
    assert health.is_registered
    assert notes.told["state"] == "ready"
    assert SEARCH < health.until_check <= PROBE


async def test_a_refused_service_brings_the_next_look_forward(health: Health) -> None:
    """A modem that refuses a text for want of a network is not believed to have one."""
    modem = _Modem()
    health.met(Identity())
    await health.check(cast(Radio, modem))
    await health.check(cast(Radio, modem))
    assert modem.looks == 1
    health.suspect()
    await health.check(cast(Radio, modem))
    assert modem.looks == 2
