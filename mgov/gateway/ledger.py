"""The ledger of one modem: what it brought and sent is entered into the database, in a worker thread.

Before the first entry, what an earlier run left open is settled by its log, and what lies in the spool is replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from mgov.domain.message import Origin
from mgov.gateway import pdus
from mgov.gateway.logbook import Logbook
from mgov.gateway.settings import WorkerSettings
from mgov.gateway.spool import Entry, Spool, left_behind
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import send
from mgov.workflows.leftovers import Leftovers, recover, settle_by_log
from mgov.workflows.turn import AirSide, Delivery, Turn, take_turn
from modem_drivers.radio import Identity, ReceivedPdu

AIR = AirSide(pdus.join_texts, pdus.count_parts)


class Ledger:
    """Where one modem's entries are made. `sender` says who sends, as things stand."""

    def __init__(
        self, settings: WorkerSettings, db: Database, sender: Callable[[str], send.Sender], logbook: Logbook | None
    ) -> None:
        self.origin = Origin(settings.name, settings.name, settings.msisdn)
        self._settings = settings
        self._db = db
        self._sender_of = sender
        self._logbook = logbook
        self._recovered = False
        self._cards: dict[str | None, str] = {}  # IMSI by ICCID, and the last IMSI for a card that tells neither
        folder = settings.spool_folder
        self._spool = Spool(folder / f"{settings.name}.spool") if folder else None
        self._refused = Spool(folder / f"{settings.name}.refused") if folder else None
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    @property
    def sender(self) -> send.Sender:
        """Who sends: the lease's owner, the modem, and the SIM that is in it."""
        return self._sender_of(self.origin.sim)

    def meet(self, identity: Identity) -> None:
        """From now on this SIM is in the modem; one that does not tell its IMSI this time is who it was before.

        Under another name all that lies on it would be new, and answered twice.
        """
        if identity.imsi:
            self._cards |= {None: identity.imsi, identity.iccid: identity.imsi}
        sim = identity.imsi or self._cards.get(identity.iccid) or identity.iccid or self._settings.name
        self.origin = Origin(self._settings.name, sim, self._settings.msisdn or identity.msisdn)

    def enter(self, received: Sequence[ReceivedPdu], turn: Turn) -> list[send.Task]:
        """Enter what came beside the rest of a turn, in one commit; returns the parts that were claimed."""
        if received:
            turn = replace(turn, deliveries=[_delivery(self.origin, _now(), [item.pdu for item in received])])
        try:
            return take_turn(self._db, self.sender, turn, AIR, _now())
        except DatabaseUnavailableError:
            raise
        except Exception:
            if not received or self._refused is None:
                raise
            return self._one_by_one(turn, received, self._refused)

    def _one_by_one(self, turn: Turn, received: Sequence[ReceivedPdu], refused: Spool) -> list[send.Task]:
        """One PDU that the database refuses must not keep the modem from its work: it is put aside, and said."""
        for item in received:
            delivery = _delivery(self.origin, _now(), [item.pdu])
            try:
                take_turn(self._db, self.sender, Turn(deliveries=[delivery]), AIR, _now())
            except DatabaseUnavailableError:
                raise
            except Exception as error:
                refused.append([self._entry(item)])
                self._log.exception("a PDU was put aside", file=str(refused.path), detail=type(error).__name__)
        return take_turn(self._db, self.sender, replace(turn, deliveries=()), AIR, _now())

    def recover(self) -> None:
        """Settle by its log what an earlier run of this worker left; what may be on the air is said to be uncertain.

        That is before anything is sent, and before the log of this run is begun.
        """
        if self._recovered:
            return
        begun = self._logbook.read() if self._logbook is not None else None
        known = Leftovers() if begun is None else settle_by_log(self._db, self.sender, begun, _now())
        uncertain, queued = recover(self._db, self.sender.owner, _now())
        if self._logbook is not None:
            self._logbook.restart()
        if uncertain or queued or known.settled or known.queued:
            told = {"settled": known.settled, "uncertain": uncertain, "queued_again": queued + known.queued}
            self._log.warning("found cut-off submissions", **told)
        self._recovered = True

    def replay(self) -> None:
        """Enter what was received while the database was away."""
        if self._spool is None or not self._spool.holds_something:
            return
        count = _replay(self._db, self.sender, self._spool)
        self._log.warning("the spool is replayed", pdus=count)

    def _entry(self, item: ReceivedPdu) -> Entry:
        return Entry(self.origin.modem, self.origin.sim, self.origin.msisdn, _now(), item.pdu)

    @property
    def can_spool(self) -> bool:
        """Whether there is a spool."""
        return self._spool is not None

    def spool(self, received: Sequence[ReceivedPdu]) -> None:
        """Keep what came on this disk, until the database is back; raises `OSError`."""
        assert self._spool is not None  # noqa: S101 - the caller asked
        self._spool.append([self._entry(item) for item in received])


def replay_left_behind(db: Database, folder: Path, names: set[str]) -> None:
    """Keep what modems spooled that nobody serves any more: they were renamed, or taken away."""
    for spool in left_behind(folder):
        if spool.path.stem in names:
            continue
        count = _replay(db, send.Sender("spool", spool.path.stem, spool.path.stem), spool)
        structlog.get_logger("database").warning("a former modem's spool is replayed", pdus=count, file=spool.path.name)


def _replay(db: Database, sender: send.Sender, spool: Spool) -> int:
    entries = spool.entries()
    deliveries = [_delivery(Origin(entry.modem, entry.sim, entry.msisdn), entry.at, [entry.pdu]) for entry in entries]
    take_turn(db, sender, Turn(deliveries=deliveries), AIR, _now())
    spool.clear()
    return len(entries)


def _delivery(origin: Origin, at: datetime, raw: Sequence[str]) -> Delivery:
    reports = {pdu: report for pdu in raw if pdus.is_report(pdu) and (report := pdus.report_of(pdu)) is not None}
    parts = [pdus.part_of(pdu, at) for pdu in raw if pdu not in reports]
    return Delivery(origin, at, parts, list(reports.values()))


def _now() -> datetime:
    return datetime.now(UTC)
