"""`script/scale` says itself whether its figures keep the promises."""

from __future__ import annotations

from script.benchmarks.verdicts import Run, verdicts


def _kept(*runs: Run) -> list[bool]:
    return [line.split()[0] == "kept" for line in verdicts(runs)]


SMALL = Run(10_000, bills_seconds=1, bills_megabytes=100, statement_seconds=4, statement_megabytes=100)


def test_a_minute_for_a_hundred_thousand_is_the_limit() -> None:
    assert _kept(Run(100_000, 10, 100, 49.9, 100)) == [True]
    assert _kept(Run(100_000, 10, 100, 50.1, 100)) == [False]


def test_memory_that_grows_with_the_size_breaks_the_promise() -> None:
    time, bills, statement, linear = _kept(SMALL, Run(100_000, 10, 109, 40, 111))
    assert (time, bills, statement, linear) == (True, True, False, True)


def test_an_entry_that_takes_longer_among_more_breaks_the_promise() -> None:
    *_, linear = _kept(SMALL, Run(20_000, 2, 100, 10.1, 100))
    assert not linear
    *_, linear = _kept(SMALL, Run(20_000, 2, 100, 9.9, 100))
    assert linear
