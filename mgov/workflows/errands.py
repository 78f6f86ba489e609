"""What a modem's worker asks the database beside texts: how the fleet is, what people want of it, and its quotas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.quotas import Allowance, Quotas, Usage, allowance
from mgov.domain.routing import Fleet, SendRules
from mgov.store import alerts, modems, queue, sims, usage
from mgov.store import modem_requests as requests
from mgov.store.database import Database, wake
from mgov.workflows import fleet
from mgov.workflows.modem_requests import Request, begin

#: How long a full list of recipients is taken for full before it is counted again.
RECIPIENTS_LOOKED_AT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: the fleet, and a request that has just been taken (None: nobody wants anything)."""

    fleet: Fleet
    request: Request | None = None


def look(db: Database, modem: str, rules: SendRules, now: datetime) -> Look:
    """Look at the fleet and take the next request to this modem."""

    def glance(tx: Connection) -> tuple[Fleet, bool]:
        return fleet.view(tx, rules.operators, now), requests.waiting(tx, modem, now) is not None

    seen, wanted = db.read(glance)
    return Look(seen, db.transact(lambda tx: begin(tx, modem, now)) if wanted else None)


def opened(db: Database, sim: str, rules: SendRules, now: datetime, **told: str | None) -> tuple[int, Fleet]:
    """A modem was opened: note its SIM, let go what a pilot that is over held back.

    Returns how many were let go, and the fleet that the modem joins.
    """

    def work(tx: Connection) -> tuple[int, Fleet]:
        sims.seen(tx, sim, now, **told)
        released = queue.release(tx, rules, now)
        if released:
            wake(tx, "outbox")
        return released, fleet.view(tx, rules.operators, now)

    return db.transact(work)


def note_smsc(db: Database, modem: str, smsc: str) -> None:
    """Write the number of the SMS centre that was set."""
    db.transact(lambda tx: modems.report(tx, modem, smsc=smsc))


def note_quota(db: Database, modem: str, sim: str, quotas: Quotas, now: datetime) -> str | None:
    """Say in the modem's row, and to staff, which quota is used up until when; returns its name."""

    def count(tx: Connection) -> tuple[Usage, RowMapping | None]:
        row = next((row for row in modems.rows(tx) if row["name"] == modem), None)
        return usage.of(tx, sim, quotas, now), row

    used, row = db.read(count)
    left = allowance(quotas, used)
    if row is not None and not _is_said(row, left, now):
        db.transact(lambda tx: _say(tx, row, left, used, now))
    return left.used_up


def _say(tx: Connection, row: RowMapping, left: Allowance, used: Usage, now: datetime) -> None:
    modems.report(tx, row["name"], blocked=left.used_up, blocked_until=_until(left, used, now))
    _tell(tx, row["name"], left, row["blocked"], now)


def _is_said(row: RowMapping, left: Allowance, now: datetime) -> bool:
    same = row["blocked"] == left.used_up
    return bool(same and (left.used_up is None or (row["blocked_until"] is not None and row["blocked_until"] > now)))


def _until(left: Allowance, used: Usage, now: datetime) -> datetime | None:
    if left.used_up is None:
        return None
    return (used.frees_at or {}).get(left.used_up, now + RECIPIENTS_LOOKED_AT)


def _tell(tx: Connection, modem: str, left: Allowance, before: str | None, now: datetime) -> None:
    """A minute's quota comes and goes; the others are news."""
    if left.used_up not in (None, "per_minute"):
        alerts.see(tx, "quota_used", modem, str(left.used_up), now)
    elif before not in (None, "per_minute"):
        alerts.gone(tx, "quota_used", modem, now)
