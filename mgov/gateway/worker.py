"""One modem: opened, set up, read, made to send, and brought back when it fails. It never gives up and never exits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from mgov.gateway.clerk import Clerk
from mgov.gateway.degraded import Degraded
from mgov.gateway.despatch import SWEEP, Despatch
from mgov.gateway.errands import Errands
from mgov.gateway.health import Health
from mgov.gateway.inlet import Inlet
from mgov.gateway.ladder import Ladder, Step
from mgov.gateway.outlet import Outlet
from mgov.gateway.settings import WorkerSettings
from mgov.gateway.site_command import run_command
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import send
from modem_drivers.radio import ModemSilentError, NotSupportedError, Outcome, Radio, RadioError, SimError

POLL_MEMORY = 10.0  # seconds between looks into the memory, because notices get lost
POLL_SILENT_MEMORY = 1.5  # the same for a modem that tells of nothing
ANSWERED = 0.1  # seconds in which the engine answers what has just come


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
        self._clerk = Clerk(settings, db, degraded, self._sender)
        self._despatch = Despatch(settings, self._clerk)
        self._inlet = Inlet(self._clerk, outbox, settings.name)
        self._outlet = Outlet(self._clerk, self._despatch, self._inlet, outbox)
        self._health = Health(settings, self._clerk)
        self._errands = Errands(db, settings.name, settings.rules, settings.errands)
        self._ladder = Ladder(bool(settings.reset_command), settings.resets_per_hour)
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
        self._health.met(identity)
        await self._at_the_database(lambda: self._errands.opened(radio, identity, self._clerk.sim))
        # The fleet has to be known before anything is claimed.
        await self._at_the_database(lambda: self._errands.run(radio))
        listener = asyncio.create_task(self._inlet.listen(radio))
        try:
            doubts_settled = await self._despatch.settle_by_memory(radio)
            await self._look_after(radio)
            self._inlet.look = True
            if self._ladder.failures and self._settings.canary is not None:
                await self._inlet.write(radio)  # it has to be known to be ready
                await self._at_the_database(lambda: self._clerk.sing(self._settings.canary))
            await self._work(radio, doubts_settled)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _work(self, radio: Radio, doubts_settled: bool) -> None:
        """Received texts first, then one part out, and so on; when there is nothing, wait."""
        inlet, outlet = self._inlet, self._outlet
        polled = self._now()
        poll = POLL_MEMORY if radio.announces else POLL_SILENT_MEMORY
        while not self._stopping:
            outlet.woken = outlet.woken or self._wake.is_set()
            self._wake.clear()
            inlet.take_events()
            if not doubts_settled or not self._despatch.until_look:
                doubts_settled = await self._despatch.settle_by_memory(radio)
            if self._now() - polled > poll:
                polled, inlet.look = self._now(), True
            await outlet.write(radio, may_claim=doubts_settled and not inlet.look and outlet.may_send)
            if inlet.look:
                if await inlet.fetch(radio) and outlet.in_bulk:
                    await self._wait(ANSWERED)  # what came is answered before another text that can wait is begun
                continue
            await self._look_after(radio)
            await self._despatch.clear_memory(radio, least=SWEEP if self._clerk.held else 1)
            await self._at_the_database(lambda: self._errands.run(radio, busy=bool(self._clerk.held)))
            if self._clerk.held:
                if not await outlet.let_in():
                    await self._submit(radio)
            elif not inlet.has_events:
                self._despatch.pause()
                until = (outlet.until_claim, self._health.until_check, self._despatch.until_look)
                await self._wait(min(poll, *until))

    async def _look_after(self, radio: Radio) -> None:
        """Look how the modem is when that is due: nothing is begun without a network, and a full memory is emptied."""
        self._inlet.look = await self._health.check(radio) or self._inlet.look
        self._outlet.has_network = self._health.is_registered

    async def _submit(self, radio: Radio) -> None:
        outcome = await self._outlet.submit(radio, lambda: self._stopping)
        if self._outlet.was_refused_service:
            self._health.suspect()
        if outcome in (Outcome.MODEM_FAULT.value, Outcome.UNCERTAIN.value):
            await self._inlet.write(radio)  # before the modem is asked again: that may take its time
            self._ladder.resynced(self._now(), _utc())
            await radio.resync()
            await self._despatch.settle_by_memory(radio)
            self._inlet.look = True

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
        await self._outlet.leave_nothing()
        try:
            await self._inlet.leave_nothing()
            await self._clerk.give_back()
        except Exception:
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

    def _sender(self, sim: str) -> send.Sender:
        settings = self._settings
        return send.Sender(
            settings.owner, settings.name, sim, self._despatch.crash_safe, settings.rules, self._errands.fleet
        )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _state(error: RadioError) -> str:
    if isinstance(error, SimError):
        return "locked"
    if error.code == "unregistered":
        return "unregistered"
    return "silent" if isinstance(error, ModemSilentError) else "down"


def _utc() -> datetime:
    return datetime.now(UTC)
