"""The count is made by what went over the air, part by part."""

from __future__ import annotations

from datetime import UTC, datetime

from mgov.lab.tally import copies, tally
from modem_drivers.simulated import Submission


def _sent(to: str, part: tuple[int, int, int] | None = None) -> Submission:
    return Submission("lab-1", "+628111000001", to, "x", part, 1, False, datetime(2026, 1, 1, tzinfo=UTC), "00")


def test_a_message_of_several_parts_is_whole_when_each_has_come() -> None:
    """One part alone is a loss, the same part twice is a double, whatever the rest did."""
    assert copies([_sent("a", (7, 1, 2))], "a") == (0, 1)
    assert copies([_sent("a", (7, 1, 2)), _sent("a", (7, 2, 2))], "a") == (1, 1)
    assert copies([_sent("a", (7, 1, 2)), _sent("a", (7, 2, 2)), _sent("a", (7, 2, 2))], "a") == (1, 2)


def test_who_got_nothing_is_lost_and_who_got_it_twice_is_doubled() -> None:
    """Numbers that nobody asked about do not count."""
    counted = tally([_sent("a"), _sent("b"), _sent("b"), _sent("stranger")], ["a", "b", "c"])
    assert counted.lost == ("c",)
    assert counted.doubled == ("b",)
