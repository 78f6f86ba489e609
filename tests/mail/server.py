"""The sink in a thread of its own, for tests that wait for processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from tests.mail.sink import Sink


class SinkServer:
    """A mail server that can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.sink = Sink()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self, port: int = 0) -> int:
        """Listen; returns the port."""
        self._do(self.sink.start(port))
        return self.sink.port

    def stop(self) -> None:
        """Close the port and every connection."""
        self._do(self.sink.stop())

    def close(self) -> None:
        """Close every connection and end the thread."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def recipients(self) -> list[str]:
        """To whom a mail was taken, in order."""
        return [str(mail["To"]) for mail in list(self.sink.mails)]

    async def _end(self) -> None:
        await self.sink.stop()
        open_ones = asyncio.all_tasks() - {asyncio.current_task()}
        for one in open_ones:
            one.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
        await asyncio.sleep(0.1)  # transports close in the next rounds of the loop

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
