"""What one modem takes away: claimed in time, submitted one after the other, written down beside the next."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from mgov.domain.backoff import lacks_network
from mgov.gateway.clerk import Clerk
from mgov.gateway.despatch import Despatch
from mgov.gateway.inlet import Inlet
from mgov.store.schema.messages import PRIORITIES
from mgov.workflows import send
from modem_drivers.radio import Outcome, Radio, RadioError

POLL_OUTBOX = 15.0  # seconds between looks into the outbox, should the lookout have failed
SIM_REST = 5.0  # seconds that a SIM rests after it was refused
#: A claim that is older was overtaken by a long stop of this process: others may take this node for dead by now
#: (`mgov.store.nodes.SILENCE`), and it is given back instead of sent.
FRESH = timedelta(seconds=15)
MOMENT = 0.1  # seconds: what a modem sends in it may be claimed together
MOST_IN_HAND = 32  # parts claimed and not begun
COMMIT_EACH = 0.05  # seconds between commits beside submissions, as long as enough is in hand
BREATH = 0.005  # seconds in which a modem hands over what it has
BREATHES_EACH = 8  # submissions between two breaths


class Outlet:
    """The sending half of one modem's worker; its standing outlives a radio that fails."""

    def __init__(self, clerk: Clerk, despatch: Despatch, inlet: Inlet, wake: asyncio.Event) -> None:
        self.in_bulk = False  #: whether what was sent last can wait
        self.woken = False  #: whether something was queued since the last claim
        self.has_network = True  #: whether the modem is registered: what it cannot send is left to others
        self.was_refused_service = False  #: whether the last submission was refused for want of a network
        self._clerk = clerk
        self._despatch = despatch
        self._inlet = inlet
        self._wake = wake
        self._writing: asyncio.Task[None] | None = None
        self._hold_until = 0.0
        self._wrote_at = 0.0
        self._pace: float | None = None  # seconds that a submission takes, as of late
        self._faults = 0  # modem faults one after the other
        self._breaths = count()
        self._is_crowded = False  # whether more came the last time that it was let in

    @property
    def may_send(self) -> bool:
        """Whether the SIM is on its network and does not rest."""
        return self.has_network and _clock() >= self._hold_until

    @property
    def until_claim(self) -> float:
        """Seconds until the outbox is worth another look."""
        held = self._hold_until - _clock()
        return held if held > 0 else POLL_OUTBOX

    # Writing down

    async def write(self, radio: Radio, *, may_claim: bool) -> None:
        """What came and went is written down, and what is to be sent next is claimed.

        With a part in hand that is done beside its submission, so that the modem does not wait for the database.
        """
        if not self._clerk.held:
            await self._written()  # what is being claimed may be all that is needed
        await self._drop_the_overtaken()
        if self._clerk.held and self._clerk.can_hold:
            may_claim = may_claim and not self._clerk.is_drained  # asked again with nothing in hand
            anything = self._clerk.has_to_settle or self._inlet.direct or may_claim
            if self._writing is None and anything and self._is_time_to_write:
                self._wrote_at = _clock()
                self._writing = asyncio.create_task(self._inlet.write(radio, self._room() if may_claim else 0))
            await self._written(wait=False)
            return
        await self._written()
        await self._inlet.write(radio, self._room() if may_claim and not self._clerk.held else 0)
        if not self._clerk.held and may_claim:
            self.woken = False

    async def _written(self, *, wait: bool = True) -> None:
        """See to the writing that was begun: wait for its end, or only hear of its failure."""
        if self._writing is not None and (wait or self._writing.done()):
            writing, self._writing = self._writing, None
            await writing

    @property
    def _is_time_to_write(self) -> bool:
        """Whether half of what may be in hand is gone, or the last commit is a while ago.

        A modem that sends a thousand texts a second would else have a commit for every two or three of them, and wait
        for the processor that these take.
        """
        return len(self._clerk.held) <= max(1, self._capacity // 2) or _clock() - self._wrote_at > COMMIT_EACH

    def _room(self) -> int:
        """How many parts to claim."""
        return max(1, self._capacity - len(self._clerk.held))

    @property
    def _capacity(self) -> int:
        """How many parts may be in hand: one, or as many as this modem sends in a moment."""
        if not self._clerk.can_hold or self._pace is None:
            return 1
        return max(1, min(MOST_IN_HAND, int(MOMENT / self._pace)))

    async def _drop_the_overtaken(self) -> None:
        """What can wait gives way to what was queued since it was claimed."""
        held = self._clerk.held
        if self.woken and held and _can_wait(held[0]) and await self._clerk.is_overtaken():
            await self._written()
            await self._clerk.give_back()
        if held:
            self.woken = False

    async def leave_nothing(self) -> None:
        """Wait for what is being written down; the modem may be beyond taking the acknowledgement."""
        with contextlib.suppress(RadioError):
            await self._written()

    # Submitting

    async def submit(self, radio: Radio, is_stopping: Callable[[], bool]) -> str | None:
        """Send the next part in hand; returns the outcome, None when its claim was too old to be used."""
        if datetime.now(UTC) - self._clerk.held[0].claimed_at > FRESH:
            await self._written()
            await self._clerk.give_back()
            return None
        started = _clock()
        task = self._clerk.begin()
        self.in_bulk = _can_wait(task)
        beside = asyncio.create_task(self._beside(radio, task, is_stopping))
        try:
            submission = await self._despatch.submit(radio, task)
        finally:
            beside.cancel()
        self._clerk.settle(task, submission)
        took = _clock() - started
        self._pace = took if self._pace is None else self._pace + (took - self._pace) / 4
        self._hold_after(submission)
        if submission.outcome not in (Outcome.ACCEPTED.value, Outcome.REFUSED_FOR_GOOD.value):
            await self._written()
            await self._clerk.give_back()  # for other modems, or for later
        return submission.outcome

    async def let_in(self) -> bool:
        """Whether something came in a breath between two slow submissions.

        A modem hands over the next text or report only when the last is acknowledged: with none but one at each
        submission, whoever sends without a pause would hear ever later of what comes.
        """
        if not self._is_slow or (next(self._breaths) % BREATHES_EACH and not self._is_crowded):
            return False
        await self._written()
        if not self._inlet.has_events:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BREATH):
                    await self._wake.wait()
        self._is_crowded = self._inlet.has_events
        return self._is_crowded

    async def _beside(self, radio: Radio, task: send.Task, is_stopping: Callable[[], bool]) -> None:
        """Shortly before a slow submission ends what came is written down, and what follows it is claimed.

        So the modem never waits for the database, and what came is acknowledged before the next submission begins.
        """
        if not (self._clerk.can_hold and self._is_slow):
            return
        await asyncio.sleep((self._pace or 0) - MOMENT)
        if not (self._inlet.is_gone or is_stopping()):
            self._inlet.take_events()
            claims = int(task.total == 1 and self.may_send)
            self._writing = asyncio.create_task(self._write_after(self._writing, radio, claims))

    async def _write_after(self, earlier: asyncio.Task[None] | None, radio: Radio, claims: int) -> None:
        if earlier is not None:
            await earlier
        await self._inlet.write(radio, 0 if self._clerk.held else claims)

    @property
    def _is_slow(self) -> bool:
        return self._pace is not None and self._pace > MOMENT

    def _hold_after(self, submission: send.Submission) -> None:
        """A SIM that may not send rests; a modem that was brought back goes on, unless it fails again and again."""
        outcome = submission.outcome
        self.was_refused_service = lacks_network(outcome, submission.code)
        if outcome == Outcome.SIM_FAULT.value or self.was_refused_service:
            self._hold_until = _clock() + SIM_REST
        elif outcome == Outcome.MODEM_FAULT.value:
            self._faults += 1
            self._hold_until = _clock() + min(SIM_REST, 0.25 * 2**self._faults if self._faults > 1 else 0)
        else:
            self._faults = 0


def _can_wait(task: send.Task) -> bool:
    return int(task.message["urgency"]) >= PRIORITIES["reminder"]


def _clock() -> float:
    return asyncio.get_running_loop().time()
