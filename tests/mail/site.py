"""A site whose only door is mail: a daemon as a process of its own, with a real mail server beside it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MGOV = [sys.executable, "-m", "mgov.cli.main"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write(folder: Path, url: str, *, smtp: int, extra: str = "") -> Path:
    """A configuration with an SMTP server on loopback."""
    path = folder / "mgov.toml"
    path.write_text(
        f'node = "noc"\n[database]\nurl = "{url}"\n[web]\nport = 0\n[smtp]\nhost = "127.0.0.1"\nport = {smtp}\n'
        f'tls = "none"\nsender = "Pemprov Banten <sms@banten.example>"\n{extra}',
        encoding="utf-8",
    )
    return path


@contextmanager
def daemon(site: Path, *only: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon for a block; it is killed at the end if it still runs."""
    parts = [word for part in only for word in ("--only", part)]
    with site.with_suffix(".log").open("ab") as log:
        process = subprocess.Popen(
            [*MGOV, "--config", str(site), "run", *parts], stdout=log, stderr=log, env={**os.environ}
        )
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """End the daemon, and wait for it."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def run(site: Path, *words: str) -> str:
    """What a command prints."""
    done = subprocess.run([*MGOV, "--config", str(site), *words], capture_output=True, text=True, check=True)
    return done.stdout


def rows(site: Path, *words: str) -> list[dict[str, Any]]:
    """The lines of a listing command."""
    return [json.loads(line) for line in run(site, *words, "--json").splitlines()]


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.2)
