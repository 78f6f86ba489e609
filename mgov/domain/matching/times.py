"""Whether the time that was said agrees with the time that the bank booked."""

from __future__ import annotations

from datetime import date, timedelta

from mgov.domain.matching.reasons import Reason
from mgov.domain.matching.records import Claim, Credit, Policy


def compare(claim: Claim, credit: Credit, policy: Policy) -> Reason:
    """TIME_AGREES, DATE_MISWRITTEN (a wrong year, day and month swapped) or TIME_DIFFERS, by days."""
    said = claim.paid_on
    if said is None:
        return _by_receipt(claim, credit, policy)
    if _follows(said, credit, policy):
        return Reason.TIME_AGREES
    if any(_follows(day, credit, policy) for day in _meant(said, claim.received_at.date())):
        return Reason.DATE_MISWRITTEN
    return Reason.TIME_DIFFERS


def same_time(claim: Claim, credit: Credit, policy: Policy) -> bool:
    """Whether both times are known and within `near_minutes`; where the bank tells none, the same day."""
    if claim.paid_at is None or claim.paid_on is None:
        return False
    if credit.booked_at is None:
        return credit.booked_on == claim.paid_on
    return abs(credit.booked_at - claim.paid_at) <= timedelta(minutes=policy.near_minutes)


def _follows(said: date, credit: Credit, policy: Policy) -> bool:
    return -policy.days_before <= (credit.booked_on - said).days <= policy.days_after


def _by_receipt(claim: Claim, credit: Credit, policy: Policy) -> Reason:
    days = (credit.booked_on - claim.received_at.date()).days
    return Reason.TIME_AGREES if -policy.days_after <= days <= policy.days_after else Reason.TIME_DIFFERS


def _meant(said: date, received: date) -> list[date]:
    """The days that a miswritten date may mean: another year, day and month swapped."""
    pairs = [(said.month, said.day), (said.day, said.month)]
    found = []
    for year in {received.year - 1, received.year, received.year + 1}:
        for month, day in pairs:
            try:
                found.append(date(year, month, day))
            except ValueError:
                continue
    return [day for day in found if day <= received + timedelta(days=1)]
