"""What came of every text, counted in the simulated network's own books: it alone knows what went over the air."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from modem_drivers.simulated import Submission


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers that got nothing whole (`lost`), and numbers that got a part of it more than once (`doubled`)."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]


def copies(history: Iterable[Submission], number: str) -> tuple[int, int]:
    """How often one number got a whole message, and how often the part that it got most often.

    A message of several parts is whole when each has come; the same part twice is a double, whatever the rest did.
    """
    return _copies([each for each in history if each.to == number])


def _copies(submissions: list[Submission]) -> tuple[int, int]:
    total = max((each.part[2] if each.part else 1 for each in submissions), default=1)
    times = Counter(each.part[1] if each.part else 1 for each in submissions)
    counts = [times[sequence] for sequence in range(1, total + 1)]
    return min(counts), max(counts)


def tally(history: Iterable[Submission], numbers: Iterable[str]) -> Tally:
    """Count for numbers that are to get exactly one message each."""
    by_number: dict[str, list[Submission]] = {number: [] for number in numbers}
    for submission in history:
        if submission.to in by_number:
            by_number[submission.to].append(submission)
    counted = {number: _copies(submissions) for number, submissions in by_number.items()}
    return Tally(
        lost=tuple(number for number, (whole, _) in counted.items() if not whole),
        doubled=tuple(number for number, (_, most) in counted.items() if most > 1),
    )
