"""What one modem brings: told directly, or of which it is only said that it lies in the memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

import structlog

from mgov.gateway.clerk import Clerk
from modem_drivers.radio import Event, EventKind, PortUnavailableError, Radio, ReceivedPdu


class Inlet:
    """Holds what came and is not written down yet; it outlives a radio that fails."""

    def __init__(self, clerk: Clerk, wake: asyncio.Event, modem: str) -> None:
        self.look = False  #: whether something may lie in the memory
        self.direct: list[ReceivedPdu] = []  #: what came directly and is not written down
        self._events: deque[Event] = deque()
        self._clerk = clerk
        self._wake = wake
        self._log = structlog.get_logger("modem").bind(modem=modem)

    @property
    def has_events(self) -> bool:
        """Whether the modem told something that has not been taken."""
        return bool(self._events)

    @property
    def is_gone(self) -> bool:
        """Whether the port vanished, and nobody has been told."""
        return any(event.kind is EventKind.GONE for event in self._events)

    async def listen(self, radio: Radio) -> None:
        """Hear what the modem tells, until the port vanishes or this is cancelled."""
        while True:
            event = await radio.next_event()
            self._events.append(event)
            self._wake.set()
            if event.kind is EventKind.GONE:
                return

    def take_events(self) -> None:
        """What came directly is taken; of what lies in the memory it is only noted that there is something.

        Raises `PortUnavailableError` when the port vanished.
        """
        while self._events:
            event = self._events.popleft()
            if event.kind is EventKind.GONE:
                raise PortUnavailableError("gone", event.detail or "the port vanished")
            if event.received is not None:
                self.direct.append(event.received)
                continue
            if event.kind is EventKind.MEMORY_FULL:
                self._log.warning("SIM full: the network keeps what comes until it is read", detail=event.detail)
            self.look = True

    async def write(self, radio: Radio, claims: int = 0) -> None:
        """Write down what came and went, claim up to so many parts, and acknowledge what came directly."""
        direct, self.direct = self.direct, []
        try:
            await self._clerk.turn(direct, claims=claims)
        except BaseException:
            self.direct = direct + self.direct
            raise
        for _ in direct:
            await radio.acknowledge()

    async def fetch(self, radio: Radio) -> bool:
        """Empty the memory: what lies there is kept first and deleted after; a crash in between reads it again.

        Returns whether there was anything.
        """
        self.look = anything = False
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

    async def leave_nothing(self) -> None:
        """Write down what came without a radio to acknowledge it; kept here when that cannot be."""
        self.direct += [event.received for event in self._events if event.received is not None]
        self._events.clear()
        direct, self.direct = self.direct, []
        try:
            if direct or self._clerk.has_to_settle:
                await self._clerk.turn(direct)
        except Exception:
            self.direct = direct
            raise
