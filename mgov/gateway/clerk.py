"""The clerk of one modem: writes down what it brings, in the database, or in the spool while that is away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from mgov.domain.message import Origin
from mgov.gateway import pdus
from mgov.gateway.degraded import Degraded
from mgov.gateway.logbook import Logbook
from mgov.gateway.settings import WorkerSettings
from mgov.gateway.spool import Entry, Spool, left_behind
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import fleet, modem_memory, send
from mgov.workflows.canary import CanarySettings, sing_after_recovery
from mgov.workflows.leftovers import Leftovers, settle_by_log, take_stock
from mgov.workflows.turn import AirSide, Delivery, Turn, take_turn
from modem_drivers.radio import Identity, ReceivedPdu

AGAIN = 1.0  # seconds before a database that was away is asked again
AIR = AirSide(pdus.join_texts, pdus.count_parts)


class Clerk:
    """What a worker knows of the database. `sender` says who sends, as things stand."""

    def __init__(
        self, settings: WorkerSettings, db: Database, degraded: Degraded, sender: Callable[[str], send.Sender]
    ) -> None:
        self._settings = settings
        self._db = db
        self._degraded = degraded
        self._sender_of = sender
        self._origin = Origin(settings.name, settings.name, settings.msisdn)
        self._settled: list[tuple[send.Task, send.Submission]] = []
        self._hand: deque[send.Task] = deque()
        self._on_air: send.Task | None = None
        self._standing: dict[str, Any] = {}
        self.is_drained = False  #: whether the last claim found less than it asked for
        self._turning = asyncio.Lock()
        self._recovered = False
        self._in_doubt = False  # whether a turn may have been committed or not
        self._again_at = 0.0
        folder = settings.spool_folder
        self._spool = Spool(folder / f"{settings.name}.spool") if folder else None
        self._refused = Spool(folder / f"{settings.name}.refused") if folder else None
        self._logbook = Logbook(folder / f"{settings.name}.log") if folder else None
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    @property
    def sender(self) -> send.Sender:
        """Who sends: the lease's owner, the modem, and the SIM that is in it."""
        return self._sender_of(self._origin.sim)

    @property
    def sim(self) -> str:
        """The SIM that is in the modem: its IMSI, or the modem's name where it tells none."""
        return self._origin.sim

    @property
    def is_waiting(self) -> bool:
        """Whether the database was away a moment ago, or has not been looked at."""
        return self._degraded.is_unchecked or asyncio.get_running_loop().time() < self._again_at

    def meet(self, identity: Identity) -> None:
        """From now on this SIM is in the modem."""
        sim = identity.imsi or identity.iccid or self._settings.name
        self._origin = Origin(self._settings.name, sim, self._settings.msisdn or identity.msisdn)

    def note(self, **standing: Any) -> None:  # noqa: ANN401 - columns of the modem
        """Remember how the modem is; it is written with the next turn."""
        self._standing |= standing

    # What goes out

    @property
    def can_hold(self) -> bool:
        """Whether parts may be claimed before it is their turn: only with a log that tells which were begun."""
        return self._logbook is not None

    @property
    def held(self) -> Sequence[send.Task]:
        """The parts that are claimed and not begun, in order."""
        return tuple(self._hand)

    def begin(self) -> send.Task:
        """The next of them; from here on it may be on the air."""
        task = self._hand.popleft()
        if self._logbook is not None:
            self._logbook.begin(task)
        self._on_air = task
        return task

    def settle(self, task: send.Task, submission: send.Submission) -> None:
        """Remember what came of a submission; it is written with the next turn, however long that takes."""
        if self._logbook is not None:
            self._logbook.end(task, submission)
        self._on_air = None
        self._settled.append((task, submission))

    @property
    def has_to_settle(self) -> bool:
        """Whether a submission is known here and not yet in the database."""
        return bool(self._settled)

    async def turn(self, received: Sequence[ReceivedPdu] = (), *, claims: int = 0) -> None:
        """Write everything down and take up to so many parts; when this returns, what was received is safe.

        While the database is away nothing is claimed, and what came of a submission is written when it is back.
        """
        async with self._turning:
            try:
                if self.is_waiting:
                    raise DatabaseUnavailableError("away a moment ago")
                tasks = await asyncio.to_thread(self._turn, list(received), claims)
                self._hand.extend(tasks)
                if claims:
                    self.is_drained = len(tasks) < claims
            except DatabaseUnavailableError as error:
                self._in_doubt = self._in_doubt or not self.is_waiting
                await self._keep_in_spool(received, error)

    async def report_down(self, state: str, detail: str) -> None:
        """Write that the modem is down, and since when."""
        values = {
            "node": self._settings.node,
            "driver": self._settings.driver,
            "port": self._settings.port,
            "state": state,
            "error": detail,
            "msisdn": self._settings.msisdn,
        }
        self._standing.clear()
        await self._try(lambda: fleet.report_down(self._db, self._settings.name, values, _now()))

    async def is_overtaken(self) -> bool:
        """Whether something more urgent than what is held waits by now."""
        task, found = self._hand[0], False

        def work() -> None:
            nonlocal found
            found = send.is_overtaken(self._db, self.sender, task, _now())

        await self._try(work)
        return found

    async def give_back(self) -> None:
        """Return what was claimed and not begun on the air: another modem, or this one later, sends it."""
        async with self._turning:
            while self._hand:
                task = self._hand.popleft()
                if not await self._try(partial(send.give_back, self._db, self.sender, task, _now())):
                    self._in_doubt = True  # the next turn takes it back

    async def settle_doubts(self, sent: dict[tuple[str, int], bool]) -> bool:
        """Settle doubts by what the modem's memory says; False when the database is away."""
        settled = 0

        def work() -> None:
            nonlocal settled
            self._recover()  # what an earlier run left is in doubt only then
            settled = modem_memory.settle_from_memory(self._db, self.sender, sent, _now())

        if not await self._try(work):
            return False
        if settled:
            self._log.info("settled doubts by the modem's memory", parts=settled)
        return True

    async def note_slot(self, task: send.Task, storage: str | None, index: int | None) -> bool:
        """Commit where in the modem's memory a part lies (None: it is sent without); False when that cannot be."""
        return await self._try(lambda: modem_memory.note_slot(self._db, task.part_id, storage, index))

    async def sing(self, settings: CanarySettings | None) -> None:
        """After a recovery the SIM texts itself, where the site wants to know that it can."""
        if settings is not None:
            await asyncio.to_thread(sing_after_recovery, self._db, self._settings.name, settings, _now())

    # In a worker thread

    def _turn(self, received: list[ReceivedPdu], claims: int) -> list[send.Task]:
        self._recover()
        self._take_stock()
        self._replay()
        settled, standing = list(self._settled), self._standing
        deliveries = [_delivery(self._origin, _now(), [item.pdu for item in received])] if received else []
        turn = Turn(settled, deliveries, dict(standing), claims)
        if not (settled or deliveries or standing or claims):
            return []
        tasks = self._take(turn, received)
        del self._settled[: len(settled)]
        self._standing = {name: value for name, value in self._standing.items() if standing.get(name) is not value}
        self._tidy()
        self._degraded.back()
        return tasks

    def _take(self, turn: Turn, received: list[ReceivedPdu]) -> list[send.Task]:
        try:
            return take_turn(self._db, self.sender, turn, AIR, _now())
        except DatabaseUnavailableError:
            raise
        except Exception:
            if not received or self._refused is None:
                raise
            return self._one_by_one(turn, received, self._refused)

    def _one_by_one(self, turn: Turn, received: list[ReceivedPdu], refused: Spool) -> list[send.Task]:
        """One PDU that the database refuses must not keep the modem from its work: it is put aside, and said."""
        for item in received:
            delivery = _delivery(self._origin, _now(), [item.pdu])
            try:
                take_turn(self._db, self.sender, Turn(deliveries=[delivery]), AIR, _now())
            except DatabaseUnavailableError:
                raise
            except Exception as error:
                refused.append([self._entry(item)])
                self._log.exception("a PDU was put aside", file=str(refused.path), detail=type(error).__name__)
        return take_turn(self._db, self.sender, replace(turn, deliveries=()), AIR, _now())

    def _recover(self) -> None:
        """Settle by its log what an earlier run of this worker left; what may be on the air is said to be uncertain.

        That is before anything is sent, and before the log of this run is begun.
        """
        if self._recovered:
            return
        begun = self._logbook.read() if self._logbook is not None else None
        known = Leftovers() if begun is None else settle_by_log(self._db, self.sender, begun, _now())
        uncertain, queued = send.recover(self._db, self.sender.owner, _now())
        if self._logbook is not None:
            self._logbook.restart()
        if uncertain or queued or known.settled or known.queued:
            told = {"settled": known.settled, "uncertain": uncertain, "queued_again": queued + known.queued}
            self._log.warning("found cut-off submissions", **told)
        self._recovered = True

    def _take_stock(self) -> None:
        if not self._in_doubt:
            return
        held = [*self._hand, *([self._on_air] if self._on_air is not None else [])]
        gone_out = [task for task, _ in self._settled]
        still_open = take_stock(self._db, self.sender.owner, [*gone_out, *held], _now())
        self._settled[:] = [done for done in self._settled if done[0].part_id in still_open]
        self._in_doubt = False

    def _tidy(self) -> None:
        """A log whose every line is settled is begun anew."""
        if self._logbook is not None and self._logbook.is_long and not self._settled:
            self._logbook.restart(self._on_air)

    def _replay(self) -> None:
        if self._spool is None or not self._spool.holds_something:
            return
        count = _replay(self._db, self.sender, self._spool)
        self._log.warning("the spool is replayed", pdus=count)

    def _entry(self, item: ReceivedPdu) -> Entry:
        return Entry(self._origin.modem, self._origin.sim, self._origin.msisdn, _now(), item.pdu)

    # While the database is away

    async def _keep_in_spool(self, received: Sequence[ReceivedPdu], error: DatabaseUnavailableError) -> None:
        if not self.is_waiting:
            self._rest(str(error))
        if not received:
            return
        if self._spool is None:
            raise error
        await asyncio.to_thread(self._spool.append, [self._entry(item) for item in received])
        self._degraded.spooled(len(received))

    def lost(self, error: DatabaseUnavailableError) -> None:
        """Another part of the worker could not reach the database."""
        self._rest(str(error))

    def _rest(self, detail: str) -> None:
        self._again_at = asyncio.get_running_loop().time() + AGAIN
        self._degraded.away(detail)

    async def _try(self, work: Callable[[], object]) -> bool:
        if self.is_waiting:
            return False
        try:
            await asyncio.to_thread(work)
        except DatabaseUnavailableError as error:
            self._rest(str(error))
            return False
        return True


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
