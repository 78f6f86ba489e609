"""Bytes to and from a tty, on the event loop; knows nothing of AT."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import select
import termios
from collections.abc import Callable

import serial

from modem_drivers.radio import PortUnavailableError

OPEN_SECONDS = 5.0  # a USB stick that is going away can hold open() for ever
READ_OCTETS = 4096

_WHY_NOT = {
    errno.ENOENT: ("no_such_port", "no such device"),
    errno.ENODEV: ("no_such_port", "the device is gone"),
    errno.ENXIO: ("no_such_port", "the device is gone"),
    errno.EACCES: ("port_forbidden", "this user may not open it (add it to the group dialout)"),
    errno.EPERM: ("port_forbidden", "this user may not open it (add it to the group dialout)"),
    errno.EBUSY: ("port_busy", "another program uses it"),
    errno.EAGAIN: ("port_busy", "another program uses it"),
    errno.EWOULDBLOCK: ("port_busy", "another program uses it"),
}


class SerialPort:
    """One open tty, exclusive and non-blocking.

    `on_bytes` gets what arrives; `on_lost` is called once, when the port hangs up or vanishes.
    """

    def __init__(self, on_bytes: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._on_bytes = on_bytes
        self._on_lost = on_lost
        self._serial: serial.Serial | None = None
        self._unwritten = bytearray()
        self._writing = False

    @property
    def is_open(self) -> bool:
        """Whether the port can be used."""
        return self._serial is not None

    async def open(self, path: str, baudrate: int) -> None:
        """Open and start reading; raises `PortUnavailableError`."""
        opening = asyncio.ensure_future(asyncio.to_thread(_open, path, baudrate))
        try:
            self._serial = await asyncio.wait_for(asyncio.shield(opening), OPEN_SECONDS)
        except TimeoutError:
            opening.add_done_callback(_close_late)
            raise PortUnavailableError("port_stuck", f"{path}: opening it does not return") from None
        except asyncio.CancelledError:
            opening.add_done_callback(_close_late)
            raise
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._read)

    def write(self, octets: bytes) -> None:
        """Queue octets; what the tty does not take at once goes out as soon as it does."""
        if self._serial is None:
            raise PortUnavailableError("port_lost", "the port is closed")
        self._unwritten += octets
        if not self._writing:
            self._flush()

    def discard_unwritten(self) -> None:
        """Throw away what the tty has not sent yet: the rest of a PDU must not go out after its ESC."""
        self._unwritten.clear()
        if self._serial is not None:
            with contextlib.suppress(OSError, termios.error):
                self._serial.reset_output_buffer()

    def close(self) -> None:
        """Give the port back; never raises."""
        device, self._serial = self._serial, None
        self._unwritten.clear()
        if device is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(device.fileno())
        if self._writing:
            loop.remove_writer(device.fileno())
            self._writing = False
        _close(device)

    def _read(self) -> None:
        assert self._serial is not None  # noqa: S101 - the reader is removed when it is closed
        try:
            octets = os.read(self._serial.fileno(), READ_OCTETS)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(os.strerror(error.errno or 0))
            return
        if octets:
            self._on_bytes(octets)
        elif self._hung_up():
            self._lose("the line hung up")

    def _hung_up(self) -> bool:
        """Nothing to read is the end only when the line says so: with VMIN=0 a wake-up without octets reads as b""."""
        assert self._serial is not None  # noqa: S101 - only called while open
        poll = select.poll()
        poll.register(self._serial.fileno(), select.POLLIN)
        return any(state & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, state in poll.poll(0))

    def _flush(self) -> None:
        assert self._serial is not None  # noqa: S101 - the writer is removed when it is closed
        try:
            written = os.write(self._serial.fileno(), self._unwritten)
        except BlockingIOError:
            written = 0
        except OSError as error:
            self._lose(os.strerror(error.errno or 0))
            return
        del self._unwritten[:written]
        self._watch_writing(bool(self._unwritten))

    def _watch_writing(self, wanted: bool) -> None:
        assert self._serial is not None  # noqa: S101 - only called while open
        if wanted == self._writing:
            return
        self._writing = wanted
        loop = asyncio.get_running_loop()
        if wanted:
            loop.add_writer(self._serial.fileno(), self._flush)
        else:
            loop.remove_writer(self._serial.fileno())

    def _lose(self, reason: str) -> None:
        if self._serial is not None:
            self.close()
            self._on_lost(reason)


def _open(path: str, baudrate: int) -> serial.Serial:
    try:
        return serial.Serial(path, baudrate=baudrate, timeout=0, write_timeout=0, exclusive=True)
    except (OSError, ValueError) as error:  # SerialException is an OSError
        number = getattr(error, "errno", None) or 0
        code, why = _WHY_NOT.get(number, ("port_unusable", str(error)))
        if "exclusively lock" in str(error):
            code, why = "port_busy", "another program uses it"
        raise PortUnavailableError(code, f"{path}: {why}") from error


def _close(device: serial.Serial) -> None:
    try:
        device.close()
    except (OSError, ValueError):  # it vanished: nothing left to give back
        return


def _close_late(opening: asyncio.Future[serial.Serial]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        _close(opening.result())
