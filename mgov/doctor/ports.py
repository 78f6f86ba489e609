"""From the plug to the tty: is the modem there, may we open it, does somebody else hold it."""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mgov.bootstrap import pin_of
from mgov.config import Config, ModemSection
from mgov.doctor.finding import Finding, fail, ok, warn

#: USB vendors of modems, as lsusb shows them.
VENDORS = {
    "12d1": "Huawei", "19d2": "ZTE", "1e0e": "SIMCom", "2c7c": "Quectel", "1199": "Sierra Wireless", "0df7": "Wavecom",
    "1bc7": "Telit", "0681": "Siemens", "1e2d": "Cinterion",
}  # fmt: skip


def usb(devices: Path = Path("/sys/bus/usb/devices")) -> Iterator[Finding]:
    """Modems that are plugged in: each should have brought at least one tty."""
    for device in sorted(devices.glob("[0-9]*-[0-9]*")):
        vendor, product = (_word(device / name) for name in ("idVendor", "idProduct"))
        if vendor not in VENDORS:
            continue
        what = f"usb {vendor}:{product}"
        ttys = sorted(path.name for pattern in ("*/ttyUSB*", "*/tty/ttyACM*") for path in device.glob(pattern))
        if ttys:
            yield ok(what, f"{VENDORS[vendor]}: {', '.join(ttys)}")
        else:
            words = "it shows itself as a disk: `apt-get install usb-modeswitch`, plug it in again; then `dmesg`"
            yield fail(what, f"{VENDORS[vendor]} is plugged in and has no serial port", words, "A1")


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def modems(config: Config) -> Iterator[Finding]:
    """Every modem of the configuration."""
    if not config.modem:
        yield fail("modems", "none configured", "add a [[modem]] section with name, driver and port")
    for modem in config.modem:
        what = f'modem "{modem.name}"'
        pin = _pin(what, modem)
        if pin is not None:
            yield pin
        if modem.driver == "simulated":
            yield ok(what, "simulated")
        elif modem.port in (None, "auto"):
            yield _anywhere(what)
        else:
            yield _port(what, Path(str(modem.port)))


def _pin(what: str, modem: ModemSection) -> Finding | None:
    try:
        pin_of(modem)
    except OSError as error:
        return fail(what, f"pin_file {error.filename}: {error.strerror}", "put the PIN there, readable by mgov", "A3")
    return None


def _anywhere(what: str) -> Finding:
    found = sorted(Path("/dev").glob("ttyUSB*")) + sorted(Path("/dev").glob("ttyACM*"))
    if not found:
        return fail(what, "no USB modem is plugged in", "look at `lsusb` and `dmesg | tail`; try another socket", "A1")
    return ok(what, f"any of {', '.join(map(str, found))}")


def _port(what: str, port: Path) -> Finding:
    try:
        mode = port.stat().st_mode
    except OSError:
        there = ", ".join(str(path) for path in sorted(Path("/dev/serial/by-id").glob("*"))[:4]) or "nothing"
        words = "is it plugged in? `lsusb`, `dmesg | tail`; then correct `port` in mgov.toml"
        return fail(what, f"port {port}: no such device; plugged in is {there}", words, "A1")
    if not stat.S_ISCHR(mode):
        return fail(what, f"port {port}: not a tty", "name a serial port: `ls -l /dev/serial/by-id`", "A1")
    if not os.access(port, os.R_OK | os.W_OK):
        group = _group(port)
        return fail(what, f"port {port}: may not be opened", f"`adduser mgov {group}`, then restart the service", "A1")
    return _held(what, port)


def _held(what: str, port: Path) -> Finding:
    """Another program on the same port eats answers."""
    others = sorted(_holders(port.resolve()))
    strangers = [name for name in others if "mgov" not in name and "python" not in name]
    if strangers:
        return warn(
            what, f"port {port}: also open in {', '.join(strangers)}", "end that program: it eats answers", "A1"
        )
    return ok(what, f"port {port}: there{', in use by ' + ', '.join(others) if others else ''}")


def _holders(device: Path) -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(link.resolve() == device for link in folder.iterdir()):
                yield (folder.parent / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue


def _group(port: Path) -> str:
    try:
        return grp.getgrgid(port.stat().st_gid).gr_name
    except (KeyError, OSError):
        return "dialout"
