"""How well a route works: measured success and latency, with hysteresis so that routes do not flap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Fewer submissions than this say nothing.
LEAST_SAMPLES = 10
#: Shares from which a good route is poor, and up to which a poor one is good again.
FAILING_POOR, FAILING_GOOD = 0.20, 0.05
LATE_POOR, LATE_GOOD = 0.30, 0.10
#: A report later than this is late.
LATE_AFTER = timedelta(minutes=5)
#: How long a route keeps its standing at least; a poor one without new samples is tried again after this.
LEAST_STAY, PROBATION = timedelta(minutes=5), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured of one route of late: submissions, those not accepted, reports, those that were late."""

    submissions: int = 0
    failures: int = 0
    reports: int = 0
    late: int = 0
    median_seconds: int | None = None

    @property
    def failing(self) -> float:
        """The share of submissions that were not accepted."""
        return self.failures / self.submissions if self.submissions else 0.0

    @property
    def lateness(self) -> float:
        """The share of reports that came late."""
        return self.late / self.reports if self.reports >= LEAST_SAMPLES else 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a route is `poor`, since when and why."""

    poor: bool = False
    since: datetime | None = None
    reason: str = ""


def judge(before: Standing, sample: Sample, now: datetime) -> Standing:
    """The standing after a measurement; the same as before unless the measurement is clear enough."""
    stayed = now - before.since if before.since is not None else None
    if stayed is not None and stayed < LEAST_STAY:
        return before
    if before.poor:
        return _mended(before, sample, now, stayed)
    if sample.submissions < LEAST_SAMPLES:
        return before
    if sample.failing >= FAILING_POOR:
        return Standing(True, now, f"{sample.failures} of {sample.submissions} submissions were not accepted")
    if sample.lateness >= LATE_POOR:
        return Standing(True, now, f"{sample.late} of {sample.reports} reports came later than 5 minutes")
    return before


def _mended(before: Standing, sample: Sample, now: datetime, stayed: timedelta | None) -> Standing:
    if sample.submissions < LEAST_SAMPLES:
        on_probation = stayed is None or stayed >= PROBATION
        return Standing(False, now, "tried again: too little was sent to tell") if on_probation else before
    if sample.failing <= FAILING_GOOD and sample.lateness <= LATE_GOOD:
        return Standing(False, now, f"{sample.failures} of {sample.submissions} submissions were not accepted")
    return before
