"""Despatch: from a claimed part to what the radio says of it, plainly or by way of the modem's memory."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import structlog

from mgov.gateway import pdus
from mgov.gateway.clerk import Clerk
from mgov.gateway.settings import WorkerSettings
from mgov.workflows import send
from modem_drivers.radio import (
    NotSupportedError,
    Outcome,
    Radio,
    RadioError,
    SendResult,
    Slot,
    StoredState,
)
from modem_drivers.sms import EncodedPdu, PduError

LOOK_AGAIN = 1.0  # seconds until the memory is asked again of what may be on the air
SWEEP = 4  # settled slots that are deleted together: each look at the memory costs an exchange


class Despatch:
    """The sending half of one worker. `crash_safe`: parts are written to the modem's memory and sent from there."""

    def __init__(self, settings: WorkerSettings, clerk: Clerk) -> None:
        self._reports = settings.reports
        self._clerk = clerk
        self.crash_safe = settings.crash_safe
        self._to_clear: list[Slot] = []
        self._in_burst = False
        self._look_again_at = math.inf
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    async def submit(self, radio: Radio, task: send.Task) -> send.Submission:
        """Hand one part to the network; whatever comes of it is an outcome."""
        try:
            minutes = pdus.minutes_until(task.message["send_by"], datetime.now(UTC))
            composition = pdus.on_the_air(task.recipient, task.text, task.reference, self._reports, minutes)
        except PduError as error:
            return send.Submission(Outcome.REFUSED_FOR_GOOD.value, code=error.code, detail=str(error))
        encoded = composition.pdus[task.sequence - 1]
        more = self._in_burst or task.sequence < task.total
        self._in_burst = True
        if self.crash_safe:
            result = await self._submit_from_memory(radio, task, encoded, more)
        else:
            result = await radio.submit(encoded.pdu, encoded.length, more=more)
        return send.Submission(result.outcome.value, result.reference, result.code, result.detail)

    def pause(self) -> None:
        """Nothing follows for now: the next part is not the next of a burst."""
        self._in_burst = False

    async def _submit_from_memory(self, radio: Radio, task: send.Task, encoded: EncodedPdu, more: bool) -> SendResult:
        """Write, commit where, then send: after a crash the memory tells whether the part has gone out."""
        try:
            slot = await radio.store(encoded.pdu, encoded.length)
        except NotSupportedError as error:
            return await self._submit_plainly(radio, task, encoded, more, error)
        except RadioError as error:
            return SendResult(Outcome.MODEM_FAULT, code=error.code, detail=str(error))
        self._to_clear.append(slot)
        if not await self._clerk.note_slot(task, slot.storage, slot.index):
            return SendResult(Outcome.REFUSED_FOR_NOW, code="database_away", detail="the slot could not be recorded")
        return await radio.submit_stored(slot)

    async def _submit_plainly(
        self, radio: Radio, task: send.Task, encoded: EncodedPdu, more: bool, why: NotSupportedError
    ) -> SendResult:
        """A modem that cannot write to its memory sends all the same, from now on without."""
        self._log.warning("no crash-safe submission on this modem: it sends without", detail=str(why))
        self.crash_safe = False
        if not await self._clerk.note_slot(task, None, None):
            return SendResult(Outcome.REFUSED_FOR_NOW, code="database_away", detail="the change could not be recorded")
        return await radio.submit(encoded.pdu, encoded.length, more=more)

    async def clear_memory(self, radio: Radio, least: int = 1) -> None:
        """Delete what is settled once there are `least`, so that the memory keeps room for what comes in."""
        if len(self._to_clear) < least:
            return
        slots, self._to_clear = self._to_clear, []
        for slot in (await radio.clear(slots)).stuck:
            self._log.warning("slot will not delete", storage=slot.storage, index=slot.index)

    @property
    def until_look(self) -> float:
        """Seconds until the memory is to be asked once more of what may still be on the air."""
        return max(0.0, self._look_again_at - asyncio.get_running_loop().time())

    async def settle_by_memory(self, radio: Radio) -> bool:
        """Settle doubts by what the modem's memory says, before anything is sent; False: the database is away."""
        if not self.crash_safe:
            return True
        found = await radio.stored()
        sent = {(item.slot.storage, item.slot.index): item.state is StoredState.SENT for item in found}
        settled = await self._clerk.settle_doubts(sent)
        if settled is None:
            return False
        self._look_again_at = asyncio.get_running_loop().time() + LOOK_AGAIN if settled.on_air else math.inf
        self._to_clear = [item.slot for item in found if (item.slot.storage, item.slot.index) not in settled.on_air]
        await self.clear_memory(radio)
        return True
