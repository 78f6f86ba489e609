"""The jobs of the payments desk: the watched drop folder, the daily summary, escalation, what falls due by the day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from mgov.config import Config
from mgov.domain.actor import Actor
from mgov.replies import Replies
from mgov.store.database import Database
from mgov.workflows import desk_escalation, payment_summary
from mgov.workflows.bank_import import TargetAccount
from mgov.workflows.desk_age import Ages
from mgov.workflows.drop_folder import import_dropped
from mgov.workflows.payment_policy import PaymentPolicy
from mgov.workflows.payments_matching import match_all
from parsers.statements import Dialect, build_dialects
from scheduler.calendar import Calendar
from scheduler.jobs import DailyAt, Every, Job

ACTOR = Actor.system("scheduler")


def dialects(config: Config, shipped: Mapping[str, Any]) -> dict[str, Dialect]:
    """The shipped dialects of banks, and those of the site's own file. Raises `DialectError`, TOMLDecodeError."""
    own = config.payments.dialects
    tables = dict(shipped)
    if own.exists():
        tables |= tomllib.loads(own.read_text(encoding="utf-8"))
    return build_dialects(tables)


@dataclass(frozen=True, slots=True)
class DeskJobs:
    """What runs by itself for the desk. `dialect_tables` are those of the shipped file."""

    config: Config
    db: Database
    policy: PaymentPolicy
    replies: Replies
    calendar: Calendar
    dialect_tables: Mapping[str, Any]

    def jobs(self) -> tuple[Job, ...]:
        """The jobs; a drop folder is watched only where one is configured."""
        zone, minute = self.config.zone, timedelta(minutes=1)
        summary_at = time.fromisoformat(self.config.payments.summary_at)
        found = (
            Job("payment-summary", DailyAt(summary_at, zone), self.tell_summary),
            Job("payment-escalation", Every(timedelta(hours=1)), self.escalate),
            Job("payment-day", DailyAt(time(8, 5), zone), self.match),
        )
        if self.config.payments.drop_folder is None:
            return found
        return (*found, Job("drop-folder", Every(minute), self.take_dropped, make_up_within=timedelta(0)))

    def tell_summary(self) -> str:
        """Yesterday's money in, to the desk."""
        now = datetime.now(UTC)
        yesterday = now.astimezone(self.config.zone).date() - timedelta(days=1)
        told = payment_summary.tell_desk(self.db, yesterday, self.replies, self._ages(now), now)
        return f"{told} told"

    def escalate(self) -> str:
        """Take late cases to somebody else, on working days from eight to five."""
        now = datetime.now(UTC)
        local = now.astimezone(self.config.zone)
        if not self.calendar.is_banking_day(local.date()) or not time(8) <= local.time() < time(17):
            return "out of hours"
        return f"{desk_escalation.escalate(self.db, self.replies, self._ages(now), now)} escalated"

    def match(self) -> str:
        """Match once a day though nothing came: what was promised until yesterday has to be said."""
        summary = match_all(self.db, datetime.now(UTC), self.policy)
        return f"{summary.settled} settled, {summary.review} in review, {summary.waiting} waiting"

    def take_dropped(self) -> str:
        """Import what lies in the drop folder; a bad file is set aside with its reason."""
        folder = self.config.payments.drop_folder
        assert folder is not None  # noqa: S101 - the job exists only where there is one
        if not folder.is_dir():
            return f"{folder}: no such folder"
        now = datetime.now(UTC)
        accounts = [TargetAccount(a.number, a.name, a.bank, a.holder) for a in self.config.account]
        known = dialects(self.config, self.dialect_tables)
        results = import_dropped(self.db, folder, accounts, dialects=known, actor=ACTOR, now=now, zone=self.config.zone)
        if any(result.outcome is not None and result.outcome.new for result in results):
            match_all(self.db, now, self.policy)
        failed = [f"{result.name}: {result.reason}" for result in results if result.outcome is None]
        return "; ".join([f"{len(results) - len(failed)} imported", *failed])

    def _ages(self, now: datetime) -> Ages:
        return Ages(self.calendar, self.config.zone, now)
