"""A PostgreSQL server of the lab's own, to be killed: loopback only, fsync on as in real life."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_SECONDS = 30.0
SYSTEM_USER = "postgres"  # who runs it when the lab runs as root: PostgreSQL refuses root
USER = "mgov"


class NoPostgresqlError(Exception):
    """PostgreSQL's programs are not here, or it does not start; the text says which."""


class LabPostgresql:
    """One cluster in a folder, on a port that it keeps; `kill` is SIGKILL, as the power cut or the OOM killer does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the database that every cluster has."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        command = [_program("initdb"), "-D", str(self._data), "-U", USER, *options]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False, **self._as_user())  # noqa: S603 - ours
        if done.returncode:
            raise NoPostgresqlError(f"initdb: {done.stderr.strip().splitlines()[-1:]}")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(10)
            self._server.kill()

    def start(self) -> None:
        """Start it and wait until it answers; what a kill left behind is recovered by PostgreSQL itself."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._server = self._spawn()
            if self._answers(deadline):
                return
            if time.monotonic() > deadline:
                raise NoPostgresqlError(f"PostgreSQL does not start: see {self._folder / 'server.log'}")
            time.sleep(0.2)  # the backends of a killed server may still be going

    def kill(self) -> None:
        """End it at once, without a word to anybody."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self._folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [_program("postgres"), "-D", str(self._data), "-p", str(self.port), *options]
        with (self._folder / "server.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - ours
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_user()
            )

    def _answers(self, deadline: float) -> bool:
        """Whether it takes connections before the deadline or its own end."""
        import psycopg

        while self._server is not None and self._server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(
                    host="127.0.0.1", port=self.port, user=USER, dbname="postgres", connect_timeout=2
                ).close()
                return True
            time.sleep(0.05)
        return False

    def _as_user(self) -> dict[str, Any]:
        if os.getuid() != 0:
            return {}
        account = pwd.getpwnam(SYSTEM_USER)
        os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._folder.chmod(0o755)
        return {"user": SYSTEM_USER, "group": account.pw_gid, "extra_groups": []}


def _program(name: str) -> str:
    """From Debian's folders, newest version first, else from PATH."""
    found = [*sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True), shutil.which(name)]
    if found[0] is None:
        raise NoPostgresqlError(f"PostgreSQL's program {name} is not installed on this machine")
    return found[0]
