"""The daemon serves modems as their manuals have them, and with the troubles that their owners write of."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.gateway.sticks_at_work import LONG, SticksAtWork, citizen, wait
from tests.modem_drivers.makes import Sluggish, makes
from tests.modem_drivers.troubles import troubles
from tests.modem_drivers.troubles_of_service import Restarting
from tests.modem_drivers.troubles_of_timing import HearsWhileSending

WITHIN = 90.0  # seconds: one modem takes a second for every answer, and all of them share two cores
TEXTS = 4


def _through_a_power_cut(site: SticksAtWork, reports: int) -> list[dict[str, str]]:
    """What lay there, what comes, long texts, texts after the cut; gives the daemon's account of it."""
    try:
        site.come("STATUS 11111", 1)
        site.start()
        wait(lambda: site.answered(1), WITHIN)
        site.come("STATUS 22222", 5)
        site.come(LONG, 9)
        wait(lambda: site.answered(3), WITHIN)
        site.cut_power()
        site.come("STATUS 33333", 13)
        site.start()
        wait(lambda: site.answered(4), WITHIN)
        wait(lambda: site.delivered() >= reports, WITHIN, every=0.5)
        wait(lambda: not any(stick.slots for stick in site.sticks), WITHIN)
        return site.outbox()
    finally:
        site.stop()


def _assert_served(site: SticksAtWork, outbox: list[dict[str, str]], reports: int) -> None:
    told = site.answers()
    for place, stick in enumerate(site.sticks):
        assert told[citizen(place)] == TEXTS, stick.name
        assert not stick.slots, stick.name
        assert not stick.complaints, stick.name
    states = Counter(line["state"] for line in outbox)
    assert set(states) <= {"delivered", "sent"}
    assert states["delivered"] >= reports


@pytest.mark.timeout(400)
def test_every_make_is_served_through_a_power_cut(tmp_path: Path, migrated_sqlite_url: str) -> None:
    """Each text is answered once, and its report taken, with crash-safe submission and without."""
    site = SticksAtWork(tmp_path, migrated_sqlite_url, makes())
    # What is told while nobody listens is lost where nothing holds it back: of the slow one, which has no +CNMA,
    # the reports of the two texts before the cut.
    lost = sum(2 * isinstance(stick, Sluggish) for stick in site.sticks)
    reports = sum(stick.tells_reports for stick in site.sticks) * TEXTS - lost
    _assert_served(site, _through_a_power_cut(site, reports), reports)


@pytest.mark.timeout(400)
def test_no_trouble_costs_or_doubles_a_text(tmp_path: Path, migrated_sqlite_url: str) -> None:
    """Also when sticks restart, hang, vanish, forget and fill up while it goes on."""
    site = SticksAtWork(tmp_path, migrated_sqlite_url, troubles(tmp_path / "ports"))
    # Those that restart drop what is reported meanwhile; what others answer in place of one reports as they do.
    drop = sum(isinstance(stick, Restarting) or not stick.tells_reports for stick in site.sticks)
    reports = (len(site.sticks) - drop - 2) * TEXTS
    _assert_served(site, _through_a_power_cut(site, reports), reports)


@pytest.mark.timeout(120)
def test_a_text_on_the_air_at_a_power_cut_is_not_sent_again(tmp_path: Path, migrated_sqlite_url: str) -> None:
    """Also by a modem that answers meanwhile, and says STO UNSENT until the network has it."""
    site = SticksAtWork(tmp_path, migrated_sqlite_url, [HearsWhileSending])
    try:
        site.start()
        site.come("STATUS 11111", 1)
        wait(
            lambda: all(isinstance(stick, HearsWhileSending) and stick.is_sending for stick in site.sticks),
            WITHIN,
            every=0.02,
        )
        site.cut_power()
        site.start()
        wait(lambda: site.delivered() >= len(site.sticks), WITHIN, every=0.5)
        time.sleep(HearsWhileSending.SUBMITS + 1)  # what is sent again comes later
    finally:
        site.stop()
    assert site.answers() == {citizen(place): 1 for place in range(len(site.sticks))}
