"""The clerk of one modem: writes down what it brings, in the database, or in the spool while that is away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from mgov.gateway.degraded import Degraded
from mgov.gateway.ledger import Ledger
from mgov.gateway.logbook import Logbook
from mgov.gateway.settings import WorkerSettings
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import fleet, modem_memory, send
from mgov.workflows.canary import CanarySettings, sing_after_recovery
from mgov.workflows.claiming import give_back, is_overtaken
from mgov.workflows.leftovers import take_stock
from mgov.workflows.turn import Turn
from modem_drivers.radio import Identity, ReceivedPdu

AGAIN = 1.0  # seconds before a database that was away is asked again


class Clerk:
    """What a worker knows of the database. `sender` says who sends, as things stand."""

    def __init__(
        self, settings: WorkerSettings, db: Database, degraded: Degraded, sender: Callable[[str], send.Sender]
    ) -> None:
        self._settings = settings
        self._db = db
        self._degraded = degraded
        self._settled: list[tuple[send.Task, send.Submission]] = []
        self._hand: deque[send.Task] = deque()
        self._on_air: send.Task | None = None
        self._standing: dict[str, Any] = {}
        self.is_drained = False  #: whether the last claim found less than it asked for
        self._turning = asyncio.Lock()
        self._in_doubt = False  # whether a turn may have been committed or not
        self._again_at = 0.0
        folder = settings.spool_folder
        self._logbook = Logbook(folder / f"{settings.name}.log") if folder else None
        self._ledger = Ledger(settings, db, sender, self._logbook)
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    @property
    def sender(self) -> send.Sender:
        """Who sends: the lease's owner, the modem, and the SIM that is in it."""
        return self._ledger.sender

    @property
    def sim(self) -> str:
        """The SIM that is in the modem: its IMSI, or the modem's name where it tells none."""
        return self._ledger.origin.sim

    @property
    def is_waiting(self) -> bool:
        """Whether the database was away a moment ago, or has not been looked at."""
        return self._degraded.is_unchecked or asyncio.get_running_loop().time() < self._again_at

    def meet(self, identity: Identity) -> None:
        """From now on this SIM is in the modem."""
        self._ledger.meet(identity)

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
        """The next of them; from here on it may be on the air.

        At every moment it is in hand, on the air or settled: a thread that takes stock meanwhile would queue it again.
        """
        task = self._on_air = self._hand[0]
        if self._logbook is not None:
            self._logbook.begin(task)
        self._hand.popleft()
        return task

    def settle(self, task: send.Task, submission: send.Submission) -> None:
        """Remember what came of a submission; it is written with the next turn, however long that takes."""
        if self._logbook is not None:
            self._logbook.end(task, submission)
        self._settled.append((task, submission))
        self._on_air = None

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
                self._tidy()
                if claims:
                    self.is_drained = len(tasks) < claims
            except DatabaseUnavailableError as error:
                self._in_doubt = self._in_doubt or not self.is_waiting
                await self._keep_in_spool(received, error)

    def _tidy(self) -> None:
        """A log that grew long is begun anew with what is not in the database yet.

        On the event loop, where it is written: no line may get lost in between.
        """
        if self._logbook is not None and self._logbook.is_long:
            self._logbook.restart(self._settled, self._on_air)

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
            found = is_overtaken(self._db, self.sender, task, _now())

        await self._try(work)
        return found

    async def give_back(self) -> None:
        """Return what was claimed and not begun on the air: another modem, or this one later, sends it."""
        async with self._turning:
            while self._hand:
                task = self._hand.popleft()
                if not await self._try(partial(give_back, self._db, self.sender, task, _now())):
                    self._in_doubt = True  # the next turn takes it back

    async def settle_doubts(self, sent: dict[modem_memory.Place, bool]) -> modem_memory.Settled | None:
        """Settle doubts by what the modem's memory says; None when the database is away."""
        settled = modem_memory.Settled(0)

        def work() -> None:
            nonlocal settled
            self._ledger.recover()  # what an earlier run left is in doubt only then
            settled = modem_memory.settle_from_memory(self._db, self.sender, sent, _now())

        if not await self._try(work):
            return None
        if settled.parts:
            self._log.info("settled doubts by the modem's memory", parts=settled.parts)
        return settled

    async def note_slot(self, task: send.Task, storage: str | None, index: int | None) -> bool:
        """Commit where in the modem's memory a part lies (None: it is sent without); False when that cannot be."""
        return await self._try(lambda: modem_memory.note_slot(self._db, task.part_id, storage, index))

    async def sing(self, settings: CanarySettings | None) -> None:
        """After a recovery the SIM texts itself, where the site wants to know that it can."""
        if settings is not None:
            await asyncio.to_thread(sing_after_recovery, self._db, self._settings.name, settings, _now())

    # In a worker thread

    def _turn(self, received: list[ReceivedPdu], claims: int) -> list[send.Task]:
        self._ledger.recover()
        self._take_stock()
        self._ledger.replay()
        settled, standing = list(self._settled), self._standing
        if not (settled or received or standing or claims):
            return []
        tasks = self._ledger.enter(received, Turn(settled, (), dict(standing), claims))
        del self._settled[: len(settled)]
        self._standing = {name: value for name, value in self._standing.items() if standing.get(name) is not value}
        self._degraded.back()
        return tasks

    def _take_stock(self) -> None:
        if not self._in_doubt:
            return
        held = [*self._hand, *([self._on_air] if self._on_air is not None else [])]
        settled = list(self._settled)  # after what is held: what ends meanwhile is found in one of them
        gone_out = [task for task, _ in settled]
        still_open = take_stock(self._db, self.sender.owner, [*gone_out, *held], _now())
        self._settled[: len(settled)] = [done for done in settled if done[0].part_id in still_open]
        self._in_doubt = False

    # While the database is away

    async def _keep_in_spool(self, received: Sequence[ReceivedPdu], error: DatabaseUnavailableError) -> None:
        if not self.is_waiting:
            self._rest(str(error))
        if not received:
            return
        if not self._ledger.can_spool:
            raise error
        await asyncio.to_thread(self._ledger.spool, received)
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


def _now() -> datetime:
    return datetime.now(UTC)
