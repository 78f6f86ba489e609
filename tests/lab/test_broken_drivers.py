"""The lab proves itself: a driver that is broken in any usual way fails it, and the one we ship does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mgov.lab.catalogue import named
from mgov.lab.databases import empty_database
from mgov.lab.drill import Drill, Verdict
from tests.lab.broken_drivers import BROKEN, BrokenDriver, program

#: The short lab has a few of them; `script/lab` has all (MGOV_LAB=long).
SHORT = ("resends-after-error", "trusts-bare-ok", "joins-by-arrival")
CHOSEN = [each for each in BROKEN.values() if os.environ.get("MGOV_LAB") == "long" or each.name in SHORT]


def _drill(broken: BrokenDriver, folder: Path) -> Verdict:
    with empty_database(None, folder) as url:
        return Drill(named((broken.fault,))[0], folder, url, program=program(broken.name)).run()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("broken", CHOSEN, ids=lambda broken: broken.name)
def test_a_broken_driver_fails_the_lab(broken: BrokenDriver, tmp_path: Path) -> None:
    """And by the harm that it does, not because it does not run."""
    verdict = _drill(broken, tmp_path)
    assert verdict.remark == ""  # it ran
    assert not verdict.passed
    shown = getattr(verdict, broken.harm)
    assert (shown is None) if broken.harm == "recovery" else shown, verdict
    assert "worker failed" not in (tmp_path / "daemon.log").read_text(encoding="utf-8")


def test_at_least_ten_are_broken() -> None:
    """Each in a way of its own, and each by a drill of the catalogue."""
    assert len(BROKEN) >= 10
    assert len({each.break_it for each in BROKEN.values()}) == len(BROKEN)
    assert named(tuple(each.fault for each in BROKEN.values()))
