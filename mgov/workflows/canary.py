"""The canary: own SIMs text each other, so that a SIM that neither receives nor delivers is noticed before citizens do.

Off unless the configuration turns it on. In turn each SIM texts itself and the next one, so that a dead SIM is told
from one whose partner is dead. A SIM that failed both ways is parked: it goes on receiving, and what is to be sent
leaves by others. When a canary comes through again, it is let go on by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.store import alerts, audit, canary, leases, outbox, pauses
from mgov.store.canary import OwnSim, Song
from mgov.store.database import Database, wake

CANARY = Actor.system("canary")
WORD = "KENARI"
#: How many texts with it a SIM must have failed, and none arrived, before it is parked.
PATIENCE = 2
LOOKS_BACK = 4  # rounds


@dataclass(frozen=True, slots=True)
class CanarySettings:
    """`every`: how often a round begins; `within`: how long a text may take."""

    every: timedelta
    within: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round: texts queued, modems parked, modems let go on."""

    sung: int = 0
    parked: tuple[str, ...] = ()
    released: tuple[str, ...] = ()


def sing(db: Database, settings: CanarySettings, now: datetime) -> Round:
    """Judge the rounds before and begin a new one."""

    def work(tx: Connection) -> Round:
        since = now - settings.every * LOOKS_BACK - settings.within
        known = canary.songs(tx, since, now - settings.within)
        sims = canary.own_sims(tx)
        parked = tuple(sim.modem for sim in sims if _is_dead(sim.modem, known) and _park(tx, sim.modem, now))
        released = tuple(name for name in _alive(known[: 2 * len(sims)]) if _release(tx, name, now))
        offset = int(now.timestamp() // settings.every.total_seconds()) % 2
        return Round(_begin(tx, sims, offset, settings, now), parked, released)

    return db.transact(work)


def sing_after_recovery(db: Database, modem: str, settings: CanarySettings, now: datetime) -> int:
    """A modem was brought back: it texts itself; returns how many texts were queued."""

    def work(tx: Connection) -> int:
        mine = [sim for sim in canary.own_sims(tx) if sim.modem == modem]
        return _begin(tx, mine, 0, settings, now)

    return db.transact(work)


def is_song(text: str) -> bool:
    """Whether a text between own SIMs is a canary."""
    return text.startswith(f"{WORD} ")


def _begin(tx: Connection, sims: Sequence[OwnSim], offset: int, settings: CanarySettings, now: datetime) -> int:
    for place, sim in enumerate(sims):
        to = sims[(place + offset) % len(sims)]
        told = f"{sim.modem}>{to.modem}@{now.isoformat()}"
        text = f"{WORD} {hashlib.sha256(told.encode()).hexdigest()[:12]}"
        message_id = outbox.queue_text(
            tx,
            to=to.msisdn,
            text=text,
            now=now,
            priority="transaction",
            dedupe_key=f"canary:{told}"[:190],
            preferred_modem=sim.modem,
            send_by=now + settings.within,
            subject_kind=canary.SUBJECT,
            actor=CANARY,
            cause=f"canary from {sim.modem} to {to.modem}"[:64],
        )
        leases.bind(tx, message_id, sim.sim)  # by this SIM or not at all
    return len(sims)


def _is_dead(modem: str, known: Sequence[Song]) -> bool:
    mine = [song.heard for song in known if modem in (song.singer, song.hearer)]
    return len(mine) >= PATIENCE and not any(mine[: 2 * PATIENCE])


def _alive(latest: Iterable[Song]) -> list[str]:
    heard = [song for song in latest if song.heard]
    return sorted({song.singer for song in heard} | {song.hearer for song in heard})


def _park(tx: Connection, modem: str, now: datetime) -> bool:
    reason = "canary: neither receives nor delivers"
    alerts.see(tx, "modem_parked", modem, "SIM tidak menerima dan tidak menyampaikan SMS", now)
    if not pauses.add(tx, "modem", modem, now, CANARY, None):
        return False
    pauses.add(tx, "modem", modem, now, CANARY, reason)
    audit.record(tx, CANARY, "modem.park", "modem", modem, {"reason": reason}, now=now)
    return True


def _release(tx: Connection, modem: str, now: datetime) -> bool:
    """What the canary parked; what a person paused stays."""
    alerts.gone(tx, "modem_parked", modem, now)
    mine = [
        row for row in pauses.listing(tx) if (row["scope"], row["name"], row["by"]) == ("modem", modem, str(CANARY))
    ]
    if not mine:
        return False
    pauses.remove(tx, "modem", modem)
    audit.record(tx, CANARY, "modem.release", "modem", modem, {"reason": "a canary arrived"}, now=now)
    wake(tx, "outbox")
    return True
