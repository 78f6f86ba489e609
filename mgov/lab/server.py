"""What every database server of the lab is: a folder, a port that it keeps, a process that may be killed any time."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

STOP_SECONDS = 120.0  # a server with gigabytes of changed pages writes them first
USER = "mgov"


class NoServerError(Exception):
    """A server's programs are not here, or it does not start; the text says which."""


class LabServer:
    """One server; loopback only. `kill` is SIGKILL, as the power cut or the OOM killer does."""

    SYSTEM_USER: str  #: who runs it when the lab runs as root
    PLACES: tuple[str, ...]  #: folders of its programs, as patterns; the newest version is taken, else PATH

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        #: Settings of the server by name; taken at the next start.
        self.settings = dict(settings or {})
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._folder / "server.log"

    def kill(self) -> None:
        """End it at once, without a word to anybody."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def _prepare(self, program: str, *arguments: str) -> None:
        """Run a preparing command; raises `NoServerError` with the last line that it said."""
        command = [self._program(program), *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False, **self._as_user())  # noqa: S603 - ours
        if done.returncode:
            raise NoServerError(f"{program}: {done.stderr.strip().splitlines()[-1:]}")

    def _spawn(self, program: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        command = [self._program(program), *arguments]
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - ours
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_user()
            )

    def _as_user(self) -> dict[str, Any]:
        """Arguments for subprocess so that it does not run as root; the folder is given to its user."""
        if os.getuid() != 0:
            return {}
        account = pwd.getpwnam(self.SYSTEM_USER)
        os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._folder.chmod(0o755)
        return {"user": self.SYSTEM_USER, "group": account.pw_gid, "extra_groups": []}

    @classmethod
    def _program(cls, name: str) -> str:
        found = [path for place in cls.PLACES for path in sorted(glob.glob(f"{place}/{name}"), reverse=True)]
        program = found[0] if found else shutil.which(name)
        if program is None:
            raise NoServerError(f"the program {name} is not installed on this machine")
        return program
