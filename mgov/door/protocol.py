"""What goes over the door's socket: one request with descriptors, then lines of answers."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_SOCKET = Path("/run/mgov-door/door.sock")
#: What a request may be long, in bytes, and how many files may come with it.
LONGEST_REQUEST, MOST_FILES = 64 * 1024, 8
_LENGTH = struct.Struct("!I")
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class ProtocolError(Exception):
    """The other side does not speak this protocol."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command: its words, the session's token, and which words are files that come along as descriptors."""

    words: list[str]
    token: str | None = None
    files: dict[int, str] = field(default_factory=dict)  #: index in words → the file's own name


def send_request(link: socket.socket, request: Request, descriptors: list[int]) -> None:
    """Send a request; `descriptors` are stdin, stdout, stderr, then the files in the order of their index."""
    body = json.dumps(asdict(request)).encode()
    if len(body) > LONGEST_REQUEST or len(request.files) > MOST_FILES:
        raise ProtocolError("the command is too long")
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    link.sendmsg([_LENGTH.pack(len(body))], rights)
    link.sendall(body)


def receive_request(link: socket.socket) -> tuple[Request, list[int]]:
    """A request and its descriptors. Raises `ProtocolError`."""
    descriptors = array.array("i")
    most = (3 + MOST_FILES) * descriptors.itemsize
    head, ancillary, flags, _ = link.recvmsg(_LENGTH.size, socket.CMSG_SPACE(most))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    try:
        if len(head) != _LENGTH.size or flags & socket.MSG_CTRUNC:
            raise ProtocolError("a broken request")
        request = _parsed(_exactly(link, _LENGTH.unpack(head)[0]))
        if len(descriptors) != 3 + len(request.files):
            raise ProtocolError("descriptors are missing")
    except ProtocolError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
    return request, list(descriptors)


def peer_uid(link: socket.socket) -> int:
    """The Unix user at the other end, as the kernel knows him."""
    data = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(data)[1])


def send_line(link: socket.socket, **values: Any) -> None:  # noqa: ANN401 - what JSON can hold
    """One line of the answer: `token` to keep (None: to forget), at last `exit`."""
    link.sendall(json.dumps(values).encode() + b"\n")


def _exactly(link: socket.socket, length: int) -> bytes:
    if length > LONGEST_REQUEST:
        raise ProtocolError("the request is too long")
    body = b""
    while len(body) < length:
        part = link.recv(length - len(body))
        if not part:
            raise ProtocolError("the request was cut off")
        body += part
    return body


def _parsed(body: bytes) -> Request:
    try:
        data = json.loads(body)
        words, token, files = data["words"], data["token"], data["files"]
        names = {int(index): str(name) for index, name in files.items()}
        if not all(isinstance(word, str) and "\0" not in word for word in words) or not isinstance(words, list):
            raise ProtocolError("words are texts")
        if token is not None and not isinstance(token, str):
            raise ProtocolError("a token is a text")
        if any(not 0 <= index < len(words) for index in names) or len(names) > MOST_FILES:
            raise ProtocolError("a file is none of the words")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolError("a broken request") from error
    return Request(words, token, dict(sorted(names.items())))
