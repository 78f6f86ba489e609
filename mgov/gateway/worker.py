"""One modem: opened, set up, read, made to send, and brought back when it fails. It never gives up and never exits."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import structlog

from mgov.gateway.clerk import Clerk
from mgov.gateway.degraded import Degraded
from mgov.gateway.despatch import SWEEP, Despatch
from mgov.gateway.errands import Errands
from mgov.gateway.ladder import Ladder, Step
from mgov.gateway.settings import WorkerSettings
from mgov.gateway.site_command import run_command
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.store.schema.messages import PRIORITIES
from mgov.workflows import send
from modem_drivers.radio import (
    Event,
    EventKind,
    Identity,
    ModemSilentError,
    NotSupportedError,
    Outcome,
    PortUnavailableError,
    Radio,
    RadioError,
    ReceivedPdu,
    SimError,
)

POLL_MEMORY = 10.0  # seconds between looks into the memory, because notices get lost
POLL_SILENT_MEMORY = 1.5  # the same for a modem that tells of nothing
POLL_OUTBOX = 15.0  # seconds between looks into the outbox, should the lookout have failed
PROBE = 10.0  # seconds between health probes
SIM_REST = 5.0  # seconds that a SIM rests after it was refused
#: A claim that is older was overtaken by a long stop of this process: others may take this node for dead by now
#: (`mgov.store.nodes.SILENCE`), and it is given back instead of sent.
FRESH = timedelta(seconds=15)
UNREGISTERED = 180.0  # seconds without a network before the radio is reset
ANSWERED = 0.1  # seconds in which the engine answers what has just come
MOMENT = 0.1  # seconds: what a modem sends in it may be claimed together
BREATH = 0.005  # seconds in which a modem hands over what it has
BREATHES_EACH = 8  # submissions between two breaths
MOST_IN_HAND = 16  # parts claimed and not begun


class ModemWorker:
    """Supervises one radio. `stop` lets the submission under way finish and then ends `run`."""

    def __init__(
        self,
        settings: WorkerSettings,
        open_radio: Callable[[], Radio],
        db: Database,
        outbox: asyncio.Event,
        degraded: Degraded,
    ) -> None:
        self._settings = settings
        self._open_radio = open_radio
        self._wake = outbox
        self._stopping = False
        self._events: deque[Event] = deque()
        self._clerk = Clerk(settings, db, degraded, self._sender)
        self._despatch = Despatch(settings, self._clerk)
        self._errands = Errands(db, settings.name, settings.rules, settings.errands)
        self._ladder = Ladder(bool(settings.reset_command), settings.resets_per_hour)
        self._look = False  # whether something may lie in the memory
        self._hold_until = 0.0
        self._direct: list[ReceivedPdu] = []  # what came directly and is not written down
        self._writing: asyncio.Task[None] | None = None
        self._pace: float | None = None  # seconds that a submission takes, as of late
        self._woken = False  # whether something was queued since the last claim
        self._in_bulk = False  # whether what was sent last can wait
        self._faults = 0  # modem faults one after the other
        self._breaths = count()
        self._is_crowded = False  # whether more came the last time that it was let in
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    def stop(self) -> None:
        """Ask the worker to end after what it is doing."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Serve the modem until stopped, whatever happens to it."""
        while not self._stopping:
            started = self._now()
            failure = await self._attempt()
            self._ladder.served(self._now() - started)
            if self._stopping:
                break
            if failure is not None:
                await self._climb(failure)
            await self._sleep(self._ladder.pause())
        await self._clerk.report_down("stopped", "its daemon was stopped")

    async def _attempt(self) -> RadioError | None:
        """Open the modem and serve it; returns why that ended."""
        radio = self._open_radio()
        try:
            await self._serve(radio)
        except RadioError as error:
            return error
        except DatabaseUnavailableError as error:
            self._log.error("nothing can be kept: database and spool are away", detail=str(error))
        except OSError as error:
            self._log.error("nothing can be kept: the spool cannot be written", detail=str(error))
        except Exception as error:
            self._log.exception("worker failed")
            return RadioError("internal", f"{type(error).__name__}: {error}")
        finally:
            await radio.close()
            await self._leave_nothing()
        return None

    async def _serve(self, radio: Radio) -> None:
        identity = await radio.open()
        self._say_ready(identity)
        await self._at_the_database(lambda: self._errands.opened(radio, identity, self._clerk.sim))
        # The fleet has to be known before anything is claimed.
        await self._at_the_database(lambda: self._errands.run(radio))
        listener = asyncio.create_task(self._listen(radio))
        try:
            doubts_settled = await self._despatch.settle_by_memory(radio)
            self._look = True
            if self._ladder.failures and self._settings.canary is not None:
                await self._turn(radio)  # it has to be known to be ready
                await self._at_the_database(lambda: self._clerk.sing(self._settings.canary))
            await self._work(radio, doubts_settled)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _work(self, radio: Radio, doubts_settled: bool) -> None:
        """Received texts first, then one part out, and so on; when there is nothing, wait."""
        polled = probed = unregistered = self._now()
        poll = POLL_MEMORY if radio.announces else POLL_SILENT_MEMORY
        while not self._stopping:
            self._woken = self._woken or self._wake.is_set()
            self._wake.clear()
            self._take_events()
            doubts_settled = doubts_settled or await self._despatch.settle_by_memory(radio)
            if self._now() - polled > poll:
                polled, self._look = self._now(), True
            await self._write(radio, may_claim=doubts_settled and not self._look and self._may_send())
            if self._look:
                if await self._fetch(radio) and self._in_bulk:
                    await self._wait(ANSWERED)  # what came is answered before another text that can wait is begun
                continue
            if self._now() - probed > PROBE:
                probed = self._now()
                unregistered = probed if await self._probe(radio) else unregistered
                self._raise_if_lost(probed - unregistered)
            await self._despatch.clear_memory(radio, least=SWEEP if self._clerk.held else 1)
            await self._at_the_database(lambda: self._errands.run(radio, busy=bool(self._clerk.held)))
            if self._clerk.held:
                if not await self._let_in():
                    await self._submit(radio)
            elif not self._events:
                self._despatch.pause()
                await self._wait(min(poll, self._until_claim()))

    # Writing down

    async def _write(self, radio: Radio, *, may_claim: bool) -> None:
        """What came and went is written down, and what is to be sent next is claimed.

        With a part in hand that is done beside its submission, so that the modem does not wait for the database.
        """
        if not self._clerk.held:
            await self._written()  # what is being claimed may be all that is needed
        await self._drop_the_overtaken()
        if self._clerk.held and self._clerk.can_hold:
            if self._writing is None and (self._clerk.has_to_settle or self._direct or may_claim):
                self._writing = asyncio.create_task(self._turn(radio, self._room() if may_claim else 0))
            await self._written(wait=False)
            return
        await self._written()
        await self._turn(radio, self._room() if may_claim and not self._clerk.held else 0)
        if not self._clerk.held and may_claim:
            self._woken = False

    async def _turn(self, radio: Radio, claims: int = 0) -> None:
        direct, self._direct = self._direct, []
        try:
            await self._clerk.turn(direct, claims=claims)
        except BaseException:
            self._direct = direct + self._direct
            raise
        for _ in direct:
            await radio.acknowledge()

    async def _written(self, *, wait: bool = True) -> None:
        """See to the writing that was begun: wait for its end, or only hear of its failure."""
        if self._writing is not None and (wait or self._writing.done()):
            writing, self._writing = self._writing, None
            await writing

    def _room(self) -> int:
        """How many parts to claim: one, or as many as this modem sends in a moment."""
        if not self._clerk.can_hold or self._pace is None:
            return 1
        return max(1, min(MOST_IN_HAND, int(MOMENT / self._pace))) - len(self._clerk.held) // 2

    async def _drop_the_overtaken(self) -> None:
        """What can wait gives way to what was queued since it was claimed."""
        held = self._clerk.held
        if self._woken and held and _can_wait(held[0]) and await self._clerk.is_overtaken():
            await self._written()
            await self._clerk.give_back()
        if held:
            self._woken = False

    async def _submit(self, radio: Radio) -> None:
        if _utc() - self._clerk.held[0].claimed_at > FRESH:
            await self._written()
            await self._clerk.give_back()
            return
        started = self._now()
        task = self._clerk.begin()
        self._in_bulk = _can_wait(task)
        beside = asyncio.create_task(self._beside(radio, task))
        try:
            submission = await self._despatch.submit(radio, task)
        finally:
            beside.cancel()
        self._clerk.settle(task, submission)
        took = self._now() - started
        self._pace = took if self._pace is None else self._pace + (took - self._pace) / 4
        self._hold_after(submission.outcome)
        if submission.outcome not in (Outcome.ACCEPTED.value, Outcome.REFUSED_FOR_GOOD.value):
            await self._written()
            await self._clerk.give_back()  # for other modems, or for later
        if submission.outcome in (Outcome.MODEM_FAULT.value, Outcome.UNCERTAIN.value):
            await self._turn(radio)  # before the modem is asked again: that may take its time
            self._ladder.resynced(self._now(), _utc())
            await radio.resync()
            await self._despatch.settle_by_memory(radio)
            self._look = True

    async def _beside(self, radio: Radio, task: send.Task) -> None:
        """Shortly before a slow submission ends what came is written down, and what follows it is claimed.

        So the modem never waits for the database, and what came is acknowledged before the next submission begins.
        """
        if not (self._clerk.can_hold and self._is_slow) or self._stopping:
            return
        await asyncio.sleep((self._pace or 0) - MOMENT)
        if not any(event.kind is EventKind.GONE for event in self._events):
            self._take_events()
            claims = int(task.total == 1 and self._may_send())
            self._writing = asyncio.create_task(self._turn_after(self._writing, radio, claims))

    async def _turn_after(self, earlier: asyncio.Task[None] | None, radio: Radio, claims: int) -> None:
        if earlier is not None:
            await earlier
        await self._turn(radio, 0 if self._clerk.held else claims)

    @property
    def _is_slow(self) -> bool:
        return self._pace is not None and self._pace > MOMENT

    async def _let_in(self) -> bool:
        """Whether something came in a breath between two slow submissions.

        A modem hands over the next text or report only when the last is acknowledged: with none but one at each
        submission, whoever sends without a pause would hear ever later of what comes.
        """
        if not self._is_slow or (next(self._breaths) % BREATHES_EACH and not self._is_crowded):
            return False
        await self._written()
        if not self._events:
            await self._wait(BREATH)
        self._is_crowded = bool(self._events)
        return self._is_crowded

    def _hold_after(self, outcome: str) -> None:
        """A SIM that may not send rests; a modem that was brought back goes on, unless it fails again and again."""
        if outcome == Outcome.SIM_FAULT.value:
            self._hold_until = self._now() + SIM_REST
        elif outcome == Outcome.MODEM_FAULT.value:
            self._faults += 1
            self._hold_until = self._now() + min(SIM_REST, 0.25 * 2**self._faults if self._faults > 1 else 0)
        else:
            self._faults = 0

    # Receiving

    async def _listen(self, radio: Radio) -> None:
        while True:
            event = await radio.next_event()
            self._events.append(event)
            self._wake.set()
            if event.kind is EventKind.GONE:
                return

    def _take_events(self) -> None:
        """What came directly is taken; of what lies in the memory it is only noted that there is something."""
        while self._events:
            event = self._events.popleft()
            if event.kind is EventKind.GONE:
                raise PortUnavailableError("gone", event.detail or "the port vanished")
            if event.received is not None:
                self._direct.append(event.received)
                continue
            if event.kind is EventKind.MEMORY_FULL:
                self._log.warning("SIM full: the network keeps what comes until it is read", detail=event.detail)
            self._look = True

    async def _fetch(self, radio: Radio) -> bool:
        """Empty the memory: what lies there is kept first and deleted after; a crash in between reads it again.

        Returns whether there was anything.
        """
        self._look = anything = False
        received: Sequence[ReceivedPdu] = await radio.received()
        stuck: set[object] = set()
        while received:
            await self._clerk.turn(received)
            cleared = await radio.clear([item.slot for item in received if item.slot is not None])
            for slot in cleared.stuck:
                self._log.warning("slot will not delete", storage=slot.storage, index=slot.index)
            stuck.update(cleared.stuck)
            received = [item for item in cleared.received if item.slot not in stuck]
            anything = True
        return anything

    # How the modem is

    async def _probe(self, radio: Radio) -> bool:
        """Ask how it is; returns whether it is on the network."""
        health = await radio.probe()
        if health.total and health.used == health.total:
            self._log.warning("SIM full", used=health.used, total=health.total)
            self._look = True
        registered = health.registered or health.registration is None
        self._clerk.note(
            state="ready" if registered else "unregistered",
            signal_dbm=health.signal_dbm,
            storage_used=health.used,
            storage_total=health.total,
            last_seen=_utc(),
        )
        if self._settings.operator is None and health.operator:
            self._clerk.note(operator=health.operator)
        if registered:
            self._clerk.note(error=None, down_since=None)
        return registered

    def _raise_if_lost(self, seconds: float) -> None:
        if seconds > UNREGISTERED:
            raise RadioError("unregistered", f"no network for {seconds:.0f} s: {self._settings.name} is not registered")

    def _say_ready(self, identity: Identity) -> None:
        self._clerk.meet(identity)
        self._clerk.note(
            node=self._settings.node,
            driver=self._settings.driver,
            port=self._settings.port,
            state="ready",
            operator=self._settings.operator,
            msisdn=self._settings.msisdn or identity.msisdn,
            imei=identity.imei,
            sim=identity.imsi,
            smsc=identity.smsc,
            model=identity.model,
            last_seen=_utc(),
            down_since=None,
            error=None,
        )
        self._log.info("modem ready", port=self._settings.port, model=identity.model)

    # When it fails

    async def _climb(self, error: RadioError) -> None:
        """Say what is wrong and what has been tried, and take the next step of the ladder."""
        step = self._ladder.failed(error.code, self._now(), _utc())
        told = "; ".join(words for words in (str(error), self._ladder.evidence()) if words)
        self._log.warning("modem down", code=error.code, detail=told, next=step.name.lower())
        await self._clerk.report_down(_state(error), told)
        if step is Step.RESET:
            await self._reset()
        elif step is Step.COMMAND:
            why_not = await run_command(self._settings.reset_command, self._settings.name, self._settings.port)
            self._log.warning("ran the site's command for this modem", failed=why_not)

    async def _reset(self) -> None:
        radio = self._open_radio()
        try:
            await radio.reset()
        except NotSupportedError as error:
            self._log.info("no reset", detail=str(error))
        except RadioError as error:
            self._log.warning("the reset failed", code=error.code, detail=str(error))
        finally:
            await radio.close()

    async def _leave_nothing(self) -> None:
        """Keep what came, settle what has gone out, and return what was not begun: another modem can send it."""
        self._direct += [event.received for event in self._events if event.received is not None]
        self._events.clear()
        with contextlib.suppress(RadioError):  # an acknowledgement that the modem could not take any more
            await self._written()
        direct, self._direct = self._direct, []
        try:
            if direct or self._clerk.has_to_settle:
                await self._clerk.turn(direct)
            await self._clerk.give_back()
        except Exception:
            self._direct = direct
            self._log.exception("not written down yet")

    async def _at_the_database(self, errand: Callable[[], Awaitable[None]]) -> None:
        """What can wait while the database is away."""
        if self._clerk.is_waiting:
            return
        try:
            await errand()
        except DatabaseUnavailableError as error:
            self._clerk.lost(error)

    # Waiting

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _sleep(self, seconds: float) -> None:
        end = self._now() + seconds
        while not self._stopping and (left := end - self._now()) > 0:
            self._wake.clear()
            await self._wait(left)

    def _may_send(self) -> bool:
        return self._now() >= self._hold_until

    def _until_claim(self) -> float:
        """Seconds until the outbox is worth another look."""
        held = self._hold_until - self._now()
        return held if held > 0 else POLL_OUTBOX

    def _sender(self, sim: str) -> send.Sender:
        settings = self._settings
        return send.Sender(
            settings.owner, settings.name, sim, self._despatch.crash_safe, settings.rules, self._errands.fleet
        )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _can_wait(task: send.Task) -> bool:
    return int(task.message["urgency"]) >= PRIORITIES["reminder"]


def _state(error: RadioError) -> str:
    if isinstance(error, SimError):
        return "locked"
    if error.code == "unregistered":
        return "unregistered"
    return "silent" if isinstance(error, ModemSilentError) else "down"


def _utc() -> datetime:
    return datetime.now(UTC)
