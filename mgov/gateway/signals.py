"""Wake-ups from committing threads to tasks on the event loop."""

from __future__ import annotations

import asyncio


class Wakeups:
    """One event a waiter and topic; `notify` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._events: dict[str, list[asyncio.Event]] = {}

    def event(self, topic: str) -> asyncio.Event:
        """A new event that is set whenever `topic` is woken."""
        event = asyncio.Event()
        self._events.setdefault(topic, []).append(event)
        return event

    def notify(self, topic: str) -> None:
        """Set every event of `topic`."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set, topic)

    def _set(self, topic: str) -> None:
        for event in self._events.get(topic, ()):
            event.set()
