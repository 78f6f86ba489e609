"""The simulated network, modems that answer from a script, and radios on their pseudo-terminals."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from modem_drivers.at import AtRadio
from modem_drivers.profiles import Profile, read_profiles
from modem_drivers.radio import RadioSettings
from modem_drivers.simulated import SimulatedNetwork
from tests.modem_drivers.scripted import Reply, ScriptedModem

GATEWAY = "+628111000001"
CITIZEN = "+628123456789"
QUICK = {"short": 1.5, "sim": 2.0, "list": 4.0, "prompt": 1.5, "submit": 2.0, "ussd": 3.0, "resync": 4.0}
#: Of scripted modems, which answer at once or never.
SCRIPTED_SECONDS = {
    "short": 0.6,
    "sim": 4.0,
    "list": 6.0,
    "prompt": 0.6,
    "submit": 0.6,
    "ussd": 1.0,
    "resync": 2.5,
    "sim_ready": 1.0,
}

ShippedProfiles = dict[str, Profile]
OpenRadio = Callable[..., Awaitable[AtRadio]]
Make = Callable[..., tuple[ScriptedModem, AtRadio]]


@pytest.fixture(scope="session")
def shipped_profiles() -> ShippedProfiles:
    path = Path(__file__).parents[2] / "config" / "modem_profiles.toml"
    return read_profiles(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.fixture
def network() -> Iterator[SimulatedNetwork]:
    with SimulatedNetwork.start() as running:
        yield running


@pytest_asyncio.fixture
async def open_radio(shipped_profiles: ShippedProfiles) -> AsyncIterator[OpenRadio]:
    opened: list[AtRadio] = []

    async def open_it(path: str, **changes: object) -> AtRadio:
        settings = RadioSettings(name="test", port=path, timeouts=QUICK, **changes)  # type: ignore[arg-type]
        radio = AtRadio(settings, shipped_profiles)
        opened.append(radio)
        await radio.open()
        return radio

    yield open_it
    for radio in opened:
        await radio.close()


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    made: list[tuple[ScriptedModem, AtRadio]] = []

    def make_one(
        script: dict[str, Reply] | None = None,
        echo: bool = False,
        pin: str | None = None,
        profiles: ShippedProfiles | None = None,
    ) -> tuple[ScriptedModem, AtRadio]:
        modem = ScriptedModem(script or {}, echo)
        radio = AtRadio(RadioSettings("test", modem.path, pin=pin, timeouts=SCRIPTED_SECONDS), profiles)
        made.append((modem, radio))
        return modem, radio

    yield make_one
    for modem, radio in made:
        await radio.close()
        modem.close()
