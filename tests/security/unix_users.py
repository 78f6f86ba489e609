"""Real Unix users for the tests, made by useradd and removed again; a site that only the gateway's user can read."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
SERVICE, ADMIN, CASHIER, SECOND, OPERATOR, STRANGER = (
    f"mgt-{os.getpid() % 100000}-{name}" for name in ("svc", "adm", "kas", "kas2", "opr", "asing")
)
ALL = (SERVICE, ADMIN, CASHIER, SECOND, OPERATOR, STRANGER)


@contextmanager
def real_users() -> Iterator[None]:
    """Make the users; skip with the reason where that cannot be."""
    if os.geteuid() != 0:
        pytest.skip("making Unix users needs root")
    for tool in ("useradd", "userdel", "setpriv"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} on this machine")
    made = []
    try:
        for name in ALL:
            done = subprocess.run(["useradd", "--create-home", name], capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"useradd: {done.stderr.strip()}")
            made.append(name)
        yield
    finally:
        for name in made:
            subprocess.run(["userdel", "--remove", name], capture_output=True)


def python_for_everybody() -> list[str]:
    """A Python that other users may run with our packages; skip with the reason where there is none."""
    packages = ":".join([str(REPOSITORY), *(path for path in sys.path if path.endswith("site-packages"))])
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        command = ["env", f"PYTHONPATH={packages}", "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8", python]
        with suppress(OSError):
            if not as_user(STRANGER, [*command, "-c", "import mgov.cli.main"]).returncode:
                return command
    pytest.skip(f"other users cannot run Python {version} with our packages here")


def as_user(
    name: str, command: list[str], *, cwd: Path | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command as a Unix user, without any right of root's."""
    who = pwd.getpwnam(name)
    user = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", "--inh-caps=-all"]
    environment = {"PATH": os.environ["PATH"], "HOME": who.pw_dir, "USER": name, "LOGNAME": name}
    return subprocess.run(
        [*user, *command],
        cwd=cwd or who.pw_dir,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )
