"""The parent's side of the child process: a request, a deadline, and a kill when it passes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import Any

from modem_drivers.radio import ModemSilentError, NotSupportedError, PortUnavailableError, RadioError

LONGEST_ANSWER = 4 * 1024 * 1024  # octets: a full phone memory as JSON

_PORT_ERRORS = {
    "ERR_DEVICEOPENERROR": ("port_unusable", "the port cannot be opened"),
    "ERR_DEVICENOTEXIST": ("no_such_port", "no such device"),
    "ERR_DEVICEBUSY": ("port_busy", "another program uses it"),
    "ERR_DEVICELOCKED": ("port_busy", "another program uses it"),
    "ERR_DEVICENOPERMISSION": ("port_forbidden", "this user may not open it (add it to the group dialout)"),
    "ERR_DEVICEREADERROR": ("port_lost", "the port vanished"),
    "ERR_DEVICEWRITEERROR": ("port_lost", "the port vanished"),
    "ERR_NOTCONNECTED": ("port_lost", "the port is closed"),
}
_UNSUPPORTED = ("ERR_NOTSUPPORTED", "ERR_NOTIMPLEMENTED", "ERR_SOURCENOTAVAILABLE")


class GammuProcess:
    """One child process with one phone."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the child."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "modem_drivers.gammu.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_ANSWER,
        )

    async def ask(self, request: str, *arguments: object, seconds: float) -> Any:  # noqa: ANN401 - what JSON has
        """The child's answer; raises `RadioError`, and `ModemSilentError` after killing a child that is late."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None or process.returncode is not None:
            raise PortUnavailableError("port_lost", "the gammu process is gone")
        try:
            process.stdin.write(json.dumps({"do": request, "with": arguments}).encode() + b"\n")
            await process.stdin.drain()
            line = await asyncio.wait_for(process.stdout.readline(), seconds)
        except TimeoutError:
            await self.kill()
            raise ModemSilentError("timeout", f"gammu gave no answer to {request} within {seconds:g} s") from None
        except (ConnectionError, BrokenPipeError):
            line = b""
        except asyncio.CancelledError:
            await self.kill()  # its late answer must not answer the next request
            raise
        if not line:
            await self.kill()
            raise PortUnavailableError("port_lost", "the gammu process died")
        return _value(json.loads(line))

    async def kill(self) -> None:
        """End the child at once; never raises."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def _value(answer: dict[str, Any]) -> Any:  # noqa: ANN401 - what JSON has
    name = answer.get("error")
    if name is None:
        return answer.get("value")
    detail = str(answer.get("detail"))
    if name in _PORT_ERRORS:
        code, why = _PORT_ERRORS[name]
        raise PortUnavailableError(code, f"{why} ({name})")
    if name == "ERR_TIMEOUT":
        raise ModemSilentError("timeout", f"the phone does not answer ({name})")
    if name in _UNSUPPORTED:
        raise NotSupportedError(name, f"this phone cannot do that ({detail})")
    raise RadioError(name, f"{name}: {detail}")
