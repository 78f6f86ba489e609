"""A modem is known by its IMEI, not by the name of its port."""

from __future__ import annotations

import pytest

from modem_drivers.at.discovery import find_port, imei_at
from modem_drivers.radio import PortUnavailableError
from modem_drivers.simulated import SimulatedNetwork


async def test_auto_finds_the_port_by_imei(network: SimulatedNetwork) -> None:
    """Whatever the order of the ports."""
    paths = [network.add_modem(f"m{number}", f"+62811100000{number}") for number in (1, 2)]
    wanted = await imei_at(paths[1])
    assert wanted is not None
    assert await find_port("auto", wanted, candidates=lambda: paths) == paths[1]
    assert await find_port("auto", wanted, candidates=lambda: reversed(paths)) == paths[1]
    with pytest.raises(PortUnavailableError, match="no modem with IMEI 000000000000000"):
        await find_port("auto", "000000000000000", candidates=lambda: paths)


async def test_a_path_is_taken_as_it_is() -> None:
    """Nothing is probed when the config names the port; `auto` alone is not enough."""
    assert await find_port("/dev/serial/by-id/usb-x", None) == "/dev/serial/by-id/usb-x"
    with pytest.raises(PortUnavailableError) as error:
        await find_port("auto", None)
    assert error.value.code == "imei_missing"
