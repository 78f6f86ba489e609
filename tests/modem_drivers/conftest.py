"""The simulated network, and radios on its pseudo-terminals."""

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

GATEWAY = "+628111000001"
CITIZEN = "+628123456789"
QUICK = {"short": 1.5, "sim": 2.0, "list": 4.0, "prompt": 1.5, "submit": 2.0, "ussd": 3.0, "resync": 4.0}

ShippedProfiles = dict[str, Profile]
OpenRadio = Callable[..., Awaitable[AtRadio]]


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
