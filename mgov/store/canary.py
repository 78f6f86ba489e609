"""Canary texts in the outbox and the inbox: what own SIMs texted each other, and what of it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, select

from mgov.store.schema.messages import inbound_message, modem, outbound_message

SUBJECT = "canary"

_OUT, _IN = outbound_message.c, inbound_message.c
_MODEMS = select(modem.c.name, modem.c.msisdn, modem.c.sim).where(
    modem.c.msisdn.is_not(None), modem.c.state.in_(("ready", "unregistered"))
)
# A text may be asked for in the inbox only by the modem that it was sent to, from the number that sent it.
_SUNG = (
    select(
        _OUT.id,
        _OUT.preferred_modem.label("singer"),
        modem.c.name.label("hearer"),
        exists()
        .where(
            and_(
                _IN.text == _OUT.text,
                _IN.modem == modem.c.name,
                _IN.received_at >= _OUT.queued_at,
            )
        )
        .label("heard"),
    )
    .join(modem, modem.c.msisdn == _OUT.recipient)
    .where(_OUT.subject_kind == SUBJECT, _OUT.queued_at >= bindparam("since"), _OUT.queued_at < bindparam("before"))
    .order_by(_OUT.id.desc())
)


@dataclass(frozen=True, slots=True)
class OwnSim:
    """A modem that can take part: its name, number and SIM."""

    modem: str
    msisdn: str
    sim: str


@dataclass(frozen=True, slots=True)
class Song:
    """One canary text: who sent it, who should have it, and whether it arrived."""

    singer: str
    hearer: str
    heard: bool


def own_sims(tx: Connection) -> list[OwnSim]:
    """The modems in service that know their number, by name."""
    rows = tx.execute(_MODEMS.order_by(modem.c.name)).all()
    return [OwnSim(name, msisdn, sim or name) for name, msisdn, sim in rows]


def songs(tx: Connection, since: datetime, before: datetime) -> list[Song]:
    """The canary texts queued in a span of time, newest first."""
    rows = tx.execute(_SUNG, {"since": since, "before": before}).mappings()
    return [Song(row["singer"], row["hearer"], bool(row["heard"])) for row in rows]
