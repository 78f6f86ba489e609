"""A pseudo-terminal on timers: what is said on it comes when it is due, whatever is being typed meanwhile."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

NAP = 0.25  # seconds: nothing waits longer to be looked at


@dataclass
class TimedLine:
    """One end of a line, in a thread of its own; a device is what `_hear` makes of each octet that is typed."""

    number: int = 0
    port: str = ""

    TAKES: ClassVar[float] = 0.0  # seconds for any answer
    BLOCKS: ClassVar[bool] = True  # what is typed meanwhile is read afterwards
    CHATTER: ClassVar[tuple[bytes, ...]] = ()
    CHATTER_EVERY: ClassVar[float] = 1.3
    BANNER: ClassVar[bytes] = b""
    PIECES: ClassVar[int] = 0
    LINE_END: ClassVar[bytes] = b"\r\n"

    def __post_init__(self) -> None:
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._busy_until = 0.0
        self._typed = bytearray()
        self._stop = False
        self._born = time.monotonic()
        self._lock = threading.RLock()
        self._master = self._slave = -1
        self._woken, self._waker = os.pipe()

    @property
    def name(self) -> str:
        """Its name in a configuration."""
        return f"{type(self).__name__.lower()}{self.number}"

    @property
    def more_config(self) -> str:
        """Lines that a configuration needs for it."""
        return ""

    def start(self) -> None:
        """Plug it in."""
        self.port = self._open()
        self._born = time.monotonic()
        self._later(0.0, self.BANNER)
        if self.CHATTER:
            self._at(self.CHATTER_EVERY, lambda: self._chat(0))
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Pull it out."""
        self._stop = True
        os.write(self._waker, b".")
        self._thread.join(5)
        self._close()
        for end in (self._woken, self._waker):
            os.close(end)

    def _open(self) -> str:
        """Open a terminal; gives its name."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        return os.ttyname(self._slave)

    def _close(self) -> None:
        for end in (self._master, self._slave):
            with contextlib.suppress(OSError):
                os.close(end)
        self._master = self._slave = -1

    # Timers

    def _at(self, seconds: float, deed: Callable[[], None]) -> None:
        with self._lock:
            heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), deed))
        os.write(self._waker, b".")

    def _later(self, seconds: float, octets: bytes) -> None:
        self._at(seconds, lambda: self._write(octets))

    def _chat(self, place: int) -> None:
        self._write(self.CHATTER[place % len(self.CHATTER)])
        self._at(self.CHATTER_EVERY, lambda: self._chat(place + 1))

    def _live(self) -> None:
        while not self._stop:
            with self._lock:
                self._do_what_is_due()
            ends = [end for end in (self._master, self._woken) if end >= 0]
            ready, _, _ = select.select(ends, [], [], self._until_something())
            if self._woken in ready:
                os.read(self._woken, 1024)
            if self._master in ready:
                with contextlib.suppress(OSError):
                    self._typed += os.read(self._master, 1024)

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()
        while self._typed and time.monotonic() >= self._busy_until:
            self._hear(self._typed.pop(0))

    def _until_something(self) -> float:
        with self._lock:
            waits = [self._timers[0][0]] if self._timers else []
            waits += [self._busy_until] if self._typed else []
        return max(0.0, min([NAP, *(moment - time.monotonic() for moment in waits)]))

    # Words

    def _write(self, octets: bytes) -> None:
        octets = octets.replace(b"\r\n", self.LINE_END)
        step = self.PIECES or len(octets) or 1
        for at in range(0, len(octets), step):
            with contextlib.suppress(OSError):  # nobody is there
                os.write(self._master, octets[at : at + step])
            if self.PIECES:
                time.sleep(0.0005)

    def _say(self, *lines: str, after: float | None = None) -> None:
        """Lines of an answer, the result last."""
        seconds = self.TAKES if after is None else after
        octets = "".join(f"\r\n{line}\r\n" for line in lines).encode("latin-1")
        if not seconds:
            self._write(octets)
            return
        if self.BLOCKS:
            self._busy_until = time.monotonic() + seconds
        self._later(seconds, octets)

    def _hear(self, octet: int) -> None:
        raise NotImplementedError
