"""How well each route works: what was sent to one operator's numbers by one modem, and the standing that follows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.standing import Sample, Standing
from mgov.store.schema.fleet import route_standing, send_attempt
from mgov.store.schema.messages import outbound_message, outbound_part

#: The newest submissions of a modem that are looked at.
MOST_SAMPLES = 500

_POOR = select(route_standing.c.modem, route_standing.c.operator).where(route_standing.c.state == "poor")


def poor(tx: Connection) -> frozenset[tuple[str, str]]:
    """The routes (modem, operator) that work poorly."""
    return frozenset((row.modem, row.operator) for row in tx.execute(_POOR))


def submissions(tx: Connection, modem: str, sim: str, since: datetime) -> list[RowMapping]:
    """What a modem's SIM submitted since a moment: `recipient`, `submitted_at`, `delivered_at`, newest first."""
    part = outbound_part.c
    query = (
        select(outbound_message.c.recipient, part.submitted_at, part.delivered_at)
        .join(outbound_message, outbound_message.c.id == part.message_id)
        .where(part.sim == sim, part.modem == modem, part.submitted_at >= since)
        .where(part.state.in_(("sent", "delivered", "failed")))
        .order_by(part.submitted_at.desc())
        .limit(MOST_SAMPLES)
    )
    return list(tx.execute(query).mappings())


def failures(tx: Connection, modem: str, since: datetime) -> list[str]:
    """The recipients of what a modem failed to submit since a moment, when the recipient was not the cause."""
    attempt = send_attempt.c
    query = (
        select(outbound_message.c.recipient)
        .join(outbound_message, outbound_message.c.id == attempt.message_id)
        .where(attempt.modem == modem, attempt.ended_at >= since, attempt.outcome != "refused_for_good")
        .limit(MOST_SAMPLES)
    )
    return list(tx.execute(query).scalars())


def standings(tx: Connection, modem: str) -> dict[str, Standing]:
    """The standing of each route of a modem, by operator."""
    rows = tx.execute(select(route_standing).where(route_standing.c.modem == modem)).mappings()
    return {row["operator"]: Standing(row["state"] == "poor", row["since"], row["reason"] or "") for row in rows}


def listing(tx: Connection) -> list[RowMapping]:
    """Every route that was measured."""
    return list(
        tx.execute(select(route_standing).order_by(route_standing.c.modem, route_standing.c.operator)).mappings()
    )


def keep(tx: Connection, modem: str, operator: str, standing: Standing, sample: Sample, now: datetime) -> None:
    """Write a route's standing with what it was judged by."""
    values = {
        "state": "poor" if standing.poor else "good",
        "samples": sample.submissions,
        "failures": sample.failures,
        "late": sample.late,
        "median_seconds": sample.median_seconds,
        "since": standing.since or now,
        "measured_at": now,
        "reason": standing.reason or None,
    }
    known = (route_standing.c.modem == modem) & (route_standing.c.operator == operator)
    if tx.execute(update(route_standing).where(known).values(**values)).rowcount == 0:
        tx.execute(insert(route_standing).values(modem=modem, operator=operator, **values))
