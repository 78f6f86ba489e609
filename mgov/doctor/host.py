"""The machine: clock, disk, systemd, ModemManager, permissions."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mgov import housekeeping
from mgov.config import Config
from mgov.doctor.finding import Finding, fail, ok, warn

UNITS = ("mgov.service", "mgov-engine.service")
LEAST_YEAR = 2026


def clock(now: datetime) -> Iterator[Finding]:
    """Whether the clock can be right, and something keeps it so."""
    if now.year < LEAST_YEAR:
        yield fail("clock", f"it says {now:%Y-%m-%d}", "set it: `timedatectl set-ntp true`", "E3")
        return
    synchronised = _output("timedatectl", "show", "-p", "NTPSynchronized", "--value")
    if synchronised == "no":
        yield warn("clock", "not synchronised", "`timedatectl set-ntp true`, and reach a time server", "E3")
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M:%S %z}")


def disk(config: Config, least: int = 10) -> Iterator[Finding]:
    """Room for the database and the backups."""
    for folder, free in housekeeping.disks(config).items():
        if free < least:
            yield fail(
                "disk", f"{folder}: {free}% free", "make room: old backups, logs, `journalctl --vacuum-size=`", "E2"
            )
        else:
            yield ok("disk", f"{folder}: {free}% free")


def secrets(path: Path) -> Iterator[Finding]:
    """What only the gateway may read."""
    mode = path.stat().st_mode & 0o777
    if mode & 0o007:
        yield warn("config", f"{path}: anybody may read it (mode {mode:o})", f"`chmod 640 {path}`", "E5")
    else:
        yield ok("config", f"{path}: fine")


def modem_manager() -> Iterator[Finding]:
    """A second program on the same ports eats answers."""
    if _output("systemctl", "is-active", "ModemManager") != "active":
        yield ok("ModemManager", "does not run")
    elif any(Path("/etc/udev/rules.d").glob("70-mgov-modems.rules")):
        yield ok("ModemManager", "runs, and our udev rules keep it from the modems")
    else:
        words = "`systemctl disable --now ModemManager`, or install our udev rules with script/install"
        yield fail("ModemManager", "runs, and nothing keeps it from the modems", words, "A1")


def service() -> Iterator[Finding]:
    """Whether systemd runs us."""
    if not shutil.which("systemctl") or not Path("/run/systemd/system").is_dir():
        yield ok("service", "systemd does not run here")
        return
    states = {unit: _output("systemctl", "is-active", unit) for unit in UNITS}
    if any(state == "active" for state in states.values()):
        yield ok("service", ", ".join(unit for unit, state in states.items() if state == "active") + " runs")
    elif any(_output("systemctl", "is-enabled", unit) == "enabled" for unit in UNITS):
        yield fail(
            "service",
            "enabled and not running",
            "`journalctl -u mgov.service -n 50`, then `systemctl start mgov.target`",
            "E9",
        )
    else:
        yield ok("service", "not installed as a service")


def _output(*command: str) -> str:
    """What a program of the system says; empty when it is not here or takes long."""
    if not shutil.which(command[0]):
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)  # noqa: S603 - our own words
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
