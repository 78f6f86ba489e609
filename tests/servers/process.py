"""What both servers need: their programs, an unprivileged user, a free port, waiting until they answer."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.servers.shared import START_SECONDS, ServerUnavailableError


def program(name: str, *patterns: str) -> str:
    """The path of a server's program, from PATH or the newest match of `patterns`."""
    found = [*sorted((p for pattern in patterns for p in glob.glob(pattern)), reverse=True), shutil.which(name)]
    if found[0] is None:
        raise ServerUnavailableError(
            f"The program {name} was not found: run script/test as root to install it, "
            "or set MGOV_TEST_DATABASES to the databases that are here (such as sqlite)."
        )
    return found[0]


def run_as(user: str, folder: Path) -> dict[str, Any]:
    """Arguments for subprocess so that the server does not run as root; `folder` is given to its user."""
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam(user)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": user, "group": account.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: list[str], folder: Path, **as_user: Any) -> None:  # noqa: ANN401 - handed on to subprocess
    """Run a preparing command; its last line is the reason when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **as_user)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no reason was given"]
        raise ServerUnavailableError(f"{Path(command[0]).name} failed: {lines[-1]}")


def serve(
    command: list[str],
    folder: Path,
    answers: Callable[[], bool],
    **as_user: Any,  # noqa: ANN401 - handed on to subprocess
) -> subprocess.Popen[bytes]:
    """Start a server and wait until `answers()` says that it can be talked to."""
    log = folder / "server.log"
    with log.open("wb") as handle:
        server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.STDOUT, **as_user
        )
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            lines = log.read_text(errors="replace").strip().splitlines() or ["no reason was given"]
            raise ServerUnavailableError(f"{Path(command[0]).name} did not start: {lines[-1]}")
        time.sleep(0.1)
    return server
