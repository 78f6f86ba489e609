"""Finding a modem by its IMEI when its port has another name after every plug.

`port = "auto"` looks at every USB tty, `port = "auto:/dev/serial/by-id/usb-HUAWEI*"` only where the pattern says.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from modem_drivers.at.dialogue import Dialogue
from modem_drivers.at.exchange import CutOffError
from modem_drivers.at.replies import parse_digits
from modem_drivers.radio import Identity, ModemSilentError, PortUnavailableError, RadioError, WrongModemError

AUTO = "auto"
KNOCK_SECONDS = 1.5  # a port that is no AT port stays silent: it must not hold up the search
_PATTERNS = ("ttyUSB*", "ttyACM*", "ttyXRUSB*")
_SIGNIFICANT_DIGITS = 14  # the fifteenth is a check digit, which some modems give as 0


def serial_ports(devices: Path = Path("/dev")) -> list[str]:
    """The ttys of USB sticks, highest number first: on sticks with several, notices come on a later one."""
    found = [path for pattern in _PATTERNS for path in devices.glob(pattern)]
    return [str(path) for path in sorted(found, key=_number, reverse=True)]


def _number(path: Path) -> tuple[int, str]:
    digits = "".join(character for character in path.name if character.isdecimal())
    return int(digits or 0), path.name


def is_auto(port: str) -> bool:
    """Whether the configuration leaves it to us to find the port."""
    return port == AUTO or port.startswith(f"{AUTO}:")


async def imei_at(path: str, baudrate: int = 115200) -> str | None:
    """The IMEI of the modem behind a port, None when there is none; raises `PortUnavailableError` for a used port."""
    dialogue = Dialogue(_ignore, _ignore_direct, _ignore)
    await dialogue.open(path, baudrate)
    try:
        await dialogue.resync(KNOCK_SECONDS)
        answer = await dialogue.command("+CGSN", KNOCK_SECONDS)
    except (CutOffError, ModemSilentError):
        return None
    finally:
        dialogue.close()
    return parse_digits(answer.lines, _SIGNIFICANT_DIGITS)


def _ignore(_line: str) -> None:
    return


def _ignore_direct(_kind: str, _pdu: str) -> None:
    return


async def find_port(
    port: str, imei: str | None, baudrate: int = 115200, candidates: Callable[[], Iterable[str]] = serial_ports
) -> str:
    """The path of a modem: `port` itself, or with `auto` the tty whose modem has this IMEI.

    `auto:` and a pattern look there instead of at `candidates`. Raises `PortUnavailableError` (`imei_missing`,
    `imei_not_found`).
    """
    if not is_auto(port):
        return port
    _, _, pattern = port.partition(":")
    if pattern:
        candidates = lambda: sorted(glob.glob(pattern))  # noqa: E731 - any pattern, also an absolute one
    if not imei:
        raise PortUnavailableError("imei_missing", 'port "auto" needs the IMEI of the modem')
    tried: list[str] = []
    for path in candidates():
        tried.append(path)
        if _same_imei(await _imei_or_none(path, baudrate), imei):
            return path
    raise PortUnavailableError("imei_not_found", f"no modem with IMEI {imei} at {_listed(tried)}")


async def _imei_or_none(path: str, baudrate: int) -> str | None:
    try:
        return await imei_at(path, baudrate)
    except RadioError:  # in use by another modem's worker, or not ours to open
        return None


def _same_imei(found: str | None, wanted: str) -> bool:
    return found is not None and found[:_SIGNIFICANT_DIGITS] == wanted[:_SIGNIFICANT_DIGITS]


def check_imei(found: str | None, wanted: str) -> None:
    """Raise `WrongModemError` when a modem says another IMEI than the one that is to be used; silence is no proof."""
    if found is not None and not _same_imei(found, wanted):
        raise WrongModemError(
            "wrong_imei", f"the modem here has IMEI {found}, the config names {wanted}: it is not used"
        )


def check_sim(identity: Identity, wanted: str | None) -> None:
    """Raise `WrongModemError` when the SIM is another one than the configuration names by IMSI or ICCID."""
    told = [number for number in (identity.imsi, identity.iccid) if number]
    if wanted and told and not any(_same_sim(number, wanted) for number in told):
        raise WrongModemError("wrong_sim", f"the SIM here is {told[0]}, the config names {wanted}: it is not used")


def _same_sim(found: str, wanted: str) -> bool:
    # An ICCID ends in a check digit, and in a filler that some modems leave out.
    short, long = sorted((found.rstrip("Ff"), wanted.rstrip("Ff")), key=len)
    return long.startswith(short) and len(long) - len(short) <= 1


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths) or "any USB port"
