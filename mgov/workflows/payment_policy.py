"""Everything that a run of matching may be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from mgov.domain.actor import Actor
from mgov.domain.matching import Policy
from scheduler.calendar import Calendar

ENGINE = str(Actor.system("engine"))


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    """The matcher's windows, the zone, the accounts, how long a person may take, and how many claims go together."""

    matching: Policy = field(default_factory=Policy)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))
    agencies_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    review_days: int = 3
    calendar: Calendar = field(default_factory=Calendar)
    banking_days: int = 3
    answer: bool = True
    batch: int = 4000
