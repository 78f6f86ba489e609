"""The ladder of recovery: which step comes when, and what is never done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mgov.gateway.ladder import LONGEST_PAUSE, PERSON_PAUSE, Ladder, Step

AT = datetime(2026, 11, 12, 7, 30, tzinfo=UTC)


def _steps(ladder: Ladder, code: str, times: int, every: float = 10.0) -> list[Step]:
    return [ladder.failed(code, number * every, AT) for number in range(times)]


def test_a_silent_modem_is_opened_again_then_reset_then_powered() -> None:
    """Each rung is tried after the one below it."""
    steps = _steps(Ladder(has_command=True), "silent", 5)
    assert steps == [Step.REOPEN, Step.REOPEN, Step.RESET, Step.REOPEN, Step.COMMAND]


def test_resets_are_capped_for_each_hour() -> None:
    """However long a modem fails, it is reset only so often in an hour, and again in the next."""
    ladder = Ladder(resets_per_hour=2)
    assert _steps(ladder, "silent", 100).count(Step.RESET) == 2
    later = [ladder.failed("silent", 5000.0 + number, AT) for number in range(100)]
    assert later.count(Step.RESET) == 2


@pytest.mark.parametrize("code", ["pin_refused", "pin_unsafe", "wrong_imei", "wrong_sim", "port_busy", "no_sim"])
def test_what_is_not_the_modems_fault_resets_nothing(code: str) -> None:
    """A locked SIM or another modem is not reset away."""
    assert set(_steps(Ladder(has_command=True), code, 40)) == {Step.REOPEN}


def test_a_port_that_is_gone_gets_power_but_no_reset_by_command() -> None:
    """There is nobody to hear +CFUN."""
    steps = _steps(Ladder(has_command=True), "no_such_port", 12)
    assert Step.RESET not in steps
    assert Step.COMMAND in steps


def test_a_modem_that_finds_no_network_is_reset_at_once() -> None:
    """It was waited for already; and after a while of service it is a new failure."""
    ladder = Ladder(resets_per_hour=2)
    steps = []
    for number in range(4):
        ladder.served(180.0)
        steps.append(ladder.failed("unregistered", number * 200.0, AT))
    assert steps == [Step.RESET, Step.RESET, Step.REOPEN, Step.REOPEN]


def test_pauses_grow_are_capped_and_never_alike() -> None:
    """The port is tried again soon at first, then every few seconds; a locked SIM waits for a person."""
    ladder = Ladder()
    pauses = []
    for number in range(12):
        ladder.failed("silent", float(number), AT)
        pauses.append(ladder.pause())
    assert pauses[0] < 0.5
    assert max(pauses) <= LONGEST_PAUSE * 1.2
    assert len(set(pauses)) == len(pauses)
    ladder.failed("pin_refused", 20.0, AT)
    assert ladder.pause() == PERSON_PAUSE


def test_the_evidence_says_what_was_tried_and_when_a_person_is_needed() -> None:
    """An operator reads since when it fails and what has been done."""
    ladder = Ladder(has_command=True)
    _steps(ladder, "silent", 6)
    assert "07:30:00" in ladder.evidence()
    assert "reset 1x" in ladder.evidence()
    assert "a person has to look at it" in ladder.evidence()


def test_a_modem_that_works_again_starts_from_the_lowest_rung() -> None:
    """After half a minute of service a failure is a new one."""
    ladder = Ladder()
    _steps(ladder, "silent", 4)
    ladder.served(31.0)
    assert ladder.evidence() == ""
    assert ladder.failed("silent", 100.0, AT) is Step.REOPEN
