"""One server per test run: started by the worker that needs it first, stopped when the run ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "MGOV_TEST_SERVERS"
KINDS = ("sqlite", "postgresql", "mariadb")
START_SECONDS = 60


class ServerUnavailableError(Exception):
    """A database server that the tests need could not be found or started."""


def selected() -> list[str]:
    """The databases that MGOV_TEST_DATABASES names; all three when it is not set."""
    named = os.environ.get("MGOV_TEST_DATABASES", ",".join(KINDS))
    return [kind for kind in KINDS if kind in named.replace(" ", "").split(",")]


def open_folder() -> None:
    """Make the run's folder; called once, before workers start, so that they inherit its name and ours."""
    folder = Path(tempfile.mkdtemp(prefix="mgov-servers-"))
    folder.chmod(0o755)  # the servers run as other users
    os.environ[FOLDER] = str(folder)
    os.environ[FOLDER + "_OWNER"] = str(os.getpid())


def close_folder() -> None:
    """Stop the servers of this run and remove its folder."""
    folder = Path(os.environ.pop(FOLDER))
    for state in folder.glob("*.json"):
        keeper = json.loads(state.read_text()).get("keeper")
        if keeper:
            _stop(keeper)
    shutil.rmtree(folder, ignore_errors=True)


def server_url(kind: str) -> str:
    """The URL of the server's administrative database, e.g. `postgresql+psycopg://mgov@127.0.0.1:41234/postgres`.

    Raises:
        ServerUnavailableError: with one sentence that says what is missing and what to do.
    """
    folder = Path(os.environ[FOLDER])
    state = folder / f"{kind}.json"
    with locked(kind):
        if not state.exists():
            _start_keeper(kind, folder)
    answer = json.loads(state.read_text())
    if "error" in answer:
        raise ServerUnavailableError(answer["error"])
    return str(answer["url"])


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock that all workers of this run share."""
    with (Path(os.environ[FOLDER]) / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _start_keeper(kind: str, folder: Path) -> None:
    state = folder / f"{kind}.json"
    with (folder / f"{kind}.keeper.log").open("wb") as log_file:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.keeper", kind, str(folder), os.environ[FOLDER + "_OWNER"]],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS + 10
    while not state.exists() and keeper.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if not state.exists():
        log = (folder / f"{kind}.keeper.log").read_text(errors="replace").strip().splitlines()
        state.write_text(json.dumps({"error": f"{kind} did not start: {log[-1] if log else 'no reason was given'}"}))
    keeper.returncode = 0  # it outlives this worker; close_folder and the keeper itself see to its end


def _stop(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(200):
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
            time.sleep(0.05)
    except (ProcessLookupError, FileNotFoundError):
        return
