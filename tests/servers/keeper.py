"""Keeps one server as long as a process lives: python -m tests.servers.keeper KIND FOLDER OWNER_PID.

Writes FOLDER/KIND.json with the server's URL, or the reason why there is none. Stops the server and removes its files
on SIGTERM and when the owner ends, also by kill -9.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.servers import mariadb, postgresql
from tests.servers.shared import ServerUnavailableError

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
STARTERS = {"postgresql": postgresql.start, "mariadb": mariadb.start}


def main(kind: str, folder: Path, owner: int) -> None:
    """Start, tell, wait for the end, stop."""
    signal.signal(signal.SIGTERM, _leave)
    watched = os.pidfd_open(owner)
    data = Path(tempfile.mkdtemp(prefix=f"mgov-{kind}-", dir=_memory()))
    try:
        try:
            url, server = STARTERS[kind](data)
        except ServerUnavailableError as error:
            _tell(folder, kind, {"error": str(error)})
            return
        try:
            _tell(folder, kind, {"url": url, "keeper": os.getpid()})
            select.select([watched], [], [])
            shutil.rmtree(folder, ignore_errors=True)  # the owner was killed before it could
        finally:
            _end(server)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _memory() -> Path | None:
    """A file system in memory with room for a run's databases, else None: the usual temporary folder.

    A migrated database for a test costs MariaDB 0.2 s there and 3 s on a disk that syncs each of its tables. What is
    shown by killing a server or its machine has servers of its own, on the disk.
    """
    usage = shutil.disk_usage(MEMORY) if MEMORY.is_mount() and os.access(MEMORY, os.W_OK) else None
    return MEMORY if usage is not None and usage.free > ROOM else None


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _tell(folder: Path, kind: str, state: dict[str, object]) -> None:
    draft = folder / f"{kind}.draft"
    draft.write_text(json.dumps(state))
    draft.rename(folder / f"{kind}.json")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT if "postgres" in str(server.args) else signal.SIGTERM)  # SIGINT: fast shutdown
    try:
        server.wait(8)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
