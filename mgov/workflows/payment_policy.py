"""Everything that a run of matching may be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mgov.domain.actor import Actor
from mgov.domain.matching import Policy
from mgov.replies import Replies
from mgov.workflows.payment_answers import Answers
from scheduler.calendar import Calendar

ENGINE = str(Actor.system("engine"))


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    """The matcher's windows, the zone, the accounts, the texts (None: nobody is told), how many claims go together.

    `review_days` are working days in which a person decides, `banking_days` those after which money is not found.
    """

    matching: Policy = field(default_factory=Policy)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))
    agencies_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    review_days: int = 3
    calendar: Calendar = field(default_factory=Calendar)
    banking_days: int = 3
    replies: Replies | None = None
    batch: int = 4000

    @property
    def answers(self) -> Answers | None:
        """What tells citizens; None: nobody is told."""
        if self.replies is None:
            return None
        return Answers(self.replies, self.calendar, self.zone, self.review_days)

    def today(self, now: datetime) -> date:
        """The day of the office."""
        return now.astimezone(self.zone).date()
