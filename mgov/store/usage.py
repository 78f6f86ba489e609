"""What a SIM has sent of late, counted from the parts themselves: it survives every restart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from mgov.domain.quotas import DAY, Allowance, Quotas, Usage, allowance
from mgov.store.schema.messages import outbound_message, outbound_part

_P = outbound_part.c


def left(tx: Connection, sim: str, quotas: Quotas, now: datetime) -> Allowance:
    """What is left of a SIM's quotas."""
    return allowance(quotas, of(tx, sim, quotas, now))


def of(tx: Connection, sim: str, quotas: Quotas, now: datetime) -> Usage:
    """What a SIM used of each quota that is set."""
    windows = quotas.windows()
    parts: dict[str, int] = {}
    frees_at: dict[str, datetime] = {}
    for name, (window, _) in windows.items():
        since = now - window
        query = select(func.count(), func.min(_P.submitted_at)).where(_P.sim == sim, _P.submitted_at > since)
        count, oldest = tx.execute(query).one()
        parts[name] = int(count)
        if oldest is not None:
            frees_at[name] = oldest + window
    if quotas.recipients_per_day is None:
        return Usage(parts, 0, frees_at)
    known = recipients(sim, now).subquery()
    return Usage(parts, int(tx.execute(select(func.count()).select_from(known)).scalar_one()), frees_at)


def recipients(sim: str, now: datetime) -> Select[tuple[str]]:
    """Selects the numbers that a SIM texted in the last day."""
    return (
        select(outbound_message.c.recipient)
        .join(outbound_part, _P.message_id == outbound_message.c.id)
        .where(_P.sim == sim, _P.submitted_at > now - DAY)
        .distinct()
    )


def parts_per_day(tx: Connection, sim: str, since: datetime, until: datetime) -> float:
    """How many parts a day a SIM sent in a span of time."""
    query = select(func.count()).where(_P.sim == sim, _P.submitted_at > since, _P.submitted_at <= until)
    days = max((until - since).total_seconds() / 86_400, 1 / 24)
    return int(tx.execute(query).scalar_one()) / days
