"""The door's side that runs as the gateway's user: a process for each command."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from mgov.door import protocol, rules
from mgov.door.protocol import ProtocolError, Request

#: Commands at once, seconds that a caller has to say what he wants, and seconds that a command may take.
MOST_AT_ONCE, SECONDS_TO_ASK, SECONDS_TO_RUN = 32, 10, 600
_COPIED_AT_ONCE = 1 << 20
LARGEST_FILE = 512 * 1024 * 1024

#: Runs a command for a Unix user with his session's token; calls back with a new token; returns the exit code.
Run = Callable[[list[str], int, str | None, Callable[[str | None], None]], int]


class Door:
    """Listens on a socket and forks a process for each caller."""

    def __init__(self, path: Path, run: Run) -> None:
        self._path = path
        self._run = run
        self._children: set[int] = set()
        self._stopping = False

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until SIGTERM or SIGINT; then the commands that run are left to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with self._listening() as listener:
            ready()
            while not self._stopping:
                self._reap()
                try:
                    link, _ = listener.accept()
                except TimeoutError:
                    continue
                except InterruptedError:
                    continue
                with link:
                    self._answer(listener, link)
        self._path.unlink(missing_ok=True)

    def _listening(self) -> socket.socket:
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o111)  # anybody may knock: the kernel says who he is
        try:
            listener.bind(str(self._path))
        finally:
            os.umask(before)
        listener.listen(MOST_AT_ONCE)
        listener.settimeout(1.0)
        return listener

    def _answer(self, listener: socket.socket, link: socket.socket) -> None:
        if len(self._children) >= MOST_AT_ONCE:
            return  # the caller sees the line closed and says so
        child = os.fork()
        if child:
            self._children.add(child)
            return
        code = 1
        try:
            listener.close()
            code = self._serve_one(link)
        finally:
            os._exit(code)

    def _serve_one(self, link: socket.socket) -> int:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.alarm(SECONDS_TO_RUN)
        link.settimeout(SECONDS_TO_ASK)
        uid = protocol.peer_uid(link)
        try:
            request, descriptors = protocol.receive_request(link)
        except (ProtocolError, OSError):
            return 1
        link.settimeout(None)
        for standard, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, standard)
        with tempfile.TemporaryDirectory(prefix="mgov-door-") as folder:
            os.chdir(folder)
            code = self._command(request, descriptors[3:], uid, link)
        protocol.send_line(link, exit=code)
        return 0

    def _command(self, request: Request, descriptors: list[int], uid: int, link: socket.socket) -> int:
        fault = rules.fault_of(request.words, set(request.files))
        words = list(request.words)
        if fault is None:
            fault = _bring_in(words, request.files, descriptors)
        if fault is not None:
            os.write(2, f"{fault}\n".encode())
            return 1
        return self._run(words, uid, request.token, lambda token: protocol.send_line(link, token=token))

    def _reap(self) -> None:
        for child in list(self._children):
            if os.waitpid(child, os.WNOHANG)[0]:
                self._children.discard(child)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _bring_in(words: list[str], files: dict[int, str], descriptors: list[int]) -> str | None:
    """Copy the caller's files, from what he opened himself, into this command's own folder; why not, if not."""
    for number, ((index, name), descriptor) in enumerate(zip(files.items(), descriptors, strict=True)):
        folder = Path(str(number))
        folder.mkdir()
        place = folder / _plain_name(name)
        with os.fdopen(descriptor, "rb") as source, place.open("wb") as target:
            size = 0
            while part := source.read(_COPIED_AT_ONCE):
                size += len(part)
                if size > LARGEST_FILE:
                    return f"{name}: terlalu besar / too large"
                target.write(part)
        words[index] = str(place)
    return None


def _plain_name(name: str) -> str:
    """The last part of a file's name, without what could lead elsewhere."""
    plain = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in Path(name).name)
    return plain[:200] if plain.strip(". ") else "file"
