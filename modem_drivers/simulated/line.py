"""The serial line of one modem: a real pseudo-terminal that a driver opens like any tty."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import tty
from collections.abc import Callable
from pathlib import Path

READ_SIZE = 4096  # octets; the kernel's own limit for one read of a pseudo-terminal
UNREAD_LIMIT = 65536  # octets kept for a host that does not read; more is lost, as in a stick's buffer


class PtyLine:
    """Master side of a pseudo-terminal in raw mode, served by the running event loop.

    The slave side is held open too, so that the line outlives a host that closes it, as a real port does.
    """

    def __init__(self, receive: Callable[[bytes], None], link: Path | None = None) -> None:
        self._receive = receive
        self._link = link
        self._unsent = bytearray()
        self._loop = asyncio.get_running_loop()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        for descriptor in (self._master, self._slave):
            fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        self.device = os.ttyname(self._slave)
        self._loop.add_reader(self._master, self._readable)
        self._point_link()

    @property
    def path(self) -> str:
        """Where a driver finds it: the link when there is one, else the device."""
        return str(self._link) if self._link else self.device

    def write(self, data: bytes) -> None:
        """Send to the host; what does not fit waits, and beyond the limit is lost."""
        if self._unsent:
            if len(self._unsent) < UNREAD_LIMIT:
                self._unsent += data
            return
        written = self._write_now(data)
        if written < len(data):
            self._unsent += data[written:]
            self._loop.add_writer(self._master, self._writable)

    def close(self) -> None:
        """Take the port away: a host that has it open sees a hang-up."""
        if self._master < 0:
            return
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = -1
        if self._link is not None and self._link.is_symlink() and os.readlink(self._link) == self.device:
            self._link.unlink()

    def _point_link(self) -> None:
        if self._link is None:
            return
        self._link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        fresh.symlink_to(self.device)
        fresh.replace(self._link)

    def _write_now(self, data: bytes | bytearray) -> int:
        with contextlib.suppress(BlockingIOError):
            return os.write(self._master, data)
        return 0

    def _writable(self) -> None:
        del self._unsent[: self._write_now(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._master)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, READ_SIZE)
        except (BlockingIOError, OSError):  # EIO only when no slave is open, which this class prevents
            return
        if data:
            self._receive(data)
