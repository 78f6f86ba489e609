"""The lab as its users meet it: `mgov lab`, its drills and its rounds of kills."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from mgov.cli.lab import lab
from mgov.lab.catalogue import CATALOGUE
from mgov.lab.drill import Verdict
from mgov.lab.kill import KillVerdict

#: What the drills must be able to do to a modem, in the words of the catalogue.
FAULTS = {
    *("hang-in-pdu", "error-after-send", "lost-indication", "sim-full", "part-lost", "duplicate-delivery", "reboot"),
    *("renamed-port", "wrong-imei", "unregistered", "garbage", "unsolicited-inside", "slow", "undeletable"),
    *("cmt-at-prompt", "lost-answer", "kill", "database-away"),
}


def test_the_catalogue_has_every_fault_in_both_languages() -> None:
    """Each with a name of its own."""
    names = [scenario.name for scenario in CATALOGUE]
    assert len(set(names)) == len(names)
    assert set(names) >= FAULTS
    assert all(scenario.sentence("id") and scenario.sentence("en") for scenario in CATALOGUE)


def test_a_drill_says_what_was_lost_doubled_uncertain_and_how_long_recovery_took() -> None:
    """And ends well only when nothing was harmed."""
    done = CliRunner().invoke(lab, ["--fault", "unsolicited-inside", "--json"])
    verdict = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert verdict["passed"]
    assert verdict["recovery"] < 15
    assert (verdict["lost_in"], verdict["doubled_in"], verdict["lost_out"], verdict["doubled_out"]) == (0, 0, 0, 0)
    assert verdict["texts_in"] >= 12
    assert verdict["uncertain"] == 0


@pytest.mark.timeout(180)
def test_rounds_of_kills_lose_and_double_nothing() -> None:
    """With crash-safe submission; how fast a start is, is not measured here."""
    done = CliRunner().invoke(lab, ["kill", "--rounds", "3", "--crash-safe", "--ready-within", "60", "--json"])
    verdict = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert verdict["texts_in"] + verdict["texts_out"] > 0
    assert [verdict[key] for key in ("lost_in", "doubled_in", "booked_twice", "lost_out", "doubled_out")] == [0] * 5


def test_an_unknown_fault_is_refused() -> None:
    """With the place where the names stand."""
    done = CliRunner().invoke(lab, ["--fault", "earthquake"])
    assert done.exit_code == 2
    assert "see mgov lab --list" in done.output


def test_a_database_is_killed_only_where_it_is_the_labs_own() -> None:
    """Never a server that somebody else uses."""
    done = CliRunner().invoke(lab, ["--fault", "database-away"])
    assert done.exit_code == 2
    assert "--postgresql" in done.output


def test_any_harm_fails_a_drill() -> None:
    """Also a modem that comes back too late, and a daemon that ended."""
    assert Verdict("x", 1.0).passed
    assert not Verdict("x", None).passed
    assert not Verdict("x", 1.0, remark="the daemon ended").passed
    for harm in ("lost_in", "doubled_in", "lost_out", "doubled_out", "booked_twice", "garbled", "unreported"):
        assert not Verdict("x", 1.0, **{harm: 1}).passed  # type: ignore[arg-type]  # every field is a count


def test_doubles_are_forgiven_only_to_what_was_in_doubt_without_crash_safe_submission() -> None:
    """And a doubt may not outlive a restart by 15 s with it."""
    assert KillVerdict(1, crash_safe=False, seed=1, doubled_out=1).passed
    assert not KillVerdict(1, crash_safe=False, seed=1, doubled_out=1, unexplained=1).passed
    assert not KillVerdict(1, crash_safe=True, seed=1, doubled_out=1).passed
    assert not KillVerdict(1, crash_safe=True, seed=1, longest_doubt=15.1).passed
    assert not KillVerdict(1, crash_safe=True, seed=1, ready=[3.1]).passed
    assert not KillVerdict(1, crash_safe=False, seed=1, lost_in=1).passed
    assert not KillVerdict(1, crash_safe=False, seed=1, unreported=1).passed
