"""A host that dies has its work done by another within half a minute."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mgov.lab.daemon import LabDaemon, LabModem, modems_ready, wait_until
from mgov.lab.tally import tally
from modem_drivers.simulated import SimulatedNetwork

LATENCY = 1.0  # seconds that the network takes for a message: the host dies in the middle of one
QUEUED = 4


@pytest.mark.timeout(150)
def test_the_work_of_a_dead_host_is_done_within_half_a_minute(folder: Path, migrated_postgresql_url: str) -> None:
    """Replies that wait for its SIM go out by another's; what was in the air is in doubt, in sight, not sent again."""
    with SimulatedNetwork.start(link_dir=folder / "ports") as network:
        nodes = [_node(folder, network, migrated_postgresql_url, number) for number in (1, 2)]
        for node in nodes:
            node.start()
        try:
            assert wait_until(lambda: modems_ready(network, network.modems), 60) is not None
            network.submit_latency = LATENCY
            citizens = [f"+628130000000{number}" for number in range(QUEUED)]
            for citizen in citizens:
                network.phone(citizen).send("BANTUAN", "+62811100010010")
            assert wait_until(lambda: len(network.history) >= 1, 20) is not None
            nodes[0].kill()
            took = wait_until(lambda: any(each.modem == "n2-1" for each in network.history), 40, every=0.1)
            assert took is not None
            assert took < 30
            assert wait_until(lambda: not {"queued", "sending"} & _states(nodes[1]), 40, every=1.0) is not None
            came = tally(network.history, citizens)
            assert came.doubled == ()
            assert len(came.lost) <= 1  # the one that was in the air
        finally:
            for node in nodes:
                node.stop()


def _node(folder: Path, network: SimulatedNetwork, url: str, number: int) -> LabDaemon:
    name, msisdn = f"n{number}-1", f"+6281110001001{number - 1}"
    modem = LabModem(name, network.add_modem(name, msisdn), msisdn)
    return LabDaemon(folder / f"n{number}", [modem], database=url, config="[web]\nport = 0\n", node=f"n{number}")


def _states(node: LabDaemon) -> set[str]:
    return {json.loads(line)["state"] for line in node.run("sms", "outbox", "--json").splitlines()}
