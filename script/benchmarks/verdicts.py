"""Whether imports and matching keep what the site promises: in time, in the same memory at any size, and linear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Seconds for bills and statement together, and the size that the promise is about.
LIMIT_SECONDS, LIMIT_SIZE = 60, 100_000
#: How much more memory the largest size may take than the smallest, and how much longer an entry may.
MOST_MEMORY, MOST_TIME = 1.10, 1.20


@dataclass(frozen=True, slots=True)
class Run:
    """What one size took: seconds on the wall and greatest megabytes, of the bills and of the statement."""

    size: int
    bills_seconds: float
    bills_megabytes: float
    statement_seconds: float
    statement_megabytes: float

    @property
    def seconds(self) -> float:
        """Both together."""
        return self.bills_seconds + self.statement_seconds


def verdicts(runs: Sequence[Run]) -> list[str]:
    """A line for each promise that the sizes tell something about."""
    ordered = sorted(runs, key=lambda run: run.size)
    told = [_in_time(run) for run in ordered if run.size == LIMIT_SIZE]
    if len(ordered) > 1:
        told += _memory(ordered[0], ordered[-1])
        told += [_linear(one, next_) for one, next_ in pairwise(ordered)]
    return told


def _in_time(run: Run) -> str:
    return _line(run.seconds < LIMIT_SECONDS, f"{run.size}: {run.seconds:.1f} s in all (under {LIMIT_SECONDS} s)")


def _memory(small: Run, large: Run) -> list[str]:
    ratios = {
        "bills": large.bills_megabytes / small.bills_megabytes,
        "statement": large.statement_megabytes / small.statement_megabytes,
    }
    return [
        _line(
            ratio <= MOST_MEMORY, f"{small.size} -> {large.size}: memory of {what} x{ratio:.2f} (at most {MOST_MEMORY})"
        )
        for what, ratio in ratios.items()
    ]


def _linear(small: Run, large: Run) -> str:
    ratio = (large.seconds / large.size) / (small.seconds / small.size)
    return _line(
        ratio <= MOST_TIME, f"{small.size} -> {large.size}: time of an entry x{ratio:.2f} (at most {MOST_TIME:.2f})"
    )


def _line(kept: bool, text: str) -> str:
    return f"  {'kept  ' if kept else 'BROKEN'}  {text}"
