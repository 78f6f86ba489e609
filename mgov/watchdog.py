"""systemd's watchdog: it is reassured only while the event loop turns and every part of the daemon lives."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

TIMES_PER_PERIOD = 3  # sd_watchdog_enabled(3) asks for at least two


def period(environment: Mapping[str, str] | None = None) -> float | None:
    """Seconds in which systemd wants to hear from this process; None when it watches nobody, or another process."""
    environment = os.environ if environment is None else environment
    microseconds = environment.get("WATCHDOG_USEC", "")
    if not microseconds.isdigit() or environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(microseconds) / 1_000_000


async def reassure(parts: Sequence[asyncio.Future[Any]], notify: Callable[[str], None]) -> None:
    """Say that all is well until cancelled, or until a part has ended: the silence then makes systemd restart us."""
    seconds = period()
    if seconds is None:
        return
    while not any(part.done() for part in parts):
        notify("WATCHDOG=1")
        await asyncio.sleep(seconds / TIMES_PER_PERIOD)
    structlog.get_logger("watchdog").error("a part ended; systemd will restart the daemon", parts=len(parts))
