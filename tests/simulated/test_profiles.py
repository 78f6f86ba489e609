"""Profiles as data, and the control line of a network in a process of its own."""

from __future__ import annotations

import json

from modem_drivers.simulated import SimulatedNetwork, profiles
from modem_drivers.simulated.control import answer
from modem_drivers.simulated.profiles import imei, parse_ranges

from .conftest import CITIZEN, GATEWAY


def test_every_profile_offers_what_it_says() -> None:
    """Five ranges for +CNMI, memories that exist, a TAC of eight digits."""
    for profile in profiles().values():
        assert len(parse_ranges(profile.cnmi)) == 5, profile.name
        assert profile.storage in profile.cpms[0], profile.name
        assert len(profile.tac) == 8, profile.name
        assert profile.tac.isdigit(), profile.name


def test_an_imei_ends_with_its_check_digit() -> None:
    """The example of TS 23.003 annex B."""
    assert imei("26053179", 311383) == "260531793113837"


def test_a_network_is_told_by_lines(network: SimulatedNetwork) -> None:
    """A text sent by one line lies in the modem; nonsense is answered with an error, not an end."""
    network.add_modem("tsel-1", GATEWAY)
    told = answer(network, json.dumps({"do": "send", "from": CITIZEN, "text": "INFO", "to": GATEWAY}))
    assert json.loads(told) == {"ok": True}
    assert len(network.stored("tsel-1")) == 1
    assert "error" in json.loads(answer(network, '{"do": "nothing"}'))
    assert "error" in json.loads(answer(network, "no json"))
