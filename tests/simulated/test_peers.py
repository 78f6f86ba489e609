"""The proof that the simulated network is faithful: gateways that never heard of it start on it, send and receive."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modem_drivers.simulated import SimulatedNetwork

from .conftest import CITIZEN, GATEWAY
from .peers import PEERS, Peer


def _eventually(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("profile", ["generic", "huawei", "simcom"])
@pytest.mark.parametrize("kind", PEERS, ids=lambda kind: kind.name)
def test_an_existing_gateway_sends_and_receives(kind: type[Peer], profile: str, tmp_path: Path) -> None:
    """It starts, sends a text that a phone receives unharmed, and receives a text that a phone sends."""
    if reason := kind.missing():
        pytest.skip(reason)
    with SimulatedNetwork.start() as network:
        port = network.add_modem("stick", GATEWAY, profile=profile)
        peer = kind(tmp_path / kind.name, [port])
        peer.start()
        try:
            peer.send(CITIZEN.removeprefix("+"), "Tagihan Anda {lunas}")
            outgoing = network.phone(CITIZEN).wait_for(1, 40)
            assert [text.text for text in outgoing] == ["Tagihan Anda {lunas}"], peer.logs()
            network.phone(CITIZEN).send("STATUS 12345", GATEWAY)
            assert _eventually(lambda: peer.received() == ["STATUS 12345"], 30), (peer.received(), peer.logs())
            assert _eventually(lambda: not network.stored("stick"), 20), "it did not delete what it received"
        finally:
            peer.stop()
