"""One modem: opened, set up, read, made to send, and brought back when it fails. It never gives up and never exits."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog

from mgov.domain.message import Origin, Part, Report
from mgov.gateway import pdus
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import fleet, send
from mgov.workflows.receive import receive_parts, receive_reports
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
    SendResult,
    SimError,
    Slot,
    StoredState,
)
from modem_drivers.sms import EncodedPdu, PduError

T = TypeVar("T")

POLL_MEMORY = 10.0  # seconds between looks into the memory, because notices get lost
POLL_OUTBOX = 2.0  # seconds between looks into the outbox, because wake-ups are only hints
PROBE = 15.0  # seconds between health probes
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before the port is opened again
SIM_REST = 5.0  # seconds that a SIM rests after it was refused
SIM_PAUSE = 60.0  # seconds before a SIM that a person has to see to is tried again
DATABASE_PAUSE = 1.0  # seconds before a database that is away is tried again


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker knows of its modem from the configuration."""

    name: str
    node: str
    driver: str
    port: str
    msisdn: str | None = None
    operator: str | None = None
    max_per_minute: int | None = None
    reports: bool = True
    crash_safe: bool = False


class ModemWorker:
    """Supervises one radio. `stop` lets the submission under way finish and then ends `run`."""

    def __init__(
        self, settings: WorkerSettings, open_radio: Callable[[], Radio], db: Database, outbox: asyncio.Event
    ) -> None:
        self._settings = settings
        self._open_radio = open_radio
        self._db = db
        self._wake = outbox
        self._stopping = False
        self._events: deque[Event] = deque()
        self._origin = Origin(settings.name, settings.name, settings.msisdn)
        self._sent_times: deque[float] = deque()
        self._hold_until = 0.0
        self._claimed: send.Task | None = None
        self._faults = 0  # modem faults one after the other
        self._crash_safe = settings.crash_safe
        self._to_clear: list[Slot] = []
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    def stop(self) -> None:
        """Ask the worker to end after what it is doing."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Serve the modem until stopped, whatever happens to it."""
        pause = FIRST_PAUSE
        while not self._stopping:
            await self._recover_outbox()
            radio = self._open_radio()
            started = asyncio.get_running_loop().time()
            try:
                await self._serve(radio)
            except RadioError as error:
                await self._say_down(error)
            except DatabaseUnavailableError as error:
                self._log.warning("database away", detail=str(error))
            except Exception:
                self._log.exception("worker failed")
            finally:
                await radio.close()
                await self._give_back()
            served = asyncio.get_running_loop().time() - started
            pause = FIRST_PAUSE if served > 2 * LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            await self._sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter

    async def _serve(self, radio: Radio) -> None:
        identity = await radio.open()
        await self._say_ready(identity)
        listener = asyncio.create_task(self._listen(radio))
        try:
            await self._settle_by_memory(radio)
            await self._keep(radio, await radio.received())
            await self._work(radio)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _work(self, radio: Radio) -> None:
        """Received texts first, then one part out, and so on; when there is nothing, wait."""
        loop = asyncio.get_running_loop()
        polled = probed = loop.time()
        absent: tuple[str, ...] = ()
        while not self._stopping:
            self._wake.clear()
            await self._take_events(radio)
            if loop.time() - probed > PROBE:
                probed = loop.time()
                absent = await self._probe(radio)
            if loop.time() - polled > POLL_MEMORY:
                polled = loop.time()
                await self._keep(radio, await radio.received())
            task = self._claimed
            if task is None and self._may_send(loop.time()):
                task = await self._claim(absent)
            if task is not None:
                self._claimed = await self._submit(radio, task, absent)
            elif not self._events:
                await self._wait(self._until_quota(loop.time()))

    async def _claim(self, absent: tuple[str, ...]) -> send.Task | None:
        return await asyncio.to_thread(send.next_task, self._db, self._sender, pdus.count_parts, _now(), absent)

    async def _submit(self, radio: Radio, task: send.Task, absent: tuple[str, ...]) -> send.Task | None:
        self._claimed = None  # from here on the part may be on the air
        submission = await self._transmit(radio, task)
        now = asyncio.get_running_loop().time()
        self._sent_times.append(now)
        self._hold_after(submission.outcome, now)
        calm = submission.outcome in (Outcome.ACCEPTED.value, Outcome.REFUSED_FOR_GOOD.value)
        more = calm and not self._stopping and self._may_send(now)
        following = await self._settle(task, submission, absent, more)
        if submission.outcome in (Outcome.MODEM_FAULT.value, Outcome.UNCERTAIN.value):
            await radio.resync()
            await self._settle_by_memory(radio)
        await self._clear_memory(radio)
        return following

    def _hold_after(self, outcome: str, now: float) -> None:
        """A SIM that may not send rests; a modem that was brought back goes on, unless it fails again and again."""
        if outcome == Outcome.SIM_FAULT.value:
            self._hold_until = now + SIM_REST
        elif outcome == Outcome.MODEM_FAULT.value:
            self._faults += 1
            self._hold_until = now + min(SIM_REST, 0.25 * 2**self._faults if self._faults > 1 else 0)
        else:
            self._faults = 0

    async def _settle(
        self, task: send.Task, submission: send.Submission, absent: tuple[str, ...], more: bool
    ) -> send.Task | None:
        """What the network said is written down, however long the database is away."""
        while True:
            try:
                return await asyncio.to_thread(
                    send.settle_and_next,
                    self._db,
                    self._sender,
                    task,
                    submission,
                    pdus.count_parts,
                    _now(),
                    absent,
                    more,
                )
            except DatabaseUnavailableError as error:
                self._log.warning("database away", detail=str(error))
                await asyncio.sleep(DATABASE_PAUSE)

    async def _transmit(self, radio: Radio, task: send.Task) -> send.Submission:
        try:
            composition = pdus.on_the_air(task.recipient, task.text, task.reference, self._settings.reports)
        except PduError as error:
            return send.Submission(Outcome.REFUSED_FOR_GOOD.value, code=error.code, detail=str(error))
        encoded = composition.pdus[task.sequence - 1]
        if self._crash_safe:
            result = await self._submit_from_memory(radio, task, encoded)
        else:
            result = await radio.submit(encoded.pdu, encoded.length, more=task.sequence < task.total)
        return send.Submission(result.outcome.value, result.reference, result.code, result.detail)

    async def _submit_from_memory(self, radio: Radio, task: send.Task, encoded: EncodedPdu) -> SendResult:
        """Write, commit where, then send: after a crash the memory tells whether the part has gone out."""
        try:
            slot = await radio.store(encoded.pdu, encoded.length)
        except NotSupportedError as error:
            self._log.warning("no crash-safe submission on this modem", detail=str(error))
            self._crash_safe = False
            return SendResult(Outcome.MODEM_FAULT, code=error.code, detail=str(error))
        except RadioError as error:
            return SendResult(Outcome.MODEM_FAULT, code=error.code, detail=str(error))
        await asyncio.to_thread(send.note_slot, self._db, task.part_id, slot.storage, slot.index)
        self._to_clear.append(slot)
        return await radio.submit_stored(slot)

    async def _clear_memory(self, radio: Radio) -> None:
        """Delete what is settled, so that the memory keeps room for what comes in."""
        while self._to_clear:
            slot = self._to_clear.pop()
            if not await radio.delete(slot):
                self._log.warning("slot will not delete", storage=slot.storage, index=slot.index)

    async def _settle_by_memory(self, radio: Radio) -> None:
        """Doubts of an earlier run are settled by what the modem's memory says, before anything is sent."""
        if not self._crash_safe:
            return
        found = await radio.stored()
        sent = {(item.slot.storage, item.slot.index): item.state is StoredState.SENT for item in found}
        settled = await asyncio.to_thread(send.settle_from_memory, self._db, self._sender, sent, _now())
        if settled:
            self._log.info("settled doubts by the modem's memory", parts=settled)
        self._to_clear.extend(item.slot for item in found)
        await self._clear_memory(radio)

    async def _listen(self, radio: Radio) -> None:
        while True:
            event = await radio.next_event()
            self._events.append(event)
            self._wake.set()
            if event.kind is EventKind.GONE:
                return

    async def _take_events(self, radio: Radio) -> None:
        stored = 0
        while self._events:
            event = self._events.popleft()
            if event.kind is EventKind.GONE:
                raise PortUnavailableError("gone", event.detail or "the port vanished")
            if event.received is not None:
                await self._keep(radio, [event.received])
            elif event.kind is EventKind.STORED and event.slot is not None and not stored and not self._events:
                received = await radio.read(event.slot)
                await self._keep(radio, [received] if received else [])
            else:
                if event.kind is EventKind.MEMORY_FULL:
                    self._log.warning("SIM full: the network keeps what comes until it is read", detail=event.detail)
                stored += 1
        if stored:
            await self._keep(radio, await radio.received())

    async def _keep(self, radio: Radio, received: Sequence[ReceivedPdu]) -> None:
        """Commit first, delete after: a crash in between reads the same part again, and knows it."""
        if not received:
            return
        parts: list[Part] = []
        reports: list[Report] = []
        for item in received:
            report = pdus.report_of(item.pdu) if pdus.is_report(item.pdu) else None
            if report is not None:
                reports.append(report)
            else:
                parts.append(pdus.part_of(item.pdu, _now()))
        if parts:
            await self._db_call(lambda: receive_parts(self._db, self._origin, parts, pdus.join_texts, _now()))
        if reports:
            await self._db_call(lambda: receive_reports(self._db, self._origin, reports, _now()))
        for item in received:
            if item.slot is None:
                await radio.acknowledge()
            elif not await radio.delete(item.slot):
                self._log.warning("slot will not delete", storage=item.slot.storage, index=item.slot.index)

    async def _probe(self, radio: Radio) -> tuple[str, ...]:
        health = await radio.probe()
        if health.total and health.used == health.total:
            self._log.warning("SIM full", used=health.used, total=health.total)
            await self._keep(radio, await radio.received())
        state = "ready" if health.registered or health.registration is None else "unregistered"
        values: dict[str, Any] = {
            "state": state,
            "signal_dbm": health.signal_dbm,
            "storage_used": health.used,
            "storage_total": health.total,
            "last_seen": _now(),
        }
        if self._settings.operator is None and health.operator:
            values["operator"] = health.operator
        if state == "ready":
            values |= {"error": None, "down_since": None}
        return await self._db_call(lambda: fleet.report_and_absent(self._db, self._settings.name, values, _now()))

    async def _say_ready(self, identity: Identity) -> None:
        self._origin = Origin(
            self._settings.name, identity.imsi or self._settings.name, self._settings.msisdn or identity.msisdn
        )
        values = {
            "node": self._settings.node,
            "driver": self._settings.driver,
            "port": self._settings.port,
            "state": "ready",
            "operator": self._settings.operator,
            "msisdn": self._origin.msisdn,
            "imei": identity.imei,
            "sim": identity.imsi,
            "smsc": identity.smsc,
            "model": identity.model,
            "last_seen": _now(),
            "down_since": None,
            "error": None,
        }
        await self._db_call(lambda: fleet.report(self._db, self._settings.name, values))
        self._log.info("modem ready", port=self._settings.port, model=identity.model)

    async def _say_down(self, error: RadioError) -> None:
        self._log.warning("modem down", code=error.code, detail=str(error))
        values = {
            "node": self._settings.node,
            "driver": self._settings.driver,
            "port": self._settings.port,
            "state": "locked"
            if isinstance(error, SimError)
            else "silent"
            if isinstance(error, ModemSilentError)
            else "down",
            "error": str(error),
            "msisdn": self._settings.msisdn,
        }
        try:
            await asyncio.to_thread(fleet.report_down, self._db, self._settings.name, values, _now())
        except DatabaseUnavailableError as away:
            self._log.warning("database away", detail=str(away))
        if isinstance(error, SimError):
            await self._sleep(SIM_PAUSE)

    async def _give_back(self) -> None:
        """Return a message that was claimed and not begun: another modem, or this one later, sends it."""
        if self._claimed is None:
            return
        task, self._claimed = self._claimed, None
        try:
            await asyncio.to_thread(send.give_back, self._db, self._sender, task, _now())
        except DatabaseUnavailableError as error:
            self._log.warning("database away", detail=str(error))

    async def _recover_outbox(self) -> None:
        """What an earlier run of this worker left in the middle is said to be uncertain before anything is sent."""
        while not self._stopping:
            try:
                uncertain, queued = await asyncio.to_thread(send.recover, self._db, self._sender.owner, _now())
            except DatabaseUnavailableError as error:
                self._log.warning("database away", detail=str(error))
                await self._sleep(DATABASE_PAUSE)
                continue
            if uncertain or queued:
                self._log.warning("found cut-off submissions", uncertain=uncertain, queued_again=queued)
            return

    async def _db_call(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    async def _sleep(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        while not self._stopping and (left := end - asyncio.get_running_loop().time()) > 0:
            self._wake.clear()
            await self._wait(left)

    def _may_send(self, now: float) -> bool:
        return self._until_quota(now) == POLL_OUTBOX

    def _until_quota(self, now: float) -> float:
        """Seconds until this modem may send (the site's limit, a fault's pause); `POLL_OUTBOX` when it may now."""
        if now < self._hold_until:
            return self._hold_until - now
        limit = self._settings.max_per_minute
        if limit is None:
            self._sent_times.clear()
            return POLL_OUTBOX
        while self._sent_times and self._sent_times[0] < now - 60:
            self._sent_times.popleft()
        return POLL_OUTBOX if len(self._sent_times) < limit else max(0.05, self._sent_times[0] + 60 - now)

    @property
    def _sender(self) -> send.Sender:
        owner = f"{self._settings.node}/{self._settings.name}"
        return send.Sender(owner[:64], self._settings.name, self._origin.sim, self._crash_safe)


def _now() -> datetime:
    return datetime.now(UTC)
