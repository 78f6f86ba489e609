"""The units are valid and hardened."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
SERVICES = ("mgov.service", "mgov-engine.service", "mgov-modem@.service")
MOST_EXPOSED = 1.5

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_hardly_exposed(name: str) -> None:
    """systemd-analyze security says 1.5 or less."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNITS / name)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", answer)
    assert level is not None, answer[-300:]
    assert float(level[1]) <= MOST_EXPOSED


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_has_no_unknown_setting(name: str, tmp_path: Path) -> None:
    """systemd-analyze verify finds nothing to say."""
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*.target")]:
        text = path.read_text().replace("/opt/mgov/current/bin/mgov", "/bin/true")  # the program is not installed here
        (tmp_path / path.name).write_text(re.sub(r"(?m)^Documentation=.*$", "", text))
    checked = tmp_path / name.replace("@", "@tsel-1")
    if "@" in name:
        (tmp_path / name).rename(checked)
    done = subprocess.run(["systemd-analyze", "verify", str(checked)], capture_output=True, text=True, check=False)
    about_us = [line for line in done.stderr.splitlines() if "mgov" in line]
    assert about_us == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_watched_and_restarted(name: str) -> None:
    """A daemon that hangs or dies comes back by itself, without a limit of tries."""
    text = (UNITS / name).read_text()
    for line in ("Type=notify", "WatchdogSec=60", "Restart=always", "StartLimitIntervalSec=0", "User=mgov"):
        assert f"\n{line}\n" in text


def test_only_services_with_modems_see_devices() -> None:
    """The engine, which reads what strangers write, touches no device."""
    assert "\nPrivateDevices=yes\n" in (UNITS / "mgov-engine.service").read_text()
    assert "DeviceAllow" not in (UNITS / "mgov-engine.service").read_text()
    assert "\nDevicePolicy=closed\n" in (UNITS / "mgov-modem@.service").read_text()
