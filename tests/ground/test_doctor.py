"""Doctor looks at what is plugged in, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from mgov.config import Config, DatabaseSection, ModemSection
from mgov.doctor import network, ports
from mgov.doctor.finding import FAIL, OK


def _plug(folder: Path, name: str, vendor: str, *ttys: str) -> None:
    device = folder / name
    device.mkdir(parents=True)
    (device / "idVendor").write_text(f"{vendor}\n", encoding="ascii")
    (device / "idProduct").write_text("1506\n", encoding="ascii")
    for number, tty in enumerate(ttys):
        (device / f"{name}:1.{number}" / tty).mkdir(parents=True)


def test_a_stick_in_storage_mode_is_named(tmp_path: Path) -> None:
    """A modem without a tty shows itself as a disk; one with ttys is fine; other devices are nobody's business."""
    _plug(tmp_path, "1-1", "12d1", "ttyUSB0", "ttyUSB1")
    _plug(tmp_path, "1-2", "19d2")
    _plug(tmp_path, "1-3", "046d")
    found = {finding.what: finding for finding in ports.usb(tmp_path)}
    assert {what: finding.level for what, finding in found.items()} == {"usb 12d1:1506": OK, "usb 19d2:1506": FAIL}
    assert "usb-modeswitch" in found["usb 19d2:1506"].do


@pytest.mark.parametrize(
    ("port", "words"),
    [("/dev/ttyNOWHERE", "no such device"), ("/etc/hostname", "not a tty")],
)
def test_a_wrong_port_is_named(port: str, words: str) -> None:
    """The port, what is wrong with it, and where to look."""
    config = Config(modem=(ModemSection(name="m1", driver="at", port=port),))
    (finding,) = ports.modems(config)
    assert finding.level == FAIL
    assert words in finding.found
    assert finding.runbook == "A1"


def test_a_pin_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Which file, and why."""
    modem = ModemSection(name="m1", driver="simulated", pin_file=tmp_path / "no.pin")
    first, second = ports.modems(Config(modem=(modem,)))
    assert (first.level, second.level) == (FAIL, OK)
    assert "no.pin" in first.found


def test_an_unknown_host_of_the_database_is_named() -> None:
    """The name that is not found."""
    config = Config(database=DatabaseSection(url="postgresql+psycopg://mgov@nowhere.invalid/mgov"))
    (finding,) = network.database(config)
    assert (finding.level, "nowhere.invalid" in finding.found) == (FAIL, True)
