"""The sweeps of every few seconds as jobs: each first asks, by one look that writes nothing, whether there is work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from mgov.replies import Replies
from mgov.store import inbox, modems
from mgov.store.database import Database
from mgov.workflows.leftovers import is_any_left, recover
from mgov.workflows.overdue import expire_overdue, is_any_overdue
from mgov.workflows.payment_policy import PaymentPolicy
from mgov.workflows.payments_matching import Rematching
from mgov.workflows.receive import give_up_incomplete
from scheduler.jobs import Every, Job

SWEEP = timedelta(seconds=15)
#: With `nodes.SILENCE` less than half a minute: so soon others have the work of a dead node.
LEASES = timedelta(seconds=5)
#: How long the missing parts of a long text are waited for, and how often it is looked.
INCOMPLETE_AFTER, INCOMPLETE_LOOK = timedelta(days=1), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Sweeps:
    """What waits too long, was left behind, or can be matched by now."""

    db: Database
    policy: PaymentPolicy
    replies: Replies
    rematching: Rematching = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rematching", Rematching(self.db, self.policy))

    def jobs(self) -> tuple[Job, ...]:
        """The sweeps; of several nodes one runs each slot, and one without work is not even claimed."""
        sweep = partial(Job, schedule=Every(SWEEP))
        return (
            Job("leases", Every(LEASES), self.free, wanted=self._any_left),
            sweep("expiry", work=self.expire, wanted=self._any_overdue),
            sweep("match", work=self.match, wanted=self.rematching.has_news),
            Job("long-texts", Every(INCOMPLETE_LOOK), self.give_up, wanted=self._any_incomplete),
        )

    def free(self) -> str:
        """Free what a dead node, or a lease that ran out, left in the middle of sending."""
        uncertain, queued = recover(self.db, "", _now())
        return f"{queued} queued again, {uncertain} uncertain"

    def expire(self) -> str:
        """End what is past its send-by time, and doubts that no report will settle."""
        return f"{expire_overdue(self.db, _now())} expired"

    def match(self) -> str:
        """Match confirmations and bank entries when something arrived or changed."""
        done = self.rematching.run(_now())
        return f"{done.settled} settled, {done.review} in review, {done.waiting} waiting" if done else "no news"

    def give_up(self) -> str:
        """Show long texts whose rest never came, and ask their senders to send them again."""
        now, own = _now(), self.db.read(modems.own_numbers)
        ask = self.replies.render("incomplete", {})
        return f"{give_up_incomplete(self.db, now - INCOMPLETE_AFTER, now, ask=ask, own_numbers=own)} given up"

    def _any_left(self) -> bool:
        return is_any_left(self.db, _now())

    def _any_overdue(self) -> bool:
        return is_any_overdue(self.db, _now())

    def _any_incomplete(self) -> bool:
        before = _now() - INCOMPLETE_AFTER
        return bool(self.db.read(lambda tx: inbox.overdue_parts(tx, before)))


def _now() -> datetime:
    return datetime.now(UTC)
