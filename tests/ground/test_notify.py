"""The daemon as systemd sees it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

STOPS_WITHIN = 10  # seconds, as the contract says


@pytest.mark.timeout(90)
def test_systemd_hears_ready_watchdog_and_stopping(tmp_path: Path) -> None:
    """READY when all parts have started, WATCHDOG while they live, STOPPING on SIGTERM, gone within ten seconds."""
    mgov = [sys.executable, "-c", "from mgov.cli.main import main; main()"]
    subprocess.run([*mgov, "init", str(tmp_path / "gateway")], check=True, capture_output=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        environment = os.environ | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000"}
        daemon = subprocess.Popen(
            [*mgov, "run", "--config", str(tmp_path / "gateway/mgov.toml")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            heard = [systemd.recv(100).decode() for _ in range(3)]
            assert sorted(heard) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
            asked = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            while systemd.recv(100) != b"STOPPING=1":
                pass
            assert daemon.wait(STOPS_WITHIN) == 0
            assert time.monotonic() - asked < STOPS_WITHIN
        finally:
            daemon.kill()
            daemon.wait()
