"""The caller's side of the door."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

from mgov.door.protocol import MOST_FILES, ProtocolError, Request, send_request


class DoorError(Exception):
    """The door does not answer; the text says why."""


def ask(path: Path, words: list[str], token: str | None, keep: Callable[[str | None], None]) -> int:
    """Have a command done behind the door on this terminal; `keep` gets a new token. Raises `DoorError`."""
    files = _own_files(words)
    opened = [os.open(words[index], os.O_RDONLY) for index in files]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.connect(str(path))
            send_request(link, Request(words, token, files), [0, 1, 2, *opened])
            return _answer(link, keep)
    except (OSError, ProtocolError) as error:
        raise DoorError(f"{path}: {error}") from error
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _own_files(words: list[str]) -> dict[int, str]:
    """The words that are files which the caller himself can read."""
    found = {
        index: Path(word).name
        for index, word in enumerate(words)
        if index > 1 and os.path.isfile(word) and os.access(word, os.R_OK)
    }
    return dict(list(found.items())[:MOST_FILES])


def _answer(link: socket.socket, keep: Callable[[str | None], None]) -> int:
    with link.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            answer = json.loads(line)
            if "token" in answer:
                keep(answer["token"])
            if "exit" in answer:
                return int(answer["exit"])
    raise DoorError("pintu sibuk atau perintah terputus / the door is busy, or the command was cut off")
