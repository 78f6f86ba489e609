"""Matching runs again whenever something arrives: what belongs together is loaded, decided and booked at once.

Each group of claims is a transaction of its own, under one lock, so that several processes may match at the same time
and a crash leaves whole groups behind. Neither memory nor the length of a transaction depends on how much waits.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from mgov.domain.matching import match
from mgov.store import belonging, settlements, waiting
from mgov.store.belonging import Belonging, Knowledge, NearPairs
from mgov.store.database import Database
from mgov.store.open_items import Scope
from mgov.workflows import payments_reversal
from mgov.workflows.payment_policy import ENGINE, PaymentPolicy
from mgov.workflows.payments_booking import Booking
from mgov.workflows.payments_expiry import expire, tell_that_it_takes_longer

__all__ = ["MatchSummary", "PaymentPolicy", "Rematching", "match_all"]


@dataclass(frozen=True, slots=True)
class MatchSummary:
    """What one run did (`settled`, `unconfirmed`, `reversed`, `refunds`, `expired`) and what is left for later."""

    settled: int = 0
    review: int = 0
    waiting: int = 0
    unconfirmed: int = 0
    reversed: int = 0
    refunds: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    """What one group came to, and the claims that it took along."""

    settled: int = 0
    unconfirmed: int = 0
    claims: frozenset[int] = frozenset()
    credits: frozenset[int] = frozenset()


def match_all(db: Database, now: datetime, policy: PaymentPolicy | None = None) -> MatchSummary:
    """Match everything open; running it again without news changes nothing."""
    return _Run(db, now, policy or PaymentPolicy()).whole()


class Rematching:
    """Matches only when something arrived or changed since the last look of this process."""

    def __init__(self, db: Database, policy: PaymentPolicy) -> None:
        self._db, self._policy, self._seen = db, policy, ""

    def has_news(self) -> bool:
        """Whether something arrived or changed: one look that writes nothing."""
        return self._db.read(settlements.fingerprint) != self._seen

    def run(self, now: datetime) -> MatchSummary | None:
        """Match when there is news; None when there is none."""
        found = self._db.read(settlements.fingerprint)
        if found == self._seen:
            return None
        summary = match_all(self._db, now, self._policy)
        self._seen = found  # not of now: what came while it matched may not have been seen
        return summary


class _Run:
    """One look at everything open."""

    def __init__(self, db: Database, now: datetime, policy: PaymentPolicy) -> None:
        self.db, self.now, self.policy = db, now, policy
        self.scope = Scope(policy.zone, policy.agencies_of)
        self.settled = self.unconfirmed = 0

    def whole(self) -> MatchSummary:
        """Undo what the bank took back, match, and put before a person what needs one."""
        undone = self._locked(self._prepare)
        self.near = self.db.read(self._near_pairs)
        self._match_claims()
        self._match_credits()
        summary: MatchSummary = self._locked(lambda tx: self._finish(tx, undone))
        return summary

    def _locked(self, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - what `work` returns
        def under_lock(tx: Connection) -> Any:  # noqa: ANN401 - the same
            settlements.lock(tx)
            return work(tx)

        return self.db.transact(under_lock)

    def _prepare(self, tx: Connection) -> int:
        undone = payments_reversal.undo_reversed(tx, self.now, ENGINE, self.policy.matching)
        settlements.refresh_statistics(tx)
        waiting.resolve_bills(tx)
        return undone

    def _near_pairs(self, tx: Connection) -> NearPairs:
        return waiting.near_pairs(tx, self.scope, self.policy.matching, self.policy.batch)

    @cached_property
    def known(self) -> Knowledge:
        """What must be known of all bills: read only when there is something to match."""
        return self.db.read(lambda tx: belonging.knowledge(tx, self.scope, self.policy.matching, self.near))

    def _match_claims(self) -> None:
        near_claims = set(self.near.credits_of)
        restless = self.db.read(lambda tx: waiting.restless(tx, near_claims))
        done = set[int]()
        for found in self._batches(restless):
            step = self._step([number for number in found if number not in done], [])
            done = (done | step.claims).difference(found)

    def _match_credits(self) -> None:
        """Credits that name a bill by themselves and that no claim brought in."""
        naming = self.db.read(waiting.credits_naming_bills)
        done = set[int]()
        for found in self._batches(naming):
            step = self._step([], [number for number in found if number not in done])
            done = (done | step.credits).difference(found)

    def _batches(self, ids: array[int]) -> Iterator[array[int]]:
        return (ids[start : start + self.policy.batch] for start in range(0, len(ids), self.policy.batch))

    def _step(self, claims: list[int], credits_: list[int]) -> _Step:
        known = self.known
        step: _Step = self._locked(lambda tx: self._match_group(tx, known, claims, credits_))
        self.settled += step.settled
        self.unconfirmed += step.unconfirmed
        return step

    def _match_group(self, tx: Connection, known: Knowledge, claims: list[int], credits_: list[int]) -> _Step:
        group = Belonging(tx, known)
        group.grow(waiting.still_open(tx, claims), credits_)
        items = group.items()
        booking = Booking(tx, self.now, self.policy, items)
        booking.apply(match(items.claims, items.credits, items.bills, self.policy.matching, group.around))
        return _Step(booking.settled, booking.unconfirmed, frozenset(group.claims), frozenset(group.credits))

    def _finish(self, tx: Connection, undone: int) -> MatchSummary:
        settlements.sync_cases(tx, self.now)
        settlements.open_credit_cases(tx, waiting.credits_for_closed_bills(tx), self.now)
        refunds = settlements.sync_refunds(tx, self.now)
        expired = expire(tx, self.now, self.policy)
        tell_that_it_takes_longer(tx, self.now, self.policy)
        counts = settlements.count_statuses(tx)
        return MatchSummary(
            settled=self.settled,
            review=counts.get("review", 0),
            waiting=counts.get("awaiting_funds", 0),
            unconfirmed=self.unconfirmed,
            reversed=undone,
            refunds=refunds,
            expired=expired,
        )
